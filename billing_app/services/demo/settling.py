"""What happens to the demo's documents after posting: deliveries, payments, refunds, credits.

Each step adds its rows and brings the kept columns of the invoice up to them.
"""

from sqlmodel import Session, func, select

from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.settlement import PaymentKind, automatic_credit, payment_kind
from billing_app.persistence.tables import (
    Allocation,
    CreditApplication,
    Customer,
    DeliveryEvent,
    DocumentType,
    Invoice,
    Payment,
)
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.claims import lines_of
from billing_app.services.invoices.derived import derive, make_findable


def deliver(session: Session, ctx: Context, invoice_id: int, channel: str) -> None:
    """Record that the document reached its customer now."""
    invoice = session.get_one(Invoice, invoice_id)
    customer = session.get_one(Customer, invoice.customer_id)
    recipient = customer.email if channel == "email" else ""
    session.add(
        DeliveryEvent(invoice_id=invoice_id, at=ctx.now(), channel=channel, recipient=recipient)
    )
    invoice.is_delivered = True
    _keep(session, ctx, invoice, "delivered", {"channel": channel})


def pay(session: Session, ctx: Context, invoice_id: int, amount_minor: int, method: str) -> int:
    """Record a payment that settles part or all of a document; answers its id."""
    invoice = session.get_one(Invoice, invoice_id)
    kind = payment_kind(*_direction_and_kind(session, invoice))
    payment = _payment(session, ctx, invoice, kind, amount_minor)
    payment.method = method
    payment.source = "gateway" if method == "stripe" else "manual"
    payment.gateway_ref = f"ch_demo_{payment.number}" if method == "stripe" else ""
    payment.reference = f"{invoice.label}"
    _allocate(session, ctx, payment, invoice)
    invoice.settled_minor += amount_minor
    _keep(session, ctx, invoice, "paid", {"amount_minor": amount_minor, "payment": payment.number})
    return payment.id or 0


def refund(
    session: Session, ctx: Context, invoice_id: int, payment_id: int, amount_minor: int
) -> None:
    """Give a payment back, in part or whole."""
    invoice = session.get_one(Invoice, invoice_id)
    payment = _payment(session, ctx, invoice, PaymentKind.REFUND, amount_minor)
    payment.refund_of_id = payment_id
    payment.method = session.get_one(Payment, payment_id).method
    payment.description = "Service was not rendered"
    _allocate(session, ctx, payment, invoice)
    invoice.settled_minor -= amount_minor
    invoice.refunded_minor += amount_minor
    _keep(
        session, ctx, invoice, "refunded", {"amount_minor": amount_minor, "payment": payment.number}
    )


def apply_credit(session: Session, ctx: Context, credit_id: int, invoice_id: int) -> None:
    """Settle an invoice with a credit note, as far as both go."""
    credit, invoice = session.get_one(Invoice, credit_id), session.get_one(Invoice, invoice_id)
    amount = automatic_credit(credit.open_minor, invoice.open_minor)
    if not amount:
        return
    session.add(
        CreditApplication(
            credit_id=credit_id,
            invoice_id=invoice_id,
            amount_minor=amount,
            created_by_id=ctx.actor.user_id,
            created_at=ctx.now(),
        )
    )
    for document in (credit, invoice):
        document.settled_minor += amount
        _keep(session, ctx, document, "credited", {"amount_minor": amount, "credit": credit.number})


def payment_number(kind: str, payment_id: int) -> str:
    """The number of a demo payment."""
    return f"{'PMO' if kind in {'payment', 'refund'} else 'PMI'}-{payment_id:06d}"


def _payment(
    session: Session, ctx: Context, invoice: Invoice, kind: PaymentKind, amount_minor: int
) -> Payment:
    direction, _ = _direction_and_kind(session, invoice)
    next_id = (session.exec(select(func.max(Payment.id))).one() or 0) + 1
    payment = Payment(
        number=payment_number(kind.value, next_id),
        customer_id=invoice.customer_id,
        direction=direction.value,
        kind=kind.value,
        currency=invoice.currency,
        total_minor=amount_minor,
        paid_on=ctx.today(),
        created_by_id=ctx.actor.user_id,
        created_at=ctx.now(),
    )
    session.add(payment)
    session.flush()
    return payment


def _allocate(session: Session, ctx: Context, payment: Payment, invoice: Invoice) -> None:
    session.add(payment)
    session.add(
        Allocation(
            payment_id=payment.id or 0,
            invoice_id=invoice.id or 0,
            amount_minor=payment.total_minor,
            created_by_id=ctx.actor.user_id,
            created_at=ctx.now(),
        )
    )


def _keep(
    session: Session, ctx: Context, invoice: Invoice, action: str, after: dict[str, object]
) -> None:
    derive(invoice)
    invoice.version += 1
    invoice.updated_at = ctx.now()
    session.add(invoice)
    session.flush()
    make_findable(session, invoice, lines_of(session, invoice.id or 0))
    record(session, ctx, entity="invoice", entity_id=invoice.id or 0, action=action, after=after)


def _direction_and_kind(session: Session, invoice: Invoice) -> tuple[Direction, DocumentKind]:
    document_type = session.get_one(DocumentType, invoice.document_type_id)
    return Direction(document_type.direction), DocumentKind(document_type.kind)
