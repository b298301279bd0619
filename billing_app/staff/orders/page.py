"""The orders list, and one order with its Invoices tab."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.chips import status_chip
from billing_app.kit.fields import field, select_input, text_input
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
from billing_app.staff.orders.form_parts import order_form
from billing_app.staff.orders.list_state import OrderLine, OrdersState
from billing_app.staff.orders.state import OrderState
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.parts import documents_table
from billing_app.staff.shell.state import can

CSS = ("c-no", "c-x", "c-x", "c-cust", "c-open num", "c-st")
HEADS = ("Number", "Date", "Type", "Customer", "Amount", "Status")


def orders_page() -> rx.Component:
    """The list."""
    search = rx.el.input(
        type="search",
        placeholder="Search number, type, customer",
        aria_label="Search orders",
        default_value=OrdersState.search,
        on_change=OrdersState.find.debounce(200),
        class_name="grid-search",
    )
    status = select_input(
        OrdersState.statuses,
        placeholder="Every status",
        aria_label="Status",
        value=OrdersState.status,
        on_change=OrdersState.choose_status,
        class_name="grid-search",
    )
    return staff_page(
        rx.el.section(
            rx.el.p(rx.el.b(OrdersState.count_text), class_name="count"),
            class_name="totals",
            aria_label="Count",
        ),
        filters(
            rx.el.li(search, class_name="search-item"), rx.el.li(status, class_name="search-item")
        ),
        grid_scroll("Orders grid", rx.cond(OrdersState.is_loaded, _table(), _skeleton())),
        pager(
            OrdersState.page_no, OrdersState.page_count, OrdersState.range_text, OrdersState.go_to
        ),
        title="Orders",
        current="/orders",
        new=rx.cond(
            can(Permission.ORDER_EDIT),
            link_button(
                "New order",
                href="/orders/new",
                icon="plus",
                key="n",
                kind="primary",
                class_name="new",
            ),
        ),
    )


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


def _table() -> rx.Component:
    table = rx.el.table(
        rx.el.caption("Orders", class_name="sr"),
        rx.el.thead(rx.el.tr(*_heads())),
        rx.el.tbody(rx.foreach(OrdersState.rows, _row)),
        class_name="t grid live",
    )
    nothing = empty_state(
        "no_match", "No order here", "Search for another number or customer, or clear the status."
    )
    return rx.cond(OrdersState.rows.length() > 0, table, nothing)


def _heads() -> list[rx.Component]:
    return [head(label, css) for label, css in zip(HEADS, CSS, strict=True)]


def _row(row: rx.vars.ObjectVar[OrderLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            link(row.number, href=joined("/orders/", row.id.to_string()), data_row_link=""),
            scope="row",
            class_name="c-no",
        ),
        rx.el.td(row.on, class_name="c-x"),
        rx.el.td(row.type, class_name="c-x"),
        rx.el.td(row.customer, class_name="c-cust"),
        rx.el.td(
            joined(row.currency, " ", row.amount),
            class_name="c-open num",
            data_minor=row.amount_minor,
            data_currency=row.currency,
        ),
        rx.el.td(status_chip(row.status), class_name="c-st"),
        key=row.id,
        data_testid="order-row",
        data_id=row.id,
        data_row="",
    )


def _skeleton() -> rx.Component:
    return rx.el.table(
        rx.el.thead(rx.el.tr(*_heads())),
        skeleton_rows(CSS),
        class_name="t grid skel",
        aria_hidden="true",
    )
