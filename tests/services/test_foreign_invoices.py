"""Invoices of other systems: compared, brought in once, corrected, undone; on both engines."""

import pytest

from billing_app.domain.errors import Forbidden, Invalid, Refused
from billing_app.domain.foreign.columns import Mapping, StatusRule
from billing_app.domain.foreign.reading import read_invoices
from billing_app.domain.lifecycle import Action
from billing_app.integrations.imports.files.understanding import understood, with_mapping
from billing_app.persistence.tables import (
    Customer,
    ImportBatch,
    ImportedRecord,
    ImportItem,
    ImportSource,
    Invoice,
    InvoiceLine,
    OutboxEvent,
    PdfDocument,
    Seal,
    Snapshot,
)
from billing_app.services.foreign.batches import (
    file_of,
    keep_file,
    list_batches,
    list_items,
    remembered,
)
from billing_app.services.foreign.checking import check_batch
from billing_app.services.foreign.committing import bring_in
from billing_app.services.foreign.correcting import correctable
from billing_app.services.foreign.undoing import undo
from billing_app.services.invoices.drafts import read_draft, save_draft
from tests.services.coherence import incoherences
from tests.services.worldmaking import NOW

pytestmark = pytest.mark.spec("6.12", "ORO-19")
HEAD = "Invoice,Date,Due,Customer,Email,Status,Description,Qty,Unit price,VAT rate,Total,Payment link\n"
DRAFT = "A-1,2026-10-01,2026-10-31,Acme Dental,ap@acme.example,draft,Cleaning,2,50.00,19,119.00,\n"
POSTED = (
    "A-2,2026-10-02,2026-11-01,Acme Dental,ap@acme.example,sent,Cleaning,1,100.00,19,119.00,"
    "https://pay.example/a2\n"
)
BAD = "A-3,2026-10-03,2026-11-02,Acme Dental,ap@acme.example,draft,Cleaning,1,100.00,19,120.00,\n"
FILE = HEAD + DRAFT + POSTED + BAD
KINDS = (
    Customer, ImportedRecord, Invoice, InvoiceLine, OutboxEvent, Seal, Snapshot, ImportSource,
)  # fmt: skip


def compare(w, text, source="freshbooks", who="accounting", **changes):
    """Upload and compare; answers the batch's id."""
    ctx = w.ctx(who)
    batch_id = keep_file(ctx, "export.csv", text.encode() if isinstance(text, str) else text)
    found = understood(
        file_of(ctx, batch_id), lambda name: remembered(ctx, name), source=source, currency="EUR"
    )
    if changes:
        facts = {name: getattr(found.mapping, name) for name in Mapping.__slots__} | changes
        found = with_mapping(found, Mapping(**facts))
    assert found.questions == ()
    groups = read_invoices(found.table, found.mapping)
    check_batch(ctx, batch_id, source, groups, table=found.table, mapping=found.mapping)
    return batch_id


def bring(w, text, source="freshbooks", who="accounting", **changes):
    batch_id = compare(w, text, source, who, **changes)
    while not bring_in(w.ctx(who), batch_id, most=2).is_finished:
        pass
    return batch_id


def counts(w, batch_id):
    (batch,) = [one for one in w.all(ImportBatch) if one.id == batch_id]
    return {name: getattr(batch, name) for name in ("new", "changed", "same", "refused")}


def reasons(w, batch_id):
    return {
        item.external_id: item.reason for item in w.all(ImportItem) if item.batch_id == batch_id
    }


def by_number(w, number):
    (found,) = [one for one in w.all(Invoice) if one.number == number and one.deleted_at is None]
    return found


def footprint(w):
    return [len(w.all(kind)) for kind in KINDS]


def test_comparing_writes_no_invoice_and_tells_each_reason(w):
    before = footprint(w)[:-1]
    batch_id = compare(w, FILE)
    assert footprint(w)[:-1] == before
    assert counts(w, batch_id) == {"new": 2, "changed": 0, "same": 0, "refused": 1}
    said = reasons(w, batch_id)["A-3"]
    assert "states a total of 120.00, its lines come to 119.00 (1.00 less)" in said


