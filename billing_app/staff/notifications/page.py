"""The page of one's notifications."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state, pager, tabs
from billing_app.staff.notifications.state import NotificationsState
from billing_app.staff.shell.bell_parts import told_list
from billing_app.staff.shell.page import staff_page


def notifications_page() -> rx.Component:
    """What waits, or all of the last 90 days."""
    state = NotificationsState
    content = rx.el.div(
        tabs(state.tabs, state.view, state.choose, label="Which notifications"),
        rx.el.section(
            rx.el.header(rx.el.h2(state.count_text), _read_all()),
            rx.cond(state.rows.length() > 0, _listed(), _nothing()),
            rx.el.p(
                "What is read stays for 30 days. You choose what you are told in ",
                link("your account", href="/account"),
                ".",
                class_name="muted",
            ),
            class_name="e-sec told-sec",
        ),
        class_name="e-wrap one",
    )
    return staff_page(
        rx.cond(state.is_loaded, content, rx.el.p("Opening…", role="status")),
        title="Notifications",
        current="/notifications",
        layout="editor",
        new=rx.fragment(),
    )


def _read_all() -> rx.Component:
    state = NotificationsState
    return rx.cond(
        (state.view == "unread") & (state.rows.length() > 0),
        button("Mark all as read", small=True, on_click=state.read_all),
    )


def _listed() -> rx.Component:
    state = NotificationsState
    return rx.fragment(
        told_list(state.rows, state.read, state.read),
        pager(state.page_no, state.page_count, state.range_text, state.turn),
    )


def _nothing() -> rx.Component:
    return empty_state(
        "nothing",
        "Nothing waits for you",
        "What waits for you, or went wrong, is told here.",
    )
