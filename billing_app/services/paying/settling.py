"""What a fetched charge does to the books: one payment, however often and in whatever order.

Nothing but the gateway's own answer gets here. It has to agree with what was asked: the amount,
the currency and our key; where it does not, nothing is booked and the log says so.
"""

from sqlmodel import Session

from billing_app.domain.currencies import currency
from billing_app.domain.errors import Conflict
from billing_app.domain.lifecycle import Posting
from billing_app.domain.money import Money
from billing_app.domain.notifications import Kind
from billing_app.domain.paying import OUTCOMES, ChargeState, counted_minor, next_look
from billing_app.domain.payment_status import GatewayOutcome
from billing_app.domain.payments import PaymentMethod
from billing_app.domain.settlement import PaymentKind, PaymentSource
from billing_app.persistence.tables import GatewayTransaction, Invoice, Payment
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.derived import AUTHORIZED, derive
from billing_app.services.notifications.news import News, settle, tell_people
from billing_app.services.paying.ports import Charge, Gateways
from billing_app.services.payments.claims import claim_invoices
from billing_app.services.payments.keeping import (
    allocation_row,
    apply_effect,
    completed,
    find_again,
    keep_payment,
)
from billing_app.services.payments.recording import blank_payment, said

METHODS = {"stripe": PaymentMethod.STRIPE, "demo": PaymentMethod.CREDIT_CARD}
LYING = "The gateway's answer does not agree with what was asked: {why}. Nothing was booked."


class Lying(Conflict):
    """The gateway's answer does not agree with what was asked."""

    code = "gateway.lying"
    message = LYING


def look_at(ctx: Context, gateways: Gateways, transaction_id: int) -> ChargeState:
    """Fetch a charge and let it count as it is. Raises: Lying, GatewayDelayed, NotFound."""
    with ctx.read() as session:
        row = session.get_one(GatewayTransaction, transaction_id)
    state = ChargeState(row.state)
    if state.is_over or not row.gateway_ref or row.provider not in gateways:
        return state
    return apply_charge(ctx, transaction_id, gateways[row.provider].fetch(row.gateway_ref))


def apply_charge(ctx: Context, transaction_id: int, charge: Charge) -> ChargeState:
    """Let a fetched charge count: what is over stays over. Raises: Lying."""
    with ctx.read() as session:
        invoice_id = session.get_one(GatewayTransaction, transaction_id).invoice_id or 0
    why = ""
    with ctx.write() as session:
        invoice = claim_invoices(session, [invoice_id])[invoice_id]
        row = session.get_one(GatewayTransaction, transaction_id, with_for_update=True)
        was = ChargeState(row.state)
        why = _doubt(row, charge)
        if why:
            _park(session, ctx, row, why)
        elif not was.is_over:
            _move(session, ctx, row, invoice, charge)
        if not why:
            return ChargeState(row.state)
    raise Lying(why=why)


def postpone(ctx: Context, row: GatewayTransaction) -> None:
    """Ask the gateway again later, ever more rarely."""
    wait = next_look(ctx.now() - row.made_at, row.looks)
    row.looks += 1
    row.look_at = ctx.now() + wait if wait is not None else None


def _doubt(row: GatewayTransaction, charge: Charge) -> str:
    """Why a charge is not the one that was asked for; empty where it is."""
    asked = Money(row.amount_minor, currency(row.currency))
    if charge.key != row.key or (row.gateway_ref and charge.ref != row.gateway_ref):
        return "it is another charge"
    if charge.amount != asked:
        return f"it is over {charge.amount} and not {asked}"
    if charge.state is ChargeState.SUCCEEDED and charge.received != asked:
        return f"{charge.received} came and not {asked}"
    return ""


def _park(session: Session, ctx: Context, row: GatewayTransaction, why: str) -> None:
    if row.error != why:
        record(
            session,
            ctx,
            entity="invoice",
            entity_id=row.invoice_id or 0,
            action="payment doubted",
            after={"why": why, "gateway_ref": row.gateway_ref},
        )
        label = session.get_one(Invoice, row.invoice_id).label
        tell_people(session, ctx, News(Kind.PAYMENT_DOUBTED, row.invoice_id or 0, label, why))
    row.error = why
    postpone(ctx, row)
    session.add(row)


