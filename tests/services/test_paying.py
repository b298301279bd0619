"""Paying online: one payment whatever is repeated, in whatever order, by whomever."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from billing_app.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    Unavailable,
)
from billing_app.domain.lifecycle import Action
from billing_app.domain.money import Money
from billing_app.domain.paying import ChargeState
from billing_app.integrations.payments.demo import DECLINES, WAITS
from billing_app.persistence.tables import Allocation, AuditEntry, GatewayEvent
from billing_app.services.paying.inbox import do, due, keep_message
from billing_app.services.paying.pages import own_page, pay_own
from billing_app.services.paying.ports import GatewayRefused, Message
from billing_app.services.paying.refunding import refund
from billing_app.services.paying.settling import apply_charge, look_at
from billing_app.services.payments.recording import PaymentFacts, record_payment
from billing_app.services.payments.refunding import refund_payment
from billing_app.services.payments.states import cancel_payment, delete_payment
from tests.services.paymaking import TOTAL, Checkout, Deaf


@pytest.fixture
def desk(w, tmp_path):
    return Checkout(w, tmp_path)


def acts(world, entity="invoice"):
    return [row.action for row in world.all(AuditEntry) if row.entity == entity]


@pytest.mark.spec("ORO-35", "ORO-36", "ORO-37", "6.12")
def test_the_whole_open_amount_is_charged_at_once_and_settles_the_invoice(desk):
    invoice_id = desk.w.posted()
    desk.pay(invoice_id)
    assert desk.payments() == []  # the browser said so; nobody believes it
    desk.look()
    [payment], invoice = desk.payments(), desk.invoice(invoice_id)
    assert (payment.total_minor, payment.source, payment.status) == (TOTAL, "gateway", "COMPLETED")
    assert (invoice.open_minor, invoice.payment_status) == (0, "full")
    assert payment.gateway_ref == desk.charges()[0].gateway_ref
    assert own_page(desk.ctx(), desk.gateways, invoice_id).state == "paid"
    with pytest.raises(Refused, match="nothing to pay"):
        pay_own(desk.ctx(), desk.gateways, invoice_id)
    desk.holds()


@pytest.mark.spec("ORO-36", "6.7")
def test_paying_needs_the_switch_a_method_its_gateway_and_the_role(desk):
    invoice_id = desk.w.posted()
    for who in ("a10", "a20", "a30", "viewer", "owner"):
        with pytest.raises(Forbidden):
            pay_own(desk.ctx(who), desk.gateways, invoice_id)
    with pytest.raises(NotFound):
        pay_own(desk.ctx("b90"), desk.gateways, invoice_id)
    with pytest.raises(NotFound):
        pay_own(desk.ctx(), {}, invoice_id)  # outside demo mode there is no demo gateway
    desk.set("invoice_payment_method", "none")
    with pytest.raises(NotFound):
        pay_own(desk.ctx(), desk.gateways, invoice_id)
    desk.set("invoice_payment_method", "demo")
    desk.set("enable_invoice_payments", "off")
    with pytest.raises(NotFound):
        pay_own(desk.ctx(), desk.gateways, invoice_id)
    assert desk.charges() == []


@pytest.mark.spec("RELIABILITY-P9", "ORO-35")
def test_any_number_of_clicks_by_anybody_at_once_make_one_charge_and_one_payment(desk):
    invoice_id = desk.w.posted()
    with ThreadPoolExecutor(6) as several:
        opened = list(
            several.map(
                lambda who: pay_own(desk.ctx(who), desk.gateways, invoice_id),
                ["a40", "a80", "a90"] * 4,
            )
        )
    assert len({one.charge.ref for one in opened}) == 1
    charge = desk.gateway.confirm(opened[0].charge.client_secret, "4242 4242 4242 4242")
    key = desk.charges()[0].id
    with ThreadPoolExecutor(6) as several:
        list(several.map(lambda _: apply_charge(desk.w.ctx(), key, charge), range(12)))
    assert [row.total_minor for row in desk.payments()] == [TOTAL]
    assert len(desk.w.all(Allocation)) == 1
    desk.holds()


@pytest.mark.spec("RELIABILITY-P9")
def test_a_lost_answer_is_asked_for_again_and_is_the_same_charge(desk):
    invoice_id = desk.w.posted()
    deaf = Deaf(desk.gateway)
    deaf.lost = {"open"}
    with pytest.raises(Unavailable):
        pay_own(desk.ctx(), {"demo": deaf}, invoice_id)
    again = pay_own(desk.ctx(), desk.gateways, invoice_id)
    assert [again.charge.key] == [row.key for row in desk.charges()]
    assert own_page(desk.ctx(), {"demo": deaf}, invoice_id).state == "payable"


@pytest.mark.spec("ORO-41", "ORO-42")
def test_a_declined_card_shows_and_another_one_pays_the_same_charge(desk):
    invoice_id = desk.w.posted()
    desk.pay(invoice_id, DECLINES)
    page = own_page(desk.ctx(), desk.gateways, invoice_id)
    assert (page.state, desk.invoice(invoice_id).payment_status) == ("payable", "declined")
    assert "declined" in page.error
    assert desk.payments() == []
    desk.holds()
    desk.pay(invoice_id)
    desk.look()
    assert len(desk.charges()) == len(desk.payments()) == 1
    assert desk.invoice(invoice_id).payment_status == "full"
    desk.holds()


def test_while_the_bank_is_at_work_nobody_pays_twice(desk):
    invoice_id = desk.w.posted()
    desk.pay(invoice_id, WAITS)
    assert own_page(desk.ctx(), desk.gateways, invoice_id).state == "pending"
    with pytest.raises(Refused, match="being processed"):
        pay_own(desk.ctx(), desk.gateways, invoice_id)
    desk.look(2)
    assert desk.invoice(invoice_id).payment_status == "full"
    desk.holds()


@pytest.mark.spec("6.5", "RELIABILITY-P7")
def test_what_staff_recorded_meanwhile_makes_the_excess_a_credit(desk):
    invoice_id = desk.w.posted()
    desk.pay(invoice_id)
    record_payment(
        desk.ctx("accounting"), invoice_id, PaymentFacts(Decimal("60.00"), desk.w.ctx().today())
    )
    desk.look()
    online = next(row for row in desk.payments() if row.source == "gateway")
    assert (desk.invoice(invoice_id).open_minor, online.left_minor) == (0, 6000)
    said = [row.after for row in desk.w.all(AuditEntry) if row.entity == "payment"]
    assert any('"credit_minor": 6000' in text for text in said)
    desk.holds()


def test_money_for_a_voided_invoice_is_kept_as_credit_and_the_log_says_so(desk):
    invoice_id = desk.w.posted()
    desk.pay(invoice_id)
    desk.w.move("accounting", invoice_id, Action.VOID, reason="Twice", confirmed=True)
    desk.look()
    [payment] = desk.payments()
    assert (payment.left_minor, desk.invoice(invoice_id).settled_minor) == (TOTAL, 0)
    assert "overpaid" in acts(desk.w)
    desk.holds()


def test_a_charge_of_an_amount_that_is_not_open_any_more_is_replaced(desk):
    invoice_id = desk.w.posted()
    first = pay_own(desk.ctx(), desk.gateways, invoice_id)
    record_payment(
        desk.ctx("accounting"), invoice_id, PaymentFacts(Decimal("60.00"), desk.w.ctx().today())
    )
    second = pay_own(desk.ctx(), desk.gateways, invoice_id)
    assert second.charge.amount.minor == TOTAL - 6000
    assert desk.gateway.fetch(first.charge.ref).state is ChargeState.CANCELED
    with pytest.raises(Invalid):
        desk.gateway.confirm(second.charge.client_secret, "4111 1111 1111 1111")
    desk.gateway.confirm(first.charge.client_secret, "4242424242424242")  # a tab left open
    desk.look()
    assert len(desk.payments()) == 1
    desk.holds()


@pytest.mark.spec("RELIABILITY-4.5")
@pytest.mark.parametrize("lie", ["amount", "received", "key", "ref"])
def test_an_answer_that_does_not_agree_books_nothing_and_is_logged_once(desk, lie):
    invoice_id = desk.w.posted()
    honest = desk.pay(invoice_id)
    less = Money(1, honest.amount.currency)
    lies = {"amount": less, "received": less, "key": "another", "ref": "demo_ch_other"}
    told = replace(honest, **{lie: lies[lie]})
    key = desk.charges()[0].id
    for _ in range(3):
        with pytest.raises(Conflict, match="Nothing was booked"):
            apply_charge(desk.w.ctx(), key, told)
    assert desk.payments() == []
    assert acts(desk.w).count("payment doubted") == 1
    desk.holds()


@pytest.mark.spec("RELIABILITY-P9")
def test_messages_repeated_reordered_and_of_strangers_are_harmless(desk):
    invoice_id = desk.w.posted()
    ref = desk.pay(invoice_id).ref
    told = [Message(f"evt_{n}", "payment_intent.succeeded", ref) for n in range(3)]
    told.append(Message("evt_other", "payment_intent.succeeded", "pi_of_somebody_else"))
    kept = [keep_message(desk.w.ctx(), "demo", one) for one in [*told, *reversed(told)]]
    assert kept == [True] * 4 + [False] * 4
    for one in due(desk.w.ctx(), 50):
        assert do(desk.w.ctx(), desk.gateways, one) is None
    assert len(desk.payments()) == 1
    rows = {row.event_id: row for row in desk.w.all(GatewayEvent)}
    assert all(row.done_at for row in rows.values())
    assert rows["evt_other"].error == "Not ours."
    desk.holds()


def test_a_message_is_tried_again_while_the_gateway_does_not_answer(desk):
    invoice_id = desk.w.posted()
    ref = desk.pay(invoice_id).ref
    keep_message(desk.w.ctx(), "demo", Message("evt_1", "x", ref))
    deaf = Deaf(desk.gateway)
    deaf.lost = {"fetch"}
    [one] = due(desk.w.ctx(), 9)
    assert isinstance(do(desk.w.ctx(), {"demo": deaf}, one), Unavailable)
    assert due(desk.w.ctx(), 9) == []  # later
    desk.w.clock.instant += timedelta(seconds=11)
    assert do(desk.w.ctx(), desk.gateways, due(desk.w.ctx(), 9)[0]) is None
    assert len(desk.payments()) == 1


@pytest.mark.spec("ORO-45", "6.5")
def test_refunds_go_through_the_gateway_in_parts_and_never_above_the_charge(desk):
    invoice_id = desk.w.posted()
    desk.pay(invoice_id)
    desk.look()
    payment_id = desk.payments()[0].id
    ctx = desk.ctx("accounting")
    with pytest.raises(Refused, match="through its payment provider"):
        refund_payment(ctx, payment_id, Decimal(1), "no")
    for blocked in (cancel_payment, delete_payment):
        with pytest.raises(Refused):
            blocked(ctx, payment_id)
    for _ in range(2):  # the same click twice
        done = refund(ctx, desk.gateways, payment_id, Decimal("20.00"), "Late", key="k1")
        assert done.is_booked
    assert desk.invoice(invoice_id).payment_status == "refunded_partially"
    with pytest.raises(Invalid, match="At most"):
        refund(ctx, desk.gateways, payment_id, Decimal("44.77"), "Too much")
    refund(ctx, desk.gateways, payment_id, Decimal("44.76"), "The rest")
    assert desk.invoice(invoice_id).payment_status == "refunded"
    assert [row.total_minor for row in desk.payments()] == [TOTAL, 2000, 4476]
    with pytest.raises(Forbidden):
        refund(desk.ctx("billing"), desk.gateways, payment_id, Decimal(1), "no")
    desk.holds()


def test_a_refund_whose_answer_is_lost_is_under_way_counts_and_is_booked_once(desk):
    invoice_id = desk.w.posted()
    desk.pay(invoice_id)
    desk.look()
    payment_id, ctx = desk.payments()[0].id, desk.ctx("accounting")
    deaf = Deaf(desk.gateway)
    deaf.lost = {"refund"}
    lost = refund(ctx, {"demo": deaf}, payment_id, Decimal("60.00"), "Late")
    assert not lost.is_booked
    assert len(desk.payments()) == 1
    with pytest.raises(Invalid, match="At most"):
        refund(ctx, desk.gateways, payment_id, Decimal("10.00"), "Again")
    desk.look(2)
    assert [row.total_minor for row in desk.payments()] == [TOTAL, 6000]
    assert len(desk.gateway.refunds_of(desk.charges()[0].gateway_ref)) == 1
    desk.holds()


def test_a_refund_the_gateway_refuses_leaves_the_books_as_they_are(desk):
    invoice_id = desk.w.posted()
    desk.pay(invoice_id)
    desk.look()
    payment_id, ctx = desk.payments()[0].id, desk.ctx("accounting")

    class Stingy(Deaf):
        def refund(self, order):
            raise GatewayRefused(answer="the balance is empty.")

    with pytest.raises(GatewayRefused, match="the balance is empty"):
        refund(ctx, {"demo": Stingy(desk.gateway)}, payment_id, Decimal(10), "Late")
    assert len(desk.payments()) == 1
    assert "refund failed" in acts(desk.w, "payment")
    assert refund(ctx, desk.gateways, payment_id, Decimal("64.76"), "All").is_booked
    desk.holds()


def test_a_gateway_that_is_not_set_up_any_more_leaves_everything_as_it_is(desk):
    invoice_id = desk.w.posted()
    desk.pay(invoice_id)
    key = desk.charges()[0].id
    assert look_at(desk.w.ctx(), {}, key) is ChargeState.OPEN
    assert desk.payments() == []
