"""The bell in the top bar with its panel, and how notifications are listed."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button, keyed
from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.words import Child, filled, joined
from billing_app.staff.shell.bell_rows import ToldRow
from billing_app.staff.shell.bell_state import BellState

PANEL = "bell-panel"
NONE = "Nothing waits for you. What waits for you, or went wrong, is told here."


def bell() -> rx.Component:
    """The button with the count, and the newest notifications below it."""
    opener = rx.el.button(
        icon("bell"),
        filled(BellState.count, rx.el.span(BellState.count, class_name="n", aria_hidden="true")),
        type="button",
        class_name="icon-btn bell",
        title="Notifications",
        aria_label=rx.cond(
            BellState.count != "",
            joined("Notifications, ", BellState.count, " unread"),
            "Notifications",
        ),
        aria_haspopup="dialog",
        on_click=BellState.open,
        custom_attrs={"popoverTarget": PANEL},
        **keyed("b"),
    )
    return rx.fragment(opener, _panel())


def told_list(rows: Any, on_follow: Any, on_read: Any = None) -> rx.Component:
    """Notifications one below the other; following a link marks it read."""

    def row(one: rx.vars.ObjectVar[ToldRow]) -> rx.Component:
        mark = button(
            "Mark as read",
            small=True,
            kind="quiet",
            aria_label=joined("Mark as read: ", one.text),
            on_click=on_read(one.id) if on_read is not None else None,
        )
        tools: list[Child] = [] if on_read is None else [rx.cond(one.is_unread, mark)]
        return rx.el.li(
            rx.el.span(icon(one.icon), class_name=joined("mark ", one.tone)),
            rx.el.div(
                link(one.text, href=one.href, on_click=on_follow(one.id)),
                filled(one.detail, rx.el.p(one.detail)),
                rx.el.small(one.when),
            ),
            *tools,
            class_name=rx.cond(one.is_unread, "unread", ""),
            key=one.id,
            data_testid="notification-row",
            data_id=one.id,
        )

    return rx.el.ul(rx.foreach(rows, row), class_name="told")


def _panel() -> rx.Component:
    head = rx.el.div(
        rx.el.h2("Notifications", id=f"{PANEL}-title", tab_index=-1, data_autofocus=""),
        rx.cond(
            BellState.count != "",
            button("Mark all as read", small=True, kind="quiet", on_click=BellState.read_all),
        ),
        class_name="top",
    )
    empty = rx.el.p(rx.cond(BellState.is_filled, NONE, "Looking…"), class_name="muted")
    return rx.el.div(
        head,
        rx.cond(BellState.rows.length() > 0, told_list(BellState.rows, BellState.follow), empty),
        rx.el.div(
            link("All notifications", href="/notifications", on_click=BellState.leave),
            class_name="end",
        ),
        id=PANEL,
        key=BellState.turn,
        role="dialog",
        aria_labelledby=f"{PANEL}-title",
        class_name="panel bell-panel",
        custom_attrs={"popover": "auto"},
    )
