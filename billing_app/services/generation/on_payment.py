"""An invoice for a payment: made when it completes, settled by it when posted (CXS-26)."""

from decimal import Decimal

from sqlmodel import Session, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.domain.money import currency, from_minor
from billing_app.persistence.queries.payments import allocated_minor, left_of
from billing_app.persistence.tables import (
    Allocation,
    Customer,
    Invoice,
    Payment,
    PaymentInvoice,
)
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.checks import checked
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.invoices.drafts import add_draft
from billing_app.services.journal.payments import book_payment

ORIGIN = "generated"


def invoice_payment(ctx: Context, payment_id: int) -> int:
    """Make the draft that a completed payment asks for; answers its id, 0 where it asks for none.

    A repeat answers the draft that is there. Raises: NotFound.
    """
    ctx.require(Permission.PAYMENT_RECORD)
    with ctx.write() as session:
        payment = session.get(Payment, payment_id, with_for_update=True)
        if payment is None or payment.deleted_at is not None:
            raise NotFound("This payment does not exist.")
        return invoice_on_payment(session, ctx, payment)


def invoice_on_payment(session: Session, ctx: Context, payment: Payment) -> int:
    """The same in the transaction that completes the payment, whose row is locked.

    Asked by receipts of customers that want it, over their total with the customer's tax inside.
    A payment recorded on an invoice has one already.
    """
    made = session.get(PaymentInvoice, payment.id)
    if made is not None:
        return made.invoice_id
    customer = session.get_one(Customer, payment.customer_id)
    is_asked = (
        customer.create_invoice_on_payment
        and _counts(payment)
        and payment.total_minor > 0
        and allocated_minor(session, payment.id or 0) == 0
    )
    if not is_asked:
        return 0
    invoice_id = add_draft(session, ctx, *checked(_draft(ctx, payment, customer)))
    session.add(PaymentInvoice(payment_id=payment.id or 0, invoice_id=invoice_id))
    session.flush()
    after = {"invoice": invoice_id}
    record(
        session, ctx, entity="payment", entity_id=payment.id or 0, action="invoiced", after=after
    )
    return invoice_id


def allocate_on_posting(session: Session, ctx: Context, invoice: Invoice) -> None:
    """Settle an invoice that is being posted with the payment it was made for.

    As much as is left of the payment and open on the invoice; nothing where the payment was
    cancelled or deleted meanwhile, or is another customer's or currency's by now.
    """
    if invoice.origin != ORIGIN:
        return
    made = session.exec(
        select(PaymentInvoice.payment_id).where(PaymentInvoice.invoice_id == invoice.id)
    ).first()
    payment = session.get(Payment, made, with_for_update=True) if made else None
    if payment is None or not _counts(payment):
        return
    if (payment.customer_id, payment.currency) != (invoice.customer_id, invoice.currency):
        return
    amount = min(left_of(session, payment), invoice.total_minor - invoice.settled_minor)
    if amount <= 0:
        return
    session.add(
        Allocation(
            payment_id=payment.id or 0,
            invoice_id=invoice.id or 0,
            amount_minor=amount,
            created_by_id=ctx.actor.user_id,
            created_at=ctx.now(),
        )
    )
    invoice.settled_minor += amount
    _keep_left(session, payment)
    book_payment(session, ctx, payment)
    after = {"invoice": invoice.label, "amount_minor": amount}
    record(
        session, ctx, entity="payment", entity_id=payment.id or 0, action="allocated", after=after
    )


def _keep_left(session: Session, payment: Payment) -> None:
    session.flush()
    payment.left_minor = left_of(session, payment)
    payment.version += 1
    session.add(payment)


def _counts(payment: Payment) -> bool:
    """Whether it is money of a customer that came in."""
    return (
        payment.status == "COMPLETED"
        and payment.deleted_at is None
        and payment.kind == "receipt"
        and payment.direction == "out"
    )


def _draft(ctx: Context, payment: Payment, customer: Customer) -> Draft:
    text = f"Payment {payment.reference or payment.number}"
    price = from_minor(payment.total_minor, currency(payment.currency).digits)
    line = DraftLine(text, unit_price=price, tax_rate=customer.tax_rate or Decimal(0))
    today = ctx.today()
    return Draft(
        customer_id=payment.customer_id,
        document_date=today,
        due_on=today,
        currency=payment.currency,
        lines=(line,),
        title=text,
        prices_include_tax=True,
        origin=ORIGIN,
    )
