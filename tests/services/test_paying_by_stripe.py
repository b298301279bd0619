"""The whole way by the real SDK: events doubled, reordered, late and lying; refunds from outside."""

import random

import pytest

from billing_app.integrations.payments.stripe_gateway import StripeGateway
from billing_app.services.paying.inbox import do, due, keep_message
from billing_app.services.paying.pages import own_page, pay_own
from billing_app.services.paying.ports import Message
from tests.services.paymaking import TOTAL, Checkout
from tests.support.stripe_double import StripeDouble


@pytest.fixture
def stripe():
    double = StripeDouble()
    yield double
    double.close()


@pytest.fixture
def desk(w, tmp_path, stripe):
    made = Checkout(w, tmp_path)
    made.gateways = {"stripe": StripeGateway("sk_test_1", "pk_test_1", base=stripe.url)}
    made.set("invoice_payment_method", "stripe")
    return made


def tell(desk, events):
    for event in events:
        about = event["data"]["object"]
        ref = about.get("payment_intent") or about["id"]
        keep_message(desk.w.ctx(), "stripe", Message(event["id"], event["type"], ref))
        for one in due(desk.w.ctx(), 50):
            do(desk.w.ctx(), desk.gateways, one)


@pytest.mark.spec("RELIABILITY-P9", "RELIABILITY-4.5", "6.12")
@pytest.mark.parametrize("seed", range(3))
def test_events_in_any_order_and_number_make_one_payment(desk, stripe, seed):
    ids = [desk.w.posted() for _ in range(3)]
    events = []
    for invoice_id in ids:
        opened = pay_own(desk.ctx(), desk.gateways, invoice_id)
        intent = stripe.intents[opened.charge.ref]
        events.append(stripe.event("payment_intent.created", intent))
        stripe.confirm(opened.charge.client_secret, "requires_payment_method", "Declined.")
        events.append(stripe.event("payment_intent.payment_failed", intent))
        stripe.confirm(opened.charge.client_secret)
        events.append(stripe.event("payment_intent.succeeded", intent))
    events *= 2
    random.Random(seed).shuffle(events)
    tell(desk, events)
    assert [row.total_minor for row in desk.payments()] == [TOTAL] * 3
    assert {desk.invoice(one).payment_status for one in ids} == {"full"}
    desk.holds()


@pytest.mark.spec("RELIABILITY-4.5")
def test_a_lying_event_and_a_lying_return_address_change_nothing(desk, stripe):
    invoice_id = desk.w.posted()
    opened = pay_own(desk.ctx(), desk.gateways, invoice_id)
    lie = stripe.event("payment_intent.succeeded", stripe.intents[opened.charge.ref])
    lie["data"]["object"] |= {"status": "succeeded", "amount_received": TOTAL}
    tell(desk, [lie])
    assert own_page(desk.ctx(), desk.gateways, invoice_id).state == "payable"
    assert desk.payments() == []
    stripe.confirm(opened.charge.client_secret)
    stripe.intents[opened.charge.ref]["amount_received"] = 1  # the gateway itself disagrees
    tell(desk, [stripe.event("payment_intent.succeeded", stripe.intents[opened.charge.ref])])
    assert desk.payments() == []
    desk.holds()


@pytest.mark.spec("ORO-45")
def test_a_refund_made_at_stripe_itself_is_booked_once(desk, stripe):
    invoice_id = desk.w.posted()
    opened = pay_own(desk.ctx(), desk.gateways, invoice_id)
    stripe.confirm(opened.charge.client_secret)
    assert own_page(desk.ctx(), desk.gateways, invoice_id).state == "paid"
    outside = stripe.add_refund(opened.charge.ref, 1000)
    tell(desk, [stripe.event("refund.created", outside), stripe.event("refund.updated", outside)])
    assert [row.total_minor for row in desk.payments()] == [TOTAL, 1000]
    assert desk.invoice(invoice_id).payment_status == "refunded_partially"
    desk.holds()
