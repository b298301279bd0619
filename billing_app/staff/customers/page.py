"""The customers list, and one customer."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.files import FileOwner
from billing_app.kit.buttons import button, link_button
from billing_app.kit.chips import tone_chip
from billing_app.kit.links import link
from billing_app.kit.tables import (
    Tab,
    empty_state,
    filters,
    grid_scroll,
    head,
    pager,
    skeleton_rows,
    tabs,
)
from billing_app.kit.words import joined
from billing_app.staff.customers.access_parts import access_dialogs, access_panel
from billing_app.staff.customers.form_parts import customer_form
from billing_app.staff.customers.packages_parts import package_dialogs, packages_panel
from billing_app.staff.customers.state import CustomerRow, CustomersState, CustomerState
from billing_app.staff.customers.usage_parts import usage_panel
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.files import files_panel
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
