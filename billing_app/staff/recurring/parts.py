"""The calendar of a plan, and the dialogs in which its repeats are changed."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, icon_button
from billing_app.kit.chips import status_chip
from billing_app.kit.dialogs import dialog, menu, menu_item
from billing_app.kit.fields import amount_input, date_input, field, text_input
from billing_app.kit.icons import icon
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import filled, joined
from billing_app.staff.recurring.rows import DayRow, ExtraRow, PriceRow
from billing_app.staff.recurring.state import PlanState
from billing_app.staff.shell.state import can


def calendar() -> rx.Component:
    """The next repeats with their amounts; each can be changed."""
    days = rx.el.ol(rx.foreach(PlanState.days, _day), class_name="repeats")
    none = rx.el.p("The plan has ended; no repeat is to come.", class_name="muted")
    return rx.el.section(
        rx.el.header(rx.el.h2("Next repeats")),
        rx.cond(PlanState.days.length() > 0, days, none),
        class_name="e-sec",
    )


def prices() -> rx.Component:
    """The prices that change from a day on."""

    def row(one: rx.vars.ObjectVar[PriceRow]) -> rx.Component:
        take_back = icon_button(
            "Take this price back",
            "undo",
            small=True,
            on_click=PlanState.take_price_back(one.id),
        )
        return rx.el.tr(
            rx.el.td(one.line, class_name="txt"),
            rx.el.td(one.since),
            rx.el.td(one.price, class_name="num"),
            rx.el.td(rx.cond(can(Permission.INVOICE_RECUR), take_back)),
            key=one.id,
        )

    table = plain_table(
        "Changed prices",
        [head("Line"), head("From"), head("Unit price", "num"), head("Take back", hidden=True)],
        rx.el.tbody(rx.foreach(PlanState.prices, row)),
    )
    change = button(
        "Change price…",
        kind="quiet",
        icon="tag",
        small=True,
        on_click=PlanState.open_dialog("price", ""),
    )
    return rx.el.section(
        rx.el.header(rx.el.h2("Changed prices")),
        rx.cond(
            PlanState.prices.length() > 0,
            table,
            rx.el.p("Every repeat has the prices of its invoice.", class_name="muted"),
        ),
        rx.cond(can(Permission.INVOICE_RECUR), change),
        class_name="e-sec",
    )


def plan_dialogs() -> list[rx.Component]:
    """Moving a repeat, a line for one repeat, a price, the end."""
    return [_move(), _line(), _price(), _end()]


def _day(row: rx.vars.ObjectVar[DayRow]) -> rx.Component:
    skip = menu_item("Skip", icon="x", on_click=PlanState.skip(row.key))
    take = menu_item("Take in again", icon="undo", on_click=PlanState.take_in(row.key))
    options = menu(
        joined("Change ", row.label),
        rx.cond(row.is_skipped, take, skip),
        menu_item("Move…", icon="cal", on_click=PlanState.open_dialog("move", row.key)),
        menu_item("Add line once…", icon="plus", on_click=PlanState.open_dialog("line", row.key)),
        id=row.menu,
        css="icon-btn small",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.label),
            rx.el.span(row.weekday, class_name="faint"),
            rx.cond(can(Permission.INVOICE_RECUR), options),
            class_name="top",
        ),
        rx.el.span(
            row.amount,
            class_name=rx.cond(row.is_skipped, "figure struck", "figure"),
            data_minor=row.amount_minor,
            data_currency=PlanState.plan.currency,
        ),
        filled(row.chip, status_chip(row.chip)),
        filled(row.note, rx.el.small(row.note)),
        rx.foreach(row.extras, _extra),
        filled(row.problem, rx.el.small(row.problem, class_name="error")),
        class_name=rx.cond(row.is_skipped, "skipped", ""),
        key=row.key,
        data_testid="repeat",
        data_id=row.key,
    )


def _extra(extra: rx.vars.ObjectVar[ExtraRow]) -> rx.Component:
    remove = icon_button(
        joined("Remove ", extra.text), "x", small=True, on_click=PlanState.remove_extra(extra.id)
    )
    return rx.el.small(
        icon("plus", "i s"),
        rx.el.span(extra.text),
        rx.cond(can(Permission.INVOICE_RECUR), remove),
        class_name="extra",
        key=extra.id,
    )


def _asked(name: str, title: Any, verb: str, on_submit: Any, *fields: rx.Component) -> rx.Component:
    form = f"plan-{name}-form"
    return dialog(
        title,
        rx.el.form(*fields, id=form, on_submit=on_submit),
        open=PlanState.dialog == name,
        on_close=PlanState.close_dialog,
        actions=[
            button("Change nothing", on_click=PlanState.close_dialog),
            button(verb, kind="primary", type="submit", form=form, key="mod+enter"),
        ],
        id=f"ask-{name}",
    )


def _field(label: str, name: str, control: rx.Component, help_text: str = "") -> rx.Component:
    return field(
        label, control, id=f"plan-{name}", help=help_text, error=PlanState.errors.get(name, "")
    )


def _move() -> rx.Component:
    return _asked(
        "move",
        joined("Move the repeat of ", PlanState.about_text),
        "Move repeat",
        PlanState.move,
        _field(
            "New day",
            "moved_to",
            date_input(name="moved_to"),
            "Between the repeat before and the one after.",
        ),
    )


def _line() -> rx.Component:
    return _asked(
        "line",
        joined("Add a line to the repeat of ", PlanState.about_text),
        "Add line",
        PlanState.add_line,
        _field("Description", "description", text_input(name="description")),
        _field("Quantity", "quantity", amount_input(name="quantity", default_value="1")),
        _field("Unit price", "unit_price", amount_input(name="unit_price")),
        _field("Tax percent", "tax_rate", amount_input(name="tax_rate")),
    )


def _price() -> rx.Component:
    lines = rx.el.select(
        rx.foreach(PlanState.lines, lambda one: rx.el.option(one[1], value=one[0])), name="line"
    )
    return _asked(
        "price",
        "Change a price",
        "Change price",
        PlanState.price,
        _field("Line", "line", lines),
        _field("New unit price", "price", amount_input(name="price")),
        _field("From", "from_on", date_input(name="from_on"), "For repeats due from this day on."),
    )


def _end() -> rx.Component:
    return _asked(
        "end",
        "Change the end",
        "Change end",
        PlanState.end,
        _field("Last day", "end", date_input(name="end"), "Leave both empty to go on."),
        _field(
            "Repeats in all",
            "occurrences",
            text_input(name="occurrences", input_mode="numeric"),
        ),
    )