def test_good_rows_come_in_as_the_file_says_and_the_bad_one_stays_out(w):
    batch_id = bring(w, FILE)
    draft, posted = by_number(w, "A-1"), by_number(w, "A-2")
    assert (draft.posting_status, posted.posting_status) == ("DRAFT", "POSTED")
    assert (draft.total_minor, posted.total_minor) == (11_900, 11_900)
    assert (posted.external_system, posted.external_id) == ("freshbooks", "A-2")
    assert posted.external_payment_page == "https://pay.example/a2"
    assert (posted.origin, posted.created_by_id) == ("imported", w.people["accounting"].user_id)
    (customer,) = [one for one in w.all(Customer) if one.name == "Acme Dental"]
    assert {draft.customer_id, posted.customer_id} == {customer.id}
    assert customer.email == "ap@acme.example"
    assert "A-3" not in {one.number for one in w.all(Invoice)}
    assert incoherences(w.database, w.ctx().secret) == []
    assert list_batches(w.ctx("accounting"))[0].batch.id == batch_id


def test_the_same_file_twice_changes_nothing(w):
    bring(w, FILE)
    before = footprint(w)
    again = bring(w, FILE)
    assert footprint(w) == before
    assert counts(w, again) == {"new": 0, "changed": 0, "same": 2, "refused": 1}


def test_an_interrupted_run_goes_on_and_nothing_comes_in_twice(w):
    batch_id = compare(w, FILE)
    assert bring_in(w.ctx("accounting"), batch_id, most=1).done == 1
    assert bring_in(w.ctx("accounting"), batch_id, most=9).is_finished
    before = footprint(w)
    assert bring_in(w.ctx("accounting"), batch_id).is_finished
    assert footprint(w) == before


def test_two_batches_of_the_same_file_bring_each_invoice_in_once(w):
    first, second = compare(w, FILE), compare(w, FILE + "\n")
    assert first != second
    for batch_id in (first, second):
        bring_in(w.ctx("accounting"), batch_id)
    assert counts(w, second)["same"] == 2
    assert len([one for one in w.all(Invoice) if one.number.startswith("A-")]) == 2


def test_a_changed_draft_is_changed_and_each_field_is_told(w):
    bring(w, FILE)
    text = FILE.replace("Cleaning,2,50.00,19,119.00", "Cleaning,3,50.00,19,178.50")
    batch_id = compare(w, text.replace("2026-10-31", "2026-11-05"))
    assert counts(w, batch_id)["changed"] == 1
    said = reasons(w, batch_id)["A-1"]
    assert "Due date 2026-10-31 → 2026-11-05" in said
    assert "Total 119.00 → 178.50" in said
    bring_in(w.ctx("accounting"), batch_id)
    assert by_number(w, "A-1").total_minor == 17_850


def test_a_posted_document_does_not_change_but_its_payment_page_may(w):
    bring(w, FILE)
    snapshot = {row.invoice_id: row.sha256 for row in w.all(Snapshot)}
    batch_id = bring(w, FILE.replace("A-2,2026-10-02", "A-2,2026-10-09"))
    assert "A-2 is Posted here and does not change: Invoice date" in reasons(w, batch_id)["A-2"]
    moved = bring(w, FILE.replace("pay.example/a2", "pay.example/new"))
    assert counts(w, moved)["changed"] == 1
    assert by_number(w, "A-2").external_payment_page == "https://pay.example/new"
    assert {row.invoice_id: row.sha256 for row in w.all(Snapshot)} == snapshot


def test_a_draft_that_the_source_sent_meanwhile_is_posted_here(w):
    bring(w, FILE)
    batch_id = bring(w, FILE.replace("example,draft,Cleaning,2", "example,sent,Cleaning,2"))
    assert reasons(w, batch_id)["A-1"] == "Draft → Posted"
    assert by_number(w, "A-1").posting_status == "POSTED"


def test_refused_rows_come_back_as_a_file_that_comes_in_once_corrected(w):
    batch_id = bring(w, FILE)
    name, content = correctable(w.ctx("accounting"), batch_id)
    assert name == "export-to-correct.csv"
    text = content.decode("utf-8-sig")
    assert text.splitlines()[0].endswith(",Reason")
    assert "1.00 less" in text
    fixed = text.replace("120.00", "119.00", 1)
    again = bring(w, fixed)
    assert counts(w, again) == {"new": 1, "changed": 0, "same": 0, "refused": 0}
    assert by_number(w, "A-3").total_minor == 11_900
    with pytest.raises(Refused, match="No row"):
        correctable(w.ctx("accounting"), again)


