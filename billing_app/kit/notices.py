"""What the app says by itself: notices in a polite live region, and the lost connection."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import icon_button
from billing_app.kit.icons import icon
from billing_app.kit.words import Flag, Handler, choose, joined, when

ICONS = {"success": "check", "danger": "alert", "warning": "warn"}


def notice_list(notices: rx.Var[Any], on_dismiss: Handler) -> rx.Component:
    """Notices with id, text and tone; `on_dismiss` gets the id. They leave after 8 seconds."""
    return rx.el.section(
        rx.el.ul(rx.foreach(notices, lambda notice: _notice(notice, on_dismiss))),
        class_name="notices",
        role="status",
        aria_live="polite",
        aria_label="Notices",
        data_never_inert="",
    )


def connection_bar(lost: Flag, *content: rx.Component) -> rx.Component:
    """A bar while the connection is lost; what was typed stays."""
    words = content or (
        rx.el.span("Connection lost. What you typed is kept; trying again by itself."),
    )
    bar = rx.el.div(icon("offline"), *words, class_name="lost", role="status", data_never_inert="")
    return when(lost, bar)


def remark(text: rx.Var[str] | str, tone: str = "info", *more: rx.Component) -> rx.Component:
    """A sentence that belongs where it stands: someone else changed it, nothing can be posted."""
    return rx.el.div(
        icon(ICONS.get(tone, "info")),
        rx.el.div(rx.el.p(text), *more),
        class_name=f"remark {tone}",
        role="note",
    )


def _notice(notice: Any, on_dismiss: Handler) -> rx.Component:
    return rx.el.li(
        icon(choose(notice.tone, ICONS, "info")),
        rx.el.span(notice.text),
        icon_button(
            "Dismiss", "x", small=True, on_click=on_dismiss(notice.id), data_notice_dismiss=""
        ),
        class_name=joined("notice ", notice.tone),
        key=notice.id,
    )
