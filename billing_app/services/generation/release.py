"""What a generated invoice took comes free when the invoice is cancelled or deleted.

A voided one gives it back on request only. A dissolved one gives nothing back: its lines wait as
charges, so the usage behind them stays taken, and only the period may have an invoice anew.
"""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, and_, col, or_

from billing_app.persistence.tables import (
    Customer,
    Invoice,
    InvoicedPeriod,
    PackageCharge,
    UsageRecord,
)


def release_dead(session: Session, customer_id: int) -> int:
    """Free usage, charges and periods of dead invoices; answers how many invoices.

    Done where they are looked for, under the customer's lock, so that no way in which an invoice
    ends has to think of them.
    """
    dead = dead_invoices(session, customer_id)
    _release(session, dead)
    return len(dead)


def dead_invoices(session: Session, customer_id: int) -> list[int]:
    """The dead invoices of a customer that still hold what they took.

    One of a period holds it until it is dissolved; one that Run Package made holds package charges
    alone, and those of a dissolved one stay taken: its lines wait as charges.
    """
    is_cancelled = col(Invoice.posting_status) == "CANCELLED"
    is_deleted = col(Invoice.deleted_at).is_not(None)
    is_deleted_draft = and_(is_deleted, col(Invoice.posting_status) == "DRAFT")
    found: set[int] = set()
    for holder, is_dead in (
        (InvoicedPeriod, or_(is_deleted, is_cancelled)),
        (PackageCharge, or_(is_deleted_draft, is_cancelled)),
    ):
        query = (
            select(col(holder.invoice_id))
            .join(Invoice, col(Invoice.id) == col(holder.invoice_id))
            .where(col(holder.customer_id) == customer_id, is_dead)
        )
        found.update(session.execute(query).scalars())
    return sorted(found)


def release_invoice(session: Session, invoice: Invoice) -> None:
    """Free what one invoice took; the customer is locked, so that no run counts it meanwhile."""
    session.get_one(Customer, invoice.customer_id, with_for_update={"key_share": True})
    _release(session, [invoice.id or 0])


def open_period(session: Session, invoice: Invoice) -> None:
    """Let the period of a dissolved invoice have another one; what it took stays taken."""
    session.execute(delete(InvoicedPeriod).where(col(InvoicedPeriod.invoice_id) == invoice.id))


def holdings(session: Session, invoice_id: int) -> int:
    """How many periods and package charges an invoice holds."""
    counted = [
        session.execute(select(func.count()).where(column == invoice_id)).scalar_one()
        for column in (col(InvoicedPeriod.invoice_id), col(PackageCharge.invoice_id))
    ]
    return sum(counted)


def _release(session: Session, invoices: Sequence[int]) -> None:
    if not invoices:
        return
    freed = update(UsageRecord).where(col(UsageRecord.invoice_id).in_(invoices))
    session.execute(freed.values(invoice_id=None).execution_options(synchronize_session=False))
    session.execute(delete(PackageCharge).where(col(PackageCharge.invoice_id).in_(invoices)))
    session.execute(delete(InvoicedPeriod).where(col(InvoicedPeriod.invoice_id).in_(invoices)))
