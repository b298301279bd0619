"""The table every list of the portal is: tools above, rows that become cards, count and sums."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state
from billing_app.kit.words import filled, joined
from billing_app.portal.shell.pages import pages_below
from billing_app.portal.shell.row_actions import DOCUMENTS, row_action_cell
from billing_app.portal.shell.said import said, said_of
from billing_app.portal.shell.table_rows import (
    Cell,
    Heading,
    TableRow,
)
from billing_app.portal.shell.table_state import TableState
from billing_app.portal.shell.table_tools import table_tools, what_holds


def portal_table(page: str, title: str, nothing: str, *, opens: bool = True) -> rx.Component:
    """The table of an address: its totals, tools, rows and pages."""
    shown = rx.fragment(
        filled(TableState.total_line, rx.el.p(TableState.total_line, class_name="total-line")),
        table_tools(page, title),
        what_holds(),
        rx.cond(
            TableState.rows.length() > 0,
            _table(page, title, opens=opens),
            rx.cond(TableState.is_narrowed, _no_match(), empty_state("nothing", said(nothing))),
        ),
        pages_below(
            TableState.page_no, TableState.page_count, TableState.range_text, TableState.go_to
        ),
    )
    return rx.cond(TableState.page == page, shown, rx.el.p(said("Opening…"), role="status"))


def _no_match() -> rx.Component:
    return rx.el.div(
        rx.el.h2(said("Nothing matches")),
        rx.el.p(said("No row fits the search and the filters.")),
        button(said("Clear filters"), on_click=TableState.clear_filter("")),
        class_name="empty no_match",
    )


def _table(page: str, title: str, *, opens: bool) -> rx.Component:
    opener = rx.el.th(rx.el.span(said("Open"), class_name="sr"), role="columnheader", scope="col")
    acts = page in DOCUMENTS
    heads = ([opener] if opens else []) + [rx.foreach(TableState.heads, _heading)]
    heads += [rx.el.td(role="cell")] if acts else []  # its links say what they do
    foot = rx.el.tr(
        *([rx.el.td(role="cell", class_name="open-cell")] if opens else []),
        rx.foreach(TableState.feet, _foot),
        *([rx.el.td(role="cell", class_name="row-acts")] if acts else []),
        role="row",
    )
    testid = "invoice-row" if page in {"invoices", "due"} else f"{page}-row"
    return rx.el.div(
        rx.el.table(
            rx.el.caption(said(title), class_name="sr"),
            rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
            rx.el.tbody(
                rx.foreach(
                    TableState.rows,
                    lambda row: rx.cond(
                        row.group != "",
                        _group(row, opens + acts),
                        _row(row, testid, opens=opens, acts=acts),
                    ),
                ),
                role="rowgroup",
            ),
            rx.el.tfoot(foot, role="rowgroup"),
            class_name="pt cards",
            role="table",
        ),
        class_name="table-scroll",
        role="region",
        aria_label=said(title),
        tab_index=0,
    )


def _heading(head: rx.vars.ObjectVar[Heading]) -> rx.Component:
    way = rx.cond(TableState.descending, "descending", "ascending")
    return rx.el.th(
        rx.el.button(
            head.label, icon("down", "i s"), type="button", class_name="sort",
            on_click=TableState.sort_by(head.key),
        ),
        role="columnheader",
        scope="col",
        class_name=head.css,
        aria_sort=rx.cond(TableState.sort == head.key, way, "none"),
        key=head.key,
    )  # fmt: skip


def _row(row: rx.vars.ObjectVar[TableRow], testid: str, *, opens: bool, acts: bool) -> rx.Component:
    arrow = link(
        icon("right"),
        href=row.href,
        class_name="arrow",
        aria_label=said_of("Open", row.name),
    )
    opener = rx.el.td(rx.cond(row.href != "", arrow), role="cell", class_name="open-cell")
    return rx.el.tr(
        *([opener] if opens else []),
        rx.foreach(row.cells, _cell),
        *([row_action_cell(row)] if acts else []),
        role="row",
        class_name=row.css,
        key=row.key,
        data_testid=testid,
        data_id=row.id,
    )


def _cell(cell: rx.vars.ObjectVar[Cell]) -> rx.Component:
    facts = {"data_label": cell.label, "key": cell.key}
    return rx.cond(
        cell.is_first,
        rx.el.th(
            _value(cell), role="rowheader", scope="row", class_name=joined("number ", cell.css),
            **facts,
        ),
        rx.el.td(_value(cell), role="cell", class_name=cell.css, **facts),
    )  # fmt: skip


def _value(cell: rx.vars.ObjectVar[Cell]) -> rx.Component:
    amount = rx.el.span(
        cell.text, class_name="money", data_minor=cell.minor, data_currency=cell.currency
    )
    return rx.cond(cell.minor != "", amount, rx.fragment(cell.text))


def _foot(cell: rx.vars.ObjectVar[Cell]) -> rx.Component:
    count = rx.el.th(
        rx.el.span(said("Rows: "), class_name="sr"),
        cell.text,
        role="rowheader",
        scope="row",
        key=cell.key,
    )
    total = rx.el.td(
        filled(cell.text, rx.el.span(said("Sum: "), class_name="sr"), _value(cell)),
        role="cell",
        class_name=cell.css,
        data_label=cell.label,
        key=cell.key,
    )
    return rx.cond(cell.is_first, count, total)


def _group(row: rx.vars.ObjectVar[TableRow], more: int) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.span(row.group, class_name="group-name"),
            rx.el.span(row.group_more, class_name="group-more"),
            role="rowheader",
            scope="rowgroup",
            col_span=TableState.heads.length() + more,
        ),
        role="row",
        class_name=row.css,
        key=row.key,
        data_testid="group-row",
    )
