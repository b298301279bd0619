"""The journal's rules: every entry balances, what is undone is the mirror, credits turn the way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.accounts import Accounts, Role, accounts_of, is_account
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.journal import (
    BookedLine,
    DocumentFacts,
    JournalLine,
    PaymentFacts,
    check_open,
    difference,
    document_lines,
    mirror,
    payment_lines,
)
from billing_app.domain.settings import DEFAULTS, checked_value
from billing_app.domain.settlement import PaymentKind

ACCOUNTS = accounts_of(DEFAULTS)
MANY = accounts_of(
    {
        **DEFAULTS,
        "accounts_revenue_by_product": "CRANE-1: 4010\nA:B: 4020",
        "accounts_revenue_by_rate": "7: 4300\n19: 4400",
        "accounts_tax_by_rate": "7: 3801",
        "accounts_bank_by_method": "cash: 1600",
    }
)
minors = st.integers(-(10**12), 10**12)
rates = st.sampled_from([None, Decimal(0), Decimal(7), Decimal("5.5"), Decimal(19)])
booked_lines = st.builds(
    BookedLine,
    minors,
    minors,
    st.sampled_from(["S", "Z", "G"]),
    rates,
    st.sampled_from(["", "CRANE-1"]),
)


@st.composite
def documents(draw) -> DocumentFacts:
    lines = draw(st.lists(booked_lines, max_size=6))
    fixed = draw(st.sampled_from([0, 1, -250]))
    tax = sum(line.tax for line in lines) + fixed
    total = sum(line.taxable for line in lines) + tax
    return DocumentFacts(
        draw(st.sampled_from(Direction)), draw(st.sampled_from(DocumentKind)), total, tax, lines
    )


@st.composite
def payments(draw) -> PaymentFacts:
    kind = draw(st.sampled_from(PaymentKind))
    total = draw(st.integers(1, 10**12))
    settled = 0 if kind is PaymentKind.PURCHASE else draw(st.integers(0, total))
    refunded = draw(st.sampled_from([PaymentKind.RECEIPT, PaymentKind.PAYMENT]))
    return PaymentFacts(
        kind,
        draw(st.sampled_from(Direction)),
        draw(st.sampled_from(["bank_transfer", "cash", "write_off"])),
        -total if kind is PaymentKind.PURCHASE else total,
        settled,
        refunded if kind is PaymentKind.REFUND else None,
    )


def by_role(lines: tuple[JournalLine, ...]) -> dict[Role, int]:
    sums: dict[Role, int] = {}
    for line in lines:
        sums[line.role] = sums.get(line.role, 0) + line.minor
    return sums


@given(documents(), st.sampled_from([ACCOUNTS, MANY]))
def test_every_document_balances_and_is_booked_with_its_total(facts, accounts):
    lines = document_lines(facts, accounts)
    assert sum(line.minor for line in lines) == 0
    assert all(line.minor for line in lines)
    control = by_role(lines)
    owed = sum(
        control.get(role, 0) for role in (Role.RECEIVABLES, Role.PAYABLES, Role.ADVANCES_ASKED)
    )
    assert abs(owed) == abs(facts.total)
    taxed = abs(control.get(Role.OUTPUT_TAX, 0) + control.get(Role.INPUT_TAX, 0))
    is_booked = facts.kind in {DocumentKind.INVOICE, DocumentKind.CREDIT}
    assert taxed == (abs(facts.tax_total) if is_booked else 0)


@given(documents())
def test_a_credit_note_and_a_void_are_mirrors(facts):
    invoice = document_lines(replace(facts, kind=DocumentKind.INVOICE), MANY)
    credit = document_lines(replace(facts, kind=DocumentKind.CREDIT), MANY)
    assert credit == mirror(invoice)
    assert mirror(mirror(invoice)) == invoice


@given(payments(), st.sampled_from([ACCOUNTS, MANY]))
def test_every_payment_balances(facts, accounts):
    assert sum(line.minor for line in payment_lines(facts, accounts)) == 0


@given(payments(), st.integers(0, 10**12))
def test_a_payment_reaches_any_standing_and_comes_back_to_nothing(facts, settled):
    first = payment_lines(facts, MANY)
    booked = {line.role: line for line in first}
    moved = replace(facts, settled=min(settled, max(facts.total, 0)))
    if facts.kind is not PaymentKind.PURCHASE:
        step = difference(payment_lines(moved, ACCOUNTS), booked)
        for line in step:
            was = booked.get(line.role)
            booked[line.role] = line._replace(minor=line.minor + (was.minor if was else 0))
    undone = difference((), booked)
    assert {line.account: line.minor for line in undone} == {
        line.account: -line.minor for line in booked.values() if line.minor
    }


def test_an_invoice_out_owes_revenue_and_tax_by_rate():
    lines = document_lines(
        DocumentFacts(
            Direction.OUT,
            DocumentKind.INVOICE,
            total=22_600,
            tax_total=2_600,
            lines=[
                BookedLine(10_000, 1_900, "S", Decimal(19)),
                BookedLine(5_000, 350, "S", Decimal(7)),
                BookedLine(5_000, 350, "S", Decimal(7), sku="CRANE-1"),
            ],
        ),
        MANY,
    )
    assert [(line.account, line.minor, line.tax_rate) for line in lines] == [
        ("1200", 22_600, None),
        ("4400", -10_000, None),
        ("4300", -5_000, None),
        ("4010", -5_000, None),
        ("3800", -1_900, Decimal(19)),
        ("3801", -700, Decimal(7)),
    ]


def test_a_refund_of_a_receipt_takes_from_the_bank_and_a_refund_of_a_payment_brings():
    given_back = PaymentFacts(
        PaymentKind.REFUND, Direction.OUT, "cash", 500, 200, PaymentKind.RECEIPT
    )
    assert by_role(payment_lines(given_back, MANY)) == {
        Role.BANK: -500,
        Role.RECEIVABLES: 200,
        Role.CUSTOMER_CREDIT: 300,
    }
    assert payment_lines(given_back, MANY)[0].account == "1600"
    brought = replace(given_back, refunded_kind=PaymentKind.PAYMENT, direction=Direction.IN)
    assert by_role(payment_lines(brought, MANY)) == {
        Role.BANK: 500,
        Role.PAYABLES: -200,
        Role.SUPPLIER_CREDIT: -300,
    }


def test_a_write_off_is_a_cost_and_a_purchase_uses_credit():
    off = PaymentFacts(PaymentKind.RECEIPT, Direction.OUT, "write_off", 250, 250)
    assert by_role(payment_lines(off, ACCOUNTS)) == {Role.WRITE_OFF: 250, Role.RECEIVABLES: -250}
    bought = PaymentFacts(PaymentKind.PURCHASE, Direction.OUT, "other", -900, 0)
    assert by_role(payment_lines(bought, ACCOUNTS)) == {
        Role.CUSTOMER_CREDIT: 900,
        Role.REVENUE: -900,
    }


def test_figures_that_do_not_add_up_are_no_entry():
    with pytest.raises(ValueError, match="do not balance"):
        document_lines(DocumentFacts(Direction.OUT, DocumentKind.INVOICE, 1, 0, []), ACCOUNTS)


def test_nothing_is_booked_up_to_the_day_on_which_the_books_are_closed():
    check_open("", date(2026, 9, 30), "INV-1")
    check_open("2026-09-30", date(2026, 10, 1), "INV-1")
    for day in (date(2026, 9, 30), date(2025, 1, 1)):
        with pytest.raises(Refused, match="closed until 30 Sep 2026, so INV-1 cannot be booked"):
            check_open("2026-09-30", day, "INV-1")


@pytest.mark.parametrize("code", ["4000", "A-1", "X" * 32])
def test_an_account_is_capitals_digits_and_hyphens(code):
    assert is_account(code)


@pytest.mark.parametrize("code", ["", "4000 a", "a1", "-1", "X" * 33, "40,00", "４０００"])
def test_anything_else_is_no_account(code):
    assert not is_account(code)
    with pytest.raises(Invalid):
        checked_value("account_bank", code, "company")


def test_lists_of_accounts_are_checked_line_by_line():
    assert (
        checked_value("accounts_tax_by_rate", " 19:3800 \n7: 3801", "global") == "19: 3800\n7: 3801"
    )
    assert checked_value("accounts_bank_by_method", "cash: 1600", "company") == "cash: 1600"
    wrong = {
        "accounts_tax_by_rate": (
            "x: 3800",
            "19: 3800\n19: 3801",
            "19 3800",
            "1e3: 3800",
            "NaN: 3800",
        ),
        "accounts_bank_by_method": ("gold: 1600",),
        "accounts_revenue_by_product": ("SKU: a", ": 4000", "A:4000\nA: 4001"),
        "books_closed_until": ("30.9.2026", "2026-02-30"),
    }
    for key, values in wrong.items():
        for value in values:
            with pytest.raises(Invalid):
                checked_value(key, value, "global")
    assert checked_value("books_closed_until", " 2026-09-30", "company") == "2026-09-30"


def test_every_role_has_an_account_and_a_type():
    assert isinstance(ACCOUNTS, Accounts)
    assert all(ACCOUNTS.by_role[role] for role in Role)
    assert {role.type for role in Role} == {"Assets", "Liabilities", "Income", "Expenses"}