def _move(
    session: Session, ctx: Context, row: GatewayTransaction, invoice: Invoice, charge: Charge
) -> None:
    was = row.state
    row.state, row.error, row.gateway_ref = charge.state.value, charge.error, charge.ref
    if charge.state.is_over:
        row.ended_at, row.look_at = ctx.now(), None
    else:
        postpone(ctx, row)
    session.add(row)
    if charge.state is ChargeState.SUCCEEDED:
        row.payment_id = _book(session, ctx, row, invoice)
        session.add(row)
    elif row.state != was:
        _note(session, ctx, invoice, charge)


def _note(session: Session, ctx: Context, invoice: Invoice, charge: Charge) -> None:
    """Let the document show how the last try ended (ORO-41)."""
    known = OUTCOMES.get(charge.state)
    outcome = str(known) if known else ""
    if charge.state is ChargeState.AUTHORIZED:
        outcome = AUTHORIZED
    _show(session, ctx, invoice, outcome)
    after = {"state": charge.state.value, "error": charge.error}
    action = f"payment {charge.state.value}"
    record(session, ctx, entity="invoice", entity_id=invoice.id or 0, action=action, after=after)


def _show(session: Session, ctx: Context, invoice: Invoice, outcome: str) -> None:
    invoice.gateway_outcome = outcome
    derive(invoice)
    invoice.version += 1
    invoice.updated_at = ctx.now()
    session.add(invoice)
    session.flush()


def _book(session: Session, ctx: Context, row: GatewayTransaction, invoice: Invoice) -> int:
    """Book the money: it settles what is open by now, and the rest is the customer's credit."""
    payment = _payment(session, ctx, row, invoice)
    counted = counted_minor(row.amount_minor, invoice.open_minor, Posting(invoice.posting_status))
    session.add(payment)
    session.flush()
    rows = [(invoice, counted)] if counted else []
    session.add_all([allocation_row(ctx, payment, invoice, minor) for _, minor in rows])
    told = said(payment) | {"invoice": invoice.label, "gateway_ref": row.gateway_ref}
    if counted < row.amount_minor:
        told |= {"credit_minor": row.amount_minor - counted, "why": "paid otherwise meanwhile"}
    invoice.gateway_outcome = str(GatewayOutcome.SUCCEEDED)
    keep_payment(session, ctx, payment, "created", after=told)
    apply_effect(session, ctx, payment, rows, action="paid")
    if not rows:
        _show(session, ctx, invoice, invoice.gateway_outcome)
        after = {"payment": payment.number, "credit_minor": row.amount_minor}
        record(
            session,
            ctx,
            entity="invoice",
            entity_id=invoice.id or 0,
            action="overpaid",
            after=after,
        )
    find_again(session, [invoice])
    completed(session, ctx, payment)
    _tell(session, ctx, payment, invoice)
    return payment.id or 0


def _tell(session: Session, ctx: Context, payment: Payment, invoice: Invoice) -> None:
    """Tell who keeps payments; a doubt of this invoice is answered by its money."""
    settle(session, [Kind.PAYMENT_DOUBTED], invoice.id or 0)
    paid = Money(payment.total_minor, currency(payment.currency))
    said = f"{paid} for {invoice.label}"
    news = News(Kind.PAYMENT_CAME, payment.id or 0, payment.number, said, cause="online")
    tell_people(session, ctx, news)


def _payment(session: Session, ctx: Context, row: GatewayTransaction, invoice: Invoice) -> Payment:
    """The payment that a charge is, not written yet."""
    charged = Money(row.amount_minor, currency(row.currency))
    payment = blank_payment(session, ctx, PaymentKind.RECEIPT, charged, ctx.today())
    payment.customer_id, payment.direction = invoice.customer_id, "out"
    payment.source, payment.gateway_ref = PaymentSource.GATEWAY.value, row.gateway_ref
    payment.method = METHODS[row.provider].value
    payment.reference = invoice.label
    payment.sends_confirmation = True
    return payment
