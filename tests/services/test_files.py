"""Files: who attaches, who knows of them, and that withheld ones have no address either."""

from dataclasses import replace

import pytest

from billing_app.domain.errors import Forbidden, Invalid, NotFound
from billing_app.domain.files import FileAccess, FileOwner
from billing_app.persistence.tables import AuditEntry, FileAttachment, FileContent
from billing_app.services.files import (
    attach_file,
    change_file_access,
    files_of,
    open_file,
    portal_files,
    portal_files_of_invoice,
)

PDF = b"%PDF-1.7 terms"
INVOICE, CUSTOMER = FileOwner.INVOICE, FileOwner.CUSTOMER


def names(files):
    return [f"{file.name}.{file.extension}" for file in files]


@pytest.mark.spec("ERP-22", "ERP-24", "ERP-25", "ERP-26", "ERP-27", "ERP-28")
def test_a_customer_knows_of_external_files_only_and_a_change_acts_at_once(w):
    invoice_id = w.posted()
    file_id = attach_file(w.ctx("billing"), INVOICE, invoice_id, "Terms.pdf", PDF)
    (row,) = w.all(FileAttachment)
    assert (row.access, row.size, row.extension) == ("IN", len(PDF), "pdf")
    for access in (FileAccess.INTERNAL, FileAccess.CREATOR):
        change_file_access(w.ctx("billing"), file_id, access)
        assert portal_files_of_invoice(w.ctx("a40"), invoice_id) == []
        with pytest.raises(NotFound):
            open_file(w.ctx("a90"), file_id)
    change_file_access(w.ctx("admin"), file_id, FileAccess.EXTERNAL)
    assert names(portal_files_of_invoice(w.ctx("a40"), invoice_id)) == ["Terms.pdf"]
    assert open_file(w.ctx("a40"), file_id).content == PDF
    for who in ("a10", "a30", "b40", "b90"):
        with pytest.raises(NotFound):
            open_file(w.ctx(who), file_id)
    with pytest.raises(Forbidden):
        change_file_access(w.ctx("a90"), file_id, FileAccess.EXTERNAL)


@pytest.mark.spec("ERP-28", "6.7")
def test_a_file_of_a_document_the_customer_may_not_see_is_withheld_with_it(w):
    draft = w.draft()
    file_id = attach_file(w.ctx("billing"), INVOICE, draft, "Terms.pdf", PDF)
    change_file_access(w.ctx("billing"), file_id, FileAccess.EXTERNAL)
    assert portal_files_of_invoice(w.ctx("a90"), draft) == []
    with pytest.raises(NotFound):
        open_file(w.ctx("a90"), file_id)
    own = replace(w.people["a90"], scope="own")
    posted = w.posted()
    other = attach_file(w.ctx("billing"), INVOICE, posted, "Terms.pdf", PDF)
    change_file_access(w.ctx("billing"), other, FileAccess.EXTERNAL)
    assert open_file(w.ctx("a90"), other)
    with pytest.raises(NotFound):
        open_file(w.ctx(own), other)


@pytest.mark.spec("ERP-26")
def test_a_creators_own_file_is_for_the_creator_and_administrators(w):
    invoice_id = w.posted()
    file_id = attach_file(w.ctx("billing"), INVOICE, invoice_id, "Note.txt", b"mine")
    change_file_access(w.ctx("billing"), file_id, FileAccess.CREATOR)
    for who, knows in (("billing", True), ("admin", True), ("billing2", False), ("viewer", False)):
        assert bool(files_of(w.ctx(who), INVOICE, invoice_id)) == knows
        if knows:
            assert open_file(w.ctx(who), file_id).name == "Note.txt"
        else:
            with pytest.raises(NotFound):
                open_file(w.ctx(who), file_id)
    with pytest.raises(NotFound):
        change_file_access(w.ctx("billing2"), file_id, FileAccess.EXTERNAL)


@pytest.mark.spec("ERP-48")
def test_a_customers_upload_is_external_and_its_own_whatever_it_names(w):
    file_id = attach_file(w.ctx("a40"), CUSTOMER, w.customers["b"], "Licence.pdf", PDF)
    assert names(portal_files(w.ctx("a80"))) == ["Licence.pdf"]
    assert portal_files(w.ctx("b90")) == []
    assert files_of(w.ctx("viewer"), CUSTOMER, w.customers["a"])[0].access is FileAccess.EXTERNAL
    with pytest.raises(NotFound):
        open_file(w.ctx("b90"), file_id)
    for who in ("a30", "viewer", "sales"):
        with pytest.raises(Forbidden):
            attach_file(w.ctx(who), CUSTOMER, w.customers["a"], "x.pdf", PDF)
    with pytest.raises(Forbidden):
        attach_file(w.ctx("a90"), INVOICE, w.posted(), "x.pdf", PDF)
    with pytest.raises(Forbidden):
        portal_files(w.ctx("a30"))


def test_what_is_refused_leaves_nothing_behind(w):
    before = len(w.all(AuditEntry))
    for name, content in (("x.exe", PDF), ("x.pdf", b"<html>"), ("x.pdf", b"")):
        with pytest.raises(Invalid):
            attach_file(w.ctx("billing"), CUSTOMER, w.customers["a"], name, content)
    with pytest.raises(NotFound):
        attach_file(w.ctx("billing"), INVOICE, 9_999, "x.pdf", PDF)
    assert w.all(FileAttachment) == w.all(FileContent) == []
    assert len(w.all(AuditEntry)) == before
