"""The parts of the invoices grid."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, icon_button
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link
from billing_app.kit.tables import (
    Tab,
    add_filter,
    filter_chip,
    filters,
    tabs,
)
from billing_app.kit.words import joined
from billing_app.staff.invoices.rows import SumRow
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
                file_link(
                    icon("export"),
                    rx.el.span("Export", class_name="w"),
                    href=joined(EXPORT + "?", InvoicesState.export_query),
                    class_name="btn quiet small",
                    aria_label="Export as CSV",
                ),
            ),
        ],
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
