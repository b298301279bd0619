"""Voiding a document releases what settled it: payments become the customer's credit (SPEC T11)."""

from sqlmodel import Session, col, select

from billing_app.domain.payments import PaymentMethod, PaymentState
from billing_app.persistence.tables import Allocation, Invoice, Payment
from billing_app.services.context import Context
from billing_app.services.payments.claims import claim_invoices, claim_payments
from billing_app.services.payments.credits import applications_of, undo_application
from billing_app.services.payments.keeping import apply_effect, find_again, keep_payment


def lock_with_settlers(session: Session, invoice_id: int) -> None:
    """Lock an invoice and the documents of its credit applications, in the order of their ids."""
    rows = applications_of(session, invoice_id)
    others = {key for row in rows for key in (row.credit_id, row.invoice_id)}
    claim_invoices(session, {invoice_id} | others)


def lock_with_original(session: Session, invoice_id: int) -> None:
    """Lock a correction after the document it corrects, which posting settles."""
    query = select(Invoice.credited_invoice_id).where(Invoice.id == invoice_id)
    original = session.exec(query).first()
    if original is not None:
        claim_invoices(session, {invoice_id, original})


def release_all(session: Session, ctx: Context, invoice: Invoice) -> None:
    """Release every allocation and credit application of an invoice that is locked.

    Refunds of it stay given back: their payments have that much less left. Write-offs end.
    """
    invoice_id = invoice.id or 0
    _release_payments(session, ctx, invoice)
    rows = applications_of(session, invoice_id)
    others = {key for row in rows for key in (row.credit_id, row.invoice_id)} - {invoice_id}
    found = claim_invoices(session, others) | {invoice_id: invoice}
    for row in rows:
        undo_application(session, ctx, row, found[row.credit_id], found[row.invoice_id])
    find_again(session, found.values())


def _release_payments(session: Session, ctx: Context, invoice: Invoice) -> None:
    query = select(Allocation).where(Allocation.invoice_id == invoice.id)
    rows = session.exec(query.order_by(col(Allocation.id))).all()
    payments = claim_payments(session, {row.payment_id for row in rows})
    for row in rows:
        payment, minor = payments[row.payment_id], row.amount_minor
        session.delete(row)
        if payment.status == PaymentState.COMPLETED:
            pair = [(invoice, minor)]
            apply_effect(session, ctx, payment, pair, action="released", undone=True)
        if payment.method == PaymentMethod.WRITE_OFF:
            _end(ctx, payment)
    session.flush()
    for payment in sorted(payments.values(), key=_refunds_first):
        after = {"invoice": invoice.label}
        keep_payment(session, ctx, payment, "released", after=after)


def _end(ctx: Context, payment: Payment) -> None:
    payment.deleted_at, payment.deleted_by_id = ctx.now(), ctx.actor.user_id


def _refunds_first(payment: Payment) -> tuple[bool, int]:
    return payment.refund_of_id is None, payment.id or 0
