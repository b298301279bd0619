"""Paying online: what may be paid, where, and what of it counts."""

from datetime import timedelta

import pytest

from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Refused
from billing_app.domain.paying import (
    LOOKED_AT_FOR,
    LOOKS,
    Payable,
    check_payable,
    counted_minor,
    next_look,
    pay_address,
)
from billing_app.domain.payment_status import (
    GatewayOutcome,
    PaymentStatus,
    Settlement,
    payment_status,
)
from billing_app.domain.posting import Posting

P = PaymentStatus


def payable(**changes):
    facts = {
        "label": "INV-1",
        "status": Posting.POSTED,
        "kind": DocumentKind.INVOICE,
        "direction": Direction.OUT,
        "payment_status": P.PENDING,
        "open_minor": 100,
    }
    return Payable(**(facts | changes))


@pytest.mark.spec("ORO-43")
@pytest.mark.parametrize("status", list(P))
def test_there_is_no_paying_again_when_full_authorized_or_refunded(status):
    paid = {P.FULL, P.AUTHORIZED, P.REFUNDED, P.REFUNDED_PARTIALLY}
    if status in paid:
        with pytest.raises(Refused):
            check_payable(payable(payment_status=status))
    else:
        check_payable(payable(payment_status=status))


@pytest.mark.spec("6.12")
@pytest.mark.parametrize(
    "wrong",
    [
        {"direction": Direction.IN},
        {"kind": DocumentKind.CREDIT},
        {"open_minor": 0},
        *({"status": one} for one in Posting if one not in {Posting.POSTED, Posting.READY}),
    ],
)
def test_only_an_open_issued_invoice_is_paid(wrong):
    with pytest.raises(Refused):
        check_payable(payable(**wrong))


@pytest.mark.spec("ORO-38")
def test_the_pay_address_is_external_then_the_guests_then_ours():
    assert pay_address("https://pay.example/1", "/pay/t", "/own") == "https://pay.example/1"
    assert pay_address("", "/pay/t", "/own") == "/pay/t"
    assert pay_address("", "", "/own") == "/own"
    assert pay_address("javascript:alert(1)", "", "/own") == "/own"


def test_a_charge_counts_up_to_what_is_open_and_only_on_a_released_document():
    assert counted_minor(100, 100, Posting.POSTED) == 100
    assert counted_minor(100, 40, Posting.READY) == 40
    assert counted_minor(100, -5, Posting.POSTED) == 0
    assert counted_minor(100, 100, Posting.VOID) == 0


def test_the_gateway_is_asked_ever_more_rarely_and_not_for_ever():
    waits = [next_look(timedelta(0), tries) for tries in range(9)]
    assert waits == [*LOOKS, *[LOOKS[-1]] * 4]
    assert next_look(LOOKED_AT_FOR + timedelta(seconds=1), 0) is None


@pytest.mark.spec("ORO-40", "ORO-41", "6.4")
def test_the_status_is_the_first_that_fits():
    def status(**facts):
        return payment_status(Settlement(total=100, **facts))

    declined = {"last_gateway": GatewayOutcome.DECLINED}
    assert status(**declined) is P.DECLINED
    assert status(last_gateway=GatewayOutcome.CANCELED) is P.CANCELED
    assert status(has_open_authorization=True, **declined) is P.AUTHORIZED
    assert status(paid=40, has_open_authorization=True) is P.PARTIALLY
    assert status(paid=100, **declined) is P.FULL
    assert status(paid=60, refunds=40) is P.REFUNDED_PARTIALLY
    assert status(refunds=100) is P.REFUNDED
    assert status(last_gateway=GatewayOutcome.SUCCEEDED) is P.PENDING
