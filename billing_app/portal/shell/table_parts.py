"""The table every list of the portal is: tools above, rows that become cards, count and sums."""

import reflex as rx

from billing_app.kit.buttons import button, icon_button
from billing_app.kit.fields import field, text_input
from billing_app.kit.frame import popover
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link, link
from billing_app.kit.tables import empty_state
from billing_app.kit.words import Text, filled, joined
from billing_app.portal.shell.pages import pages_below
from billing_app.portal.shell.said import said, said_of
from billing_app.portal.shell.table_rows import (
    Cell,
    Choice,
    FilterField,
    Heading,
    Holding,
    TableRow,
)
from billing_app.portal.shell.table_state import TableState


def portal_table(page: str, title: str, nothing: str, *, opens: bool = True) -> rx.Component:
    """The table of an address: its totals, tools, rows and pages."""
    shown = rx.fragment(
        filled(TableState.total_line, rx.el.p(TableState.total_line, class_name="total-line")),
        _tools(page, title),
        _holding(),
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


def _tools(page: str, title: str) -> rx.Component:
    search = rx.el.label(
        rx.el.span(said(f"Search {title.lower()}"), class_name="sr"),
        icon("search"),
        rx.el.input(
            type="search",
            class_name="field",
            placeholder=said("Search all columns"),
            default_value=TableState.search,
            on_change=TableState.find.debounce(200),
        ),
        class_name="find",
    )
    return rx.el.div(
        search,
        _filter_panel(),
        _group_panel(),
        _column_panel(),
        file_link(
            icon("download"), "CSV", href=f"/portal/exports/{page}.csv", class_name="btn",
            aria_label=said("Download as CSV"),
        ),
        _order(),
        class_name="tools",
        role="search",
    )  # fmt: skip


def _filter_panel() -> rx.Component:
    return popover(
        rx.fragment(icon("filter"), said("Filter")),
        rx.el.form(
            rx.foreach(TableState.filters, _filter_field),
            rx.el.p(
                button(said("Apply filters"), kind="primary", type="submit"),
                class_name="actions",
            ),
            on_submit=TableState.filter,
            class_name="form filter-form",
            no_validate=True,
        ),
        id="filter-panel",
        turn=TableState.turn.to_string(),
    )


def _filter_field(one: rx.vars.ObjectVar[FilterField]) -> rx.Component:
    def typed(key: Text, label: Text, value: Text, error: Text) -> rx.Component:
        return field(
            label,
            text_input(name=key, default_value=value, auto_complete="off"),
            id=joined("filter-", key),
            error=error,
        )

    both = rx.el.div(
        typed(one.key, joined(one.label, " ", said("from")), one.value, one.error),
        typed(one.end_key, joined(one.label, " ", said("to")), one.end_value, one.end_error),
        class_name="form two",
    )
    return rx.fragment(
        rx.cond(one.is_range, both, typed(one.key, one.label, one.value, one.error)), key=one.key
    )


def _group_panel() -> rx.Component:
    def choice(one: rx.vars.ObjectVar[Choice]) -> rx.Component:
        box = rx.el.input(
            type="checkbox",
            class_name="box",
            checked=one.is_grouped,
            on_change=TableState.toggle_group(one.key),
        )
        return rx.el.li(rx.el.label(box, one.label), key=one.key)

    return popover(
        rx.fragment(icon("group"), said("Group")),
        rx.el.p(said("Group rows by"), class_name="panel-title"),
        rx.el.ul(rx.foreach(TableState.groupable, choice), class_name="cols"),
        id="group-panel",
        turn=joined("g", TableState.turn.to_string()),
    )


def _column_panel() -> rx.Component:
    def choice(one: rx.vars.ObjectVar[Choice]) -> rx.Component:
        box = rx.el.input(
            type="checkbox",
            class_name="box",
            checked=one.is_shown,
            on_change=TableState.toggle_column(one.key),
        )
        moves = (
            icon_button(
                said_of("Move up:", one.label), "up", aria_disabled=~one.is_shown | one.is_first,
                on_click=TableState.move_column(one.key, -1),
            ),
            icon_button(
                said_of("Move down:", one.label), "down",
                aria_disabled=~one.is_shown | one.is_last,
                on_click=TableState.move_column(one.key, 1),
            ),
        )  # fmt: skip
        return rx.el.li(rx.el.label(box, one.label), *moves, key=one.key)

    return popover(
        rx.fragment(icon("cols"), said("Columns")),
        rx.el.p(said("Columns, in their order"), class_name="panel-title"),
        rx.el.ul(rx.foreach(TableState.columns, choice), class_name="cols"),
        rx.el.hr(),
        button(said("Reset Layout"), kind="quiet", on_click=TableState.reset_layout),
        id="column-panel",
        turn=joined("c", TableState.turn.to_string()),
    )


def _order() -> rx.Component:
    """Sorting where there are no heads to press."""

    def ways(one: rx.vars.ObjectVar[Heading]) -> rx.Component:
        return rx.fragment(
            rx.el.option(one.label, " ↑", value=joined(one.key, " ascending")),
            rx.el.option(one.label, " ↓", value=joined(one.key, " descending")),
            key=one.key,
        )

    return rx.el.label(
        rx.el.span(said("Order"), class_name="sr"),
        rx.el.select(
            rx.foreach(TableState.heads, ways),
            value=TableState.order,
            on_change=TableState.choose_order,
            class_name="field",
        ),
        class_name="sort-phone select",
    )


def _holding() -> rx.Component:
    def chip(one: rx.vars.ObjectVar[Holding], handler: rx.EventHandler) -> rx.Component:
        cross = rx.el.button(
            icon("x", "i s"),
            type="button",
            on_click=handler(one.key),
            aria_label=joined(said("Remove"), " ", one.label, " ", one.text),
        )
        return rx.el.li(
            rx.el.span(rx.el.span(one.label), " ", one.text, class_name="words"),
            cross,
            class_name="fc",
            key=one.key,
        )

    holds = (TableState.holding.length() > 0) | (TableState.grouped.length() > 0)
    listed = rx.el.ul(
        rx.foreach(TableState.holding, lambda one: chip(one, TableState.clear_filter)),
        rx.foreach(TableState.grouped, lambda one: chip(one, TableState.toggle_group)),
        class_name="holding",
        aria_label=said("Filters and groups"),
    )
    return rx.cond(holds, listed)


def _table(page: str, title: str, *, opens: bool) -> rx.Component:
    opener = rx.el.th(rx.el.span(said("Open"), class_name="sr"), role="columnheader", scope="col")
    heads = ([opener] if opens else []) + [rx.foreach(TableState.heads, _heading)]
    foot = rx.el.tr(
        *([rx.el.td(role="cell", class_name="open-cell")] if opens else []),
        rx.foreach(TableState.feet, _foot),
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
                        row.group != "", _group(row, opens=opens), _row(row, testid, opens=opens)
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


def _row(row: rx.vars.ObjectVar[TableRow], testid: str, *, opens: bool) -> rx.Component:
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


def _group(row: rx.vars.ObjectVar[TableRow], *, opens: bool) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.span(row.group, class_name="group-name"),
            rx.el.span(row.group_more, class_name="group-more"),
            role="rowheader",
            scope="rowgroup",
            col_span=TableState.heads.length() + (1 if opens else 0),
        ),
        role="row",
        class_name=row.css,
        key=row.key,
        data_testid="group-row",
    )
