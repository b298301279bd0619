"""The list of payments: filtered, sorted, a page at a time, with its sums by currency."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import Session

from billing_app.persistence.inserting import table_of
from billing_app.persistence.search import Sight
from billing_app.persistence.tables import Allocation, Customer, Invoice, Payment

ALLOCATIONS, CUSTOMERS = table_of(Allocation), table_of(Customer)
INVOICES, PAYMENTS = table_of(Invoice), table_of(Payment)
ORIGINALS = PAYMENTS.alias("original")
MAX_WORD = 100
SCALES = (1, 100, 1_000)

# Money in is plus, money out minus; a refund goes the other way than what it gives back.
GOES_OUT = or_(
    PAYMENTS.c.kind == "payment",
    and_(PAYMENTS.c.kind == "refund", ORIGINALS.c.kind == "receipt"),
)
SIGNED = case((GOES_OUT, -PAYMENTS.c.total_minor), else_=PAYMENTS.c.total_minor)
COUNTS = PAYMENTS.c.status == "COMPLETED"
IS_MONEY = and_(COUNTS, PAYMENTS.c.method != "write_off", PAYMENTS.c.kind != "purchase")
SORTS: Mapping[str, ColumnElement[Any]] = MappingProxyType(
    {
        "number": PAYMENTS.c.id,
        "date": PAYMENTS.c.paid_on,
        "customer": func.lower(CUSTOMERS.c.name),
        "method": PAYMENTS.c.method,
        "reference": func.lower(PAYMENTS.c.reference),
        "status": PAYMENTS.c.status,
        "total": SIGNED,
        "left": PAYMENTS.c.left_minor,
    }
)


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which payments; empty fields restrict nothing."""

    search: str = ""
    status: str = ""
    kind: str = ""
    method: str = ""
    currency: str = ""
    customer_id: int = 0
    has_rest: bool = False
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment of the list; amounts in minor units, the total with its sign."""

    id: int
    number: str
    kind: str
    customer_name: str
    currency: str
    signed_minor: int
    left_minor: int
    paid_on: date
    method: str
    reference: str
    status: str
    invoices: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentTally:
    """How many of a currency, and what came in, went out and is left; minor units."""

    currency: str
    count: int
    received: int
    paid: int
    left: int


def payment_rows(
    session: Session,
    chosen: PaymentFilter,
    sight: Sight,
    order: tuple[str, bool],
    place: tuple[int, int],
) -> list[PaymentRow]:
    """A page of the filtered payments; `order` is column and descending, `place` limit, offset."""
    column, descending = order
    by = SORTS.get(column, PAYMENTS.c.id)
    limit, offset = place
    query = _filtered(
        select(
            PAYMENTS.c.id,
            PAYMENTS.c.number,
            PAYMENTS.c.kind,
            CUSTOMERS.c.name,
            PAYMENTS.c.currency,
            SIGNED,
            PAYMENTS.c.left_minor,
            PAYMENTS.c.paid_on,
            PAYMENTS.c.method,
            PAYMENTS.c.reference,
            PAYMENTS.c.status,
        ),
        chosen,
        sight,
    ).order_by(
        by.desc() if descending else by, PAYMENTS.c.id.desc() if descending else PAYMENTS.c.id
    )
    rows = list(session.connection().execute(query.limit(limit).offset(offset)))
    settled = _settled(session, [row[0] for row in rows])
    return [replace(PaymentRow(*row), invoices=tuple(settled.get(row[0], ()))) for row in rows]


def payment_tallies(session: Session, chosen: PaymentFilter, sight: Sight) -> list[PaymentTally]:
    """Counts and sums of the whole filtered set; only what is completed is summed."""
    query = _filtered(
        select(
            PAYMENTS.c.currency,
            func.count(),
            func.coalesce(func.sum(case((and_(IS_MONEY, SIGNED > 0), SIGNED), else_=0)), 0),
            func.coalesce(func.sum(case((and_(IS_MONEY, SIGNED < 0), -SIGNED), else_=0)), 0),
            func.coalesce(func.sum(case((COUNTS, PAYMENTS.c.left_minor), else_=0)), 0),
        ),
        chosen,
        sight,
    ).group_by(PAYMENTS.c.currency)
    rows = session.connection().execute(query.order_by(PAYMENTS.c.currency))
    return [PaymentTally(row[0], *(int(figure) for figure in row[1:])) for row in rows]


def _filtered(query: Select[Any], chosen: PaymentFilter, sight: Sight) -> Select[Any]:
    query = (
        query.select_from(PAYMENTS)
        .join(CUSTOMERS, CUSTOMERS.c.id == PAYMENTS.c.customer_id)
        .join(ORIGINALS, ORIGINALS.c.id == PAYMENTS.c.refund_of_id, isouter=True)
        .where(PAYMENTS.c.deleted_at.is_(None))
    )
    for name in ("status", "kind", "method", "currency", "customer_id"):
        value = getattr(chosen, name)
        if value:
            query = query.where(PAYMENTS.c[name] == value)
    if chosen.has_rest:
        query = query.where(PAYMENTS.c.left_minor > 0)
    if chosen.from_on is not None:
        query = query.where(PAYMENTS.c.paid_on >= chosen.from_on)
    if chosen.to_on is not None:
        query = query.where(PAYMENTS.c.paid_on <= chosen.to_on)
    words = chosen.search.replace("\0", "").strip()[:MAX_WORD]
    return query.where(_found(words, sight)) if words else query


def _found(words: str, sight: Sight) -> ColumnElement[bool]:
    """What the words stand in; a figure also finds its amount."""
    columns = [PAYMENTS.c.number, PAYMENTS.c.reference, PAYMENTS.c.description]
    if sight.partner:
        columns.append(CUSTOMERS.c.name)
    places = [column.icontains(words, autoescape=True) for column in columns]
    try:
        figure = Decimal(words.replace(",", ""))
    except InvalidOperation:
        return or_(*places)
    if figure.is_finite() and abs(figure) < Decimal(10**12):
        minors = [int(figure * scale) for scale in SCALES]
        places.append(PAYMENTS.c.total_minor.in_(minors))
    return or_(*places)


def _settled(session: Session, ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    query = (
        select(ALLOCATIONS.c.payment_id, INVOICES.c.id, INVOICES.c.label)
        .join(INVOICES, INVOICES.c.id == ALLOCATIONS.c.invoice_id)
        .where(ALLOCATIONS.c.payment_id.in_(ids))
        .order_by(ALLOCATIONS.c.id)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for payment_id, invoice_id, label in session.connection().execute(query):
        found.setdefault(payment_id, []).append((invoice_id, label))
    return found
