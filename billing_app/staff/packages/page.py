"""The packages list and the package form."""

from collections.abc import Sequence

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.fields import (
    amount_input,
    checkbox,
    field,
    form_errors,
    select_input,
    text_area,
    text_input,
)
from billing_app.kit.links import link
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.packages.list_state import TYPES, PackagesListState
from billing_app.staff.packages.state import HolderRow, PackageState
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.list_page import ACTIVE, Listed, list_page, text_column
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can

FREQUENCIES = (("none", "None"), ("daily", "Daily"), ("weekly", "Weekly"), ("monthly", "Monthly"))


PACKAGES = Listed(
    title="Packages",
    path="/packages",
    noun="package",
    columns=(
        text_column("Name", "name", "c-no"),
        text_column("Frequency", "frequency"),
        text_column("Retail", "retail", "c-amt num"),
        text_column("Setup Retail", "setup", "c-amt num"),
        text_column("Type", "type"),
        ACTIVE,
    ),
    search="name",
    none="Packages charge customers on a rhythm.",
    edit=Permission.PACKAGE_EDIT,
)


def packages_page() -> rx.Component:
    """The list."""
    return list_page(PackagesListState, PACKAGES)


def package_page() -> rx.Component:
    """The form, and who has the package."""
    form = rx.el.form(
        form_errors(PackageState.error_list, PackageState.attempt),
        _section("Package", *_what()),
        _section("Rhythm", *_rhythm()),
        id="package-form",
        on_submit=PackageState.save,
        key=PackageState.form_key,
    )
    content = rx.el.div(
        form,
        rx.cond(PackageState.holders.length() > 0, _holders()),
        rx.cond(PackageState.package_id > 0, history_panel()),
        class_name="e-wrap one",
        key=PackageState.form_key,
    )
    save = button(
        "Save package", kind="primary", type="submit", form="package-form", key="mod+enter"
    )
    return staff_page(
        rx.cond(PackageState.is_loaded, content, rx.el.p("Opening…", role="status")),
        title=PackageState.heading,
        current="/packages",
        crumbs=[("Packages", "/packages")],
        layout="editor",
        new=rx.fragment(),
        actions=[
            link_button("Cancel", href="/packages", kind="quiet"),
            rx.cond(can(Permission.PACKAGE_EDIT), save),
        ],
    )


def _what() -> list[rx.Component]:
    return [
        _field("Name", "name", css="s4"),
        _amount("Cost", "cost"),
        _amount("Retail", "retail"),
        _amount("Setup Cost", "setup_cost"),
        _amount("Setup Retail", "setup_retail", "Once, when assigned"),
        _switch("Active", "is_active"),
        field(
            "Description",
            text_area(name="description", default_value=PackageState.fields["description"]),
            id="k-description",
            css="s6",
            optional=True,
            error=PackageState.errors.get("description", ""),
        ),
    ]


def _rhythm() -> list[rx.Component]:
    has_days = (PackageState.frequency == "weekly") | (PackageState.frequency == "monthly")
    days = _field("Frequency Match", "frequency_match", help_text="Days like 1, 15; empty: start")
    patterns = _field("Destination", "destination_patterns", css="s3", help_text="Like 44, 33")
    return [
        _choice("Frequency", "frequency", FREQUENCIES, PackageState.choose_frequency),
        rx.cond(has_days, days),
        _field("Minimum Days", "minimum_days", help_text="Before it may be removed"),
        _choice("Type", "type", tuple(TYPES.items()), PackageState.choose_type),
        rx.cond(PackageState.type == "free_minutes", patterns),
        _switch("Minimum Spend", "minimum_spend", "Charges what usage leaves of the retail price."),
    ]


def _holders() -> rx.Component:
    heads = [head("Customer"), head("Quantity", "num"), head("Start"), head("End")]
    body = rx.el.tbody(rx.foreach(PackageState.holders, _holder))
    return rx.el.section(
        rx.el.header(rx.el.h2("Who has it")),
        plain_table("Assignments", heads, body),
        class_name="e-sec",
    )


def _holder(row: rx.vars.ObjectVar[HolderRow]) -> rx.Component:
    address = joined("/customers/", row.customer_id.to_string(), "?tab=packages")
    return rx.el.tr(
        rx.el.th(link(row.customer, href=address), scope="row"),
        rx.el.td(row.quantity, class_name="num"),
        rx.el.td(row.start),
        rx.el.td(row.end),
        key=row.id,
        data_testid="holder-row",
    )


def _section(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h2(title)), rx.el.div(*content, class_name="e-row"), class_name="e-sec"
    )


def _field(label: str, name: str, *, css: str = "", help_text: str = "") -> rx.Component:
    control = text_input(name=name, default_value=PackageState.fields[name])
    error = PackageState.errors.get(name, "")
    return field(label, control, id=f"k-{name}", css=css, help=help_text, error=error)


def _amount(label: str, name: str, help_text: str = "") -> rx.Component:
    control = amount_input(name=name, default_value=PackageState.fields[name])
    error = PackageState.errors.get(name, "")
    return field(label, control, id=f"k-{name}", help=help_text, error=error)


def _choice(
    label: str, name: str, options: Sequence[tuple[str, str]], on_change: rx.EventHandler
) -> rx.Component:
    control = select_input(
        options, name=name, default_value=PackageState.fields[name], on_change=on_change
    )
    return field(label, control, id=f"k-{name}", error=PackageState.errors.get(name, ""))


def _switch(label: str, name: str, help_text: str = "") -> rx.Component:
    is_on = PackageState.fields[name] == "on"
    return checkbox(label, id=f"k-{name}", name=name, default_checked=is_on, help=help_text)
