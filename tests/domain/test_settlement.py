"""Payments never settle more than is open, and always to the cent."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.currencies import currency
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Invalid, MixedCurrencies, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.domain.money import Money
from billing_app.domain.settlement import (
    OpenItem,
    Part,
    Party,
    PaymentKind,
    PaymentSource,
    automatic_credit,
    check_allocation,
    check_credit_application,
    check_delete_payment,
    check_record_payment,
    check_refund,
    check_released,
    check_same_party,
    customer_credit,
    open_minor,
    payment_kind,
    still_fitting,
    suggest_oldest_first,
)

EUR, JPY = currency("EUR"), currency("JPY")


def eur(amount):
    return Money(round(amount * 100), EUR)


def test_open_is_total_less_payments_less_credits():
    assert open_minor(10000, 4000, 1000) == 5000


@pytest.mark.spec("6.14-V17", "CXS-29")
def test_a_payment_of_100_settles_60_and_40_and_no_more():
    check_allocation(eur(60), eur(100), eur(60))
    check_allocation(eur(40), eur(40), eur(70))
    with pytest.raises(Invalid, match="Only EUR 0.00 of the payment is left"):
        check_allocation(eur(50), eur(0), eur(30))
    with pytest.raises(Invalid, match="Only EUR 30.00 is open"):
        check_allocation(eur(50), eur(50), eur(30))


@pytest.mark.spec("6.14-V17")
def test_the_suggestion_settles_the_oldest_first_and_leaves_the_rest_as_credit():
    items = [
        OpenItem(2, 7000, date(2026, 2, 1), date(2026, 3, 1)),
        OpenItem(1, 6000, date(2026, 1, 1), date(2026, 2, 1)),
        OpenItem(3, 5000, date(2026, 3, 1)),
    ]
    assert suggest_oldest_first(10000, items) == (Part(1, 6000), Part(2, 4000))
    assert suggest_oldest_first(99999, items)[-1] == Part(3, 5000)
    assert suggest_oldest_first(0, items) == ()


def test_documents_due_the_same_day_are_settled_by_date_and_then_by_id():
    due = date(2026, 2, 1)
    items = [
        OpenItem(9, 10, date(2026, 1, 2), due),
        OpenItem(8, 10, date(2026, 1, 2), due),
        OpenItem(7, 0, date(2026, 1, 1), due),
        OpenItem(10, 10, date(2026, 1, 1), due),
    ]
    assert [part.id for part in suggest_oldest_first(100, items)] == [10, 8, 9]


@given(
    st.integers(0, 10**6),
    st.lists(st.integers(-100, 10**5), max_size=20),
)
def test_a_suggestion_never_exceeds_the_payment_or_any_open_amount(unallocated, opens):
    items = [OpenItem(n, minor, date(2026, 1, 1)) for n, minor in enumerate(opens)]
    parts = suggest_oldest_first(unallocated, items)
    assert all(0 < part.minor <= opens[part.id] for part in parts)
    assert sum(part.minor for part in parts) == min(
        unallocated, sum(minor for minor in opens if minor > 0)
    )


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_than_nothing_is_not_allocated(amount):
    with pytest.raises(Invalid, match="above 0") as refused:
        check_allocation(eur(amount), eur(100), eur(100))
    assert list(refused.value.fields) == ["amount"]


def test_a_payment_in_another_currency_does_not_settle():
    with pytest.raises(MixedCurrencies):
        check_allocation(eur(1), eur(1), Money(100, JPY))


@pytest.mark.spec("DLY-22", "CRM-9")
@pytest.mark.parametrize("status", list(Posting))
def test_payments_are_recorded_on_ready_and_posted_documents_only(status):
    if status in {Posting.READY, Posting.POSTED}:
        check_record_payment(status, DocumentKind.INVOICE, eur(1), eur(1))
        check_released(status)
    else:
        with pytest.raises(Refused, match=f"this document is {status.label}"):
            check_record_payment(status, DocumentKind.INVOICE, eur(1), eur(1))
        with pytest.raises(Refused, match=f"this document is {status.label}"):
            check_released(status)


@pytest.mark.spec("DLY-23")
@pytest.mark.parametrize("kind", list(DocumentKind))
def test_payments_are_recorded_on_invoices_and_credits_only(kind):
    if kind in {DocumentKind.INVOICE, DocumentKind.CREDIT}:
        check_record_payment(Posting.POSTED, kind, eur(1), eur(1))
    else:
        with pytest.raises(Refused, match="invoices and credit notes only"):
            check_record_payment(Posting.POSTED, kind, eur(1), eur(1))


@pytest.mark.spec("CRM-25", "DLY-20", "DLY-21")
def test_a_payment_is_above_zero_and_within_the_open_amount():
    check_record_payment(Posting.POSTED, DocumentKind.INVOICE, eur(40), eur(60))
    check_record_payment(Posting.POSTED, DocumentKind.INVOICE, eur(60), eur(60))
    with pytest.raises(Invalid, match="Only EUR 100.00 is open"):
        check_record_payment(Posting.POSTED, DocumentKind.INVOICE, eur(100.01), eur(100))
    with pytest.raises(Invalid, match="Nothing is open any more"):
        check_record_payment(Posting.POSTED, DocumentKind.INVOICE, eur(1), eur(0))
    with pytest.raises(Invalid, match="above 0"):
        check_record_payment(Posting.POSTED, DocumentKind.INVOICE, eur(0), eur(100))


@pytest.mark.parametrize(
    ("direction", "kind", "expected"),
    [
        (Direction.OUT, DocumentKind.INVOICE, PaymentKind.RECEIPT),
        (Direction.IN, DocumentKind.CREDIT, PaymentKind.RECEIPT),
        (Direction.IN, DocumentKind.INVOICE, PaymentKind.PAYMENT),
        (Direction.OUT, DocumentKind.CREDIT, PaymentKind.PAYMENT),
    ],
)
@pytest.mark.spec("6.5-7")
def test_money_comes_in_for_invoices_out_and_goes_out_for_credits_out(direction, kind, expected):
    assert payment_kind(direction, kind) is expected


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (Party(2, EUR, Direction.OUT), "two customers"),
        (Party(1, JPY, Direction.OUT), "in EUR and JPY"),
        (Party(1, EUR, Direction.IN), "by the partner"),
    ],
)
def test_only_the_same_customer_currency_and_direction_settle_each_other(other, sentence):
    check_same_party(Party(1, EUR, Direction.OUT), Party(1, EUR, Direction.OUT))
    with pytest.raises(Refused, match=sentence):
        check_same_party(Party(1, EUR, Direction.OUT), other)


@pytest.mark.spec("6.5-6a")
def test_a_credit_note_settles_both_sides_by_the_same_amount():
    check_credit_application(eur(50), eur(50), eur(60), both_posted=True)
    with pytest.raises(Refused, match="Post the credit note"):
        check_credit_application(eur(50), eur(50), eur(60), both_posted=False)
    with pytest.raises(Invalid, match="Only EUR 40.00 of the credit note is left"):
        check_credit_application(eur(50), eur(40), eur(60), both_posted=True)
    with pytest.raises(Invalid, match="Only EUR 10.00 is open"):
        check_credit_application(eur(50), eur(50), eur(10), both_posted=True)
    with pytest.raises(Invalid, match="above 0"):
        check_credit_application(eur(0), eur(50), eur(10), both_posted=True)


def test_a_posted_credit_settles_its_invoice_up_to_what_is_open():
    assert automatic_credit(100, 60) == 60
    assert automatic_credit(40, 60) == 40
    assert automatic_credit(40, -5) == 0


@pytest.mark.spec("ORO-45", "6.5-12")
def test_refunds_never_exceed_the_charge_and_have_a_reason():
    check_refund(eur(60), eur(100), eur(0), "Returned")
    with pytest.raises(Invalid, match="At most EUR 40.00 can be refunded"):
        check_refund(eur(60), eur(100), eur(60), "Returned")
    with pytest.raises(Invalid) as refused:
        check_refund(eur(60), eur(100), eur(0), " ")
    assert list(refused.value.fields) == ["reason"]


@pytest.mark.spec("6.5-10")
@pytest.mark.parametrize("source", list(PaymentSource))
def test_manual_portal_and_imported_payments_can_be_deleted(source):
    if source in {PaymentSource.MANUAL, PaymentSource.PORTAL, PaymentSource.IMPORT}:
        check_delete_payment(source)
    else:
        with pytest.raises(Refused, match="cannot be deleted"):
            check_delete_payment(source)


def test_a_gateway_payment_is_refunded_instead_of_deleted():
    with pytest.raises(Refused, match="Refund it instead"):
        check_delete_payment(PaymentSource.GATEWAY)


@pytest.mark.spec("6.5-9")
def test_a_completed_payment_releases_what_no_longer_fits():
    allocated = [Part(1, 60), Part(2, 40), Part(1, 10), Part(3, 5)]
    assert still_fitting(allocated, {1: 65, 2: 0}) == (Part(1, 60), Part(1, 5))


@pytest.mark.spec("6.5-14")
def test_a_customers_credit_is_his_unallocated_receipts_less_purchases():
    assert customer_credit([10000, 500], [3000]) == 7500
    assert customer_credit([], []) == 0
