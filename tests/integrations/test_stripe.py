"""The real SDK against a local double of Stripe: what it asks, and what it makes of the answers."""

import json

import pytest

from billing_app.domain.currencies import currency
from billing_app.domain.errors import Forbidden, Invalid
from billing_app.domain.money import Money
from billing_app.domain.paying import ChargeState
from billing_app.integrations.payments.stripe_gateway import StripeGateway, read_message
from billing_app.services.paying.ports import (
    ChargeOrder,
    GatewayDelayed,
    GatewayRefused,
    RefundOrder,
)
from tests.support.stripe_double import StripeDouble, signed

EUR = currency("EUR")
ORDER = ChargeOrder("charge-abc", Money(6476, EUR), "INV-1")
BUSY = (500, {"error": {"type": "api_error", "message": "Please try again"}})
CUT = (None, None)


@pytest.fixture
def stripe():
    double = StripeDouble()
    yield double
    double.close()


@pytest.fixture
def gateway(stripe, monkeypatch):
    import stripe as sdk

    monkeypatch.setattr(sdk.HTTPClient, "MAX_DELAY", 0.01)
    monkeypatch.setattr(sdk.HTTPClient, "INITIAL_DELAY", 0.01)
    return StripeGateway("sk_test_1", "pk_test_1", base=stripe.url)


@pytest.mark.spec("ORO-37", "RELIABILITY-4.5")
def test_a_charge_is_immediate_whole_and_the_same_for_the_same_key(stripe, gateway):
    first, again = gateway.open(ORDER), gateway.open(ORDER)
    assert first == again
    assert list(stripe.intents) == [first.ref]
    assert stripe.intents[first.ref]["capture_method"] == "automatic"
    assert (first.state, first.key, first.amount) == (ChargeState.OPEN, ORDER.key, ORDER.amount)
    assert {key for method, _, key in stripe.asked if method == "POST"} == {ORDER.key}
    with pytest.raises(GatewayRefused):
        gateway.open(ChargeOrder(ORDER.key, Money(1, EUR), "INV-1"))


@pytest.mark.parametrize("mishap", [BUSY, CUT])
def test_an_answer_lost_after_the_work_was_done_makes_no_second_charge(stripe, gateway, mishap):
    stripe.fail_after = [mishap]
    assert gateway.open(ORDER).ref in stripe.intents  # the SDK asked again, by the same key
    stripe.fail_after = [mishap] * 3
    with pytest.raises(GatewayDelayed):
        gateway.open(ORDER)
    assert gateway.open(ORDER).ref in stripe.intents
    assert len(stripe.intents) == 1


@pytest.mark.parametrize(
    ("status", "error", "state"),
    [
        ("requires_payment_method", "", ChargeState.OPEN),
        ("requires_payment_method", "Your card was declined.", ChargeState.DECLINED),
        ("requires_action", "", ChargeState.OPEN),
        ("processing", "", ChargeState.PENDING),
        ("requires_capture", "", ChargeState.AUTHORIZED),
        ("succeeded", "", ChargeState.SUCCEEDED),
        ("canceled", "", ChargeState.CANCELED),
        ("something_new", "", ChargeState.OPEN),
    ],
)
def test_the_states_of_an_intent(stripe, gateway, status, error, state):
    opened = gateway.open(ORDER)
    stripe.confirm(opened.client_secret, status, error)
    fetched = gateway.fetch(opened.ref)
    assert (fetched.state, fetched.error) == (state, error)


def test_cancelling_what_is_over_answers_what_became_of_it(stripe, gateway):
    opened = gateway.open(ORDER)
    stripe.confirm(opened.client_secret)
    assert gateway.cancel(opened.ref).state is ChargeState.SUCCEEDED


def test_an_intent_of_the_live_mode_is_none_of_ours(stripe, gateway):
    opened = gateway.open(ORDER)
    stripe.intents[opened.ref]["livemode"] = True
    with pytest.raises(GatewayRefused):
        gateway.fetch(opened.ref)


@pytest.mark.spec("ORO-45")
def test_refunds_are_capped_repeatable_and_all_are_found(stripe, gateway):
    opened = gateway.open(ORDER)
    stripe.confirm(opened.client_secret)
    order = RefundOrder("refund-1", opened.ref, Money(6000, EUR))
    assert gateway.refund(order) == gateway.refund(order)
    with pytest.raises(GatewayRefused, match="greater than"):
        gateway.refund(RefundOrder("refund-2", opened.ref, Money(477, EUR)))
    outside = stripe.add_refund(opened.ref, 476)
    assert [(one.ref, one.key) for one in gateway.refunds_of(opened.ref)] == [
        (gateway.refund(order).ref, "refund-1"),
        (outside["id"], ""),
    ]


@pytest.mark.parametrize(
    ("code", "minor", "counted"),
    [("EUR", 1, 1), ("JPY", 500, 500), ("ISK", 7, 700), ("KWD", 1230, 1230)],
)
def test_amounts_are_counted_as_stripe_counts_them(stripe, gateway, code, minor, counted):
    amount = Money(minor, currency(code))
    opened = gateway.open(ChargeOrder(f"charge-{code}", amount, "INV-1"))
    assert stripe.intents[opened.ref]["amount"] == counted
    assert opened.amount == amount


def test_what_cannot_be_charged_exactly_is_refused(stripe, gateway):
    with pytest.raises(GatewayRefused, match="hundredth"):
        gateway.open(ChargeOrder("charge-k", Money(1234, currency("KWD")), "INV-1"))
    assert stripe.intents == {}


BODY = json.dumps(
    {"id": "evt_1", "type": "payment_intent.succeeded",
     "data": {"object": {"object": "payment_intent", "id": "pi_1"}}}
).encode()  # fmt: skip
NOW = 1_800_000_000


@pytest.mark.spec("RELIABILITY-4.5")
def test_a_message_holds_by_either_secret_within_five_minutes():
    for secret in ("whsec_old", "whsec_new"):
        for at in (NOW, NOW - 300, NOW + 300):
            told = read_message(BODY, signed(BODY, secret, at), ["whsec_new", "whsec_old"], now=NOW)
            assert (told.event_id, told.object_ref) == ("evt_1", "pi_1")


@pytest.mark.spec("RELIABILITY-4.5")
@pytest.mark.parametrize(
    "header",
    [
        "",
        "garbage",
        "t=,v1=",
        f"t={NOW}",
        signed(BODY, "whsec_other", NOW),
        signed(BODY + b" ", "whsec_new", NOW),
        signed(BODY, "whsec_new", NOW - 301),
        signed(BODY, "whsec_new", NOW + 301),
        signed(BODY, "", NOW),
        "t=" + "9" * 400 + ",v1=00",
        signed(BODY, "whsec_new", NOW) + f",t={NOW}",
    ],
)
def test_a_message_that_is_not_signed_as_agreed_is_refused(header):
    with pytest.raises(Forbidden):
        read_message(BODY, header, ["whsec_new", "whsec_old"], now=NOW)
    with pytest.raises(Forbidden):
        read_message(BODY, signed(BODY, "whsec_new", NOW), [], now=NOW)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"id": 1, "type": 2, "data": {"object": {}}}']
)
def test_a_signed_message_that_cannot_be_read_is_refused(body):
    with pytest.raises(Invalid):
        read_message(body, signed(body, "whsec_new", NOW), ["whsec_new"], now=NOW)
