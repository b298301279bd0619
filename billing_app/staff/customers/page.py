"""The customers list and the customer form."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.chips import tone_chip
from billing_app.kit.fields import checkbox, field, form_errors, text_area, text_input
from billing_app.kit.links import link
from billing_app.kit.tables import (
    empty_state,
    filters,
    grid_scroll,
    head,
    pager,
    plain_table,
    skeleton_rows,
)
from billing_app.kit.words import joined
from billing_app.staff.customers.state import ContactRow, CustomerRow, CustomersState, CustomerState
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can

CSS = ("c-no", "c-cust", "c-x", "c-x", "c-x", "c-x", "c-st")
HEADS = ("Number", "Name", "City", "Country", "Currency", "Payment term", "Status")


def customers_page() -> rx.Component:
    """The list."""
    new = rx.cond(
        can(Permission.CUSTOMER_EDIT),
        link_button(
            "New customer",
            href="/customers/new",
            icon="plus",
            key="n",
            kind="primary",
            class_name="new",
        ),
    )
    search = rx.el.input(
        type="search",
        placeholder="Search name, number, e-mail",
        aria_label="Search customers",
        default_value=CustomersState.search,
        on_change=CustomersState.find.debounce(200),
        class_name="grid-search",
    )
    return staff_page(
        rx.el.section(
            rx.el.p(rx.el.b(CustomersState.count_text), class_name="count"),
            class_name="totals",
            aria_label="Count",
        ),
        filters(rx.el.li(search, class_name="search-item")),
        grid_scroll("Customers grid", rx.cond(CustomersState.is_loaded, _table(), _skeleton())),
        pager(
            CustomersState.page_no,
            CustomersState.page_count,
            CustomersState.range_text,
            CustomersState.go_to,
        ),
        title="Customers",
        current="/customers",
        new=new,
    )


def customer_page() -> rx.Component:
    """The form."""
    form = rx.el.form(
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
            _field("Payment term", "payment_term_days", help_text="Days from the invoice date"),
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
        _contacts(),
        id="customer-form",
        on_submit=CustomerState.save,
        key=CustomerState.form_key,
    )
    invoices = rx.cond(
        ~CustomerState.is_new,
        link_button(
            "Invoices",
            href=joined("/invoices?customer=", CustomerState.customer_id.to_string()),
            kind="quiet",
        ),
    )
    return staff_page(
        rx.cond(
            CustomerState.is_loaded,
            rx.el.div(form, class_name="e-wrap one"),
            rx.el.p("Opening…", role="status"),
        ),
        title=CustomerState.heading,
        current="/customers",
        crumbs=[("Customers", "/customers")],
        layout="editor",
        new=rx.fragment(),
        actions=[
            invoices,
            link_button("Cancel", href="/customers", kind="quiet"),
            rx.cond(
                can(Permission.CUSTOMER_EDIT),
                button(
                    "Save customer",
                    kind="primary",
                    type="submit",
                    form="customer-form",
                    key="mod+enter",
                ),
            ),
        ],
    )


def _table() -> rx.Component:
    heads = [head(label, css) for label, css in zip(HEADS, CSS, strict=True)]
    table = rx.el.table(
        rx.el.caption("Customers", class_name="sr"),
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rx.foreach(CustomersState.rows, _row)),
        class_name="t grid live",
    )
    nothing = empty_state(
        "nothing",
        "No customer here",
        "Add the first one, or search for another name.",
        action="New customer",
        href="/customers/new",
    )
    return rx.cond(CustomersState.rows.length() > 0, table, nothing)


def _row(row: rx.vars.ObjectVar[CustomerRow]) -> rx.Component:
    status = rx.cond(
        row.is_active,
        tone_chip("Active", "success", "check"),
        tone_chip("Inactive", "neutral", "ban"),
    )
    return rx.el.tr(
        rx.el.th(
            link(row.number, href=joined("/customers/", row.id.to_string()), data_row_link=""),
            scope="row",
            class_name="c-no",
        ),
        rx.el.td(row.name, class_name="c-cust"),
        rx.el.td(row.city, class_name="c-x"),
        rx.el.td(row.country, class_name="c-x"),
        rx.el.td(row.currency, class_name="c-x"),
        rx.el.td(row.term, class_name="c-x"),
        rx.el.td(status, class_name="c-st"),
        key=row.id,
        data_testid="customer-row",
        data_id=row.id,
        data_row="",
    )


def _skeleton() -> rx.Component:
    heads = [head(label, css) for label, css in zip(HEADS, CSS, strict=True)]
    return rx.el.table(
        rx.el.thead(rx.el.tr(*heads)),
        skeleton_rows(CSS),
        class_name="t grid skel",
        aria_hidden="true",
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
