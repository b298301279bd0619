"""The invoices grid: a page of rows, and what the whole filtered set comes to.

Rows come by keyset on an index of the sorted column, or, where few rows match, by collecting
those first: so a page costs the same at ten thousand invoices and at a million (docs/adr/0003).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from billing_app.persistence.queries.invoices.filters import Asked, searched, where
from billing_app.persistence.queries.invoices.ways import IS_FOUND, bound, ids, prepared

SORTS = {
    "created": "id",
    "number": "label",
    "customer": "customer_name",
    "title": "title",
    "status": "status_rank",
    "posting": "posting_status",
    "payment": "payment_status",
    "type": "document_type_id",
    "date": "document_date",
    "due": "due_sort",
    "aging": "due_sort",
    "amount": "total_signed",
    "paid": "settled_signed",
    "open": "open_signed",
    "currency": "currency",
    "po": "po_number",
    "external": "external_document_no",
    "account": "account_no",
    "company": "company_id",
    "updated": "updated_at",
}


class GridRow(NamedTuple):
    """One invoice as the grid needs it; amounts in minor units, without sign."""

    id: int
    label: str
    number: str
    customer_id: int
    customer_name: str
    title: str
    posting_status: str
    payment_status: str
    document_type_id: int
    document_date: date
    due_on: date | None
    total_minor: int
    settled_minor: int
    refunded_minor: int
    open_minor: int
    currency: str
    po_number: str
    external_document_no: str
    account_no: str
    company_id: int
    owner_id: int
    created_at: datetime
    updated_at: datetime
    is_delivered: bool
    origin: str
    version: int


@dataclass(frozen=True, slots=True)
class Order:
    """By which column, and which way."""

    column: str = "created"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Tally:
    """What the filtered set comes to in one currency, in minor units, credits negative."""

    currency: str
    count: int
    amount: int
    owed: int
    overdue: int
    not_posted: int


def page(
    session: Session,
    asked: Asked,
    order: Order,
    *,
    limit: int,
    offset: int = 0,
    total: int | None = None,
) -> list[GridRow]:
    """Rows `offset` to `offset + limit` of the filtered set in that order.

    `total`, where known, lets the second half of an unfiltered list be read from its end.
    """
    if total is not None and asked.chosen.is_plain and offset > total // 2:
        size = min(limit, total - offset)
        back = Order(order.column, descending=not order.descending)
        found = _ids(session, asked, back, limit=size, offset=max(0, total - offset - size))[::-1]
    else:
        found = _ids(session, asked, order, limit=limit, offset=offset)
    return _rows(session, found)


def _ids(session: Session, asked: Asked, order: Order, *, limit: int, offset: int) -> list[int]:
    column, down = SORTS[order.column], order.descending
    return ids(session, asked, column, descending=down, limit=limit, offset=offset)


def tallies(session: Session, asked: Asked) -> list[Tally]:
    """Counts and sums of the filtered set by currency (SPEC: totals of the filtered set).

    Void and cancelled documents count as rows but in no sum; "owed" is posted and still open.
    """
    dialect = session.get_bind().dialect.name
    conditions, parameters = where(asked, dialect)
    found, extra = searched(asked, dialect)
    if found:
        conditions.append(f"i.id IN ({found})")
    today = asked.today.isoformat() if dialect == "sqlite" else asked.today
    sql = (
        "SELECT i.currency, count(*) AS count, "
        "sum(CASE WHEN i.status_rank < 70 THEN s.sign * i.total_minor ELSE 0 END) AS amount, "
        "sum(CASE WHEN i.status_rank BETWEEN 30 AND 60 "
        "THEN s.sign * i.open_minor ELSE 0 END) AS owed, "
        "sum(CASE WHEN i.status_rank BETWEEN 30 AND 60 AND i.due_sort < :tally_day "
        "THEN s.sign * i.open_minor ELSE 0 END) AS overdue, "
        "sum(CASE WHEN i.status_rank < 30 THEN s.sign * i.open_minor ELSE 0 END) AS not_posted "
        "FROM invoice i JOIN (SELECT id, CASE WHEN kind = 'credit' THEN -1 ELSE 1 END AS sign "
        f"FROM document_type) s ON s.id = i.document_type_id WHERE {' AND '.join(conditions)} "
        "GROUP BY i.currency ORDER BY count(*) DESC"
    )
    bound = {**parameters, **extra, "tally_day": today}
    rows = session.connection().execute(prepared(sql), bound)
    return [Tally(row[0], row[1], *(value or 0 for value in row[2:])) for row in rows]


def _rows(session: Session, found: list[int]) -> list[GridRow]:
    """The rows of these ids, in the order of the ids."""
    if not found:
        return []
    dialect = session.get_bind().dialect.name
    read = session.connection().execute(BY_IDS[dialect], bound(found, dialect))
    rows = {row[0]: _row(row) for row in read}
    return [rows[key] for key in found if key in rows]


def _row(row: Sequence[Any]) -> GridRow:
    values = list(row)
    for at in DATES:
        if isinstance(values[at], str):
            values[at] = date.fromisoformat(values[at])
    for at in INSTANTS:
        when = values[at]
        when = datetime.fromisoformat(when) if isinstance(when, str) else when
        values[at] = when.replace(tzinfo=UTC)
    values[DELIVERED] = bool(values[DELIVERED])
    return GridRow._make(values)


# Positions in a row, and the statements that read rows by their ids.
_FIELDS = GridRow._fields
DATES = (_FIELDS.index("document_date"), _FIELDS.index("due_on"))
INSTANTS = (_FIELDS.index("created_at"), _FIELDS.index("updated_at"))
DELIVERED = _FIELDS.index("is_delivered")
BY_IDS = {
    dialect: text(f"SELECT {', '.join(f'i.{name}' for name in _FIELDS)} FROM invoice i WHERE {ids}")
    for dialect, ids in IS_FOUND.items()
}
