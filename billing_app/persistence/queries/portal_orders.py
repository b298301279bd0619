"""Orders as a customer opens them: only what the portal's list of orders holds."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from billing_app.domain.access import PortalScope
from billing_app.persistence.inserting import table_of
from billing_app.persistence.queries.portal import sees
from billing_app.persistence.queries.portal_parts import INVOICES, LINKS, ORDERS, TYPE_NAME, TYPES
from billing_app.persistence.queries.portal_sources import orders
from billing_app.persistence.tables import Customer


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order; the amount in minor units."""

    id: int
    number: str
    ordered_on: date
    type_name: str
    status: str
    notes: str
    amount_minor: int
    currency: str
    customer: str


@dataclass(frozen=True, slots=True)
class OrderInvoice:
    """A document made of an order; the amount in minor units with its sign."""

    id: int
    number: str
    type_name: str
    document_date: date
    amount_minor: int
    currency: str


def visible_order(
    session: Session, scope: PortalScope, today: date, order_id: int
) -> OrderRow | None:
    """One order if the customer's list holds it; None otherwise, whatever the reason."""
    held, customer = orders(scope, today), table_of(Customer)
    query = (
        select(
            held.c.id, held.c.number, held.c.date, held.c.type, held.c.status, held.c.notes,
            held.c.amount, held.c.currency, customer.c.name,
        )
        .join(ORDERS, ORDERS.c.id == held.c.id)
        .join(customer, customer.c.id == ORDERS.c.customer_id)
        .where(held.c.id == order_id)
    )  # fmt: skip
    found = session.connection().execute(query).first()
    return OrderRow(*tuple(found)) if found else None


def invoices_of_order(
    session: Session, scope: PortalScope, today: date, order_id: int
) -> list[OrderInvoice]:
    """The documents made of an order that the customer sees, newest first."""
    query = (
        select(
            INVOICES.c.id, INVOICES.c.number, TYPE_NAME, INVOICES.c.document_date,
            INVOICES.c.total_signed, INVOICES.c.currency,
        )
        .select_from(INVOICES)
        .join(TYPES, TYPES.c.id == INVOICES.c.document_type_id)
        .join(LINKS, LINKS.c.invoice_id == INVOICES.c.id)
        .where(LINKS.c.order_id == order_id, sees(scope, today))
        .order_by(INVOICES.c.document_date.desc(), INVOICES.c.id.desc())
    )  # fmt: skip
    return [OrderInvoice(*row) for row in session.connection().execute(query)]


def orders_of_invoice(
    session: Session, scope: PortalScope, today: date, invoice_id: int
) -> list[tuple[int, str, bool]]:
    """The orders of a document's own customer behind it: id, number, and whether it opens."""
    held = orders(scope, today)
    query = (
        select(ORDERS.c.id, ORDERS.c.number, held.c.id.is_not(None))
        .select_from(INVOICES)
        .join(TYPES, TYPES.c.id == INVOICES.c.document_type_id)
        .join(LINKS, LINKS.c.invoice_id == INVOICES.c.id)
        .join(ORDERS, ORDERS.c.id == LINKS.c.order_id)
        .join(held, held.c.id == ORDERS.c.id, isouter=True)
        .where(
            INVOICES.c.id == invoice_id,
            ORDERS.c.customer_id == INVOICES.c.customer_id,
            sees(scope, today),
        )
        .order_by(ORDERS.c.id)
    )
    return [(row[0], row[1], bool(row[2])) for row in session.connection().execute(query)]
