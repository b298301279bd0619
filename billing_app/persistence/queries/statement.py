"""What stands on a customer's statement of account: posted documents, and payments that count."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, case, or_, select
from sqlmodel import Session

from billing_app.persistence.inserting import table_of
from billing_app.persistence.tables import DocumentType, Invoice, Payment

INVOICES, TYPES, PAYMENTS = table_of(Invoice), table_of(DocumentType), table_of(Payment)
ORIGINALS = PAYMENTS.alias("original")
# What the partner owes us is plus: our invoices and the money we paid out.
OWED_FOR_DOCUMENT = case(
    (
        or_(
            and_(TYPES.c.direction == "out", TYPES.c.kind == "credit"),
            and_(TYPES.c.direction == "in", TYPES.c.kind == "invoice"),
        ),
        -INVOICES.c.total_minor,
    ),
    else_=INVOICES.c.total_minor,
)
COMES_IN = or_(
    PAYMENTS.c.kind == "receipt",
    and_(PAYMENTS.c.kind == "refund", ORIGINALS.c.kind == "payment"),
    PAYMENTS.c.kind == "purchase",  # negative itself: what is bought from the credit is owed
)
OWED_FOR_PAYMENT = case((COMES_IN, -PAYMENTS.c.total_minor), else_=PAYMENTS.c.total_minor)


THIS: BindParameter[int] = bindparam("customer")
DOCUMENTS = (
    select(
        INVOICES.c.document_date,
        TYPES.c.kind,
        INVOICES.c.id,
        INVOICES.c.label,
        INVOICES.c.title,
        INVOICES.c.currency,
        OWED_FOR_DOCUMENT,
    )
    .join(TYPES, TYPES.c.id == INVOICES.c.document_type_id)
    .where(
        INVOICES.c.customer_id == THIS,
        INVOICES.c.posted_at.is_not(None),
        INVOICES.c.posting_status.in_(("READY_FOR_POSTING", "POSTED")),
        INVOICES.c.deleted_at.is_(None),
        TYPES.c.kind.in_(("invoice", "credit")),
    )
)
COUNTED = (
    select(
        PAYMENTS.c.paid_on,
        case((PAYMENTS.c.method == "write_off", "write_off"), else_=PAYMENTS.c.kind),
        PAYMENTS.c.id,
        PAYMENTS.c.number,
        PAYMENTS.c.reference,
        PAYMENTS.c.currency,
        OWED_FOR_PAYMENT,
    )
    .join(ORIGINALS, ORIGINALS.c.id == PAYMENTS.c.refund_of_id, isouter=True)
    .where(
        PAYMENTS.c.customer_id == THIS,
        PAYMENTS.c.status == "COMPLETED",
        PAYMENTS.c.deleted_at.is_(None),
    )
)


class StatementLine(NamedTuple):
    """A document or payment; the amount in minor units with its sign for the balance."""

    on: date
    kind: str
    id: int
    number: str
    text: str
    currency: str
    amount_minor: int


def statement_lines(session: Session, customer_id: int) -> list[StatementLine]:
    """Everything that moves a customer's balance, in no order.

    Documents once they are posted, also set back to Ready for Posting; void ones are none.
    """
    asked = {"customer": customer_id}
    connection = session.connection()
    rows = [*connection.execute(DOCUMENTS, asked), *connection.execute(COUNTED, asked)]
    return [StatementLine(*row) for row in rows]
