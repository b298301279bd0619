"""Any of the portal's tables: filtered, searched, grouped, sorted and summed by the database.

A source is a subquery with the columns of its table, `id`, `target` (the record a row leads to)
and, where not every row adds to a sum, `<column>_sum`. It holds only what its asker may see, so
whatever is asked of it, nothing else can come out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    extract,
    false,
    func,
    or_,
    select,
)
from sqlmodel import Session

from billing_app.domain.currencies import CURRENCIES
from billing_app.domain.money import to_minor
from billing_app.domain.portal_tables import (
    Bounds,
    Column,
    Kind,
    TableFacts,
    View,
    bounds,
    sought,
)

GROUP = "group_"
TWO = 2
_DIGITS = tuple(
    (digits, [one.code for one in CURRENCIES.values() if one.digits == digits])
    for digits in sorted({one.digits for one in CURRENCIES.values()} - {TWO})
)
Sums: TypeAlias = Mapping[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows, and the sums of each amount by currency, in minor units."""

    count: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class Seen:
    """One page of a table; `groups` holds each group that begins or goes on here, by its keys."""

    rows: tuple[Mapping[str, Any], ...]
    whole: Counted
    groups: Mapping[tuple[Any, ...], Counted]


def look(session: Session, source: Subquery, facts: TableFacts, view: View, size: int) -> Seen:
    """The page of a view that `domain.portal_tables.cleaned` made. Raises: Invalid at a filter."""
    found = _found(source, facts, view)
    rows = _page(session, found, view, size)
    groups: dict[tuple[Any, ...], Counted] = {}
    for depth in range(1, len(view.groups) + 1):
        keys = [found.c[GROUP + key] for key in view.groups[:depth]]
        shown = {row[GROUP + view.groups[0]] for row in rows}
        groups |= _counted(session, found, facts, keys, shown)
    whole = _counted(session, found, facts, [], set()).get((), Counted(0, {}))
    return Seen(tuple(rows), whole, groups)


def every_row(
    session: Session, source: Subquery, facts: TableFacts, view: View
) -> tuple[Mapping[str, Any], ...]:
    """All rows of a view, for a file."""
    return tuple(_page(session, _found(source, facts, view), view, size=0))


def rows_between(session: Session, source: Subquery, first: date, last: date) -> int:
    """How many rows of a source are dated from one day to another, both included."""
    query = select(func.count()).select_from(source).where(source.c.date.between(first, last))
    return int(session.execute(query).scalar_one())


def _found(source: Subquery, facts: TableFacts, view: View) -> Subquery:
    columns = [source.c[one.key] for one in facts.columns]
    extra = {"id", "target", "is_void"} | {f"{one.key}_sum" for one in facts.columns}
    extra |= {one.currency for one in facts.columns if one.currency} - {
        one.key for one in facts.columns
    }
    columns += [one for one in source.c if one.key in extra]
    grouped = [_group_key(source, facts, key).label(GROUP + key) for key in view.groups]
    conditions = [_between(source, one) for one in bounds(facts, dict(view.filters))]
    if view.search:
        conditions.append(
            or_(false(), *(_between(source, one) for one in sought(facts, view.search)))
        )
    return select(*columns, *grouped).where(*conditions).subquery("found")


def _page(session: Session, found: Subquery, view: View, size: int) -> list[Mapping[str, Any]]:
    order: list[ColumnElement[Any]] = []
    order += [found.c[GROUP + key].asc().nulls_last() for key in view.groups]
    by = found.c[view.sort]
    order.append((by.desc() if view.descending else by.asc()).nulls_last())
    order.append(found.c.id.desc() if view.descending else found.c.id.asc())
    query: Select[Any] = select(found).order_by(*order)
    if size:
        query = query.limit(size).offset(size * (view.page - 1))
    rows: list[Mapping[str, Any]] = [
        dict(row._mapping)  # noqa: SLF001  how SQLAlchemy names a row's columns
        for row in session.execute(query)
    ]
    return rows


def _counted(
    session: Session,
    found: Subquery,
    facts: TableFacts,
    keys: Sequence[ColumnElement[Any]],
    shown: set[Any],
) -> dict[tuple[Any, ...], Counted]:
    """Counts and sums by keys; where there are any, of the groups whose first key is shown."""
    counts: dict[tuple[Any, ...], int] = {}
    sums: dict[tuple[Any, ...], dict[str, dict[str, int]]] = {}
    amounts = [one for one in facts.columns if one.kind is Kind.MONEY]
    for row in session.execute(_grouped(select(*keys, func.count()), found, keys, shown)):
        counts[tuple(row[:-1])] = int(row[-1])
    for one in amounts:
        summed = found.c.get(f"{one.key}_sum", found.c[one.key])
        by = [*keys, found.c[one.currency]]
        query = select(*by, func.sum(summed)).where(summed.is_not(None))
        for *place, code, minor in session.execute(_grouped(query, found, by, shown, len(keys))):
            sums.setdefault(tuple(place), {}).setdefault(one.key, {})[code] = int(minor)
    return {
        place: Counted(
            count,
            {key: tuple(sorted(by_code.items())) for key, by_code in sums.get(place, {}).items()},
        )
        for place, count in counts.items()
    }


def _grouped(
    query: Select[Any],
    found: Subquery,
    by: Sequence[ColumnElement[Any]],
    shown: set[Any],
    keys: int = -1,
) -> Select[Any]:
    query = query.select_from(found)
    depth = len(by) if keys < 0 else keys
    if depth and shown:
        first = by[0]
        known = first.in_([one for one in shown if one is not None])
        query = query.where(or_(known, first.is_(None)) if None in shown else known)
    return query.group_by(*by) if by else query


def _group_key(source: Subquery, facts: TableFacts, key: str) -> ColumnElement[Any]:
    """What rows share in a group: the month of a day as 202611, otherwise the value."""
    column = source.c[key]
    facts_of = facts.column(key)
    if facts_of is not None and facts_of.kind is Kind.DAY:
        return extract("year", column) * 100 + extract("month", column)
    return column


def _between(source: Subquery, asked: Bounds) -> ColumnElement[bool]:
    column = source.c[asked.column.key]
    if asked.text:
        if asked.column.kind is Kind.FLAG:
            return _flag(column, asked.text)
        return column.icontains(asked.text, autoescape=True)
    parts: list[ColumnElement[bool]] = []
    if asked.least is not None:
        parts.append(column >= _bound(source, asked.column, asked.least, is_most=False))
    if asked.most is not None:
        parts.append(column <= _bound(source, asked.column, asked.most, is_most=True))
    return and_(*parts)


def _flag(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    word = case((column, "yes"), else_="no")
    return word == text.casefold()


def _bound(source: Subquery, column: Column, value: date | Decimal, *, is_most: bool) -> Any:
    """The value in the column's own terms: instants of a day, minor units of each currency."""
    if column.kind is Kind.MOMENT and isinstance(value, date):
        return datetime.combine(value, time.max if is_most else time.min, UTC)
    if column.kind is Kind.MONEY and isinstance(value, Decimal):
        code = source.c[column.currency]
        return case(
            *((code.in_(codes), to_minor(value, digits)) for digits, codes in _DIGITS),
            else_=to_minor(value, TWO),
        )
    return value