def test_an_undone_import_is_gone_and_may_come_in_again(w):
    before = len(w.all(ImportedRecord))
    batch_id = bring(w, HEAD + DRAFT)
    result = undo(w.ctx("accounting"), batch_id)
    assert (result.undone, result.kept, result.is_finished) == (1, 0, True)
    assert [one for one in w.all(Invoice) if one.deleted_at is None and one.number == "A-1"] == []
    assert len(w.all(ImportedRecord)) == before
    assert incoherences(w.database, w.ctx().secret) == []
    bring(w, HEAD + DRAFT)
    assert by_number(w, "A-1").posting_status == "DRAFT"


def test_undoing_voids_what_was_posted_and_its_number_is_not_used_again(w):
    batch_id = bring(w, HEAD + POSTED)
    assert undo(w.ctx("accounting"), batch_id).undone == 1
    assert by_number(w, "A-2").posting_status == "VOID"
    again = compare(w, HEAD + POSTED)
    assert "A-2 belongs to another invoice here" in reasons(w, again)["A-2"]
    assert incoherences(w.database, w.ctx().secret) == []


def test_undoing_a_change_gives_the_draft_back_as_it_was(w):
    bring(w, FILE)
    was, _ = read_draft(w.ctx("accounting"), by_number(w, "A-1").id)
    batch_id = bring(w, FILE.replace("Cleaning,2,50.00,19,119.00", "Polish,3,50.00,19,178.50"))
    assert undo(w.ctx("accounting"), batch_id).undone == 1
    now, _ = read_draft(w.ctx("accounting"), by_number(w, "A-1").id)
    assert now == was
    assert counts(w, compare(w, FILE))["same"] == 2


def test_what_somebody_built_on_stays_when_the_import_is_undone(w):
    batch_id = bring(w, FILE)
    draft = by_number(w, "A-1")
    content, version = read_draft(w.ctx("billing"), draft.id)
    save_draft(w.ctx("billing"), draft.id, content, version=version)
    w.change(Invoice, by_number(w, "A-2").id, is_delivered=True)
    result = undo(w.ctx("accounting"), batch_id)
    assert (result.undone, result.kept) == (0, 2)
    said = reasons(w, batch_id)
    assert said["A-1"] == "Stays: A-1 was changed here since."
    assert said["A-2"] == "Stays: A-2 was sent to its customer."
    assert by_number(w, "A-2").posting_status == "POSTED"


def test_a_void_invoice_of_ours_does_not_come_back_by_a_file(w):
    bring(w, HEAD + POSTED)
    w.move("accounting", by_number(w, "A-2").id, Action.VOID, reason="Wrong.", confirmed=True)
    assert reasons(w, compare(w, HEAD + POSTED))["A-2"].startswith("A-2 is Void here")


def test_a_number_that_is_taken_here_is_refused(w):
    w.draft("accounting", number="A-1")
    batch_id = compare(w, FILE)
    assert reasons(w, batch_id)["A-1"] == "The number A-1 belongs to another invoice here."


def test_customers_are_found_by_number_mail_and_name_before_they_are_made(w):
    w.change(Customer, w.customers["a"], email="Finance@Halvorsen.example")
    head = "Invoice,Date,Customer number,Customer,Email,Description,Unit price\n"
    bring(
        w,
        head + "N-1,2026-10-01,10002,,,Work,10\n"
        "N-2,2026-10-01,,Whoever,finance@halvorsen.example,Work,10\n"
        "N-3,2026-10-01,,cormorant CARGO,,Work,10\nN-4,2026-10-01,,New Ltd,,Work,10\n",
    )
    found = [by_number(w, f"N-{at}").customer_id for at in (1, 2, 3)]
    assert found == [w.customers[key] for key in "bac"]
    assert by_number(w, "N-4").customer_id not in w.customers.values()


def test_a_customer_number_of_theirs_that_looks_like_ours_is_not_ours(w):
    head = "Invoice,Date,Customer number,Customer,Description,Unit price\n"
    batch_id = compare(w, head + "N-1,2026-10-01,10002,Somebody else,Work,10\n")
    assert "10002 has another name here" in reasons(w, batch_id)["N-1"]


