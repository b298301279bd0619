"""One order, read-only: its facts, its notes, and the documents made of it."""

import reflex as rx

from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state
from billing_app.kit.words import filled, joined
from billing_app.portal.order.state import OrderFact, OrderInvoiceRow, OrderState
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.said import said


def order_page() -> rx.Component:
    """The order, or why it is not here (ERP-45)."""
    missing = empty_state(
        "no_match",
        said("This order was not found"),
        said("It may be older than what you see here."),
        action=said("All orders"),
        href="/portal/orders",
    )
    shown = rx.fragment(
        link(icon("left"), said("All orders"), href="/portal/orders", class_name="back"),
        rx.el.h1(OrderState.heading, id="order"),
        rx.el.dl(rx.foreach(OrderState.facts, _fact), class_name="facts"),
        filled(OrderState.notes, rx.el.p(OrderState.notes, class_name="paper-text")),
        rx.cond(OrderState.invoices.length() > 0, _invoices()),
    )
    return portal_page(
        rx.cond(
            OrderState.is_loaded,
            rx.cond(OrderState.is_missing, missing, shown),
            rx.el.p(said("Opening…"), role="status"),
        ),
        current="/portal/orders",
    )


def _fact(fact: rx.vars.ObjectVar[OrderFact]) -> rx.Component:
    amount = rx.el.span(
        fact.value, class_name="money", data_minor=fact.minor, data_currency=fact.currency
    )
    return rx.el.div(
        rx.el.dt(fact.label),
        rx.el.dd(rx.cond(fact.minor != "", amount, rx.fragment(fact.value))),
        key=fact.label,
    )


def _invoices() -> rx.Component:
    heads = (("Invoice No", ""), ("Date", ""), ("Amount", "num"))
    head = rx.el.tr(
        *(
            rx.el.th(said(name), role="columnheader", scope="col", class_name=css)
            for name, css in heads
        ),
        role="row",
    )
    return rx.el.section(
        rx.el.h2(said("Invoices"), id="order-invoices"),
        rx.el.table(
            rx.el.thead(head, role="rowgroup"),
            rx.el.tbody(rx.foreach(OrderState.invoices, _row), role="rowgroup"),
            class_name="due cards",
            role="table",
            aria_labelledby="order-invoices",
        ),
        class_name="section",
    )


def _row(row: rx.vars.ObjectVar[OrderInvoiceRow]) -> rx.Component:
    amount = rx.el.span(
        row.amount, class_name="money", data_minor=row.minor, data_currency=row.currency
    )
    return rx.el.tr(
        rx.el.th(
            link(
                row.number,
                href=joined("/portal/invoices/", row.id.to_string()),
                class_name="number",
            ),
            rx.el.span(row.type_name, class_name="sub"),
            role="rowheader",
            scope="row",
        ),
        rx.el.td(rx.el.span(row.day, class_name="nowrap"), role="cell", class_name="when"),
        rx.el.td(amount, role="cell", class_name="num amount"),
        role="row",
        key=row.id,
        data_testid="order-invoice",
    )
