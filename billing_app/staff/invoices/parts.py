"""The parts of the invoices grid."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, icon_button
from billing_app.kit.chips import status_chip
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import date_input, field, select_input, text_input
from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.money import money
from billing_app.kit.tables import (
    Tab,
    add_filter,
    empty_state,
    filter_chip,
    filters,
    grid_scroll,
    skeleton_rows,
    sort_header,
    tabs,
)
from billing_app.kit.words import joined
from billing_app.staff.invoices.columns import BY_KEY, DEFAULT
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.invoices.filtering import FILTERS
from billing_app.staff.invoices.rows import Cell, Heading, Row, SumRow
from billing_app.staff.invoices.state import VIEW_LABELS, InvoicesState
from billing_app.staff.shell.state import can

EXPORT = "/exports/invoices.csv"


def totals() -> rx.Component:
    """What the filtered set comes to, one column per currency, nothing converted."""
    figures = rx.el.table(
        rx.el.caption("Totals of the filtered invoices, by currency", class_name="sr"),
        rx.el.thead(
            rx.el.tr(
                rx.el.th(rx.el.span("Sum", class_name="sr"), scope="col"),
                rx.foreach(InvoicesState.sums_currencies, lambda code: rx.el.th(code, scope="col")),
            )
        ),
        rx.el.tbody(rx.foreach(InvoicesState.sums, _sum_row)),
        style={"--totals-rows": InvoicesState.sums_currencies.length() + 1},
    )
    return rx.el.section(
        rx.el.p(
            rx.el.b(rx.cond(InvoicesState.count_text != "", InvoicesState.count_text, "Invoices")),
            rx.el.span(
                rx.cond(
                    InvoicesState.is_counting,
                    "Counting…",
                    rx.cond(InvoicesState.is_restricted, "in this filter", "in all"),
                ),
                role="status",
            ),
            class_name="count",
        ),
        rx.cond(InvoicesState.sums.length() > 0, figures),
        class_name="totals",
        aria_label="Totals of the filtered set",
        aria_busy=InvoicesState.is_counting,
    )


def views() -> rx.Component:
    """The saved views."""
    items = [Tab(key, label) for key, label in VIEW_LABELS]
    return tabs(items, InvoicesState.view, InvoicesState.choose_view)


def filters_row() -> rx.Component:
    """Search, the filters in force, columns and export."""
    search = rx.el.input(
        type="search",
        placeholder="Search number, text, partner, amount",
        aria_label="Search invoices",
        default_value=InvoicesState.search,
        key=InvoicesState.search_key,
        on_change=InvoicesState.find.debounce(200),
        auto_complete="off",
        class_name="grid-search",
    )
    return filters(
        rx.el.li(search, class_name="search-item"),
        rx.foreach(InvoicesState.filter_chips, _chip),
        add_filter(on_click=InvoicesState.open_filters),
        end=[
            button(
                "Columns",
                kind="quiet",
                icon="cols",
                small=True,
                on_click=InvoicesState.open_columns,
            ),
            rx.cond(
                can(Permission.INVOICE_EXPORT),
                rx.el.a(
                    icon("export"),
                    rx.el.span("Export", class_name="w"),
                    href=joined(EXPORT + "?", InvoicesState.export_query),
                    download=True,
                    class_name="btn quiet small",
                    aria_label="Export as CSV",
                ),
            ),
        ],
    )


def grid() -> rx.Component:
    """The table itself, its skeleton, and what stands there when nothing matches."""
    heads = rx.el.tr(
        rx.el.th(
            rx.el.input(
                type="checkbox",
                class_name="box",
                aria_label="Select all on this page",
                checked=InvoicesState.is_page_selected,
                on_change=InvoicesState.toggle_page,
            ),
            scope="col",
            class_name="check",
        ),
        rx.foreach(InvoicesState.heads, _heading),
    )
    table = rx.el.table(
        rx.el.caption("Invoices", class_name="sr"),
        rx.el.thead(heads),
        rx.el.tbody(rx.foreach(InvoicesState.rows, _row)),
        class_name="t grid live",
    )
    return grid_scroll(
        "Invoices grid",
        rx.cond(
            InvoicesState.is_loaded,
            rx.cond(InvoicesState.rows.length() > 0, table, _nothing()),
            _skeleton(),
        ),
    )


def pages() -> rx.Component:
    """The range, and real page numbers."""
    return rx.el.nav(
        rx.el.span(InvoicesState.range_text, id="range"),
        rx.el.span(
            _step("Previous page", "left", InvoicesState.page_no > 1, InvoicesState.previous_page),
            rx.foreach(InvoicesState.pages_shown, _page_number),
            _step("Next page", "right", InvoicesState.has_next, InvoicesState.next_page),
            class_name="pages",
        ),
        class_name="pager",
        aria_label="Pages",
    )


def filters_dialog() -> rx.Component:
    """Every filter in one form."""
    return dialog(
        "Filter invoices",
        rx.cond(
            InvoicesState.filter_error != "",
            rx.el.p(InvoicesState.filter_error, class_name="error", role="alert"),
        ),
        rx.el.form(
            rx.el.div(*(_filter_field(key) for key in FILTERS), class_name="e-row"),
            id="filter-form",
            on_submit=InvoicesState.apply_filters,
        ),
        open=InvoicesState.filter_open,
        on_close=InvoicesState.close_filters,
        wide=True,
        actions=[
            button(
                "Clear filters", on_click=[InvoicesState.clear_filters, InvoicesState.close_filters]
            ),
            button(
                "Show invoices", kind="primary", type="submit", form="filter-form", key="mod+enter"
            ),
        ],
        id="filters",
    )


def columns_dialog() -> rx.Component:
    """Which columns, in which order; kept for this person."""
    return dialog(
        "Columns",
        rx.el.ul(
            rx.foreach(InvoicesState.heads, _shown_column), class_name="cols", aria_label="Shown"
        ),
        rx.el.h3("More columns"),
        rx.el.ul(
            rx.foreach(InvoicesState.hidden_columns, _hidden_column),
            class_name="cols",
            aria_label="Hidden",
        ),
        open=InvoicesState.columns_open,
        on_close=InvoicesState.close_columns,
        actions=[
            button("Reset Layout", on_click=InvoicesState.reset_layout),
            button("Done", kind="primary", on_click=InvoicesState.close_columns, data_autofocus=""),
        ],
        id="columns",
    )


def _sum_row(row: rx.vars.ObjectVar[SumRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.label, scope="row"),
        rx.foreach(row.figures, rx.el.td),
        class_name=row.css,
        key=row.label,
    )


def _chip(chip: Any) -> rx.Component:
    return filter_chip(
        chip.label,
        chip.value,
        InvoicesState.remove_filter(chip.key),
        on_open=InvoicesState.open_filters,
    )


def _heading(head: rx.vars.ObjectVar[Heading]) -> rx.Component:
    return sort_header(
        head.label,
        head.key,
        InvoicesState.sort,
        InvoicesState.descending,
        InvoicesState.sort_by,
        css=head.css,
    )


def _row(row: rx.vars.ObjectVar[Row]) -> rx.Component:
    box = rx.el.input(
        type="checkbox",
        class_name="box",
        aria_label=joined("Select ", row.label),
        checked=InvoicesState.selected.contains(row.id),
        on_change=InvoicesState.toggle_row(row.id),
        data_row_box="",
    )
    return rx.el.tr(
        rx.el.td(box, class_name="check"),
        rx.foreach(row.cells, lambda cell: _cell(cell, row)),
        class_name=joined(
            row.css,
            rx.cond(InvoicesState.selected.contains(row.id), " sel", ""),
            rx.cond(DrawerState.is_open & (DrawerState.view.id == row.id), " current", ""),
        ),
        key=row.id,
        data_testid="invoice-row",
        data_id=row.id,
        data_row="",
    )


def _cell(cell: rx.vars.ObjectVar[Cell], row: rx.vars.ObjectVar[Row]) -> rx.Component:
    doc = rx.el.th(
        link(
            cell.text,
            href=joined("/invoices?invoice=", row.id.to_string()),
            class_name=cell.more,
            data_row_link="",
            data_testid="invoice-link",
        ),
        scope="row",
        class_name=cell.css,
        key=cell.key,
    )
    amount = rx.el.td(
        money(cell.text, cell.more, cell.currency, cell.minor), class_name=cell.css, key=cell.key
    )
    status = rx.el.td(
        rx.el.span(
            status_chip(cell.text, cell.more),
            rx.cond(cell.currency != "", status_chip(cell.currency, also=True)),
            class_name="sts",
        ),
        class_name=cell.css,
        key=cell.key,
    )
    words = rx.el.td(cell.text, class_name=cell.css, key=cell.key)
    return rx.match(  # type: ignore[return-value]
        cell.kind, ("doc", doc), ("money", amount), ("status", status), words
    )


def _nothing() -> rx.Component:
    none_at_all = empty_state(
        "nothing",
        "No invoices yet",
        "Write the first one; it stays a draft until you post it.",
        action="New invoice",
        href="/invoices/new",
    )
    no_match = empty_state(
        "no_match",
        "No invoice matches",
        InvoicesState.filter_sentence,
        action="Clear filters",
        on_action=InvoicesState.clear_filters,
    )
    return rx.cond(InvoicesState.is_restricted, no_match, none_at_all)


def _skeleton() -> rx.Component:
    css = ["check", *(BY_KEY[key].css for key in DEFAULT)]
    heads = [
        rx.el.th(BY_KEY[key].label, scope="col", class_name=BY_KEY[key].css) for key in DEFAULT
    ]
    return rx.el.table(
        rx.el.thead(rx.el.tr(rx.el.th(class_name="check"), *heads)),
        skeleton_rows(css),
        class_name="t grid skel",
        aria_hidden="true",
    )


def _page_number(number: rx.Var[int]) -> rx.Component:
    def page(**here: str) -> rx.Component:
        return rx.el.button(
            number,
            type="button",
            on_click=InvoicesState.go_to(number),
            aria_label=joined("Page ", number.to_string()),
            **here,
        )

    shown = rx.cond(number == InvoicesState.page_no, page(aria_current="page"), page())
    return rx.cond(number == 0, rx.el.span("…", class_name="gap"), shown)


def _step(label: str, name: str, possible: Any, handler: Any) -> rx.Component:
    live = icon_button(label, name, on_click=handler)
    off = rx.el.span(
        icon(name), rx.el.span(f"{label}, not available", class_name="sr"), class_name="off"
    )
    return rx.cond(possible, live, off)


def _filter_field(key: str) -> rx.Component:
    chosen = FILTERS[key]
    name = f"filter-{key}"
    given = InvoicesState.filter_values.get(key, "")
    control: rx.Component
    if chosen.options:
        control = select_input(chosen.options, placeholder="Any", name=key, default_value=given)
    elif key == "type":
        control = select_input(
            InvoicesState.type_options, placeholder="Any", name=key, default_value=given
        )
    elif key == "company":
        control = select_input(
            InvoicesState.company_options, placeholder="Any", name=key, default_value=given
        )
    elif chosen.is_date:
        control = date_input(name=key, default_value=given)
    else:
        control = text_input(name=key, default_value=given)
    return field(chosen.label, control, id=name, css="s2")


def _shown_column(head: rx.vars.ObjectVar[Heading]) -> rx.Component:
    fixed = head.key == "number"
    tools = rx.el.span(
        icon_button(
            joined("Move left: ", head.label),
            "left",
            small=True,
            on_click=InvoicesState.move_column(head.key, -1),
        ),
        icon_button(
            joined("Move right: ", head.label),
            "right",
            small=True,
            on_click=InvoicesState.move_column(head.key, 1),
        ),
        icon_button(
            joined("Hide ", head.label),
            "x",
            small=True,
            on_click=InvoicesState.toggle_column(head.key),
        ),
        class_name="right",
    )
    return rx.el.li(
        rx.el.span(head.label),
        rx.cond(fixed, rx.el.span("always first", class_name="right muted"), tools),
        key=head.key,
    )


def _hidden_column(head: rx.vars.ObjectVar[Heading]) -> rx.Component:
    show = button(
        "Show",
        small=True,
        on_click=InvoicesState.toggle_column(head.key),
        aria_label=joined("Show ", head.label),
    )
    return rx.el.li(rx.el.span(head.label), rx.el.span(show, class_name="right"), key=head.key)
