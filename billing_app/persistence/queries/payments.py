"""What is left of a payment, and what was given back of it."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from billing_app.persistence.tables import Allocation, Payment


def allocated_minor(session: Session, payment_id: int) -> int:
    """What a payment settles in all, in minor units."""
    total = select(func.coalesce(func.sum(Allocation.amount_minor), 0))
    return int(session.exec(total.where(Allocation.payment_id == payment_id)).one())


def refunded_minor(session: Session, payment_id: int) -> int:
    """What was given back of a payment in all, in minor units."""
    total = select(func.coalesce(func.sum(Payment.total_minor), 0))
    return int(session.exec(total.where(*_refunds_of(payment_id))).one())


def refunded_by_invoice(session: Session, payment_id: int) -> dict[int, int]:
    """What was given back of what a payment settled, by invoice, in minor units."""
    rows = session.exec(
        select(Allocation.invoice_id, func.sum(Allocation.amount_minor))
        .join(Payment)
        .where(*_refunds_of(payment_id))
        .group_by(col(Allocation.invoice_id))
    )
    return {invoice_id: int(minor) for invoice_id, minor in rows}


def left_of(session: Session, payment: Payment) -> int:
    """What is neither allocated nor given back; of a refund or a purchase nothing is left."""
    if payment.kind not in {"receipt", "payment"}:
        return 0
    payment_id = payment.id or 0
    from_rest = refunded_minor(session, payment_id) - sum(
        refunded_by_invoice(session, payment_id).values()
    )
    return payment.total_minor - allocated_minor(session, payment_id) - from_rest


def _refunds_of(payment_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Payment.refund_of_id) == payment_id,
        col(Payment.status) == "COMPLETED",
        col(Payment.deleted_at).is_(None),
    )
