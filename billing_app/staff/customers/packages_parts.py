"""The Packages part of a customer: what it has, a form for more, and Run Package."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import (
    amount_input,
    checkbox,
    date_input,
    field,
    form_errors,
    select_input,
)
from billing_app.kit.tables import empty_state, head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.customers.assignment_rows import AssignmentRow
from billing_app.staff.customers.packages_state import ChargeRow, PackagesState
from billing_app.staff.shell.state import can


def packages_panel() -> rx.Component:
    """What the customer has, and assigning more."""
    heads = [
        head("Package"),
        head("Quantity", "num"),
        head("Start"),
        head("End"),
        head("Frequency"),
        head("Charged to"),
        head("Free minutes", "num"),
        head("Run, change or remove", hidden=True),
    ]
    body = rx.el.tbody(rx.foreach(PackagesState.rows, _row))
    return rx.fragment(
        rx.el.section(
            rx.el.header(rx.el.h2("Packages"), rx.el.span(_run_all(), class_name="right")),
            rx.cond(
                PackagesState.rows.length() > 0,
                plain_table("Packages of the customer", heads, body),
                empty_state("nothing", "No package yet", "Assign one below."),
            ),
            class_name="e-sec",
        ),
        rx.cond(can(Permission.PACKAGE_EDIT), _form()),
    )


def _run_all() -> rx.Component:
    """For all at once; also for packages that were removed, which owe what fell due before."""
    return rx.cond(
        can(Permission.CHARGE_GENERATE),
        button("Run all packages…", small=True, on_click=PackagesState.open_run_all),
    )


def package_dialogs() -> list[rx.Component]:
    """Changing an assignment, the review of removing it, and Run Package."""
    return [_changing(), _removing(), _running()]


def _row(row: rx.vars.ObjectVar[AssignmentRow]) -> rx.Component:
    run = _tool("Run Package", "Run Package ", row, PackagesState.open_run)
    change = _tool("Change…", "Change ", row, PackagesState.open_change)
    remove = _tool("Remove", "Remove ", row, PackagesState.ask_to_remove)
    tools = rx.fragment(
        rx.cond(can(Permission.CHARGE_GENERATE), run),
        rx.cond(can(Permission.PACKAGE_EDIT), rx.fragment(change, remove)),
    )
    return rx.el.tr(
        rx.el.th(row.package, scope="row"),
        rx.el.td(row.quantity, class_name="num"),
        rx.el.td(row.start),
        rx.el.td(row.end),
        rx.el.td(row.frequency),
        rx.el.td(row.credit),
        rx.el.td(row.minutes, class_name="num"),
        rx.el.td(tools, class_name="acts"),
        key=row.id,
        data_testid="assignment-row",
        data_id=row.id,
    )


def _tool(
    text: str, named: str, row: rx.vars.ObjectVar[AssignmentRow], open_it: Any
) -> rx.Component:
    label = joined(named, row.package)
    return button(text, small=True, kind="quiet", aria_label=label, on_click=open_it(row.id))


def _form() -> rx.Component:
    fields = rx.el.div(
        _field(
            "Package",
            select_input(PackagesState.options, name="package", id="a-package"),
            "package",
            css="s2",
        ),
        _field("Quantity", amount_input(name="quantity", default_value="1"), "quantity"),
        _field("Start", date_input(name="start_on", default_value=PackagesState.today), "start_on"),
        _field("End", date_input(name="end_on"), "end_on", optional=True),
        _field("Free minutes", amount_input(name="minutes"), "minutes", optional=True),
        checkbox(
            "Auto Decrement Credit",
            id="a-auto_decrement",
            name="auto_decrement",
            help="Taken from the customer's credit and left out of invoices.",
        ),
        class_name="e-row",
    )
    return rx.el.form(
        form_errors(PackagesState.error_list, PackagesState.attempt),
        rx.el.section(
            rx.el.header(rx.el.h2("Assign a package")),
            rx.cond(
                PackagesState.options.length() > 0,
                rx.fragment(
                    fields,
                    rx.el.div(
                        button("Assign package", type="submit", kind="primary"),
                        class_name="acts-row",
                    ),
                ),
                rx.el.p(
                    "There is no active package. ",
                    link_button("New package", href="/packages/new", kind="quiet"),
                ),
            ),
            class_name="e-sec",
        ),
        on_submit=PackagesState.assign,
        key=PackagesState.form_key,
        id="assignment-form",
    )


def _changing() -> rx.Component:
    form = rx.el.form(
        form_errors(PackagesState.change_list, PackagesState.change_attempt),
        rx.el.div(
            _kept("Quantity", "quantity", amount_input),
            _kept("Start", "start_on", date_input),
            _kept("End", "end_on", date_input, optional=True),
            _kept("Free minutes", "minutes", amount_input, optional=True),
            checkbox(
                "Auto Decrement Credit",
                id="b-auto_decrement",
                name="auto_decrement",
                default_checked=PackagesState.kept["auto_decrement"] == "on",
            ),
            class_name="stack",
        ),
        id="change-form",
        on_submit=PackagesState.save_change,
        key=PackagesState.changing,
    )
    save = rx.el.button(
        "Save assignment", type="submit", form="change-form", class_name="btn primary"
    )
    return dialog(
        joined("Change ", PackagesState.changing_name),
        form,
        open=PackagesState.changing > 0,
        on_close=PackagesState.close_change,
        actions=[button("Keep it", on_click=PackagesState.close_change), save],
        lead="What was charged stays; start and package are fixed from the first charge on.",
        id="change-assignment",
    )


def _kept(label: str, name: str, control: Any, *, optional: bool = False) -> rx.Component:
    made = control(name=name, default_value=PackagesState.kept[name])
    error = PackagesState.change_errors.get(name, "")
    return field(label, made, id=f"b-{name}", optional=optional, error=error)


def _removing() -> rx.Component:
    return dialog(
        joined("Remove ", PackagesState.chosen_name),
        rx.el.p("It ends today. What it owes up to today is still charged."),
        open=PackagesState.removing > 0,
        on_close=PackagesState.close,
        actions=[
            button("Keep it", on_click=PackagesState.close, data_autofocus=""),
            button("Remove package", kind="danger", on_click=PackagesState.remove),
        ],
        id="remove-package",
    )


def _running() -> rx.Component:
    until = field(
        "Up to",
        date_input(default_value=PackagesState.run_until, on_blur=PackagesState.put_until),
        id="run-until",
    )
    table = plain_table(
        "Charges",
        [head("Charge"), head("Day"), head("Amount", "num")],
        rx.el.tbody(rx.foreach(PackagesState.run_rows, _charge)),
    )
    return dialog(
        joined("Run Package: ", PackagesState.chosen_name),
        until,
        rx.el.p(PackagesState.run_said, role="status"),
        rx.cond(PackagesState.run_rows.length() > 0, table),
        open=PackagesState.running != 0,
        on_close=PackagesState.close,
        actions=[
            button("Simulate", on_click=PackagesState.simulate),
            button("Charge", kind="primary", on_click=PackagesState.charge),
        ],
        lead="Simulating only reports. What was charged before is not charged again.",
        id="run-package",
    )


def _charge(row: rx.vars.ObjectVar[ChargeRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.text), rx.el.td(row.on), rx.el.td(row.amount, class_name="num"), key=row.key
    )


def _field(
    label: str, control: rx.Component, name: str, *, css: str = "", optional: bool = False
) -> rx.Component:
    error = PackagesState.errors.get(name, "")
    return field(label, control, id=f"a-{name}", css=css, optional=optional, error=error)
