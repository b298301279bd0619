"""What stands above a table of the portal: search, filters, groups, columns, order, CSV."""

import reflex as rx

from billing_app.kit.buttons import button, icon_button
from billing_app.kit.fields import field, text_input
from billing_app.kit.frame import popover
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link
from billing_app.kit.words import Text, joined
from billing_app.portal.shell.said import said, said_of
from billing_app.portal.shell.table_rows import (
    Choice,
    FilterField,
    Heading,
    Holding,
)
from billing_app.portal.shell.table_state import TableState


def table_tools(page: str, title: str) -> rx.Component:
    """The tools of one table."""
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


def what_holds() -> rx.Component:
    """The filters and groups that hold, each with a cross."""

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
