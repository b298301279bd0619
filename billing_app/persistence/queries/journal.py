"""What the journal says of one document or one payment."""

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from billing_app.domain.accounts import Role
from billing_app.domain.journal import JournalLine
from billing_app.persistence.tables import JournalEntry
from billing_app.persistence.tables import JournalLine as Line

OF_DOCUMENT = (
    select(
        col(Line.role),
        col(Line.account),
        col(Line.amount_minor),
        col(Line.tax_category),
        col(Line.tax_rate),
    )
    .join(JournalEntry, col(JournalEntry.id) == Line.entry_id)
    .where(col(JournalEntry.invoice_id) == bindparam("invoice"))
    .where(col(JournalEntry.kind) == "document")
    .order_by(col(Line.line_no))
)
OF_PAYMENT = (
    select(col(Line.role), col(Line.account), func.sum(col(Line.amount_minor)))
    .join(JournalEntry, col(JournalEntry.id) == Line.entry_id)
    .where(col(JournalEntry.payment_id) == bindparam("payment"))
    .group_by(col(Line.role), col(Line.account))
)


def lines_of_document(session: Session, invoice_id: int) -> list[JournalLine]:
    """The lines with which a document was posted."""
    rows = session.connection().execute(OF_DOCUMENT, {"invoice": invoice_id})
    return [JournalLine(Role(row[0]), row[1], row[2], row[3], row[4]) for row in rows]


def booked_of_payment(session: Session, payment_id: int) -> dict[Role, JournalLine]:
    """Where a payment is booked, each role on the one account it was booked on first."""
    rows = session.connection().execute(OF_PAYMENT, {"payment": payment_id})
    return {Role(row[0]): JournalLine(Role(row[0]), row[1], int(row[2])) for row in rows}
