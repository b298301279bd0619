"""What happens to the demo's documents after posting: deliveries, payments, refunds, credits.

The money moves by the same use cases as on any desk; what is left over at the end shows them all.
"""

from datetime import timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from billing_app.domain.money import currency, from_minor
from billing_app.domain.payments import PaymentState
from billing_app.persistence.tables import Customer, DeliveryEvent, Invoice, Payment
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.demo.stage import Stage
from billing_app.services.invoices.claims import lines_of
from billing_app.services.invoices.derived import derive, make_findable
from billing_app.services.payments.allocating import Share, allocate
from billing_app.services.payments.recording import (
    PaymentFacts,
    add_payment,
    record_payment,
)
from billing_app.services.payments.refunding import refund_payment

ONLINE = "stripe"
SHORT_BY = 250  # a bank's charge, in minor units


def deliver(session: Session, ctx: Context, invoice_id: int, channel: str) -> None:
    """Record that the document reached its customer now."""
    invoice = session.get_one(Invoice, invoice_id)
    customer = session.get_one(Customer, invoice.customer_id)
    recipient = customer.email if channel == "email" else ""
    session.add(
        DeliveryEvent(invoice_id=invoice_id, at=ctx.now(), channel=channel, recipient=recipient)
    )
    invoice.is_delivered = True
    derive(invoice)
    invoice.version += 1
    invoice.updated_at = ctx.now()
    session.add(invoice)
    session.flush()
    make_findable(session, invoice, lines_of(session, invoice_id))
    after = {"channel": channel}
    record(session, ctx, entity="invoice", entity_id=invoice_id, action="delivered", after=after)


def pay(session: Session, ctx: Context, invoice: Invoice, amount_minor: int, method: str) -> int:
    """Record a payment that settles part or all of a document; answers its id."""
    facts = PaymentFacts(
        amount=from_minor(amount_minor, currency(invoice.currency).digits),
        paid_on=ctx.today(),
        method=method,
        reference=invoice.label,
    )
    payment_id = record_payment(ctx, invoice.id or 0, facts).id
    if method == ONLINE:
        payment = session.get_one(Payment, payment_id)
        payment.source, payment.gateway_ref = "gateway", f"ch_demo_{payment.number}"
        session.add(payment)
        session.flush()
    return payment_id


def refund(session: Session, ctx: Context, payment_id: int, amount_minor: int) -> None:
    """Give a payment back, in part or whole."""
    digits = currency(session.get_one(Payment, payment_id).currency).digits
    amount = from_minor(amount_minor, digits)
    refund_payment(ctx, payment_id, amount, "Service was not rendered")


def leave_payments(stage: Stage) -> None:
    """What waits on the payments page: a transfer to complete, credit, and a short payment."""
    session, ctx = stage.session, stage.at(stage.ctx.now(), "accounting")
    rows = session.exec(
        select(Invoice)
        .where(Invoice.posting_status == "POSTED", Invoice.settled_minor == 0, Invoice.sign == 1)
        .where(Invoice.currency == "EUR", Invoice.customer_name != "")
        .order_by(col(Invoice.due_sort), col(Invoice.id))
    ).all()
    owed = [row for row in rows if row.open_minor > SHORT_BY and _is_out(session, row)]
    if not owed:
        return
    first = owed[0]
    _add(ctx, first, 50_000, "Portal transfer # asked by phone", PaymentState.PENDING)
    _add(ctx, first, 125_000, "Paid in advance for the next call", PaymentState.COMPLETED)
    short = next((row for row in owed if row.customer_id != first.customer_id), owed[-1])
    paid = _add(ctx, short, short.open_minor - SHORT_BY, short.label, PaymentState.COMPLETED)
    allocate(ctx, [Share(paid, short.id or 0, short.open_minor - SHORT_BY)])


def _add(ctx: Context, of: Invoice, minor: int, text: str, state: PaymentState) -> int:
    facts = PaymentFacts(
        amount=from_minor(minor, currency(of.currency).digits),
        paid_on=ctx.today() - timedelta(days=1),
        description=text,
        fee=Decimal("1.50"),
    )
    return add_payment(ctx, of.customer_id, facts, code=of.currency, state=state).id


def _is_out(session: Session, invoice: Invoice) -> bool:
    """Whether a receipt settles it: a supplier's bill is none."""
    return not session.get_one(Customer, invoice.customer_id).is_supplier
