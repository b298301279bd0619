"""Who may see the customer's documents: list, change, add."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.fields import field, select_input, text_input
from billing_app.kit.words import Text, filled, joined
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.said import said, said_of
from billing_app.portal.shell.state import covers
from billing_app.portal.users.state import PeopleState, PersonRow

ROLES = (
    ("Basic", "Home and customer profile"),
    ("Orders", "Also orders, without prices"),
    ("Orders with Prices", "Also prices, discounts and amounts on orders"),
    ("Billing", "Also invoices, due payments, payment history, statement, packages and files"),
    ("Admin", "Also user management"),
    ("Owner", "As Admin, and nobody here can remove it"),
)


def users_page() -> rx.Component:
    """The people, a form for a new one, and what each role sees."""
    shown = rx.fragment(
        rx.el.p(PeopleState.count_text, class_name="total-line"),
        filled(PeopleState.problem, rx.el.p(PeopleState.problem, class_name="error", role="alert")),
        _people(),
        _add(),
        _roles(),
    )
    return portal_page(
        rx.cond(PeopleState.is_loaded, shown, rx.el.p(said("Opening…"), role="status")),
        current="/portal/users",
        title="User Management",
    )


def _people() -> rx.Component:
    heads = [
        rx.el.th(said(name), role="columnheader", scope="col")
        for name in ("Person", "Role", "Days back", "Change")
    ]
    return rx.el.table(
        rx.el.caption(said("People with access"), class_name="sr"),
        rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
        rx.el.tbody(
            rx.foreach(
                PeopleState.rows,
                lambda row: rx.cond(PeopleState.opened == row.id, _editing(row), _person(row)),
            ),
            role="rowgroup",
        ),
        class_name="people cards",
        role="table",
    )


def _person(row: rx.vars.ObjectVar[PersonRow]) -> rx.Component:
    change = button(
        said("Edit"),
        aria_label=said_of("Edit the access of", row.name),
        on_click=PeopleState.open_person(row.id),
    )
    return rx.el.tr(
        rx.el.th(
            row.name,
            rx.el.span(row.email, class_name="mail"),
            role="rowheader",
            scope="row",
            class_name="number",
        ),
        rx.el.td(row.role, role="cell", class_name="role"),
        rx.el.td(row.days, role="cell", class_name="days-cell"),
        rx.el.td(
            rx.cond(row.why != "", rx.el.span(row.why, class_name="why"), change),
            role="cell",
            class_name="act",
        ),
        role="row",
        key=row.id,
        data_testid="person-row",
    )


def _editing(row: rx.vars.ObjectVar[PersonRow]) -> rx.Component:
    ends = rx.el.div(
        button(said("Save access"), kind="primary", type="submit"),
        button(said("Cancel"), kind="quiet", on_click=PeopleState.open_person(0)),
        button(
            said("Remove access"), kind="quiet", class_name="danger-text",
            on_click=PeopleState.remove,
        ),
        rx.cond(
            row.has_factor & covers(Permission.PORTAL_RESET_FACTOR),
            button(
                said("Reset two-factor sign-in"), kind="quiet", on_click=PeopleState.reset_factor
            ),
        ),
        class_name="wide form-end actions",
    )  # fmt: skip
    form = rx.el.form(
        rx.el.p(
            rx.el.span(row.name, class_name="number"),
            rx.el.span(row.email, class_name="mail"),
            class_name="wide",
        ),
        *_access_fields("edit", row.role_no, row.days_no),
        ends,
        on_submit=PeopleState.save,
        class_name="form two",
        aria_label=said_of("Access of", row.name),
        no_validate=True,
    )
    return rx.el.tr(
        rx.el.td(form, role="cell", col_span=4), role="row", class_name="editing", key=row.id
    )


def _access_fields(name: str, role: Text, days: Text) -> list[rx.Component]:
    prefix = "add-" if name == "add" else ""
    return [
        field(
            said("Role"),
            select_input(PeopleState.roles, name="role", default_value=role),
            id=f"{name}-role",
            error=PeopleState.errors.get(f"{prefix}role", ""),
        ),
        field(
            said("Days back"),
            text_input(name="days_back", default_value=days, input_mode="numeric"),
            id=f"{name}-days",
            help=said("Older documents are not shown. Empty means no limit."),
            error=PeopleState.errors.get(f"{prefix}days_back", ""),
        ),
    ]


def _add() -> rx.Component:
    email = field(
        said("E-mail of the account"),
        text_input(type="email", name="email", auto_complete="off"),
        id="add-email",
        help=said("Exactly the address the person signs in with."),
        error=PeopleState.errors.get("add-email", ""),
        css="wide",
    )
    return rx.el.section(
        rx.el.h2(said("Add a person"), id="add", class_name="add-head"),
        rx.el.form(
            email,
            *_access_fields("add", "30", "30"),
            rx.el.div(
                button(said("Add person"), kind="primary", type="submit"),
                class_name="wide form-end actions",
            ),
            on_submit=PeopleState.add,
            class_name="form two",
            key=joined("add", PeopleState.turn.to_string()),
            no_validate=True,
        ),
        class_name="section",
        aria_labelledby="add",
    )


def _roles() -> rx.Component:
    return rx.el.section(
        rx.el.h2(said("What each role sees"), id="roles"),
        rx.el.dl(
            *(rx.el.div(rx.el.dt(said(role)), rx.el.dd(said(sees))) for role, sees in ROLES),
            class_name="roles",
        ),
        class_name="section",
        aria_labelledby="roles",
    )
