"""The invoices grid: a page of rows, and what the whole filtered set comes to.

Rows come by keyset on an index of the sorted column, or, where few rows match, by collecting
those first: so a page costs the same at ten thousand invoices and at a million (docs/adr/0003).
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text
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
WALK = 12_000  # rows looked at in index order before a filter counts as rare
FEW = 2_000  # so many matches are collected and sorted; more are worth walking on
IN_CURRENCY = frozenset({"total_signed", "open_signed"})  # with an index inside each currency
PART = "LIMIT :limit OFFSET :offset"
IS_FOUND = {
    "sqlite": "i.id IN (SELECT value FROM json_each(:found))",
    "postgresql": "i.id = ANY(:found)",
}
USED = re.compile(r"\bi\.(\w+)")


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
        found = ids(session, asked, back, limit=size, offset=max(0, total - offset - size))[::-1]
    else:
        found = ids(session, asked, order, limit=limit, offset=offset)
    return _rows(session, found)


def ids(session: Session, asked: Asked, order: Order, *, limit: int, offset: int = 0) -> list[int]:
    """The ids of those rows, in their order (docs/adr/0003-grid.md says by which way)."""
    dialect = session.get_bind().dialect.name
    conditions, parameters = where(asked, dialect)
    search, extra = searched(asked, dialect)
    way = "DESC" if order.descending else "ASC"
    column = SORTS[order.column]
    by = f"i.id {way}" if column == "id" else f"i.{column} {way}, i.id {way}"
    window = {"limit": limit, "offset": offset}

    def read(statement: str, **more: Any) -> list[int]:
        bound = {**parameters, **extra, **window, **more}
        found = session.connection().execute(_statement(statement), bound)
        return [row[0] for row in found]

    if search and column == "id" and len(conditions) == 1:
        # Hits in id order straight from the search index, which never collects them all.
        return read(f"{search} ORDER BY 1 {way} {PART}")
    if search:
        return read(_collected([*conditions, f"i.id IN ({search})"], by, dialect))
    if asked.chosen.is_selective:
        return read(_collected(conditions, by, dialect))
    if len(conditions) == 1 or (asked.chosen.currency and column in IN_CURRENCY):
        return read(_in_index_order(conditions, by))
    return _filtered(read, conditions, by, dialect, window)


def _filtered(
    read: Callable[..., list[int]],
    conditions: list[str],
    by: str,
    dialect: str,
    window: dict[str, int],
) -> list[int]:
    """The way for filters that many rows may pass, or few: first look, then decide."""
    seen: list[int] = []
    reach = window["limit"] + window["offset"]
    if reach <= WALK:
        seen = read(_walked(conditions, by), limit=reach, offset=0)
        if len(seen) == reach:
            return seen[window["offset"] :]
    for narrow in _narrow(conditions):
        some = f"SELECT i.id FROM invoice i WHERE {' AND '.join(narrow)} {PART}"
        found = read(some, limit=FEW + 1, offset=0)
        if len(found) <= FEW:
            both = [IS_FOUND[dialect], *conditions]
            return read(_collected(both, by, dialect), **_bound(found, dialect))
    # Where the first rows in order hold no match, the matches begin far away.
    return read(_in_index_order(conditions, by) if seen else _collected(conditions, by, dialect))


def _narrow(conditions: list[str]) -> Iterator[list[str]]:
    """What may leave few rows: each comparison of one column, as an index has it; then all."""
    kept, *others = conditions
    for condition in others:
        if len(set(USED.findall(condition))) == 1:
            yield [kept, condition]
    yield conditions


def _bound(found: list[int], dialect: str) -> dict[str, Any]:
    return {"found": json.dumps(found) if dialect == "sqlite" else found}


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
    rows = session.connection().execute(_statement(sql), bound)
    return [Tally(row[0], row[1], *(value or 0 for value in row[2:])) for row in rows]


def _in_index_order(conditions: list[str], by: str) -> str:
    """Along the index of the sorted column, passing over what does not match."""
    return f"SELECT i.id FROM invoice i WHERE {' AND '.join(conditions)} ORDER BY {by} {PART}"


def _collected(conditions: list[str], by: str, dialect: str) -> str:
    """All matches first, then sorted: for filters that few rows pass."""
    # The plus sign keeps SQLite off the index of the sorted column.
    free = by.replace("i.", "+i.") if dialect == "sqlite" else by
    return _in_index_order(conditions, free)


def _walked(conditions: list[str], by: str) -> str:
    """Matches among the first rows in index order: enough for filters that many rows pass."""
    needed = sorted({"id", *USED.findall(" ".join(conditions))})
    columns = ", ".join(f"i.{name}" for name in needed)
    return (
        f"SELECT i.id FROM (SELECT {columns} FROM invoice i WHERE i.deleted_at IS NULL "
        f"ORDER BY {by} LIMIT {WALK}) i WHERE {' AND '.join(conditions)} "
        f"{PART}"
    )


def _rows(session: Session, found: list[int]) -> list[GridRow]:
    """The rows of these ids, in the order of the ids."""
    if not found:
        return []
    dialect = session.get_bind().dialect.name
    read = session.connection().execute(BY_IDS[dialect], _bound(found, dialect))
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


@lru_cache(maxsize=512)
def _statement(sql: str) -> TextClause:
    """Made once: reading a statement's text anew takes as long as running it."""
    return text(sql)


# Positions in a row, and the statements that read rows by their ids.
_FIELDS = GridRow._fields
DATES = (_FIELDS.index("document_date"), _FIELDS.index("due_on"))
INSTANTS = (_FIELDS.index("created_at"), _FIELDS.index("updated_at"))
DELIVERED = _FIELDS.index("is_delivered")
BY_IDS = {
    dialect: text(f"SELECT {', '.join(f'i.{name}' for name in _FIELDS)} FROM invoice i WHERE {ids}")
    for dialect, ids in IS_FOUND.items()
}
