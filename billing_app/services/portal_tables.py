"""The portal's tables: one page of a view, the layout a person keeps, and a table as a file."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from billing_app.documents.csv import Cell, csv_rows
from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.domain.money import currency, from_minor
from billing_app.domain.portal_tables import (
    TABLES,
    Column,
    Kind,
    TableFacts,
    View,
    cleaned,
    first_view,
    reduced,
)
from billing_app.persistence.queries.portal_sources import SOURCES
from billing_app.persistence.queries.portal_tables import Seen, every_row, look
from billing_app.persistence.tables import SavedLayout
from billing_app.services.context import Context
from billing_app.services.scopes import portal_scope

PAGE = 50


@dataclass(frozen=True, slots=True)
class TablePage:
    """One page of a table as its asker knows it."""

    facts: TableFacts
    view: View
    seen: Seen


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table as CSV, row by row."""

    name: str
    rows: Iterator[bytes]


def table_facts(ctx: Context, page: str) -> TableFacts:
    """The table of this page, without the columns one may not see. Raises: NotFound, Forbidden."""
    facts = TABLES.get(page)
    if facts is None:
        raise NotFound("This table does not exist.")
    ctx.require(facts.permission)
    return reduced(facts, [one for one in Permission if ctx.actor.may(one)])


def show_table(ctx: Context, page: str, view: View) -> TablePage:
    """The page a view asks for. Raises: Invalid at a filter, NotFound, Forbidden."""
    facts = table_facts(ctx, page)
    wanted = cleaned(facts, view)
    with ctx.read() as session:
        today = ctx.today()
        source = SOURCES[page](portal_scope(session, ctx), today)
        seen = look(session, source, facts, wanted, PAGE)
        last = max(1, -(-seen.whole.count // PAGE))
        if wanted.page > last:  # what was there went meanwhile
            wanted = replace(wanted, page=last)
            seen = look(session, source, facts, wanted, PAGE)
    return TablePage(facts, wanted, seen)


def table_file(ctx: Context, page: str) -> TableFile:
    """The whole table in one's own layout. Raises: NotFound, Forbidden."""
    facts = table_facts(ctx, page)
    view = saved_view(ctx, page)
    with ctx.read() as session:
        source = SOURCES[page](portal_scope(session, ctx), ctx.today())
        rows = every_row(session, source, facts, view)
    columns = [facts.column(key) for key in view.columns]
    shown = [one for one in columns if one is not None]
    header = [one.label for one in shown]
    return TableFile(
        f"{page}.csv",
        csv_rows(header, ([_cell(ctx, row, one) for one in shown] for row in rows)),
    )


def saved_view(ctx: Context, page: str) -> View:
    """One's layout of a table, or how it looks at first; a filter that became wrong is dropped."""
    facts = table_facts(ctx, page)
    with ctx.read() as session:
        row = _row(session, ctx, page)
    return cleaned(facts, _read(row.layout)) if row else first_view(facts)


def save_view(ctx: Context, page: str, view: View) -> None:
    """Keep columns, order, filters and grouping for this person and page."""
    facts = table_facts(ctx, page)
    kept = cleaned(facts, view)
    with ctx.write() as session:
        row = _row(session, ctx, page) or SavedLayout(user_id=ctx.actor.user_id, page=_name(page))
        row.layout = json.dumps(
            {
                "columns": kept.columns,
                "sort": kept.sort,
                "descending": kept.descending,
                "filters": dict(kept.filters),
                "groups": kept.groups,
            }
        )
        session.add(row)


def reset_view(ctx: Context, page: str) -> None:
    """Back to how the table looks at first."""
    table_facts(ctx, page)
    with ctx.write() as session:
        row = _row(session, ctx, page)
        if row is not None:
            session.delete(row)


def _read(layout: str) -> View:
    kept = json.loads(layout)
    return View(
        columns=tuple(kept["columns"]),
        sort=kept["sort"],
        descending=kept["descending"],
        filters=tuple(kept["filters"].items()),
        groups=tuple(kept["groups"]),
    )


def _row(session: Session, ctx: Context, page: str) -> SavedLayout | None:
    return session.exec(
        select(SavedLayout).where(
            SavedLayout.user_id == ctx.actor.user_id, SavedLayout.page == _name(page)
        )
    ).first()


def _name(page: str) -> str:
    return f"portal/{page}"


def _cell(ctx: Context, row: Mapping[str, Any], column: Column) -> Cell:
    value = row[column.key]
    match value:
        case None:
            return None
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return value.astimezone(ZoneInfo(ctx.zone)).date()
        case int() if column.kind is Kind.MONEY:
            return from_minor(value, currency(row[column.currency]).digits)
    cell: Cell = value
    return cell
