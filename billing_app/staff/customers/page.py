"""The customers list, and one customer."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.files import FileOwner
from billing_app.kit.buttons import button, link_button
from billing_app.kit.tables import Tab, tabs
from billing_app.kit.words import joined
from billing_app.staff.customers.access_parts import access_dialogs, access_panel
from billing_app.staff.customers.form_parts import customer_form
from billing_app.staff.customers.list_state import CustomersState
from billing_app.staff.customers.packages_parts import package_dialogs, packages_panel
from billing_app.staff.customers.state import CustomerState
from billing_app.staff.customers.usage_parts import usage_panel
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.files import files_panel
from billing_app.staff.shell.list_page import ACTIVE, Listed, list_page, text_column
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can

CUSTOMERS = Listed(
    title="Customers",
    path="/customers",
    noun="customer",
    columns=(
        text_column("Number", "number", "c-no"),
        text_column("Name", "name", "c-cust"),
        text_column("City", "city"),
        text_column("Country", "country"),
        text_column("Currency", "currency"),
        text_column("Payment term", "term"),
        ACTIVE,
    ),
    search="name, number, e-mail",
    none="Add the first one, or search for another name.",
    edit=Permission.CUSTOMER_EDIT,
)


def customers_page() -> rx.Component:
    """The list."""
    return list_page(CustomersState, CUSTOMERS)


def customer_page() -> rx.Component:
    """One customer: usage, packages, details."""
    invoices = rx.cond(
        ~CustomerState.is_new & can(Permission.INVOICE_VIEW),
        link_button(
            "Invoices",
            href=joined("/invoices?customer=", CustomerState.customer_id.to_string()),
            kind="quiet",
        ),
    )
    at = joined("/customers/", CustomerState.customer_id.to_string())
    statement = rx.cond(
        can(Permission.STATEMENT_VIEW) & ~CustomerState.is_new,
        link_button("Statement", href=joined(at, "/statement"), kind="quiet"),
    )
    payments = rx.cond(
        ~CustomerState.is_new,
        link_button(
            "Payments",
            href=joined("/payments?customer=", CustomerState.customer_id.to_string()),
            kind="quiet",
        ),
    )
    return staff_page(
        rx.cond(
            CustomerState.is_loaded,
            rx.fragment(
                rx.cond(~CustomerState.is_new, _tabs()),
                rx.match(
                    CustomerState.tab,
                    ("main", rx.el.div(usage_panel(), class_name="e-wrap one full")),
                    ("packages", rx.el.div(packages_panel(), class_name="e-wrap one full")),
                    ("history", rx.el.div(history_panel(), class_name="e-wrap one full")),
                    ("access", rx.el.div(access_panel(), class_name="e-wrap one full")),
                    rx.el.div(
                        customer_form(),
                        rx.cond(~CustomerState.is_new, _files()),
                        class_name="e-wrap one",
                    ),
                ),
            ),
            rx.el.p("Opening…", role="status"),
        ),
        title=CustomerState.heading,
        current="/customers",
        overlays=[*package_dialogs(), *access_dialogs()],
        crumbs=[("Customers", "/customers")],
        layout="editor",
        new=rx.fragment(),
        actions=[
            invoices,
            payments,
            statement,
            link_button("Cancel", href="/customers", kind="quiet"),
            rx.cond(
                can(Permission.CUSTOMER_EDIT) & (CustomerState.tab == "details"),
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


def _files() -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h2("Files")),
        files_panel(FileOwner.CUSTOMER, CustomerState.customer_id),
        class_name="e-sec",
    )


def _tabs() -> rx.Component:
    first = [Tab("main", "Main"), Tab("packages", "Packages")]
    last = [Tab("details", "Details"), Tab("history", "History")]

    def shown(*places: Tab) -> rx.Component:
        return tabs(
            places, CustomerState.tab, CustomerState.show_tab, label="Parts of the customer"
        )

    return rx.cond(
        can(Permission.ACCESS_EDIT),
        shown(*first, Tab("access", "Access"), *last),
        shown(*first, *last),
    )
