"""Payments as staff ask for them: a page of the list, its sums, one payment whole."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.persistence.queries.payment_list import (
    PaymentFilter,
    PaymentRow,
    PaymentTally,
    payment_rows,
    payment_tallies,
)
from billing_app.persistence.queries.payments import refunded_minor
from billing_app.persistence.search import Sight
from billing_app.persistence.tables import (
    Allocation,
    AuditEntry,
    Customer,
    Invoice,
    Payment,
    PaymentInvoice,
    User,
)
from billing_app.services.context import Context

PAGE = 50
HISTORY = 50


@dataclass(frozen=True, slots=True)
class Settled:
    """One line of a payment: the invoice it settles and by how much, in minor units."""

    invoice_id: int
    label: str
    document_date: date
    open_minor: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of a payment's history."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """A payment with everything its page shows; the row is detached and only read."""

    payment: Payment
    customer_name: str
    created_by: str
    lines: tuple[Settled, ...]
    refunded_minor: int
    refunds: tuple[tuple[int, str, int], ...]  # id, number, minor units
    original: tuple[int, str] | None
    draft: tuple[int, str] | None  # the invoice made for it
    history: tuple[Told, ...]


def list_payments(
    ctx: Context, chosen: PaymentFilter, column: str, *, descending: bool, number: int = 1
) -> tuple[list[PaymentRow], bool]:
    """Page `number` (from 1) of the filtered payments, and whether there is a next one."""
    ctx.require(Permission.PAYMENT_VIEW)
    place = PAGE + 1, PAGE * (max(1, number) - 1)
    if column == "customer" and not ctx.actor.sees_partner:
        column = "number"  # an order may not tell a name (DLY-12)
    with ctx.read() as session:
        rows = payment_rows(session, chosen, _sight(ctx), (column, descending), place)
    return rows[:PAGE], len(rows) > PAGE


def tally_payments(ctx: Context, chosen: PaymentFilter) -> list[PaymentTally]:
    """Counts and sums of the whole filtered set, by currency."""
    ctx.require(Permission.PAYMENT_VIEW)
    with ctx.read() as session:
        return payment_tallies(session, chosen, _sight(ctx))


def get_payment(ctx: Context, payment_id: int) -> PaymentRecord:
    """One payment whole. Raises: NotFound, also for a deleted one."""
    ctx.require(Permission.PAYMENT_VIEW)
    with ctx.read() as session:
        payment = session.get(Payment, payment_id)
        if payment is None or payment.deleted_at is not None:
            raise NotFound("This payment does not exist. It may have been deleted.")
        original = session.get(Payment, payment.refund_of_id) if payment.refund_of_id else None
        return PaymentRecord(
            payment=payment,
            customer_name=session.get_one(Customer, payment.customer_id).name,
            created_by=session.get_one(User, payment.created_by_id).name,
            lines=lines_of_payment(session, payment_id),
            refunded_minor=refunded_minor(session, payment_id),
            refunds=_refunds(session, payment_id),
            original=(original.id or 0, original.number) if original else None,
            draft=_draft(session, payment_id),
            history=_history(session, payment_id),
        )


def lines_of_payment(session: Session, payment_id: int) -> tuple[Settled, ...]:
    """What a payment settles, in the order in which it was allocated."""
    rows = session.exec(
        select(Invoice, Allocation.amount_minor)
        .join(Allocation)
        .where(Allocation.payment_id == payment_id)
        .order_by(col(Allocation.id))
    )
    return tuple(
        Settled(row.id or 0, row.label, row.document_date, row.sign * row.open_minor, minor)
        for row, minor in rows
    )


def _sight(ctx: Context) -> Sight:
    return Sight(ctx.actor.sees_partner, ctx.actor.sees_vessel)


def _refunds(session: Session, payment_id: int) -> tuple[tuple[int, str, int], ...]:
    rows = session.exec(
        select(Payment.id, Payment.number, Payment.total_minor)
        .where(Payment.refund_of_id == payment_id, col(Payment.deleted_at).is_(None))
        .order_by(col(Payment.id))
    )
    return tuple((key or 0, number, minor) for key, number, minor in rows)


def _draft(session: Session, payment_id: int) -> tuple[int, str] | None:
    made = session.get(PaymentInvoice, payment_id)
    invoice = session.get(Invoice, made.invoice_id) if made else None
    if invoice is None or invoice.deleted_at is not None:
        return None
    return invoice.id or 0, invoice.label


def _history(session: Session, payment_id: int) -> tuple[Told, ...]:
    rows = session.exec(
        select(AuditEntry.at, User.name, AuditEntry.action)
        .join(User)
        .where(AuditEntry.entity == "payment", AuditEntry.entity_id == payment_id)
        .order_by(col(AuditEntry.id).desc())
        .limit(HISTORY)
    )
    return tuple(Told(*row) for row in rows)
