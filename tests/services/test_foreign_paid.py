"""Paid amounts that other systems state: one payment each, coherent, undone with their import."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing_app.domain.foreign.columns import StatusRule
from billing_app.persistence.tables import Allocation, ImportItem, JournalEntry, Payment
from billing_app.services.books.verify import verify
from billing_app.services.foreign.undoing import undo
from billing_app.services.payments.allocating import release
from billing_app.services.payments.recording import PaymentFacts, record_payment
from billing_app.services.payments.states import delete_payment
from billing_app.services.settings import change_setting
from tests.services.coherence import incoherences
from tests.services.test_foreign_invoices import bring, by_number, compare, counts, reasons

pytestmark = pytest.mark.spec("6.12")
HEAD = "Invoice,Date,Due,Customer,Email,Status,Description,Qty,Unit price,VAT rate,Total,Paid,Paid on\n"
ROW = "{number},2026-10-02,2026-11-01,Acme,ap@acme.example,{status},Cleaning,1,100.00,19,119.00,{paid},{on}\n"


def a_file(*rows):
    """Rows of (number, status, paid, day)."""
    return HEAD + "".join(
        ROW.format(number=number, status=status, paid=paid, on=on)
        for number, status, paid, on in rows
    )


def payments(w):
    living = [one for one in w.all(Payment) if one.deleted_at is None]
    return [(one.total_minor, one.left_minor, one.paid_on.isoformat()) for one in living]


def proven(w):
    assert incoherences(w.database, w.ctx().secret) == []
    assert [one.violations for one in verify(w.ctx()) if one.violations] == []


def test_each_paid_document_gets_one_payment_of_its_day(w):
    batch_id = bring(
        w,
        a_file(
            ("P-1", "paid", "", ""),
            ("P-2", "paid", "119.00", "2026-10-20"),
            ("P-3", "partially paid", "46.00", "2026-10-21"),
            ("P-4", "sent", "0.00", ""),
            ("P-5", "draft", "10.00", ""),
        ),
    )
    opens = {name: by_number(w, name).open_minor for name in ("P-1", "P-2", "P-3", "P-4", "P-5")}
    assert opens == {"P-1": 0, "P-2": 0, "P-3": 7_300, "P-4": 11_900, "P-5": 11_900}
    assert payments(w) == [
        (11_900, 0, "2026-10-02"),  # the file names no day: the document's own
        (11_900, 0, "2026-10-20"),
        (4_600, 0, "2026-10-21"),
    ]
    first = w.all(Payment)[0]
    assert (first.method, first.source, first.kind) == ("imported", "import", "receipt")
    assert first.reference == "freshbooks P-1"
    assert reasons(w, batch_id) == {
        "P-1": "Paid 119.00",
        "P-2": "Paid 119.00",
        "P-3": "Paid 46.00",
        "P-4": "",
        "P-5": "Paid 10.00; a draft takes no payment",
    }
    assert by_number(w, "P-1").payment_status == "full"
    proven(w)


def test_the_same_file_twice_changes_nothing(w):
    text = a_file(("P-1", "paid", "", ""), ("P-2", "open", "46.00", ""))
    bring(w, text)
    before = payments(w)
    again = bring(w, text)
    assert payments(w) == before
    assert counts(w, again) == {"new": 0, "changed": 0, "same": 2, "refused": 0}


def test_a_later_file_adds_what_was_paid_since_and_takes_nothing_back(w):
    bring(w, a_file(("P-1", "open", "46.00", "2026-10-10")))
    later = bring(w, a_file(("P-1", "paid", "119.00", "2026-10-30")))
    assert reasons(w, later)["P-1"] == "Paid 46.00 → 119.00"
    assert payments(w) == [(4_600, 0, "2026-10-10"), (7_300, 0, "2026-10-30")]
    less = compare(w, a_file(("P-1", "open", "20.00", "2026-10-10")))
    assert counts(w, less)["refused"] == 1
    assert "this one says 20.00" in reasons(w, less)["P-1"]
    undo(w.ctx("accounting"), later)
    assert payments(w) == [(4_600, 0, "2026-10-10")]
    assert by_number(w, "P-1").open_minor == 7_300
    proven(w)


def test_money_that_was_recorded_here_is_not_recorded_again(w):
    bring(w, a_file(("P-1", "open", "", "")))
    facts = PaymentFacts(Decimal("119.00"), date(2026, 11, 1))
    record_payment(w.ctx("accounting"), by_number(w, "P-1").id, facts)
    again = bring(w, a_file(("P-1", "paid", "119.00", "2026-11-01")))
    assert counts(w, again)["same"] == 1
    assert payments(w) == [(11_900, 0, "2026-11-01")]


def test_a_draft_that_was_paid_meanwhile_is_posted_and_settled(w):
    bring(w, a_file(("P-1", "draft", "", "")))
    batch_id = bring(w, a_file(("P-1", "paid", "", "2026-10-30")))
    assert reasons(w, batch_id)["P-1"] == "Draft → Posted; Paid 0.00 → 119.00"
    assert payments(w) == [(11_900, 0, "2026-10-30")]
    result = undo(w.ctx("accounting"), batch_id)
    assert (result.undone, result.kept) == (1, 0)
    assert payments(w) == []
    assert by_number(w, "P-1").posting_status == "VOID"
    proven(w)


def test_an_undo_takes_the_payment_with_it_and_the_books_hold(w):
    batch_id = bring(w, a_file(("P-1", "paid", "", ""), ("P-2", "open", "46.00", "")))
    result = undo(w.ctx("accounting"), batch_id)
    assert (result.undone, result.kept, result.is_finished) == (2, 0, True)
    assert payments(w) == []
    assert w.all(Allocation) == []
    assert by_number(w, "P-1").posting_status == "VOID"
    sums = {}
    for entry in w.all(JournalEntry):
        sums[entry.payment_id] = sums.get(entry.payment_id, 0) + 1
    assert all(count % 2 == 0 for key, count in sums.items() if key)  # each has its mirror
    proven(w)


def test_what_somebody_did_with_the_payment_keeps_the_document(w):
    batch_id = bring(
        w,
        a_file(("P-1", "paid", "", ""), ("P-2", "paid", "", ""), ("P-3", "open", "46.00", "")),
    )
    ctx = w.ctx("accounting")
    first, second, third = w.all(Payment)
    delete_payment(ctx, first.id)
    (row,) = [one for one in w.all(Allocation) if one.payment_id == second.id]
    release(ctx, second.id, row.invoice_id)
    record_payment(ctx, by_number(w, "P-3").id, PaymentFacts(Decimal("73.00"), date(2026, 11, 2)))
    result = undo(ctx, batch_id)
    assert (result.undone, result.kept) == (0, 3)
    assert all(reason.startswith("Stays: ") for reason in reasons(w, batch_id).values())
    assert third.id in {one.id for one in w.all(Payment) if one.deleted_at is None}
    proven(w)


def test_more_than_the_total_is_left_as_the_customers_credit(w):
    batch_id = bring(w, a_file(("P-1", "paid", "130.00", "")))
    assert payments(w) == [(13_000, 1_100, "2026-10-02")]
    assert by_number(w, "P-1").open_minor == 0
    proven(w)
    undo(w.ctx("accounting"), batch_id)
    assert payments(w) == []
    proven(w)


def test_a_credit_note_that_was_paid_out_is_money_out(w):
    text = a_file(("C-1", "paid", "", "")).replace(",1,100.00,19,119.00", ",-1,100.00,19,-119.00")
    bring(w, text)
    (payment,) = w.all(Payment)
    assert (payment.kind, payment.total_minor, payment.left_minor) == ("payment", 11_900, 0)
    assert payment.number.startswith("PMO-")
    proven(w)


def test_a_day_to_come_and_a_closed_period_refuse_the_document_with_a_sentence(w):
    tomorrow = (w.ctx().today() + timedelta(days=1)).isoformat()
    late = bring(w, a_file(("P-1", "paid", "119.00", tomorrow)))
    assert "still to come" in reasons(w, late)["P-1"]
    change_setting(w.ctx("admin"), "books_closed_until", "2026-10-15", scope="company", scope_id=1)
    closed = bring(w, a_file(("P-2", "paid", "119.00", "2026-10-14")))
    assert counts(w, closed)["refused"] == 1
    assert "closed" in reasons(w, closed)["P-2"]
    assert payments(w) == []


def test_all_as_drafts_means_no_payment_either(w):
    bring(w, a_file(("P-1", "paid", "119.00", "")), status=StatusRule.DRAFT)
    assert by_number(w, "P-1").posting_status == "DRAFT"
    assert payments(w) == []
    assert [one.payment_id for one in w.all(ImportItem)] == [None]
