"""The page of staff."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.chips import tone_chip
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import checkbox, field, form_errors, select_input, text_input
from billing_app.kit.tables import grid_scroll, head
from billing_app.kit.words import joined
from billing_app.staff.shell.open_sessions import sessions_table
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.password_link import link_dialog
from billing_app.staff.shell.state import can
from billing_app.staff.users.rows import PersonRow
from billing_app.staff.users.state import NEW, UsersState


def users_page() -> rx.Component:
    """The list, and a person in a dialog."""
    invite = button(
        "Invite person", kind="primary", icon="plus", key="n", on_click=UsersState.begin,
        class_name="new",
    )  # fmt: skip
    return staff_page(
        rx.el.section(
            rx.el.p(rx.el.b(UsersState.count_text), class_name="count"),
            class_name="totals",
            aria_label="Count",
        ),
        grid_scroll(
            "Staff", rx.cond(UsersState.is_loaded, _table(), rx.el.p("Opening…", role="status"))
        ),
        title="Users",
        current="/users",
        new=rx.cond(can(Permission.USER_EDIT), invite),
        overlays=[_person(), link_dialog(UsersState.link, UsersState.link_for, UsersState.close)],
    )


def _table() -> rx.Component:
    heads = (
        head("Name", "c-no"), head("E-mail", "c-cust"), head("Level", "c-x"), head("Sees", "c-x"),
        head("Last seen", "c-x"), head("Status", "c-st"), head("Open", hidden=True),
    )  # fmt: skip
    return rx.el.table(
        rx.el.caption("Staff", class_name="sr"),
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rx.foreach(UsersState.rows, _row)),
        class_name="t grid live",
    )


def _row(row: rx.vars.ObjectVar[PersonRow]) -> rx.Component:
    status = rx.match(
        row.status,
        ("Active", tone_chip("Active", "success", "check")),
        ("Invited", tone_chip("Invited", "info", "mail")),
        tone_chip("Inactive", "neutral", "ban"),
    )
    return rx.el.tr(
        rx.el.th(row.name, rx.cond(row.is_self, " (you)", ""), scope="row", class_name="c-no"),
        rx.el.td(row.email, class_name="c-cust"),
        rx.el.td(row.level, class_name="c-x"),
        rx.el.td(row.sees, class_name="c-x"),
        rx.el.td(row.seen, class_name="c-x"),
        rx.el.td(status, class_name="c-st"),
        rx.el.td(
            button(
                "Open",
                small=True,
                aria_label=joined("Open ", row.name),
                on_click=UsersState.open_person(row.id),
            ),
            class_name="acts",
        ),
        key=row.id,
        data_testid="user-row",
        data_id=row.id,
        data_row="",
    )


def _person() -> rx.Component:
    is_new = UsersState.opened == NEW
    person = UsersState.person
    reset = button("New password link", on_click=UsersState.make_link)
    factor = button("Reset two-factor sign-in", on_click=UsersState.reset_factor)
    save = rx.el.button(
        rx.cond(is_new, "Invite", "Save person"),
        type="submit",
        form="person-form",
        class_name="btn primary",
    )
    return dialog(
        rx.cond(is_new, "Invite a person", person.name),
        rx.cond(
            person.may_change,
            _form(),
            rx.el.p("You may change only users below your own level.", class_name="muted"),
        ),
        rx.cond(
            ~is_new,
            rx.el.section(
                rx.el.h3("Open sessions"),
                sessions_table(
                    UsersState.sessions, UsersState.end_session, may_end=person.may_change
                ),
            ),
        ),
        open=UsersState.opened != 0,
        on_close=UsersState.close,
        say=rx.fragment(
            rx.cond(~is_new & person.may_change & person.is_active, reset),
            rx.cond(~is_new & person.may_reset & can(Permission.USER_RESET_FACTOR), factor),
        ),
        actions=[
            button("Close", on_click=UsersState.close),
            rx.cond(person.may_change, save),
        ],
        wide=True,
        id="person",
    )


def _form() -> rx.Component:
    is_new = UsersState.opened == NEW
    person = UsersState.person
    email = field(
        "E-mail",
        text_input(type="email", name="email", auto_complete="off"),
        id="u-email",
        error=UsersState.errors.get("email", ""),
        css="s3",
    )
    return rx.el.form(
        form_errors(UsersState.error_list, UsersState.attempt),
        rx.el.div(
            rx.cond(is_new, email, rx.el.p(person.email, class_name="muted s3")),
            field(
                "Name",
                text_input(name="name", default_value=person.name),
                id="u-name",
                error=UsersState.errors.get("name", ""),
                css="s3",
            ),
            field(
                "Level",
                select_input(UsersState.levels, name="level", default_value=person.level_no),
                id="u-level",
                help="Each level includes the ones before it.",
                error=UsersState.errors.get("level", ""),
                css="s3",
            ),
            class_name="e-row",
        ),
        checkbox(
            "Sees business partners", id="u-partner", name="partner_view",
            default_checked=person.partner_view,
        ),
        checkbox(
            "Sees vessels", id="u-vessel", name="vessel_view", default_checked=person.vessel_view
        ),
        rx.cond(
            ~is_new,
            checkbox(
                "Active",
                id="u-active",
                name="is_active",
                default_checked=person.is_active,
                help="Without it the person is signed out at once and cannot sign in.",
            ),
        ),
        id="person-form",
        on_submit=UsersState.save,
        class_name="stack",
        key=UsersState.opened.to_string(),
    )  # fmt: skip
