"""The payments of the portal's Payment History: what each settled, of what the asker sees."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, false, func, or_, select
from sqlalchemy import literal as fixed

from billing_app.domain.access import AccessScope, ExternalRole, PortalScope, earliest_visible
from billing_app.domain.payments import PRIVATE_FROM, PaymentMethod, PaymentState
from billing_app.persistence.portable import text_before
from billing_app.persistence.queries.portal import sees
from billing_app.persistence.queries.portal_parts import (
    INVOICES,
    LINKS,
    ORDERS,
    PAYMENTS,
    SHARES,
    TYPE_NAME,
    TYPES,
    of_customers,
    worded,
)

YEAR = timedelta(days=366)
MOST_PAYMENTS = 1_000


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
        select(*_columns(seen, counts))
        .select_from(PAYMENTS)
        .join(seen, seen.c.payment_id == PAYMENTS.c.id, isouter=True)
        .join(firsts, firsts.c.payment_id == PAYMENTS.c.id, isouter=True)
        .where(*conditions)
        .order_by(PAYMENTS.c.paid_on.desc(), PAYMENTS.c.id.desc())
        .limit(MOST_PAYMENTS)
    )
    return query.subquery()


def _columns(seen: Subquery, counts: ColumnElement[bool]) -> list[ColumnElement[Any]]:
    return [
        case((seen.c.share_id.is_(None), PAYMENTS.c.id * 2), else_=seen.c.share_id * 2 + 1).label(
            "id"
        ),
        seen.c.invoice_id.label("target"),
        PAYMENTS.c.paid_on.label("date"),
        _paid().label("paid"),
        case((counts, _paid())).label("paid_sum"),
        PAYMENTS.c.currency.label("currency"),
        PAYMENTS.c.number.label("number"),
        worded(PAYMENTS.c.status, {str(one): one.label for one in PaymentState}).label("status"),
        worded(PAYMENTS.c.method, {str(one): one.label for one in PaymentMethod}).label("method"),
        text_before(PAYMENTS.c.description, fixed(PRIVATE_FROM)).label("description"),
        *(
            seen.c[name].label(name)
            for name in ("invoice", "invoiced", "type", "order", "ordered", "order_type")
        ),
        seen.c.covered.label("covered"),
        case((seen.c.share_id.is_not(None), PAYMENTS.c.currency)).label("covered_currency"),
        (PAYMENTS.c.status == str(PaymentState.CANCELLED)).label("is_void"),
    ]


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
        of_customers(PAYMENTS.c.customer_id, scope),
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
