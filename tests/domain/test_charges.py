"""What may be assembled, how voyages move, and lines on their own (SPEC 6.3, DLY-26 to DLY-36)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.charges import (
    MAX_CHARGES,
    Assembly,
    ChargeFacts,
    ChargeStatus,
    OldPostingDate,
    PendingList,
    PendingView,
    check_assembly,
    same_document,
)
from billing_app.domain.currencies import currency
from billing_app.domain.dissolving import lines_alone
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Conflict, Forbidden, Refused
from billing_app.domain.totals import DiscountType, DocumentInput, LineInput, TaxMode, compute
from billing_app.domain.voyages import VoyageStatus, check_voyage_move, why_not_billable

ONE = ChargeFacts(customer_id=1, company_id=1, currency="EUR", direction=Direction.OUT)
TODAY = date(2026, 11, 21)
LEGAL = Assembly([ONE], Direction.OUT, DocumentKind.INVOICE, TODAY, TODAY)
CHARGEABLE = {"Nominated", "Operational", "Operationally Closed", "Invoiced"}


@pytest.mark.spec("DLY-26", "DLY-27")
def test_there_are_three_lists_and_hire_is_seen_by_partner_only():
    assert [one.label for one in PendingList] == ["Receivable", "Payable", "Hire Payable"]
    assert [one.direction for one in PendingList] == ["out", "in", "in"]
    assert [view.label for view in PendingList.PAYABLE.views] == [
        "Voyage",
        "Vessel",
        "Business partner",
    ]
    assert PendingList.HIRE.views == (PendingView.PARTNER,)


@pytest.mark.spec("6.3-T2")
@pytest.mark.parametrize("kind", DocumentKind)
def test_only_invoices_and_credits_are_assembled(kind):
    asked = replace(LEGAL, kind=kind)
    if kind in {DocumentKind.INVOICE, DocumentKind.CREDIT}:
        check_assembly(asked)
    else:
        with pytest.raises(Refused, match="does not fit"):
            check_assembly(asked)


@pytest.mark.spec("DLY-36", "6.3-T2")
@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"customer_id": 2}, "business partner"),
        ({"currency": "USD"}, "currency"),
        ({"company_id": 2}, "issuing company"),
        ({"direction": Direction.IN}, "direction"),
        ({"prices_include_tax": True}, "VAT"),
    ],
)
def test_lines_of_one_document_share_what_a_document_has_once(change, word):
    both = [ONE, replace(ONE, **change)]
    assert word in same_document(both, PendingView.PARTNER)
    with pytest.raises(Refused, match=word):
        check_assembly(replace(LEGAL, charges=both))


@pytest.mark.spec("DLY-28")
@pytest.mark.parametrize("view", PendingView)
def test_by_voyage_a_document_covers_one_voyage(view):
    both = [replace(ONE, voyage_reference="X"), replace(ONE, voyage_reference="Y")]
    assert bool(same_document(both, view)) == (view is PendingView.VOYAGE)
    assert same_document([ONE, ONE], view) == ""


def test_there_are_lines_but_not_too_many_and_none_is_billed():
    with pytest.raises(Refused, match="Nothing is ticked"):
        check_assembly(replace(LEGAL, charges=[]))
    with pytest.raises(Refused, match="10,000"):
        check_assembly(replace(LEGAL, charges=[ONE] * (MAX_CHARGES + 1)))
    billed = replace(ONE, status=ChargeStatus.BILLED, billed_in="D-000007")
    with pytest.raises(Conflict, match="1 of these lines went into D-000007"):
        check_assembly(replace(LEGAL, charges=[ONE, billed]))


@pytest.mark.spec("DLY-33", "DLY-48")
@pytest.mark.parametrize("status", VoyageStatus)
def test_a_voyage_is_billed_from_nominated_until_it_is_closed(status):
    asked = replace(LEGAL, charges=[replace(ONE, voyage_reference="X", voyage_status=status)])
    assert (why_not_billable("X", status) == "") == (status in CHARGEABLE)
    if status in CHARGEABLE:
        check_assembly(asked)
    else:
        with pytest.raises(Refused, match="Voyage X is"):
            check_assembly(asked)


@pytest.mark.spec("DLY-34")
@pytest.mark.parametrize(
    ("day", "is_old"),
    [("2026-09-30", True), ("2026-10-01", False), ("2026-11-21", False), ("2027-01-01", False)],
)
def test_an_old_date_is_confirmed_a_second_time(day, is_old):
    asked = replace(LEGAL, posted_on=date.fromisoformat(day))
    if is_old:
        with pytest.raises(OldPostingDate, match=day):
            check_assembly(asked)
    else:
        check_assembly(asked)
    check_assembly(replace(asked, is_confirmed=True))


@pytest.mark.spec("DLY-48", "6.7")
@pytest.mark.parametrize("wanted", VoyageStatus)
@pytest.mark.parametrize("current", VoyageStatus)
def test_a_voyage_goes_anywhere_but_out_of_closed(current, wanted):
    closed = VoyageStatus.CLOSED
    if current is not closed or wanted is closed:
        check_voyage_move("X", current, wanted, may_reopen=False)
        return
    with pytest.raises(Forbidden, match="administrator"):
        check_voyage_move("X", current, wanted, may_reopen=False)
    if wanted is VoyageStatus.INVOICED:
        check_voyage_move("X", current, wanted, may_reopen=True)
    else:
        with pytest.raises(Refused, match="to Invoiced only"):
            check_voyage_move("X", current, wanted, may_reopen=True)


CENTS = st.decimals(Decimal(-5000), Decimal(5000), places=2)
LINES = st.builds(
    LineInput,
    line_no=st.just(0),
    quantity=st.decimals(Decimal(1), Decimal(20), places=1),
    unit_price=CENTS,
    discount_type=st.sampled_from([DiscountType.NONE, DiscountType.PERCENT]),
    discount_value=st.decimals(Decimal(0), Decimal(100), places=1),
    tax_rate=st.sampled_from([None, Decimal(0), Decimal(7), Decimal(19)]),
)


@pytest.mark.spec("6.3-T4", "6.16-1")
@given(
    lines=st.lists(LINES, min_size=1, max_size=8),
    percent=st.decimals(Decimal(0), Decimal(100), places=1),
    mode=st.sampled_from([TaxMode.LINE, TaxMode.RATE]),
    included=st.booleans(),
    code=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_lines_alone_come_to_what_the_document_came_to(lines, percent, mode, included, code):
    doc = DocumentInput(
        currency=currency(code),
        lines=[replace(line, line_no=10 * at) for at, line in enumerate(lines, start=1)],
        discount_type=DiscountType.PERCENT,
        discount_value=percent,
        tax_mode=mode,
        tax_value=Decimal(19) if mode is TaxMode.RATE else Decimal(0),
        prices_include_tax=included,
    )
    before = compute(doc)
    alone = compute(
        DocumentInput(doc.currency, lines_alone(doc, "D-1"), prices_include_tax=included)
    )
    assert alone.invoice_discount == 0
    assert (alone.total, alone.tax_total) == (before.total, before.tax_total)
    assert [line.total for line in alone.lines] == [line.total for line in before.lines]


def test_without_a_discount_lines_stay_as_they_are():
    doc = DocumentInput(currency("EUR"), (LineInput(10, Decimal(1), Decimal(5)),))
    assert lines_alone(doc, "D-1") == tuple(doc.lines)


def test_a_fixed_tax_has_no_line_to_go_to():
    doc = DocumentInput(currency("EUR"), (), tax_mode=TaxMode.FIXED, tax_value=Decimal(5))
    with pytest.raises(Refused, match="one fixed amount"):
        lines_alone(doc, "D-1")
