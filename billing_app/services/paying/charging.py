"""Opening a charge: one document, its whole open amount, at most one charge that is not over.

The charge is written down before the gateway is asked, with the key it is asked by: the same
click, another tab, another person or a retry after a lost answer all come to the same charge.
"""

import secrets
from dataclasses import dataclass

from sqlmodel import Session, col, select

from billing_app.domain.currencies import currency
from billing_app.domain.errors import NotFound, Refused
from billing_app.domain.money import Money
from billing_app.domain.paying import LOOKS, ChargeState, check_payable
from billing_app.persistence.tables import GatewayTransaction, Invoice
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.paying.ports import Charge, ChargeOrder, Gateway, GatewayRefused, Gateways
from billing_app.services.paying.settling import apply_charge
from billing_app.services.paying.terms import offered, payable
from billing_app.services.payments.claims import claim_invoices

TRIES = 3
BUSY = "A payment of {label} is being processed already. This page shows when it has arrived."


@dataclass(frozen=True, slots=True)
class Opened:
    """A charge that the payer's browser may finish."""

    gateway: Gateway
    charge: Charge


def open_charge(
    ctx: Context, gateways: Gateways, invoice_id: int, *, guest_link_id: int | None = None
) -> Opened:
    """The charge of a document's whole open amount; repeats come to the same one.

    Whoever asks has been let in before: by the portal's rules, or by a guest link. Raises:
    Refused where nothing is to pay or a payment is under way, NotFound, GatewayDelayed.
    """
    for _ in range(TRIES):
        written, gateway = _written(ctx, gateways, invoice_id, guest_link_id)
        charge = _asked(ctx, gateway, written)
        is_whole = charge.amount.minor == _open_minor(ctx, invoice_id)
        if charge.state in {ChargeState.OPEN, ChargeState.DECLINED} and is_whole:
            return Opened(gateway, charge)
        if charge.state is ChargeState.OPEN or charge.state is ChargeState.DECLINED:
            charge = gateway.cancel(charge.ref)  # of an amount that is not the open one any more
        apply_charge(ctx, written.id or 0, charge)
    raise Refused("This could not be opened just now. Please try again.", code="pay.moving")


def live_charge(session: Session, invoice_id: int) -> GatewayTransaction | None:
    """The charge of a document that is not over."""
    return session.exec(
        select(GatewayTransaction).where(
            GatewayTransaction.invoice_id == invoice_id,
            GatewayTransaction.action == "charge",
            col(GatewayTransaction.state).not_in(["succeeded", "canceled"]),
        )
    ).first()


def _written(
    ctx: Context, gateways: Gateways, invoice_id: int, guest_link_id: int | None
) -> tuple[GatewayTransaction, Gateway]:
    """The charge as written down, by us or by somebody before, and the gateway it is asked of."""
    with ctx.write() as session:
        invoice = claim_invoices(session, [invoice_id])[invoice_id]
        gateway = offered(session, invoice, gateways)
        check_payable(payable(session, invoice))
        row = live_charge(session, invoice_id)
        if row is not None:
            if row.provider not in gateways:
                raise NotFound(BUSY, label=invoice.label)
            if row.state in {ChargeState.PENDING, ChargeState.AUTHORIZED}:
                raise Refused(BUSY, code="pay.pending", label=invoice.label)
            return row, gateways[row.provider]
        return _begun(session, ctx, invoice, gateway.name, guest_link_id), gateway


def _begun(
    session: Session, ctx: Context, invoice: Invoice, provider: str, guest_link_id: int | None
) -> GatewayTransaction:
    row = GatewayTransaction(
        key=f"charge-{secrets.token_hex(24)}",
        action="charge",
        provider=provider,
        invoice_id=invoice.id,
        amount_minor=invoice.open_minor,
        currency=invoice.currency,
        made_at=ctx.now(),
        made_by_id=ctx.actor.user_id,
        guest_link_id=guest_link_id,
        look_at=ctx.now() + LOOKS[0],
    )
    session.add(row)
    session.flush()
    after = {"amount_minor": row.amount_minor, "provider": row.provider}
    record(
        session,
        ctx,
        entity="invoice",
        entity_id=invoice.id or 0,
        action="payment begun",
        after=after,
    )
    return row


def _asked(ctx: Context, gateway: Gateway, row: GatewayTransaction) -> Charge:
    """The gateway's charge of what is written down; its address is kept with the first answer."""
    if row.gateway_ref:
        return gateway.fetch(row.gateway_ref)
    amount = Money(row.amount_minor, currency(row.currency))
    try:
        charge = gateway.open(ChargeOrder(row.key, amount, _label(ctx, row)))
    except GatewayRefused as error:
        _give_up(ctx, row.id or 0, error.sentence)
        raise
    with ctx.write() as session:
        kept = session.get_one(GatewayTransaction, row.id, with_for_update=True)
        kept.gateway_ref = charge.ref
        session.add(kept)
    return charge


def _give_up(ctx: Context, transaction_id: int, error: str) -> None:
    """A charge that the gateway does not open at all is over before it began."""
    with ctx.write() as session:
        row = session.get_one(GatewayTransaction, transaction_id, with_for_update=True)
        if not row.gateway_ref:
            row.state, row.error = ChargeState.CANCELED.value, error
            row.ended_at, row.look_at = ctx.now(), None
            session.add(row)


def _label(ctx: Context, row: GatewayTransaction) -> str:
    with ctx.read() as session:
        return session.get_one(Invoice, row.invoice_id).label


def _open_minor(ctx: Context, invoice_id: int) -> int:
    with ctx.read() as session:
        return session.get_one(Invoice, invoice_id).open_minor
