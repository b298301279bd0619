"""What each of the portal's tables is made of: only rows that the asker's scope covers."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, func, or_, select, true
from sqlalchemy import literal as fixed
from sqlmodel import col

from billing_app.domain.access import AccessScope, ExternalRole, PortalScope, earliest_visible
from billing_app.domain.document_types import DocumentKind
from billing_app.domain.lifecycle import Posting
from billing_app.domain.payment_status import PaymentStatus
from billing_app.domain.payments import PRIVATE_FROM, PaymentMethod, PaymentState
from billing_app.persistence.inserting import table_of
from billing_app.persistence.portable import days_between, text_before
from billing_app.persistence.queries.portal import sees
from billing_app.persistence.tables import (
    Allocation,
    Customer,
    DocumentType,
    Invoice,
    InvoiceOrder,
    Package,
    PackageAssignment,
    Payment,
    PrintLog,
    SalesOrder,
)

INVOICES, TYPES, PAYMENTS = table_of(Invoice), table_of(DocumentType), table_of(Payment)
ORDERS, LINKS, SHARES = table_of(SalesOrder), table_of(InvoiceOrder), table_of(Allocation)
YEAR = timedelta(days=366)
MOST_PAYMENTS = 1_000
FREQUENCIES = {"none": "Once", "daily": "Daily", "weekly": "Weekly", "monthly": "Monthly"}
TYPE_NAME = case((TYPES.c.is_default, "Invoice"), else_=TYPES.c.name)
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
            _worded(
                INVOICES.c.payment_status, {str(one): one.label for one in PaymentStatus}
            ).label("payment"),
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
    conditions = [_customers(ORDERS.c.customer_id, scope)]
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


def payments(scope: PortalScope, today: date) -> Subquery:
    """The payments of the last 12 months, at most 1,000; a row for each document one settles.

    Only documents the asker sees are named. A payment adds to the sum once, and only completed.
    """
    seen = _shares_of_seen(scope, today)
    firsts = (
        select(seen.c.payment_id, func.min(seen.c.share_id).label("share_id"))
        .group_by(seen.c.payment_id)
        .subquery()
    )
    is_first = or_(seen.c.share_id.is_(None), seen.c.share_id == firsts.c.share_id)
    counts = and_(is_first, PAYMENTS.c.status == str(PaymentState.COMPLETED))
    conditions = _payment_conditions(scope, today)
    if scope.scope is AccessScope.OWN:
        conditions.append(seen.c.share_id.is_not(None))
    query = (
        select(
            case(
                (seen.c.share_id.is_(None), PAYMENTS.c.id * 2), else_=seen.c.share_id * 2 + 1
            ).label("id"),
            seen.c.invoice_id.label("target"),
            PAYMENTS.c.paid_on.label("date"),
            _paid().label("paid"),
            case((counts, _paid())).label("paid_sum"),
            PAYMENTS.c.currency.label("currency"),
            PAYMENTS.c.number.label("number"),
            _worded(PAYMENTS.c.status, {str(one): one.label for one in PaymentState}).label(
                "status"
            ),
            _worded(PAYMENTS.c.method, {str(one): one.label for one in PaymentMethod}).label(
                "method"
            ),
            text_before(PAYMENTS.c.description, fixed(PRIVATE_FROM)).label("description"),
            *(
                seen.c[name].label(name)
                for name in ("invoice", "invoiced", "type", "order", "ordered", "order_type")
            ),
            seen.c.covered.label("covered"),
            case((seen.c.share_id.is_not(None), PAYMENTS.c.currency)).label("covered_currency"),
            (PAYMENTS.c.status == str(PaymentState.CANCELLED)).label("is_void"),
        )
        .select_from(PAYMENTS)
        .join(seen, seen.c.payment_id == PAYMENTS.c.id, isouter=True)
        .join(firsts, firsts.c.payment_id == PAYMENTS.c.id, isouter=True)
        .where(*conditions)
        .order_by(PAYMENTS.c.paid_on.desc(), PAYMENTS.c.id.desc())
        .limit(MOST_PAYMENTS)
    )
    return query.subquery()


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
            _worded(package.c.frequency, FREQUENCIES).label("frequency"),
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
            _customers(given.c.customer_id, scope),
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


def _shares_of_seen(scope: PortalScope, today: date) -> Subquery:
    """What payments settle of documents the asker sees, with the first order of each."""
    first = (
        select(LINKS.c.invoice_id, func.min(LINKS.c.order_id).label("order_id"))
        .group_by(LINKS.c.invoice_id)
        .subquery()
    )
    return (
        select(
            SHARES.c.id.label("share_id"),
            SHARES.c.payment_id.label("payment_id"),
            SHARES.c.amount_minor.label("covered"),
            INVOICES.c.id.label("invoice_id"),
            INVOICES.c.number.label("invoice"),
            INVOICES.c.document_date.label("invoiced"),
            TYPE_NAME.label("type"),
            ORDERS.c.number.label("order"),
            ORDERS.c.ordered_on.label("ordered"),
            ORDERS.c.type_name.label("order_type"),
        )
        .select_from(SHARES)
        .join(INVOICES, INVOICES.c.id == SHARES.c.invoice_id)
        .join(TYPES, TYPES.c.id == INVOICES.c.document_type_id)
        .join(first, first.c.invoice_id == INVOICES.c.id, isouter=True)
        .join(
            ORDERS,
            and_(ORDERS.c.id == first.c.order_id, ORDERS.c.customer_id == INVOICES.c.customer_id),
            isouter=True,
        )
        .where(sees(scope, today))
        .subquery()
    )


def _payment_conditions(scope: PortalScope, today: date) -> list[ColumnElement[bool]]:
    since = today - YEAR
    first = earliest_visible(today, scope.days_back)
    if scope.role < ExternalRole.BILLING:
        return [false()]
    return [
        _customers(PAYMENTS.c.customer_id, scope),
        PAYMENTS.c.direction == "out",
        PAYMENTS.c.deleted_at.is_(None),
        PAYMENTS.c.method != str(PaymentMethod.WRITE_OFF),  # no money moved
        PAYMENTS.c.paid_on >= (max(since, first) if first is not None else since),
    ]


def _paid() -> ColumnElement[int]:
    """What the customer paid with it: plus for receipts, minus for what came back."""
    originals = PAYMENTS.alias("original")
    original = (
        select(originals.c.kind)
        .where(originals.c.id == PAYMENTS.c.refund_of_id)
        .correlate(PAYMENTS)
        .scalar_subquery()
    )
    went_back = or_(
        PAYMENTS.c.kind == "payment",
        and_(PAYMENTS.c.kind == "refund", func.coalesce(original, "receipt") == "receipt"),
    )
    return case((went_back, -PAYMENTS.c.total_minor), else_=PAYMENTS.c.total_minor)


def _customers(column: ColumnElement[int], scope: PortalScope) -> ColumnElement[bool]:
    if scope.scope is AccessScope.CORPORATE and scope.sub_customer_ids:
        return or_(column == scope.customer_id, column.in_(scope.sub_customer_ids))
    return column == scope.customer_id


def _worded(column: ColumnElement[str], words: Mapping[str, str]) -> ColumnElement[str]:
    """The column's codes in words, so that what is read is what is searched and sorted."""
    return case(*((column == code, word) for code, word in words.items()), else_=column)
