"""The invoices grid: a page of rows, and what the whole filtered set comes to.

Rows come by keyset on an index of the sorted column, or, where few rows match, by collecting
those first: so a page costs the same at ten thousand invoices and at a million (docs/adr/0003).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from billing_app.persistence.queries.invoices.filters import Asked, searched, where

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
    "amount": "total_minor",
    "paid": "settled_minor",
    "open": "open_minor",
    "currency": "currency",
    "po": "po_number",
    "external": "external_document_no",
    "account": "account_no",
    "company": "company_id",
    "updated": "updated_at",
}
FEW = 3_000
COLUMNS = (
    "i.id, i.label, i.number, i.customer_id, i.customer_name, i.title, i.posting_status, "
    "i.payment_status, i.document_type_id, i.document_date, i.due_on, i.total_minor, "
    "i.settled_minor, i.refunded_minor, i.open_minor, i.currency, i.po_number, "
    "i.external_document_no, i.account_no, i.company_id, i.owner_id, i.created_at, i.updated_at, "
    "i.is_delivered, i.origin, i.version"
)


@dataclass(frozen=True, slots=True)
class GridRow:
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
    session: Session, asked: Asked, order: Order, *, limit: int, offset: int = 0
) -> list[GridRow]:
    """Rows `offset` to `offset + limit` of the filtered set in that order."""
    statement, parameters = _statement(session, asked, order)
    rows = session.execute(text(statement), {**parameters, "limit": limit, "offset": offset})
    return [_row(row) for row in rows.mappings()]


def ids(session: Session, asked: Asked, order: Order, *, limit: int) -> list[int]:
    """The ids of the filtered set, at most `limit`."""
    return [row.id for row in page(session, asked, order, limit=limit)]


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
    rows = session.execute(text(sql), {**parameters, **extra, "tally_day": today})
    return [Tally(row[0], row[1], *(value or 0 for value in row[2:])) for row in rows]


def _statement(session: Session, asked: Asked, order: Order) -> tuple[str, dict[str, Any]]:
    dialect = session.get_bind().dialect.name
    conditions, parameters = where(asked, dialect)
    found, extra = searched(asked, dialect)
    parameters |= extra
    column, way = SORTS[order.column], "DESC" if order.descending else "ASC"
    if found and column == "id" and len(conditions) == 1:
        return _streamed(found, way), parameters
    if found:
        conditions.append(f"i.id IN ({found})")
    condition = " AND ".join(conditions)
    by = f"i.id {way}" if column == "id" else f"i.{column} {way}, i.id {way}"
    if found or (len(conditions) > 1 and _are_few(session, condition, parameters)):
        # Collect first, then sort: the plus sign keeps SQLite off the sorted column's index.
        by = by.replace("i.", "+i.") if dialect == "sqlite" else by
    return (
        f"SELECT {COLUMNS} FROM invoice i WHERE {condition} ORDER BY {by} "
        "LIMIT :limit OFFSET :offset",
        parameters,
    )


def _streamed(found: str, way: str) -> str:
    """Hits in id order straight from the search index, which never collects them all."""
    return (
        f"SELECT {COLUMNS} FROM invoice i WHERE i.id IN "
        f"({found} ORDER BY 1 {way} LIMIT :limit OFFSET :offset) ORDER BY i.id {way}"
    )


def _are_few(session: Session, condition: str, parameters: dict[str, Any]) -> bool:
    counted = session.execute(
        text(f"SELECT count(*) FROM (SELECT 1 FROM invoice i WHERE {condition} LIMIT {FEW}) few"),
        parameters,
    ).scalar_one()
    return int(counted) < FEW


def _row(row: RowMapping) -> GridRow:
    values = dict(row)
    values["is_delivered"] = bool(values["is_delivered"])
    for name in ("document_date", "due_on"):
        if isinstance(values[name], str):
            values[name] = date.fromisoformat(values[name])
    for name in ("created_at", "updated_at"):
        if isinstance(values[name], str):
            values[name] = datetime.fromisoformat(values[name])
    return GridRow(**values)
