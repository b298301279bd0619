"""The orders list, and one order with its Invoices tab."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.fields import field, text_input
from billing_app.kit.tables import Tab, tabs
from billing_app.kit.words import joined
from billing_app.staff.orders.form_parts import order_form
from billing_app.staff.orders.list_state import OrdersState
from billing_app.staff.orders.state import OrderState
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.list_page import (
    Listed,
    list_page,
    money_column,
    status_column,
    text_column,
)
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.parts import documents_table
from billing_app.staff.shell.state import can

ORDERS = Listed(
    title="Orders",
    path="/orders",
    noun="order",
    columns=(
        text_column("Number", "number", "c-no"),
        text_column("Date", "on"),
        text_column("Type", "type"),
        text_column("Customer", "customer", "c-cust"),
        money_column("Amount", "amount"),
        status_column("Status", "status"),
    ),
    search="number, type, customer",
    none="Add the first one, search for another number or customer, or clear the status.",
    edit=Permission.ORDER_EDIT,
    choice="status",
)


def orders_page() -> rx.Component:
    """The list."""
    return list_page(OrdersState, ORDERS)


def order_page() -> rx.Component:
    """One order."""
    is_saved = OrderState.order_id > 0
    return staff_page(
        rx.cond(
            OrderState.is_loaded,
            rx.fragment(
                rx.cond(is_saved, _tabs()),
                rx.el.div(
                    rx.cond(
                        OrderState.tab == "invoices",
                        _invoices(),
                        order_form(),
                    ),
                    rx.cond(is_saved & (OrderState.tab != "invoices"), history_panel()),
                    class_name="e-wrap one",
                ),
            ),
            rx.el.p("Opening…", role="status"),
        ),
        title=OrderState.heading,
        current="/orders",
        crumbs=[("Orders", "/orders")],
        layout="editor",
        new=rx.fragment(),
        actions=[
            rx.cond(
                can(Permission.INVOICE_CREATE) & is_saved,
                link_button(
                    "Create Invoice",
                    href=joined("/invoices/new?order=", OrderState.order_id.to_string()),
                    icon="plus",
                ),
            ),
            rx.cond(
                can(Permission.ORDER_EDIT) & (OrderState.tab == "details"),
                button(
                    "Save order",
                    kind="primary",
                    type="submit",
                    form="order-form",
                    key="mod+enter",
                ),
            ),
        ],
    )


def _tabs() -> rx.Component:
    return tabs(
        [
            Tab("details", "Details"),
            Tab("invoices", "Invoices", OrderState.invoices.length().to_string()),
        ],
        OrderState.tab,
        OrderState.show_tab,
        label="Parts of the order",
    )


def _invoices() -> rx.Component:
    form = rx.el.form(
        field(
            "Link an invoice",
            text_input(name="invoice", placeholder="Number or D-000123"),
            id="link-invoice",
            error=OrderState.link_error,
        ),
        button("Link", type="submit"),
        on_submit=OrderState.link,
        class_name="form-end",
        key=OrderState.link_turn,
    )
    none = "No invoice yet."
    return rx.cond(
        can(Permission.ORDER_EDIT),
        documents_table(OrderState.invoices, none, form, on_unlink=OrderState.unlink),
        documents_table(OrderState.invoices, none),
    )