@pytest.mark.parametrize(
    "page", ["http://pay.example/x", "javascript:alert(1)", "https://", "https://u:p@evil.example/"]
)
def test_a_payment_page_is_https_with_a_host(lite, page):
    batch_id = compare(lite, HEAD + DRAFT.replace("119.00,\n", f"119.00,{page}\n"))
    assert "begins with https://" in reasons(lite, batch_id)["A-1"]


def test_a_negative_invoice_becomes_a_credit_note(w):
    bring(w, HEAD + DRAFT.replace(",2,50.00,19,119.00", ",-2,50.00,19,-119.00"))
    credit = by_number(w, "A-1")
    assert (credit.sign, credit.total_minor) == (-1, 11_900)
    assert credit.document_type_id == w.type_id("CRO")


def test_all_may_be_posted_or_kept_as_drafts_whatever_the_file_says(w):
    bring(w, HEAD + POSTED, status=StatusRule.DRAFT)
    assert by_number(w, "A-2").posting_status == "DRAFT"
    bring(w, HEAD + DRAFT, status=StatusRule.POSTED)
    assert by_number(w, "A-1").posting_status == "POSTED"


def test_how_a_source_was_read_is_remembered(lite):
    text = "Nr;When;Who;Sum\nM-1;03/04/2026;Acme;1.020\n"
    with pytest.raises(AssertionError):
        compare(lite, text, "oldsys")  # the day and the figure are asked for
    ctx = lite.ctx("accounting")
    from billing_app.domain.foreign.columns import Column
    from billing_app.domain.foreign.days import DayStyle
    from billing_app.domain.foreign.figures import FigureStyle

    columns = {
        "Nr": Column.NUMBER,
        "When": Column.DATE,
        "Who": Column.CUSTOMER_NAME,
        "Sum": Column.TOTAL,
    }
    bring(
        lite,
        text,
        "oldsys",
        columns=columns,
        figures={"Sum": FigureStyle.COMMA},
        days={"When": DayStyle.MONTH_FIRST},
    )
    assert by_number(lite, "M-1").total_minor == 102_000
    found = understood(
        b"Nr;When;Who;Sum\nM-2;05/06/2026;Acme;2.040\n",
        lambda name: remembered(ctx, name),
        source="oldsys",
    )
    assert found.questions == ()
    (group,) = read_invoices(found.table, with_mapping(found, found.mapping).mapping)
    assert (group.invoice.total_minor, group.invoice.document_date.month) == (204_000, 5)


@pytest.mark.parametrize("who", ["viewer", "sales", "billing", "a90"])
def test_below_accounting_nobody_imports(lite, who):
    batch_id = compare(lite, FILE)
    for verb in (
        lambda ctx: keep_file(ctx, "x.csv", b"x"),
        list_batches,
        lambda ctx: list_items(ctx, batch_id),
        lambda ctx: file_of(ctx, batch_id),
        lambda ctx: bring_in(ctx, batch_id),
        lambda ctx: undo(ctx, batch_id),
        lambda ctx: correctable(ctx, batch_id),
    ):
        with pytest.raises(Forbidden):
            verb(lite.ctx(who))


def test_names_are_hidden_from_who_may_not_see_partners(lite):
    from dataclasses import replace

    batch_id = compare(lite, FILE)
    blind = replace(lite.people["accounting"], sees_partner=False)
    shown = list_items(lite.ctx(blind), batch_id).items
    assert {item.customer for item in shown} == {"Hidden"}
    assert {item.customer for item in list_items(lite.ctx("accounting"), batch_id).items} == {
        "Acme Dental"
    }


def test_an_empty_or_too_large_upload_is_refused(lite):
    for content in (b"  ", b"x" * (20 * 1024 * 1024 + 1)):
        with pytest.raises(Invalid):
            keep_file(lite.ctx("accounting"), "x.csv", content)


