"""One's own account."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import field, text_input
from billing_app.portal.account.factor_parts import factor_section
from billing_app.portal.account.state import OwnAccountState, SessionRow
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.said import said, said_of
from billing_app.portal.shell.state import SeatState


def account_page() -> rx.Component:
    """Password and sessions."""
    shown = rx.fragment(
        rx.el.p(SeatState.name, class_name="total-line"), _password(), factor_section(), _sessions()
    )
    return portal_page(
        rx.cond(OwnAccountState.is_loaded, shown, rx.el.p(said("Opening…"), role="status")),
        current="/portal/account",
        title="Your account",
    )


def _password() -> rx.Component:
    return rx.el.section(
        rx.el.h2(said("Password"), id="password-heading"),
        rx.el.form(
            _field("current", "Present password", "current-password"),
            _field("password", "New password", "new-password"),
            _field("again", "New password again", "new-password"),
            rx.el.p(
                button(said("Change password"), kind="primary", type="submit"),
                class_name="actions",
            ),
            on_submit=OwnAccountState.change_password,
            class_name="form",
            key=OwnAccountState.turn.to_string(),
            no_validate=True,
        ),
        class_name="section",
        aria_labelledby="password-heading",
    )


def _field(name: str, label: str, completion: str) -> rx.Component:
    is_new = name == "password"
    return field(
        said(label),
        text_input(type="password", name=name, auto_complete=completion),
        id=f"own-{name}",
        help=said("At least 15 characters. A sentence works well.") if is_new else "",
        error=OwnAccountState.errors.get(name, ""),
    )


def _sessions() -> rx.Component:
    heads = [
        rx.el.th(said(name), role="columnheader", scope="col")
        for name in ("Browser", "Signed in", "Last seen", "End")
    ]
    return rx.el.section(
        rx.el.h2(said("Open sessions"), id="sessions"),
        rx.el.table(
            rx.el.caption(said("Open sessions"), class_name="sr"),
            rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
            rx.el.tbody(rx.foreach(OwnAccountState.sessions, _session), role="rowgroup"),
            class_name="pt cards",
            role="table",
        ),
        class_name="section",
        aria_labelledby="sessions",
    )


def _session(one: rx.vars.ObjectVar[SessionRow]) -> rx.Component:
    end = button(
        said("End"),
        aria_label=said_of("End the session in", one.browser),
        on_click=OwnAccountState.end_session(one.key),
    )
    return rx.el.tr(
        rx.el.th(one.browser, role="rowheader", scope="row", class_name="number"),
        rx.el.td(one.since, role="cell", data_label=said("Signed in")),
        rx.el.td(one.seen, role="cell", data_label=said("Last seen")),
        rx.el.td(rx.cond(one.is_this, said("This one"), end), role="cell", data_label=said("End")),
        role="row",
        key=one.key,
        data_testid="session-row",
    )
