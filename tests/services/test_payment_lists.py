"""What staff see of payments: the list with its sums, one payment, the desks of allocation."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing_app.domain.errors import Forbidden, NotFound
from billing_app.domain.payments import PaymentState
from billing_app.persistence.queries.payment_list import SORTS, PaymentFilter
from billing_app.services.payments.allocating import CreditShare, Share, allocate
from billing_app.services.payments.desks import invoice_desk, payment_desk
from billing_app.services.payments.listing import get_payment, list_payments, tally_payments
from billing_app.services.payments.recording import PaymentFacts, record_payment
from billing_app.services.payments.refunding import refund_payment
from tests.services.test_payments import boxes, facts, owed, payment, receipt
from tests.services.worldmaking import TODAY


def found(w, who="viewer", column="number", descending=False, **chosen):
    rows, _ = list_payments(w.ctx(who), PaymentFilter(**chosen), column, descending=descending)
    return [row.id for row in rows]


@pytest.mark.spec("6.10", "DLY-12")
def test_the_list_is_filtered_searched_sorted_and_summed(w):
    ctx, invoice_id = w.ctx("accounting"), owed(w)
    first = record_payment(ctx, invoice_id, facts("40", reference="AUR 100%_x")).id
    second = receipt(w, 25, customer="b", state=PaymentState.PENDING, description="call # private")
    back = refund_payment(ctx, first, Decimal(10), "Too much").id
    old = record_payment(ctx, invoice_id, PaymentFacts(Decimal(5), date(2026, 1, 2), "cash")).id
    everything = [first, second, back, old]
    assert found(w) == everything
    assert found(w, descending=True) == everything[::-1]
    for column in SORTS:
        assert sorted(found(w, column=column)) == everything
    assert found(w, column="total") == [back, old, second, first]
    assert found(w, search="aur 100%_") == [first]
    assert found(w, search="%") == [first]
    assert found(w, search="private") == [second]
    assert found(w, search="brixham") == [second]
    assert found(w, search="40.00") == [first]
    assert found(w, status="PENDING") == [second]
    assert found(w, kind="refund") == [back]
    assert found(w, method="cash") == [old]
    assert found(w, has_rest=True) == [second]
    assert found(w, customer_id=w.customers["b"]) == [second]
    assert found(w, from_on=TODAY) == [first, second, back]
    assert found(w, to_on=date(2026, 1, 2)) == [old]
    (sums,) = tally_payments(w.ctx("viewer"), PaymentFilter())
    assert (sums.count, sums.received, sums.paid, sums.left) == (4, 4_500, 1_000, 0)
    blind = replace(w.people["viewer"], sees_partner=False)
    assert found(w, blind, search="brixham") == []
    assert found(w, blind, column="customer") == everything
    with pytest.raises(Forbidden):
        found(w, "a40")


@pytest.mark.spec("DLY-25", "6.5-10")
def test_a_payment_is_shown_with_its_lines_refunds_and_history(w):
    ctx, invoice_id = w.ctx("accounting"), owed(w)
    paid = record_payment(ctx, invoice_id, facts("40"))
    back = refund_payment(ctx, paid.id, Decimal(15), "Too much")
    record = get_payment(w.ctx("viewer"), paid.id)
    assert [(one.invoice_id, one.amount_minor) for one in record.lines] == [(invoice_id, 4_000)]
    assert record.refunds == ((back.id, back.number, 1_500),)
    assert [one.what for one in record.history] == ["refunded", "created"]
    assert get_payment(w.ctx("viewer"), back.id).original == (paid.id, paid.number)
    with pytest.raises(NotFound):
        get_payment(w.ctx("viewer"), 10**9)


@pytest.mark.spec("CXS-29", "6.5-6a")
def test_the_desks_offer_what_fits_oldest_first_and_save_both_kinds_at_once(w):
    ctx = w.ctx("accounting")
    late = owed(w, 60, document_date=date(2026, 9, 1), due_on=date(2026, 9, 2))
    young = owed(w, 70)
    owed(w, 10, customer_id=w.customers["b"])
    credit = owed(w, 20, document_type_id=w.type_id("CRO"), due_on=None)
    paid = receipt(w, 100)
    desk = payment_desk(ctx, paid)
    assert [one.id for one in desk.choices] == [late, young]
    assert [(one.id, one.minor) for one in desk.suggestion] == [(late, 6_000), (young, 4_000)]
    offered = [(one.kind, one.id) for one in invoice_desk(ctx, young).choices]
    assert offered == [("payment", paid), ("credit", credit)]
    done = allocate(
        ctx,
        [Share(paid, young, 5_000)],
        credits_used=[CreditShare(credit, young, 2_000)],
    )
    assert (done.invoices, done.minor) == (1, 7_000)
    assert boxes(w, young) == (7_000, 0, "full")
    assert payment(w, paid).left_minor == 5_000
    with pytest.raises(Forbidden):
        payment_desk(w.ctx("billing"), paid)
    with pytest.raises(NotFound):
        invoice_desk(ctx, 10**9)
