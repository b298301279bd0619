"""The page of your own account."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import field, form_errors, text_input
from billing_app.staff.account.factor_parts import factor_section
from billing_app.staff.account.state import LABELS, AccountState
from billing_app.staff.account.told_parts import told_section
from billing_app.staff.shell.open_sessions import sessions_table
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import ShellState


def account_page() -> rx.Component:
    """Password, notifications and sessions."""
    content = rx.el.div(
        rx.el.section(
            rx.el.header(rx.el.h2(ShellState.name)),
            rx.el.p(ShellState.email, " · ", ShellState.level),
            class_name="e-sec",
        ),
        _password(),
        told_section(),
        factor_section(),
        rx.el.section(
            rx.el.header(rx.el.h2("Open sessions")),
            sessions_table(AccountState.sessions, AccountState.end_session),
            class_name="e-sec",
        ),
        class_name="e-wrap one",
    )
    return staff_page(
        rx.cond(AccountState.is_loaded, content, rx.el.p("Opening…", role="status")),
        title="Your account",
        current="/account",
        layout="editor",
        new=rx.fragment(),
    )


def _password() -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h2("Password")),
        rx.el.form(
            form_errors(AccountState.error_list, AccountState.attempt),
            _field("current", "current-password"),
            _field("password", "new-password", "At least 15 characters. A sentence works well."),
            _field("again", "new-password"),
            button("Change password", kind="primary", type="submit"),
            on_submit=AccountState.change_password,
            class_name="stack narrow",
            key=AccountState.form_key,
        ),
        class_name="e-sec",
    )


def _field(name: str, completion: str, help_text: str = "") -> rx.Component:
    return field(
        LABELS[name],
        text_input(type="password", name=name, auto_complete=completion),
        id=f"a-{name}",
        help=help_text,
        error=AccountState.errors.get(name, ""),
    )
