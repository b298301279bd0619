"""The command palette: actions, places and records in one list. `keys.js` moves the choice."""

from dataclasses import dataclass

import reflex as rx

from billing_app.kit.chips import status_chip
from billing_app.kit.icons import icon
from billing_app.kit.words import Flag, Handler, Text, filled, joined


@dataclass(frozen=True)
class PaletteItem:
    """One line: before, the found part and after make its words; `key` is what choosing sends."""

    key: str
    icon: str
    before: str = ""
    found: str = ""
    after: str = ""
    note: str = ""
    amount: str = ""
    status: str = ""
    extra: str = ""
    shortcut: str = ""


@dataclass(frozen=True)
class PaletteGroup:
    """A heading with at most six lines."""

    label: str
    lines: list[PaletteItem]


def palette(
    *,
    open: Flag,
    query: Text,
    groups: rx.Var[list[PaletteGroup]],
    summary: Text,
    on_query: Handler,
    on_choose: Handler,
    on_close: Handler,
) -> rx.Component:
    """Search or jump: `on_query` gets the words (debounced), `on_choose` the item's key."""
    search = rx.el.div(
        icon("search"),
        rx.el.input(
            role="combobox",
            aria_label="Search or jump to",
            aria_expanded="true",
            aria_controls="palette-list",
            aria_autocomplete="list",
            auto_complete="off",
            spell_check=False,
            placeholder="Search or jump to",
            default_value=query,
            on_change=on_query.debounce(150),
            data_combo="",
            data_autofocus="",
        ),
        rx.el.button(
            "Esc",
            type="button",
            class_name="esc",
            on_click=on_close,
            data_escape="",
            aria_label="Close, Escape",
        ),
        class_name="q",
    )
    results = rx.el.div(
        rx.foreach(groups, lambda group, at: _group(group, at, on_choose)),
        id="palette-list",
        role="listbox",
        aria_label="Results",
        class_name="list-b",
    )
    window = rx.el.div(
        search,
        results,
        rx.el.p(
            rx.el.span(summary, role="status"),
            rx.el.span("↑ ↓ choose"),
            rx.el.span("Enter open"),
            class_name="say",
        ),
        class_name="pal",
        role="dialog",
        aria_modal="true",
        aria_label="Command palette",
        data_trap="",
    )
    return rx.cond(open, rx.el.div(window, class_name="scrim pal-wrap"))


def _group(
    group: rx.vars.ObjectVar[PaletteGroup], at: rx.Var[int], on_choose: Handler
) -> rx.Component:
    heading = joined("palette-group-", at.to_string())
    return rx.el.div(
        rx.el.div(group.label, class_name="gl", id=heading),
        rx.foreach(group.lines, lambda item: _item(item, on_choose)),
        role="group",
        aria_labelledby=heading,
        key=group.label,
    )


def _item(item: rx.vars.ObjectVar[PaletteItem], on_choose: Handler) -> rx.Component:
    return rx.el.div(
        icon(item.icon),
        rx.el.span(
            item.before,
            filled(item.found, rx.el.mark(item.found)),
            item.after,
            filled(item.note, rx.el.small(item.note)),
            class_name="what",
        ),
        filled(item.amount, rx.el.span(item.amount, class_name="amt")),
        filled(item.status, rx.el.span(status_chip(item.status, item.extra), class_name="stc")),
        filled(item.shortcut, rx.el.kbd(item.shortcut)),
        id=joined("palette-", item.key),
        role="option",
        on_click=on_choose(item.key),
        key=item.key,
    )
