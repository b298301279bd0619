"""What stands on the statement in the portal: documents a person sees, and what was paid."""

from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from billing_app.domain.access import PortalScope
from billing_app.persistence.inserting import table_of
from billing_app.persistence.queries.portal import sees
from billing_app.persistence.queries.statement import (
    COUNTED,
    INVOICES,
    OWED_FOR_DOCUMENT,
    PAYMENTS,
    TYPES,
    StatementLine,
)
from billing_app.persistence.tables import Allocation

SHARES = table_of(Allocation)
LIVE = ("READY_FOR_POSTING", "POSTED")


def visible_lines(session: Session, scope: PortalScope, today: date) -> list[StatementLine]:
    """The documents, without void ones."""
    query = (
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
        .where(sees(scope, today), INVOICES.c.posting_status.in_(LIVE))
    )
    return [StatementLine(*row) for row in session.connection().execute(query)]


def whole_payment_lines(session: Session, customer_id: int) -> list[StatementLine]:
    """Every payment of the customer that counts, but none to a supplier."""
    rows = session.connection().execute(
        COUNTED.where(PAYMENTS.c.direction == "out"), {"customer": customer_id}
    )
    return [StatementLine(*row) for row in rows]


def settled_lines(session: Session, scope: PortalScope, today: date) -> list[StatementLine]:
    """Of each payment what it settles of the documents that are seen."""
    kind = PAYMENTS.c.kind
    sign = SHARES.c.amount_minor * INVOICES.c.sign
    query = (
        select(
            PAYMENTS.c.paid_on,
            kind,
            SHARES.c.id,
            PAYMENTS.c.number,
            PAYMENTS.c.reference,
            PAYMENTS.c.currency,
            -sign,
        )
        .select_from(SHARES)
        .join(PAYMENTS, PAYMENTS.c.id == SHARES.c.payment_id)
        .join(INVOICES, INVOICES.c.id == SHARES.c.invoice_id)
        .join(TYPES, TYPES.c.id == INVOICES.c.document_type_id)
        .where(
            sees(scope, today),
            INVOICES.c.posting_status.in_(LIVE),
            PAYMENTS.c.status == "COMPLETED",
            PAYMENTS.c.deleted_at.is_(None),
            PAYMENTS.c.refund_of_id.is_(None),
        )
    )
    return [StatementLine(*row) for row in session.connection().execute(query)]
