"""The dialogs in which filters and columns are chosen."""

import reflex as rx

from billing_app.kit.buttons import button, icon_button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import date_input, field, select_input, text_input
from billing_app.kit.words import joined
from billing_app.staff.invoices.filtering import FILTERS
from billing_app.staff.invoices.rows import Heading
from billing_app.staff.invoices.state import InvoicesState
from billing_app.staff.invoices.table_state import TableState


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
            rx.foreach(TableState.heads, _shown_column), class_name="cols", aria_label="Shown"
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
