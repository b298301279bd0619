"""What a generated invoice took comes free when the invoice is cancelled or deleted."""

from sqlalchemy import delete, select, update
from sqlmodel import Session, col, or_

from billing_app.persistence.tables import Invoice, InvoicedPeriod, PackageCharge, UsageRecord


def release_dead(session: Session, customer_id: int) -> int:
    """Free usage, charges and periods of dead invoices; answers how many periods.

    Done where they are looked for, under the customer's lock, so that no way in which an invoice
    ends has to think of them.
    """
    dead = list(
        session.execute(
            select(col(InvoicedPeriod.invoice_id))
            .join(Invoice, col(Invoice.id) == col(InvoicedPeriod.invoice_id))
            .where(
                col(InvoicedPeriod.customer_id) == customer_id,
                or_(
                    col(Invoice.deleted_at).is_not(None),
                    col(Invoice.posting_status) == "CANCELLED",
                ),
            )
        ).scalars()
    )
    if dead:
        freed = update(UsageRecord).where(col(UsageRecord.invoice_id).in_(dead))
        session.execute(freed.values(invoice_id=None))
        session.execute(delete(PackageCharge).where(col(PackageCharge.invoice_id).in_(dead)))
        session.execute(delete(InvoicedPeriod).where(col(InvoicedPeriod.invoice_id).in_(dead)))
    return len(dead)
