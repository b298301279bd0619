"""The ids of a page of the grid, by the way that costs least (docs/adr/0003-grid.md)."""

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlmodel import Session

from billing_app.persistence.queries.invoices.filters import Asked, searched, where

WALK = 12_000  # rows looked at in index order before a filter counts as rare
FAR = 60_000  # rows by creation looked at before its matches count as far away
MANY = 30_000  # rows of a closed range that are worth reading all
FEW = 2_000  # so many matches are collected and sorted; more are worth walking on
IN_CURRENCY = frozenset({"total_signed", "open_signed"})  # with an index inside each currency
PART = "LIMIT :limit OFFSET :offset"
IS_FOUND = {
    "sqlite": "i.id IN (SELECT value FROM json_each(:found))",
    "postgresql": "i.id = ANY(:found)",
}
USED = re.compile(r"\bi\.(\w+)")


def ids(
    session: Session,
    asked: Asked,
    column: str,
    *,
    descending: bool,
    limit: int,
    offset: int = 0,
) -> list[int]:
    """The ids of those rows in the order of a column (docs/adr/0003-grid.md says by which way)."""
    dialect = session.get_bind().dialect.name
    conditions, parameters = where(asked, dialect)
    search, extra = searched(asked, dialect)
    way = "DESC" if descending else "ASC"
    by = f"i.id {way}" if column == "id" else f"i.{column} {way}, i.id {way}"
    window = {"limit": limit, "offset": offset}

    def read(sql: str, **more: Any) -> list[int]:
        values = {**parameters, **extra, **window, **more}
        found = session.connection().execute(prepared(sql), values)
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
        seen = read(_walked(conditions, by, WALK), limit=reach, offset=0)
        if len(seen) == reach:
            return seen[window["offset"] :]
    inside = _closed_range(conditions) if dialect == "sqlite" else []
    narrower = list(_narrow(conditions))
    for narrow in narrower if inside else [*narrower, conditions]:
        few = _few(read, narrow)
        if few is not None:
            both = [IS_FOUND[dialect], *conditions]
            return read(_collected(both, by, dialect), **bound(few, dialect))
    if seen:
        return read(_in_index_order(conditions, by))
    return _far_away(read, conditions, by, dialect, window, inside)


def _few(read: Callable[..., list[int]], narrow: list[str]) -> list[int] | None:
    """The ids that match, where they are few."""
    some = f"SELECT i.id FROM invoice i WHERE {' AND '.join(narrow)} {PART}"
    found = read(some, limit=FEW + 1, offset=0)
    return found if len(found) <= FEW else None


def _far_away(
    read: Callable[..., list[int]],
    conditions: list[str],
    by: str,
    dialect: str,
    window: dict[str, int],
    inside: list[str],
) -> list[int]:
    """The way where the first rows in order hold no match, so that the matches begin far away."""
    if inside and len(conditions) == 1 + len(inside):
        return read(_collected(conditions, by, dialect))
    if inside:
        ranged = _inside(inside, conditions)
        if len(read(ranged, limit=MANY + 1, offset=0)) <= MANY:
            return read(_collected_inside(ranged, conditions, by), many=MANY)
    reach = window["limit"] + window["offset"]
    if reach <= FAR and by.startswith("i.id "):
        seen = read(_walked(conditions, by, FAR), limit=reach, offset=0)
        if len(seen) == reach:
            return seen[window["offset"] :]
    return read(_collected(conditions, by, dialect))


def _closed_range(conditions: list[str]) -> list[str]:
    """The comparisons that hold one column between two values, if there are such."""
    of_one: dict[str, list[str]] = {}
    for condition in conditions[1:]:
        columns = set(USED.findall(condition))
        if len(columns) == 1:
            of_one.setdefault(columns.pop(), []).append(condition)
    return next((both for both in of_one.values() if len(both) > 1), [])


def _narrow(conditions: list[str]) -> Iterator[list[str]]:
    """What may leave few rows: each comparison of one column, as an index has it."""
    kept, *others = conditions
    for condition in others:
        if len(set(USED.findall(condition))) == 1:
            yield [kept, condition]


def _in_index_order(conditions: list[str], by: str) -> str:
    """Along the index of the sorted column, passing over what does not match."""
    return f"SELECT i.id FROM invoice i WHERE {' AND '.join(conditions)} ORDER BY {by} {PART}"


def _collected(conditions: list[str], by: str, dialect: str) -> str:
    """All matches first, then sorted: for filters that few rows pass."""
    # The plus sign keeps SQLite off the index of the sorted column.
    free = by.replace("i.", "+i.") if dialect == "sqlite" else by
    return _in_index_order(conditions, free)


def _inside(inside: list[str], conditions: list[str]) -> str:
    return f"SELECT i.id FROM invoice i WHERE {' AND '.join([conditions[0], *inside])} {PART}"


def _collected_inside(ranged: str, conditions: list[str], by: str) -> str:
    """SQLite: a range of one column along its index first, then the other conditions on it."""
    all_of_it = ranged.replace(PART, "LIMIT :many")
    return (
        f"SELECT i.id FROM ({all_of_it}) k CROSS JOIN invoice i ON i.id = k.id "
        f"WHERE {' AND '.join(conditions)} ORDER BY {by.replace('i.', '+i.')} {PART}"
    )


def _walked(conditions: list[str], by: str, most: int) -> str:
    """Matches among the first rows in index order: enough for filters that many rows pass."""
    needed = sorted({"id", *USED.findall(" ".join(conditions))})
    columns = ", ".join(f"i.{name}" for name in needed)
    return (
        f"SELECT i.id FROM (SELECT {columns} FROM invoice i WHERE i.deleted_at IS NULL "
        f"ORDER BY {by} LIMIT {most}) i WHERE {' AND '.join(conditions)} "
        f"{PART}"
    )


def bound(found: list[int], dialect: str) -> dict[str, Any]:
    """What `IS_FOUND` needs."""
    return {"found": json.dumps(found) if dialect == "sqlite" else found}


@lru_cache(maxsize=512)
def prepared(sql: str) -> TextClause:
    """Made once: reading a statement's text anew takes as long as running it."""
    return text(sql)