def test_no_paper_is_made_of_an_imported_document_before_somebody_asks(lite):
    from billing_app.services.papers import ensure_pdf_if_wanted, staff_paper

    bring(lite, HEAD + POSTED)
    invoice_id = by_number(lite, "A-2").id
    ensure_pdf_if_wanted(lite.ctx(), invoice_id)
    assert lite.all(PdfDocument) == []
    assert staff_paper(lite.ctx("viewer"), invoice_id).content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "can be read in two ways (03/05/2026)"),
        (("--days", "month-first", "--dry-run"), "Nothing is written."),
        (("--days", "month-first", "--source", "wave"), "1 new, 0 changed, 0 same, 1 refused"),
    ],
)
def test_the_command_asks_rehearses_and_imports(lite, tmp_path, monkeypatch, options, said):
    from click.testing import CliRunner

    from billing_app.cli import main as commands

    class World:
        def system(self):
            return lite.ctx()

    monkeypatch.setattr(commands, "_world", World)
    monkeypatch.setattr(commands, "_migrated", lambda: None)
    file = tmp_path / "wave.csv"
    file.write_text(
        "invoice_num,invoice_date,customer,description,price,currency\n"
        "7,03/05/2026,Cormorant Cargo,Freight,250.00,USD\n8,03/05/2026,Cormorant Cargo,Freight,x,USD\n"
    )
    before = len(lite.all(Invoice))
    left = tmp_path / "refused.csv"
    result = CliRunner().invoke(
        commands.main, ["import", "invoices", str(file), "--refused", str(left), *options]
    )
    assert said in result.output + str(result.exception)
    assert len(lite.all(Invoice)) == before + ("--source" in options)
    assert left.exists() == ("--source" in options)


OWN = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.mark.spec("ORO-15", "ORO-16")
def test_an_imported_document_keeps_its_own_paper_once(w):
    from billing_app.services.foreign.papers import attach_paper
    from billing_app.services.papers import staff_paper

    bring(w, FILE)
    posted, draft = by_number(w, "A-2").id, by_number(w, "A-1").id
    digest = attach_paper(w.ctx("accounting"), posted, OWN)
    assert attach_paper(w.ctx("accounting"), posted, OWN) == digest
    paper = staff_paper(w.ctx("viewer"), posted)
    assert (paper.content, paper.sha256) == (OWN, digest)
    with pytest.raises(Refused, match="made once"):
        attach_paper(w.ctx("accounting"), posted, OWN + b"%%EOF")
    with pytest.raises(Refused, match="not posted"):
        attach_paper(w.ctx("accounting"), draft, OWN)
    with pytest.raises(Refused, match="made from what it says"):
        attach_paper(w.ctx("accounting"), w.posted(), OWN)
    with pytest.raises(Forbidden):
        attach_paper(w.ctx("billing"), posted, OWN)
    assert len(w.all(PdfDocument)) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>%%EOF", b"%PDF-1.7 cut off", OWN + b"x" * 10 * 1024 * 1024 + b"%%EOF",
     OWN.replace(b"<<>>\n", b"<</Encrypt 5 0 R>>\n")],
)  # fmt: skip
def test_what_is_no_paper_is_refused(lite, content):
    from billing_app.services.foreign.papers import attach_paper

    bring(lite, HEAD + POSTED)
    with pytest.raises(Invalid):
        attach_paper(lite.ctx("accounting"), by_number(lite, "A-2").id, content)


@pytest.mark.spec("ORO-18")
def test_the_orders_an_invoice_bills_are_linked(w):
    from billing_app.persistence.tables import InvoiceOrder, SalesOrder

    order = w.add(SalesOrder(number="SO-77", customer_id=w.customers["a"], ordered_on=NOW.date()))
    head = "Invoice,Date,Customer,Sales order,Description,Unit price\n"
    batch_id = bring(
        w,
        head + "O-1,2026-10-01,Halvorsen Dairy,SO-77,Work,10\n"
        "O-2,2026-10-01,Halvorsen Dairy,SO-99,Work,10\nO-3,2026-10-01,Brixham Breweries,SO-77,Work,10\n",
    )
    linked = [(row.invoice_id, row.order_id) for row in w.all(InvoiceOrder)]
    assert linked == [(by_number(w, "O-1").id, order)]
    assert reasons(w, batch_id)["O-2"] == "There is no order SO-99 here."
    assert "belongs to another customer" in reasons(w, batch_id)["O-3"]
