"""The form of a customer."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import (
    checkbox,
    field,
    form_errors,
    select_input,
    text_area,
    text_input,
)
from billing_app.kit.tables import (
    head,
    plain_table,
)
from billing_app.kit.words import joined
from billing_app.staff.customers.state import ContactRow, CustomerState

SCHEDULES = (("none", "None"), ("daily", "Daily"), ("weekly", "Weekly"), ("monthly", "Monthly"))
GROUPINGS = (("", "As in the settings"), ("day", "By day"), ("destination", "By destination"))


def customer_form() -> rx.Component:
    """The form: who the customer is, its terms and config, its contacts."""
    return rx.el.form(
        form_errors(CustomerState.error_list, CustomerState.attempt),
        _section(
            "Customer",
            _field("Name", "name", css="s3"),
            _field("Number", "number", optional=True, help_text="Given when left empty"),
            _field("Currency", "currency", help_text="Fixed after creation"),
            _field("Language", "language", help_text="en or de"),
            _field("VAT number", "vat_no", css="s2", optional=True),
            _field("UIN", "uin", css="s2", optional=True),
            _field("Account No.", "account_no", css="s2", optional=True),
        ),
        _section(
            "Address",
            _field("Street", "street", css="s3", optional=True),
            _field("Postcode", "postcode", optional=True),
            _field("City", "city", css="s2", optional=True),
            _field("County", "county", css="s2", optional=True),
            _field("Country", "country", optional=True, help_text="Two letters, like DE"),
            _field("E-mail", "email", css="s2", optional=True),
            _field("Phone", "phone", optional=True),
        ),
        _section(
            "Terms",
            _field("Payment term", "payment_term_days", help_text="Invoice due days"),
            checkbox(
                "Active",
                id="c-is_active",
                name="is_active",
                default_checked=CustomerState.fields["is_active"] == "on",
            ),
            field(
                "Notes",
                text_area(name="notes", default_value=CustomerState.fields["notes"]),
                id="c-notes",
                css="s6",
                optional=True,
                note="for staff",
            ),
        ),
        _config(),
        _contacts(),
        id="customer-form",
        on_submit=CustomerState.save,
        key=CustomerState.form_key,
    )


def _config() -> rx.Component:
    return _section(
        "Config",
        _choice("Invoice Schedule", "invoice_schedule", SCHEDULES),
        _choice("Invoice Line Grouping", "line_grouping", GROUPINGS),
        _field("Tax percent", "tax_rate", help_text="On every generated line"),
        _field("Ext. Accounting ID", "ext_accounting_id", css="s2", optional=True),
    )


def _choice(label: str, name: str, options: Sequence[tuple[str, str]]) -> rx.Component:
    return field(
        label,
        select_input(options, name=name, default_value=CustomerState.fields[name]),
        id=f"c-{name}",
        css="s2",
        error=CustomerState.errors.get(name, ""),
    )


def _section(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h2(title)), rx.el.div(*content, class_name="e-row"), class_name="e-sec"
    )


def _field(
    label: str, name: str, *, css: str = "", help_text: str = "", optional: bool = False
) -> rx.Component:
    return field(
        label,
        text_input(name=name, default_value=CustomerState.fields[name]),
        id=f"c-{name}",
        css=css,
        help=help_text,
        optional=optional,
        error=CustomerState.errors.get(name, ""),
    )


def _contacts() -> rx.Component:
    table = plain_table(
        "Contacts",
        [head("Name"), head("E-mail"), head("Phone"), head("Billing")],
        rx.el.tbody(rx.foreach(CustomerState.contacts, _contact)),
    )
    return rx.el.section(
        rx.el.header(rx.el.h2("Contacts")),
        rx.cond(
            CustomerState.errors.get("contacts", "") != "",
            rx.el.p(CustomerState.errors["contacts"], class_name="error"),
        ),
        table,
        button(
            "Add contact", kind="quiet", icon="plus", small=True, on_click=CustomerState.add_contact
        ),
        class_name="e-sec",
        id="c-contacts",
    )


def _contact(row: rx.vars.ObjectVar[ContactRow]) -> rx.Component:
    def cell(part: str, label: str, value: Any) -> rx.Component:
        return rx.el.td(
            text_input(
                name=joined("contact-", row.key, "-", part), default_value=value, aria_label=label
            )
        )

    return rx.el.tr(
        cell("name", "Contact name", row.name),
        cell("email", "Contact e-mail", row.email),
        cell("phone", "Contact phone", row.phone),
        rx.el.td(
            rx.el.input(
                type="checkbox",
                class_name="box",
                name=joined("contact-", row.key, "-billing"),
                default_checked=row.is_billing,
                aria_label="Billing contact",
            )
        ),
        key=row.key,
    )
