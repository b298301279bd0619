"""Giving back what a gateway charged: through the gateway, and booked once it says so (ORO-45).

The refund is written down with its key before the gateway is asked; what is under way counts
against the charge, so that several at once never give back more than came.
"""

import secrets
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, func, select

from billing_app.domain.access import Permission
from billing_app.domain.currencies import currency
from billing_app.domain.errors import Invalid
from billing_app.domain.money import Money
from billing_app.domain.parsing import clean_text
from billing_app.domain.paying import LOOKS, ChargeState
from billing_app.domain.settlement import check_refund
from billing_app.persistence.queries.payments import refunded_minor
from billing_app.persistence.tables import GatewayTransaction, Payment
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.paying.ports import GatewayDelayed, GatewayRefused, Gateways, RefundOrder
from billing_app.services.paying.ports import Refund as ToldRefund
from billing_app.services.paying.settling import Lying, postpone
from billing_app.services.payments.claims import claim_payment
from billing_app.services.payments.refunding import (
    MAX_REASON,
    charge_of,
    give_back,
    refund_payment,
    refuse_moneyless,
)
from billing_app.services.requests import answered, remember

OUTSIDE = "Refunded at the payment provider"


@dataclass(frozen=True, slots=True)
class Refunded:
    """What became of a refund, in a sentence; `is_booked` once the money is on its way back."""

    sentence: str
    is_booked: bool


def refund(
    ctx: Context,
    gateways: Gateways,
    payment_id: int,
    amount: Decimal,
    reason: str,
    *,
    version: int | None = None,
    key: str = "",
) -> Refunded:
    """Give a payment back the way it came: through its gateway, or in the books alone.

    Raises: as `refund_payment`; GatewayRefused where the gateway says no.
    """
    ctx.require(Permission.PAYMENT_REFUND)
    with ctx.read() as session:
        charge = charge_of(session, payment_id)
        payment = session.get(Payment, payment_id)
        number = payment.number if payment else ""
    if charge is None:
        done = refund_payment(ctx, payment_id, amount, reason, version=version, key=key)
        return Refunded(f"{number} is refunded by {done.number}.", is_booked=True)
    text = clean_text(reason, field="reason", maximum=MAX_REASON, multiline=True)
    refund_id = _written(ctx, payment_id, amount, text, version=version, key=key)
    try:
        state = look_at_refund(ctx, gateways, refund_id)
    except GatewayDelayed:
        state = ChargeState.OPEN
    if state is ChargeState.SUCCEEDED:
        return Refunded(f"{number} is refunded.", is_booked=True)
    if state is ChargeState.CANCELED:
        with ctx.read() as session:
            raise GatewayRefused(answer=session.get_one(GatewayTransaction, refund_id).error)
    return Refunded("The refund is under way; it is booked when the provider confirms it.", False)  # noqa: FBT003


def look_at_refund(ctx: Context, gateways: Gateways, transaction_id: int) -> ChargeState:
    """Ask for a refund, or how far it is, and book it when it is done."""
    with ctx.read() as session:
        row = session.get_one(GatewayTransaction, transaction_id)
        charge = charge_of(session, row.payment_id or 0)
    state = ChargeState(row.state)
    if state.is_over or charge is None or row.provider not in gateways:
        return state
    gateway = gateways[row.provider]
    if row.gateway_ref:
        return apply_refund(ctx, transaction_id, gateway.fetch_refund(row.gateway_ref))
    order = RefundOrder(
        row.key, charge.gateway_ref, Money(row.amount_minor, currency(row.currency))
    )
    try:
        told = gateway.refund(order)
    except GatewayRefused as error:
        return _over(ctx, transaction_id, str(error.facts.get("answer", error.sentence)))
    return apply_refund(ctx, transaction_id, told)


def apply_refund(ctx: Context, transaction_id: int, told: ToldRefund) -> ChargeState:
    """Let a fetched refund count, once. Raises: Lying."""
    with ctx.read() as session:
        payment_id = session.get_one(GatewayTransaction, transaction_id).payment_id or 0
    with ctx.write() as session:
        claimed = claim_payment(session, payment_id)
        row = session.get_one(GatewayTransaction, transaction_id, with_for_update=True)
        asked = Money(row.amount_minor, currency(row.currency))
        if told.amount != asked or (row.gateway_ref and told.ref != row.gateway_ref):
            raise Lying(why=f"the refund is over {told.amount} and not {asked}")
        if ChargeState(row.state).is_over:
            return ChargeState(row.state)
        row.gateway_ref, row.error = told.ref, told.error
        if told.state is ChargeState.SUCCEEDED:
            done = give_back(session, ctx, claimed, asked, (row.reason, ctx.today()))
            row.refund_id = done.id
        _become(session, ctx, row, told.state)
        return ChargeState(row.state)


