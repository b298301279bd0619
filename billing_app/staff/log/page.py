"""The log page."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import date_input, field, select_input, text_input
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link
from billing_app.kit.notices import remark
from billing_app.kit.tables import empty_state
from billing_app.staff.log.state import LogState
from billing_app.staff.shell.entries import entries_table
from billing_app.staff.shell.page import staff_page


def log_page() -> rx.Component:
    """Filters, entries, pages, the chain."""
    nothing = empty_state(
        "no_match",
        "No entry fits",
        "Take a filter away to see more.",
        action="Clear filters",
        on_action=LogState.clear,
    )
    content = rx.el.div(
        _filters(),
        rx.foreach(
            LogState.chains,
            lambda said: rx.cond(
                LogState.chain_is_broken, remark(said, "danger"), remark(said, "success")
            ),
        ),
        rx.cond(LogState.rows.length() > 0, entries_table(LogState.rows, "Log"), nothing),
        _pages(),
        class_name="e-wrap one full",
    )
    return staff_page(
        rx.cond(LogState.is_loaded, content, rx.el.p("Opening…", role="status")),
        title="Log",
        current="/log",
        layout="editor",
        new=rx.fragment(),
        actions=[
            button("Verify the chain", on_click=LogState.verify),
            file_link(icon("export"), "Export CSV", href=LogState.export, class_name="btn quiet"),
        ],
    )


def _filters() -> rx.Component:
    parts = (
        ("Person", "actor", _choice("actor", LogState.people, "Everybody")),
        ("Record", "entity", _choice("entity", LogState.entities, "Any")),
        ("Record id", "record", text_input(**_typed("record"), input_mode="numeric")),
        ("Action", "action", _choice("action", LogState.actions, "Any")),
        ("From", "on_from", date_input(**_typed("on_from"))),
        ("To", "on_to", date_input(**_typed("on_to"))),
    )
    return rx.el.form(
        rx.el.div(
            *(
                field(label, control, id=f"log-{name}", error=LogState.errors.get(name, ""))
                for label, name, control in parts
            ),
            class_name="e-row",
        ),
        rx.el.div(
            button("Filter", kind="primary", type="submit"),
            button("Clear filters", kind="quiet", on_click=LogState.clear),
            class_name="form-end",
        ),
        on_submit=LogState.choose,
        key=LogState.form_key,
        class_name="log-filters",
    )


def _choice(name: str, options: Any, everything: str) -> rx.Component:
    return select_input(options, placeholder=everything, **_typed(name))


def _typed(name: str) -> dict[str, Any]:
    return {"name": name, "default_value": LogState.fields[name]}


def _pages() -> rx.Component:
    page = LogState.page_no
    older = button("Older", icon="right", on_click=LogState.go_to(page + 1))
    return rx.el.nav(
        rx.cond(page > 1, button("Newer", icon="left", on_click=LogState.go_to(page - 1))),
        rx.el.span("Page ", page.to_string()),
        rx.cond(LogState.has_next, older),
        class_name="form-end",
        aria_label="Pages of the log",
    )
