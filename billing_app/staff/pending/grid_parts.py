"""The pending table itself: groups that open, their parts, lines to tick."""

import reflex as rx

from billing_app.kit.buttons import icon_button
from billing_app.kit.chips import status_chip, tone_chip
from billing_app.kit.icons import icon
from billing_app.kit.money import money
from billing_app.kit.tables import (
    empty_state,
    grid_scroll,
    head,
    skeleton_rows,
)
from billing_app.kit.words import filled, joined
from billing_app.staff.pending.charge_form import ChargeFormState
from billing_app.staff.pending.rows import PendingRow
from billing_app.staff.pending.state import PendingState

CSS = ("check", "c-no", "c-cust", "c-x num", "c-x num", "c-amt num", "c-open num", "c-st")
HEADS = ("Tick", "Pending", "Details", "Quantity and price", "VAT", "Lines", "Net", "Status")


def pending_table() -> rx.Component:
    """Groups, their parts and lines; the skeleton before, and what stands there when empty."""
    table = rx.el.table(
        rx.el.caption("Pending lines", class_name="sr"),
        rx.el.thead(rx.el.tr(*_heads())),
        rx.el.tbody(rx.foreach(PendingState.rows, _row)),
        class_name="t grid live pend",
    )
    skeleton = rx.el.table(
        rx.el.thead(rx.el.tr(*_heads())),
        skeleton_rows(CSS),
        class_name="t grid skel",
        aria_hidden="true",
    )
    return grid_scroll(
        "Pending grid",
        rx.cond(
            PendingState.is_loaded,
            rx.cond(PendingState.rows.length() > 0, table, _nothing()),
            skeleton,
        ),
    )


def _heads() -> list[rx.Component]:
    return [head(label, css, hidden=label == "Tick") for label, css in zip(HEADS, CSS, strict=True)]


def _row(row: rx.vars.ObjectVar[PendingRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.match(row.kind, ("line", _box(row)), ("part", _part_box(row)), rx.fragment()),
            class_name="check",
        ),
        rx.el.th(_title(row), scope="row", class_name="c-no"),
        rx.el.td(row.detail, class_name="c-cust"),
        rx.el.td(row.figures, class_name="c-x num"),
        rx.el.td(row.tax, class_name="c-x num"),
        rx.el.td(row.count, class_name="c-amt num"),
        rx.el.td(_net(row), class_name="c-open num"),
        rx.el.td(_status(row), class_name="c-st"),
        class_name=joined(
            row.css,
            rx.cond((row.kind == "line") & PendingState.ticked.contains(row.at), " sel", ""),
        ),
        key=row.key,
        data_testid=joined("pending-", row.kind),
        data_id=row.at,
        data_row=row.key,
    )


def _title(row: rx.vars.ObjectVar[PendingRow]) -> rx.Component:
    line = rx.el.button(
        rx.el.span(row.title),
        type="button",
        class_name="opener text",
        on_click=ChargeFormState.open_charge(row.at),
    )
    return rx.match(
        row.kind,
        ("group", _opener(row, PendingState.toggle_group(row.at))),
        ("part", _opener(row, PendingState.toggle_part(row.at))),
        ("line", line),
        _more(row),
    )


def _opener(row: rx.vars.ObjectVar[PendingRow], handler: object) -> rx.Component:
    return rx.el.button(
        icon(rx.cond(row.is_open, "down", "right"), "i s"),
        rx.el.span(row.title),
        type="button",
        class_name="opener",
        aria_expanded=rx.cond(row.is_open, "true", "false"),
        on_click=handler,
    )


def _more(row: rx.vars.ObjectVar[PendingRow]) -> rx.Component:
    def turn(label: str, name: str, by: int) -> rx.Component:
        return icon_button(label, name, on_click=PendingState.turn_lines(row.at, by), small=True)

    return rx.el.span(
        rx.cond(row.has_previous, turn("Previous lines", "left", -1)),
        row.title,
        rx.cond(row.has_next, turn("Next lines", "right", 1)),
    )


def _net(row: rx.vars.ObjectVar[PendingRow]) -> rx.Component:
    figure = filled(row.whole, money(row.whole, row.rest, row.currency, row.minor))
    return rx.cond(row.kind == "group", rx.el.span(row.sums), figure)


def _status(row: rx.vars.ObjectVar[PendingRow]) -> rx.Component:
    lock = rx.el.span(tone_chip("Locked", "neutral", "lock"), title=row.why)
    return rx.match(
        row.kind,
        ("group", filled(row.status, status_chip(row.status))),
        ("line", rx.cond(row.why != "", lock, status_chip("Pending"))),
        rx.fragment(),
    )


def _box(row: rx.vars.ObjectVar[PendingRow]) -> rx.Component:
    box = rx.el.input(
        type="checkbox",
        class_name="box",
        aria_label=joined("Tick ", row.title),
        checked=PendingState.ticked.contains(row.at),
        on_change=PendingState.tick(row.at),
        data_row_box="",
    )
    return rx.cond(row.why == "", box)


def _part_box(row: rx.vars.ObjectVar[PendingRow]) -> rx.Component:
    return icon_button(
        joined("Tick all lines of ", row.title, " in ", row.detail),
        "tick",
        on_click=PendingState.tick_part(row.at),
        small=True,
    )


def _nothing() -> rx.Component:
    no_match = empty_state(
        "no_match",
        "Nothing pending matches",
        joined("No name holds “", PendingState.search, "”."),
        action="Clear search",
        on_action=PendingState.clear_search,
    )
    nothing = empty_state(
        "nothing",
        "Nothing is pending here",
        "Voyages from Nominated on and confirmed orders bring lines when the list is refreshed.",
    )
    return rx.cond(PendingState.search != "", no_match, nothing)
