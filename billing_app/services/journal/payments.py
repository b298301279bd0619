"""Booking payments: each change of where a payment stands is an entry of the difference."""

from sqlmodel import Session

from billing_app.domain.accounts import accounts_of
from billing_app.domain.document_types import Direction
from billing_app.domain.journal import (
    EntryKind,
    JournalLine,
    PaymentFacts,
    difference,
    payment_lines,
)
from billing_app.domain.payments import PaymentState
from billing_app.domain.settlement import PaymentKind
from billing_app.persistence.queries.journal import booked_of_payment
from billing_app.persistence.queries.payments import allocated_minor
from billing_app.persistence.tables import Customer, Payment
from billing_app.services.context import Context
from billing_app.services.journal.keeping import Entry, book
from billing_app.services.settings import Place, settings_at


def book_payment(session: Session, ctx: Context, payment: Payment) -> None:
    """Bring the journal up to where a payment stands; nothing where it is there already.

    First on the payment's own day; what changes later, today. Raises: Refused in a closed period.
    """
    booked = booked_of_payment(session, payment.id or 0)
    company_id = session.get_one(Customer, payment.customer_id).company_id
    chosen = settings_at(session, Place(company_id=company_id))
    target: tuple[JournalLine, ...] = ()
    if payment.status == PaymentState.COMPLETED and payment.deleted_at is None:
        target = payment_lines(_facts(session, payment), accounts_of(chosen))
    lines = difference(target, booked)
    if not lines:
        return
    on = ctx.today() if booked else payment.paid_on
    kind = EntryKind.PAYMENT
    entry = Entry(company_id, kind, payment.currency, on, lines, payment_id=payment.id)
    book(session, ctx, entry, chosen, payment.number)


def _facts(session: Session, payment: Payment) -> PaymentFacts:
    original = session.get_one(Payment, payment.refund_of_id) if payment.refund_of_id else None
    return PaymentFacts(
        PaymentKind(payment.kind),
        Direction(payment.direction),
        payment.method,
        payment.total_minor,
        allocated_minor(session, payment.id or 0),
        PaymentKind(original.kind) if original else None,
    )
