"""The statement of account: it agrees with what is open, on the page, as CSV and on paper."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from billing_app.domain.document_types import Direction
from billing_app.domain.errors import Forbidden, Invalid, NotFound
from billing_app.domain.lifecycle import Action
from billing_app.domain.payments import PaymentState
from billing_app.domain.settlement import PaymentKind
from billing_app.services.payments.allocating import Share, allocate
from billing_app.services.payments.credits import apply_credit
from billing_app.services.payments.recording import PaymentFacts, add_payment, record_payment
from billing_app.services.payments.refunding import refund_payment
from billing_app.services.payments.statement import (
    statement_csv,
    statement_of,
    statement_pdf,
)
from billing_app.services.payments.write_offs import write_off
from tests.services.test_payments import facts, owed, receipt
from tests.services.worldmaking import TODAY


def a_history(w):
    """Invoices, a credit note, receipts, a refund, a write-off, a purchase, and what is no money."""
    ctx = w.ctx("accounting")
    first, second = owed(w, 100), owed(w, 50)
    credit = owed(w, 20, document_type_id=w.type_id("CRO"), due_on=None)
    paid = receipt(w, 97, reference="R-1")
    allocate(ctx, [Share(paid, first, 9_700)])
    write_off(ctx, first, "Bank charges")
    apply_credit(ctx, credit, second)
    more = receipt(w, 40)
    refund_payment(ctx, more, Decimal(15), "Sent twice")
    add_payment(ctx, w.customers["a"], facts("-5"), code="EUR")
    receipt(w, 1_000, state=PaymentState.PENDING)
    bill = owed(w, 30, document_type_id=w.type_id("INI"))
    supplier = add_payment(
        ctx, w.customers["a"], facts("30"), code="EUR", direction=Direction.IN,
        kind=PaymentKind.PAYMENT,
    )  # fmt: skip
    allocate(ctx, [Share(supplier.id, bill, 3_000)])
    void = owed(w, 77)
    w.move("accounting", void, Action.VOID, reason="Twice", confirmed=True)
    w.draft()
    owed(w, 500, customer_id=w.customers["b"])
    return first, second


@pytest.mark.spec("DLY-43", "6.5-14")
def test_the_closing_balance_is_what_is_open_less_the_customers_credit(w):
    a_history(w)
    found = statement_of(w.ctx("accounting"), w.customers["a"])
    (account,) = found.accounts
    # open: 0 + 30; credit: 25 left of the second receipt, 5 of it spent
    assert found.credits == (("EUR", 2_000),)
    assert account.closing_minor == 3_000 - 2_000
    kinds = [str(row.entry.kind) for row in account.rows]
    assert sorted(set(kinds)) == [
        "credit", "invoice", "payment", "purchase", "receipt", "refund", "write_off",
    ]  # fmt: skip
    assert len(kinds) == 10


@pytest.mark.spec("DLY-43")
def test_days_bound_it_and_the_past_is_the_opening_balance(lite):
    ctx = lite.ctx("accounting")
    old = date(2026, 9, 1)
    invoice_id = owed(lite, 100, document_date=old, due_on=old)
    record_payment(ctx, invoice_id, PaymentFacts(Decimal(30), TODAY))
    found = statement_of(ctx, lite.customers["a"], old + timedelta(days=1))
    (account,) = found.accounts
    assert (account.opening_minor, account.closing_minor) == (10_000, 7_000)
    assert [row.entry.number[:3] for row in account.rows] == ["PMI"]
    until = statement_of(ctx, lite.customers["a"], None, old).accounts[0]
    assert until.closing_minor == 10_000
    with pytest.raises(Invalid, match="lies before the first"):
        statement_of(ctx, lite.customers["a"], TODAY, old)
    with pytest.raises(NotFound):
        statement_of(ctx, 10**9)


@pytest.mark.spec("6.7", "DLY-12")
def test_accounting_reads_it_and_a_hidden_name_stays_hidden(lite):
    a_history(lite)
    for who in ("viewer", "sales", "billing", "a40", "a90"):
        for verb in (statement_of, statement_csv, statement_pdf):
            with pytest.raises(Forbidden):
                verb(lite.ctx(who), lite.customers["a"], None, None)
    blind = replace(lite.people["accounting"], sees_partner=False)
    ctx = lite.ctx(blind)
    assert statement_of(ctx, lite.customers["a"]).customer_name == "Hidden"
    said = text_of(statement_pdf(ctx, lite.customers["a"], None, None).content)
    assert "Halvorsen" not in said
    assert "Husum" not in said


@pytest.mark.spec("DLY-43")
def test_the_files_say_what_the_page_says(lite):
    a_history(lite)
    ctx, customer = lite.ctx("accounting"), lite.customers["a"]
    account = statement_of(ctx, customer).accounts[0]
    made = statement_csv(ctx, customer, None, None)
    rows = [line.split(",") for line in made.content.decode().splitlines()]
    assert made.name == "statement-10001.csv"
    assert rows[0] == ["Currency", "Date", "Kind", "Number", "Text", "Amount", "Balance"]
    assert [row[3] for row in rows[2:]] == [row.entry.number for row in account.rows]
    assert rows[-1][-1] == "10.00"
    paper = statement_pdf(ctx, customer, None, None)
    assert paper.content == statement_pdf(ctx, customer, None, None).content
    said = text_of(paper.content)
    for word in ("Statement of account", "Halvorsen Dairy", "Closing balance", "Page 1 of 1"):
        assert word in said
    assert all(row.entry.number in said for row in account.rows)


def test_a_long_statement_goes_on_over_pages(lite):
    ctx, invoice_id = lite.ctx("accounting"), owed(lite, 100)
    for _ in range(60):
        record_payment(ctx, invoice_id, facts("1"))
    paper = statement_pdf(ctx, lite.customers["a"], None, None).content
    pages = [page.extract_text() for page in PdfReader(BytesIO(paper)).pages]
    assert len(pages) >= 3
    for at, page in enumerate(pages, start=1):
        assert f"Page {at} of {len(pages)}" in page
    whole = "\n".join(pages)
    assert all(f"PMI-{at:06d}" in whole for at in range(1, 61))


def text_of(paper):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
