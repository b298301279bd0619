"""What each of the portal's tables is made of: only rows that the asker's scope covers."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, Subquery, case, false, func, or_, select, true
from sqlalchemy import literal as fixed
from sqlmodel import col

from billing_app.domain.access import AccessScope, ExternalRole, PortalScope, earliest_visible
from billing_app.domain.document_types import DocumentKind
from billing_app.domain.lifecycle import Posting
from billing_app.domain.payment_status import PaymentStatus
from billing_app.persistence.inserting import table_of
from billing_app.persistence.portable import days_between
from billing_app.persistence.queries.portal import sees
from billing_app.persistence.queries.portal_parts import (
    INVOICES,
    LINKS,
    ORDERS,
    TYPE_NAME,
    TYPES,
    of_customers,
    worded,
)
from billing_app.persistence.queries.portal_payments import payments
from billing_app.persistence.tables import (
    Customer,
    Package,
    PackageAssignment,
    PrintLog,
)

FREQUENCIES = {"none": "Once", "daily": "Daily", "weekly": "Weekly", "monthly": "Monthly"}
IS_VOID = INVOICES.c.posting_status == Posting.VOID.value


def invoices(scope: PortalScope, today: date) -> Subquery:
    """The documents that SPEC 6.7 lets the asker see; a void one adds nothing to a sum."""
    last = (
        select(func.max(PrintLog.at))
        .where(col(PrintLog.invoice_id) == INVOICES.c.id, col(PrintLog.kind) == "portal_download")
        .correlate(INVOICES)
        .scalar_subquery()
    )
    amounts = {
        "amount": INVOICES.c.total_signed,
        "paid": INVOICES.c.settled_signed,
        "open": INVOICES.c.open_signed,
    }
    return (
        _documents(scope, today)
        .add_columns(
            TYPE_NAME.label("type"),
            last.label("last"),
            INVOICES.c.title.label("title"),
            INVOICES.c.document_date.label("date"),
            INVOICES.c.due_on.label("due"),
            INVOICES.c.po_number.label("reference"),
            worded(INVOICES.c.payment_status, {str(one): one.label for one in PaymentStatus}).label(
                "payment"
            ),
            IS_VOID.label("is_void"),
            *(column.label(name) for name, column in amounts.items()),
            *(
                case((IS_VOID, 0), else_=column).label(f"{name}_sum")
                for name, column in amounts.items()
            ),
        )
        .subquery()
    )


def due(scope: PortalScope, today: date) -> Subquery:
    """The open invoices among them, each with what its orders came to."""
    ordered = (
        select(func.sum(ORDERS.c.amount_minor))
        .join(LINKS, LINKS.c.order_id == ORDERS.c.id)
        .where(
            LINKS.c.invoice_id == INVOICES.c.id,
            ORDERS.c.customer_id == INVOICES.c.customer_id,
            ORDERS.c.currency == INVOICES.c.currency,
        )
        .correlate(INVOICES)
        .scalar_subquery()
    )
    days = days_between(fixed(today, type_=INVOICES.c.due_on.type), INVOICES.c.due_on)
    return (
        _documents(scope, today)
        .add_columns(
            INVOICES.c.document_date.label("date"),
            INVOICES.c.document_date.label("invoiced"),
            INVOICES.c.due_on.label("due"),
            case((INVOICES.c.due_on < today, days)).label("overdue"),
            INVOICES.c.open_minor.label("remaining"),
            INVOICES.c.settled_minor.label("paid"),
            ordered.label("ordered"),
            TYPE_NAME.label("type"),
            INVOICES.c.number.label("reference"),
            false().label("is_void"),
        )
        .where(TYPES.c.kind == str(DocumentKind.INVOICE), ~IS_VOID, INVOICES.c.open_minor > 0)
        .subquery()
    )


def orders(scope: PortalScope, today: date) -> Subquery:
    """The customer's orders; under the scope "own" those behind the person's own documents."""
    conditions = [of_customers(ORDERS.c.customer_id, scope)]
    if scope.role < ExternalRole.ORDERS:
        conditions.append(false())
    if scope.scope is AccessScope.OWN:
        mine = (
            select(LINKS.c.order_id)
            .join(INVOICES, INVOICES.c.id == LINKS.c.invoice_id)
            .where(INVOICES.c.customer_user_id == scope.user_id)
        )
        conditions.append(ORDERS.c.id.in_(mine))
    if scope.order_types is not None:
        conditions.append(ORDERS.c.type_name.in_(sorted(scope.order_types)))
    first = earliest_visible(today, scope.days_back)
    if first is not None:
        conditions.append(ORDERS.c.ordered_on >= first)
    return (
        select(
            ORDERS.c.id.label("id"),
            ORDERS.c.id.label("target"),
            ORDERS.c.ordered_on.label("date"),
            ORDERS.c.type_name.label("type"),
            ORDERS.c.number.label("number"),
            ORDERS.c.amount_minor.label("amount"),
            ORDERS.c.currency.label("currency"),
            ORDERS.c.status.label("status"),
            ORDERS.c.notes.label("notes"),
            false().label("is_void"),
        )
        .where(*conditions)
        .subquery()
    )


def packages(scope: PortalScope, today: date) -> Subquery:
    """The packages the customer has now or will have; never what they cost us."""
    package, given = table_of(Package), table_of(PackageAssignment)
    customer = table_of(Customer)
    return (
        select(
            given.c.id.label("id"),
            fixed(None).label("target"),
            package.c.name.label("name"),
            package.c.retail.label("retail"),
            package.c.description.label("description"),
            worded(package.c.frequency, FREQUENCIES).label("frequency"),
            given.c.auto_decrement.label("decrement"),
            given.c.quantity.label("quantity"),
            given.c.start_on.label("start"),
            given.c.end_on.label("end"),
            customer.c.currency.label("currency"),
            false().label("is_void"),
        )
        .select_from(given)
        .join(package, package.c.id == given.c.package_id)
        .join(customer, customer.c.id == given.c.customer_id)
        .where(
            of_customers(given.c.customer_id, scope),
            given.c.removed_at.is_(None),
            or_(given.c.end_on.is_(None), given.c.end_on >= today),
            true() if scope.role >= ExternalRole.BILLING else false(),
        )
        .subquery()
    )


SOURCES: Mapping[str, Callable[[PortalScope, date], Subquery]] = MappingProxyType(
    {
        "invoices": invoices,
        "due": due,
        "orders": orders,
        "payments": payments,
        "packages": packages,
    }
)
"""The source of each of `domain.portal_tables.TABLES`."""


def _documents(scope: PortalScope, today: date) -> Select[Any]:
    return (
        select(
            INVOICES.c.id.label("id"),
            INVOICES.c.id.label("target"),
            INVOICES.c.number.label("number"),
            INVOICES.c.currency.label("currency"),
        )
        .select_from(INVOICES)
        .join(TYPES, TYPES.c.id == INVOICES.c.document_type_id)
        .where(sees(scope, today))
    )
