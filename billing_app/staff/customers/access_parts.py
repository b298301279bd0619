"""The Access part of a customer: its people, and a form for more."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import field, form_errors, select_input, text_input
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state, head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.customers.access_state import ROLES, SCOPES, AccessRow, AccessState
from billing_app.staff.customers.state import CustomerState
from billing_app.staff.shell.password_link import link_dialog
from billing_app.staff.shell.state import can


def access_panel() -> rx.Component:
    """Who may see what in the portal, and giving more people access."""
    heads = [
        head("Name"), head("E-mail"), head("Role"), head("Days back", "num"), head("Sees"),
        head("Change or remove", hidden=True),
    ]  # fmt: skip
    table = plain_table(
        "People with access", heads, rx.el.tbody(rx.foreach(AccessState.rows, _row))
    )
    nothing = empty_state("nothing", "Nobody has access yet", "Invite the first person below.")
    invite = rx.el.form(
        rx.cond(AccessState.opened == 0, form_errors(AccessState.error_list, AccessState.attempt)),
        rx.el.div(
            _text("E-mail", "email", type="email", css="s3"),
            _text("Name", "name", css="s3", help_text="For an address without an account"),
            *_limits("30", "30", "corporate"),
            class_name="e-row",
        ),
        rx.el.div(button("Give access", kind="primary", type="submit"), class_name="form-end"),
        on_submit=AccessState.grant,
        key=AccessState.form_key,
    )
    return rx.el.div(
        rx.el.section(
            rx.el.header(
                rx.el.h2("Access to the portal"),
                link(
                    "Settings of this customer",
                    href=joined("/settings?level=customer-", CustomerState.customer_id.to_string()),
                    class_name="right",
                ),
            ),
            rx.cond(AccessState.rows.length() > 0, table, nothing),
            class_name="e-sec",
        ),
        rx.el.section(rx.el.header(rx.el.h2("Give access")), invite, class_name="e-sec"),
        on_mount=AccessState.load,
    )


def access_dialogs() -> list[rx.Component]:
    """Changing, removing, and the link of a new account."""
    return [
        _changing(),
        _removing(),
        link_dialog(AccessState.link, AccessState.link_for, AccessState.close),
    ]


def _row(row: rx.vars.ObjectVar[AccessRow]) -> rx.Component:
    def tool(word: str, name: str, handler: Any) -> rx.Component:
        return button(word, small=True, aria_label=joined(f"{name} ", row.name), on_click=handler)

    return rx.el.tr(
        rx.el.th(row.name, rx.cond(row.is_invited, " (invited)", ""), scope="row"),
        rx.el.td(row.email),
        rx.el.td(row.role),
        rx.el.td(row.days, class_name="num"),
        rx.el.td(row.scope),
        rx.el.td(
            tool("Change", "Change access of", AccessState.open_person(row.id)),
            " ",
            tool("Password link", "Password link for", AccessState.make_link(row.user_id)),
            " ",
            rx.cond(
                row.has_factor & can(Permission.USER_RESET_FACTOR),
                tool(
                    "Reset two-factor",
                    "Reset two-factor sign-in of",
                    AccessState.reset_factor(row.user_id),
                ),
            ),
            " ",
            tool("Remove", "Remove access of", AccessState.ask_to_remove(row.id)),
            class_name="acts",
        ),
        key=row.id,
        data_testid="access-row",
        data_id=row.id,
    )


def _limits(role: Any, days: Any, scope: Any) -> list[rx.Component]:
    return [
        field(
            "Role",
            select_input(ROLES, name="role", default_value=role),
            id="x-role",
            css="s2",
        ),
        field(
            "Days back",
            text_input(name="days_back", default_value=days, input_mode="numeric"),
            id="x-days_back",
            help="Empty: unlimited",
            error=AccessState.errors.get("days_back", ""),
        ),
        field(
            "Sees documents of",
            select_input(SCOPES, name="scope", default_value=scope),
            id="x-scope",
            css="s3",
        ),
    ]


def _text(label: str, name: str, *, css: str, help_text: str = "", **props: Any) -> rx.Component:
    return field(
        label,
        text_input(name=name, auto_complete="off", **props),
        id=f"x-{name}",
        help=help_text,
        css=css,
        error=AccessState.errors.get(name, ""),
    )


def _changing() -> rx.Component:
    person = AccessState.person
    form = rx.el.form(
        form_errors(AccessState.error_list, AccessState.attempt),
        rx.el.div(*_limits(person.role_no, person.days_no, person.scope_key), class_name="e-row"),
        id="access-form",
        on_submit=AccessState.save,
        key=person.id.to_string(),
    )
    save = rx.el.button("Save access", type="submit", form="access-form", class_name="btn primary")
    return dialog(
        joined("Access of ", person.name),
        form,
        open=AccessState.opened > 0,
        on_close=AccessState.close,
        actions=[button("Keep it", on_click=AccessState.close), save],
        wide=True,
        id="access",
    )


def _removing() -> rx.Component:
    return dialog(
        joined("Remove the access of ", AccessState.person.name),
        rx.el.p("The person sees nothing of this customer any more. The account stays."),
        open=AccessState.removing > 0,
        on_close=AccessState.close,
        actions=[
            button("Keep it", on_click=AccessState.close, data_autofocus=""),
            button("Remove access", kind="danger", on_click=AccessState.remove),
        ],
        kind="alertdialog",
        id="access-removal",
    )
