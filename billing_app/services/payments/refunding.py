"""Refunds: giving a payment back, in part or whole, never above what was paid (SPEC 6.5-12)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlmodel import Session, select

from billing_app.domain.access import Permission
from billing_app.domain.currencies import currency
from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.money import Money
from billing_app.domain.parsing import clean_text
from billing_app.domain.payments import PaymentMethod, PaymentState
from billing_app.domain.settlement import (
    Part,
    PaymentKind,
    PaymentSource,
    check_refund,
    refund_parts,
)
from billing_app.persistence.queries.payments import refunded_by_invoice, refunded_minor
from billing_app.persistence.tables import GatewayTransaction, Payment
from billing_app.services.context import Context
from billing_app.services.payments.claims import Claimed, claim_payment
from billing_app.services.payments.keeping import (
    allocation_row,
    apply_effect,
    find_again,
    keep_payment,
)
from billing_app.services.payments.recording import Recorded, blank_payment, said
from billing_app.services.requests import answered, remember

MAX_REASON = 500


def refund_payment(
    ctx: Context,
    payment_id: int,
    amount: Decimal,
    reason: str,
    *,
    paid_on: date | None = None,
    version: int | None = None,
    key: str = "",
) -> Recorded:
    """Give a completed payment back: first its rest, then what it settled, the latest first.

    Raises: Refused for what is no received or paid money, Invalid at "amount" or "reason",
    Conflict, NotFound.
    """
    ctx.require(Permission.PAYMENT_REFUND)
    reason = clean_text(reason, field="reason", maximum=MAX_REASON, multiline=True)
    with ctx.write() as session:
        verb = f"refund_payment {payment_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return Recorded(**before)
        claimed = claim_payment(session, payment_id, version)
        payment = claimed.payment
        refuse_moneyless(payment)
        if charge_of(session, payment_id) is not None:
            raise Refused(
                "This payment is refunded through its payment provider.", code="refund.gateway"
            )
        unit = currency(payment.currency)
        given = Money.of(amount, unit)
        if given.amount != amount:
            raise Invalid.of("amount", f"{unit.code} has {unit.digits} decimals.")
        refunded = Money(refunded_minor(session, payment_id), unit)
        check_refund(given, Money(payment.total_minor, unit), refunded, reason)
        done = give_back(session, ctx, claimed, given, (reason, paid_on or ctx.today()))
        remember(session, ctx, key, verb, {"id": done.id, "number": done.number})
        return done


def charge_of(session: Session, payment_id: int) -> GatewayTransaction | None:
    """The gateway's charge that a payment is; None for money that came another way."""
    return session.exec(
        select(GatewayTransaction).where(
            GatewayTransaction.payment_id == payment_id, GatewayTransaction.action == "charge"
        )
    ).first()


def give_back(
    session: Session, ctx: Context, claimed: Claimed, given: Money, told: tuple[str, date]
) -> Recorded:
    """Book a refund of a claimed payment; `told` is why, and the day."""
    payment = claimed.payment
    _, parts = refund_parts(given.minor, payment.left_minor, _refundable(session, claimed))
    reason, paid_on = told
    refund = blank_payment(session, ctx, PaymentKind.REFUND, given, paid_on)
    refund.customer_id, refund.direction = payment.customer_id, payment.direction
    refund.refund_of_id, refund.method = payment.id, payment.method
    if payment.source == PaymentSource.GATEWAY:
        refund.source = payment.source if charge_of(session, payment.id or 0) else refund.source
    refund.reference, refund.description = payment.number, reason
    session.add(refund)
    session.flush()
    rows = [(claimed.invoices[part.id], part.minor) for part in parts]
    session.add_all([allocation_row(ctx, refund, invoice, minor) for invoice, minor in rows])
    keep_payment(session, ctx, refund, "created", after=said(refund) | {"of": payment.number})
    apply_effect(session, ctx, refund, rows, action="refunded")
    find_again(session, [invoice for invoice, _ in rows])
    after = {"refund": refund.number, "amount_minor": given.minor}
    keep_payment(session, ctx, payment, "refunded", after=after)
    return Recorded(refund.id or 0, refund.number)


def _refundable(session: Session, claimed: Claimed) -> Sequence[Part]:
    """What the payment still settles of each document, the latest allocation first."""
    given_back = refunded_by_invoice(session, claimed.payment.id or 0)
    return [
        Part(row.invoice_id, row.amount_minor - given_back.get(row.invoice_id, 0))
        for row in reversed(claimed.allocations)
    ]


def refuse_moneyless(payment: Payment) -> None:
    """Raise Refused for what is no received or paid money, or did not count."""
    if payment.status != PaymentState.COMPLETED:
        raise Refused("Only a completed payment can be refunded.", code="refund.not_completed")
    is_money = payment.kind in {PaymentKind.RECEIPT, PaymentKind.PAYMENT}
    if not is_money or payment.method == PaymentMethod.WRITE_OFF:
        raise Refused("Only money that came in or went out can be refunded.", code="refund.kind")