def find_refunds(ctx: Context, gateways: Gateways, charge_id: int) -> None:
    """Book what was given back of a charge at the gateway itself."""
    with ctx.read() as session:
        charge = session.get_one(GatewayTransaction, charge_id)
    if charge.payment_id is None or charge.provider not in gateways:
        return
    for told in gateways[charge.provider].refunds_of(charge.gateway_ref):
        apply_refund(ctx, _known(ctx, charge, told), told)


def _known(ctx: Context, charge: GatewayTransaction, told: ToldRefund) -> int:
    """The transaction of a refund; one made at the gateway gets its own."""
    with ctx.write() as session:
        claim_payment(session, charge.payment_id or 0)
        found = session.exec(
            select(GatewayTransaction).where(
                GatewayTransaction.action == "refund",
                GatewayTransaction.payment_id == charge.payment_id,
                (GatewayTransaction.gateway_ref == told.ref)
                | (GatewayTransaction.key == (told.key or told.ref)),
            )
        ).first()
        if found is not None:
            return found.id or 0
        row = _new(ctx, charge, told.amount.minor, OUTSIDE)
        row.key, row.gateway_ref = f"outside-{told.ref}"[:64], told.ref
        session.add(row)
        session.flush()
        return row.id or 0


def _written(
    ctx: Context, payment_id: int, amount: Decimal, reason: str, *, version: int | None, key: str
) -> int:
    with ctx.write() as session:
        verb = f"refund {payment_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return int(before["id"])
        payment = claim_payment(session, payment_id, version).payment
        charge = charge_of(session, payment_id)
        refuse_moneyless(payment)
        unit = currency(payment.currency)
        given = Money.of(amount, unit)
        if given.amount != amount or charge is None:
            raise Invalid.of("amount", f"{unit.code} has {unit.digits} decimals.")
        gone = refunded_minor(session, payment_id) + under_way(session, payment_id)
        check_refund(given, Money(payment.total_minor, unit), Money(gone, unit), reason)
        row = _new(ctx, charge, given.minor, reason)
        session.add(row)
        session.flush()
        after = {"amount_minor": given.minor, "reason": reason}
        _record(session, ctx, payment, "refund asked", after)
        remember(session, ctx, key, verb, {"id": row.id})
        return row.id or 0


def under_way(session: Session, payment_id: int) -> int:
    """What was asked to be given back of a payment and is not decided, in minor units."""
    total = select(func.coalesce(func.sum(GatewayTransaction.amount_minor), 0)).where(
        GatewayTransaction.payment_id == payment_id,
        GatewayTransaction.action == "refund",
        col(GatewayTransaction.state).not_in(["succeeded", "canceled"]),
    )
    return int(session.exec(total).one())


def _new(
    ctx: Context, charge: GatewayTransaction, amount_minor: int, reason: str
) -> GatewayTransaction:
    return GatewayTransaction(
        key=f"refund-{secrets.token_hex(24)}",
        action="refund",
        provider=charge.provider,
        invoice_id=charge.invoice_id,
        payment_id=charge.payment_id,
        amount_minor=amount_minor,
        currency=charge.currency,
        reason=reason,
        made_at=ctx.now(),
        made_by_id=ctx.actor.user_id,
        look_at=ctx.now() + LOOKS[0],
    )


def _over(ctx: Context, transaction_id: int, error: str) -> ChargeState:
    """The gateway will not do it: the books stay as they are, and the payment says why."""
    with ctx.write() as session:
        row = session.get_one(GatewayTransaction, transaction_id, with_for_update=True)
        row.error = error
        _become(session, ctx, row, ChargeState.CANCELED)
        return ChargeState(row.state)


def _become(session: Session, ctx: Context, row: GatewayTransaction, state: ChargeState) -> None:
    """A refund that a gateway declines is over: nobody tries it with another card."""
    is_over = state.is_over or state is ChargeState.DECLINED
    row.state = (ChargeState.CANCELED if state is ChargeState.DECLINED else state).value
    if is_over:
        row.ended_at, row.look_at = ctx.now(), None
        if row.state == ChargeState.CANCELED:
            payment = session.get_one(Payment, row.payment_id)
            after = {"amount_minor": row.amount_minor, "error": row.error}
            _record(session, ctx, payment, "refund failed", after)
    else:
        postpone(ctx, row)
    session.add(row)


def _record(
    session: Session, ctx: Context, payment: Payment, action: str, after: dict[str, object]
) -> None:
    record(session, ctx, entity="payment", entity_id=payment.id or 0, action=action, after=after)
