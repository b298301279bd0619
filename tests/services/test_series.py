"""Where a series begins, and what may be changed of a document type."""

from decimal import Decimal

import pytest

from billing_app.domain.errors import Forbidden, Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import AuditEntry, DocumentType, NumberSeries
from billing_app.services.series import list_series, list_types, save_type, set_start
from billing_app.services.settings import change_setting
from tests.services.worldmaking import a_line


def invoices(w):
    return next(row for row in list_series(w.ctx("admin")) if row.type_id == w.type_id())


@pytest.mark.spec("DLY-46", "ORO-26", "6.16-3")
def test_a_series_begins_where_it_is_set_and_goes_on_without_a_gap(w):
    assert (invoices(w).next_number, invoices(w).has_begun) == ("INV-2026-11-00001", False)
    assert set_start(w.ctx("admin"), 1, w.type_id(), 500) == "INV-2026-11-00500"
    with pytest.raises(Invalid, match="from 500"):
        set_start(w.ctx("admin"), 1, w.type_id(), 499)
    numbers = [w.invoice(w.posted()).number for _ in range(3)]
    assert numbers == [f"INV-2026-11-{value:05d}" for value in (500, 501, 502)]
    assert (invoices(w).next_number, invoices(w).has_begun) == ("INV-2026-11-00503", True)
    with pytest.raises(Refused, match="INV-2026-11-00503"):
        set_start(w.ctx("admin"), 1, w.type_id(), 900)
    assert [row.first_value for row in w.all(NumberSeries)] == [500]
    assert [row.action for row in w.all(AuditEntry) if row.entity == "number_series"] == ["changed"]


@pytest.mark.spec("ORO-28", "DLY-46")
def test_a_series_that_began_by_itself_is_not_raised(w):
    w.posted()
    with pytest.raises(Refused):
        set_start(w.ctx("admin"), 1, w.type_id(), 100)
    assert invoices(w).next_number == "INV-2026-11-00002"


@pytest.mark.spec("ORO-26")
def test_each_type_of_a_company_has_its_prefix_and_its_look_ahead(w):
    change_setting(w.ctx("admin"), "credit_note_number_prefix", "GS-", scope="company", scope_id=1)
    ahead = {row.type_name: row.next_number for row in list_series(w.ctx("admin"))}
    assert ahead["Credit Note"] == "GS-2026-11-00001"
    assert ahead["Invoice"] == "INV-2026-11-00001"
    assert "Receipt" not in ahead
    credit = w.posted(document_type_id=w.type_id("CRO"))
    assert w.invoice(credit).number == "GS-2026-11-00001"


def test_a_start_is_an_administrators_and_of_a_known_series(lite):
    with pytest.raises(Forbidden):
        set_start(lite.ctx("accounting"), 1, lite.type_id(), 5)
    for company, kind in ((9, lite.type_id()), (1, 99), (1, lite.type_id("PMI"))):
        with pytest.raises(NotFound):
            set_start(lite.ctx("admin"), company, kind, 5)
    for wrong in (0, -1, 10**9):
        with pytest.raises(Invalid):
            set_start(lite.ctx("admin"), 1, lite.type_id(), wrong)
    assert lite.all(NumberSeries) == []


@pytest.mark.spec("ERP-52", "DLY-47")
def test_a_types_sign_rule_acts_on_the_next_posting(w):
    negative = w.draft(lines=(a_line(quantity=Decimal(-1)),))
    save_type(w.ctx("admin"), w.type_id(), "Invoice", "positive")
    with pytest.raises(Refused):
        w.move("accounting", negative, Action.POST)
    save_type(w.ctx("admin"), w.type_id(), "Invoice", "any")
    w.move("accounting", negative, Action.POST)
    changes = [row for row in w.all(AuditEntry) if row.entity == "document_type"]
    assert [row.after for row in changes] == [
        '{"sign_restriction": "positive"}',
        '{"sign_restriction": "any"}',
    ]


def test_what_is_wrong_with_a_type_is_refused(lite):
    key, before = lite.type_id(), lite.all(DocumentType)
    for name, sign in (("", "any"), ("Credit Note", "any"), ("Invoice", "both"), ("a\0", "any")):
        with pytest.raises(Invalid):
            save_type(lite.ctx("admin"), key, name, sign)
    with pytest.raises(NotFound):
        save_type(lite.ctx("admin"), 99, "x", "any")
    with pytest.raises(Forbidden):
        save_type(lite.ctx("accounting"), key, "x", "any")
    with pytest.raises(Forbidden):
        list_types(lite.ctx("accounting"))
    assert lite.all(DocumentType) == before
