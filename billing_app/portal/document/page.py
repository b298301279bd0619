"""One document: like its paper, with a fixed bar."""

from typing import Any

import reflex as rx

from billing_app.kit.chips import status_chip
from billing_app.kit.frame import portal_dock
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link, here_link, link
from billing_app.kit.tables import empty_state
from billing_app.kit.words import filled, joined
from billing_app.portal.document.state import DocumentLine, DocumentState, Pair
from billing_app.portal.shell.page import portal_page

HEADS = (
    ("Line No", ""), ("Product", ""), ("Quantity", "num"), ("Unit", ""), ("Unit price", "num"),
    ("Discount", "num"), ("Line amount", "num"),
)  # fmt: skip


def document_page() -> rx.Component:
    """The sheet, and the bar with Download PDF."""
    missing = empty_state(
        "no_match",
        "This document was not found",
        "It may be older than what you see here.",
        action="All invoices",
        href="/portal/invoices",
    )
    download = rx.cond(
        DocumentState.may_download,
        file_link(
            icon("download"),
            "Download PDF",
            href=joined("/invoices/", DocumentState.id.to_string(), ".pdf"),
            class_name=rx.cond(DocumentState.pay_href != "", "btn", "btn primary"),
            key="d",
        ),
    )
    pay = filled(  # a page load: the page to pay on has a content policy of its own
        DocumentState.pay_href,
        here_link("Pay", href=DocumentState.pay_href, class_name="btn primary"),
    )
    dock = portal_dock(
        rx.el.b(DocumentState.to_pay, class_name="money"),
        rx.el.span(DocumentState.dock),
        actions=[download, pay],
    )
    shown = rx.fragment(
        link(icon("left"), "All invoices", href="/portal/invoices", class_name="back"), _sheet()
    )
    return portal_page(
        rx.cond(DocumentState.is_loaded, rx.cond(DocumentState.is_missing, missing, shown)),
        current="/portal/invoices",
        dock=rx.cond(DocumentState.is_loaded & ~DocumentState.is_missing, dock),
    )


def _sheet() -> rx.Component:
    status = rx.el.div(
        rx.el.dt("Status"), rx.el.dd(status_chip(DocumentState.status, DocumentState.status_more))
    )
    return rx.el.article(
        rx.el.div(
            _party("Enterprise company", DocumentState.company),
            _party("Customer", DocumentState.customer),
            class_name="parties",
        ),
        rx.el.h1(DocumentState.heading, id="number"),
        rx.el.dl(rx.foreach(DocumentState.facts, _pair), status, class_name="facts"),
        filled(DocumentState.orders, rx.el.p("Order ", DocumentState.orders)),
        rx.cond(DocumentState.lines.length() > 0, _lines()),
        _sums(),
        rx.foreach(DocumentState.texts, lambda text: rx.el.p(text, class_name="paper-text")),
        filled(DocumentState.iban, _transfer()),
        class_name="sheet",
        aria_labelledby="number",
    )


def _party(label: str, lines: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(label, class_name="label"),
        rx.el.address(rx.foreach(lines, lambda line: rx.fragment(line, rx.el.br()))),
    )


def _pair(pair: rx.vars.ObjectVar[Pair]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(pair.label), rx.el.dd(pair.value, class_name="nowrap"), key=pair.label
    )


def _lines() -> rx.Component:
    heads = [
        rx.el.th(name, role="columnheader", scope="col", class_name=css) for name, css in HEADS
    ]
    return rx.el.table(
        rx.el.caption("Lines of the document, before tax", class_name="sr"),
        rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
        rx.el.tbody(rx.foreach(DocumentState.lines, _line), role="rowgroup"),
        class_name="lines cards",
        role="table",
    )


def _line(line: rx.vars.ObjectVar[DocumentLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.line_no, role="cell", class_name="no"),
        rx.el.th(
            line.product,
            filled(line.detail, rx.el.small(line.detail)),
            role="rowheader",
            scope="row",
            class_name="product",
        ),
        rx.el.td(line.quantity, role="cell", class_name="num qty"),
        rx.el.td(line.unit, role="cell", class_name="unit"),
        rx.el.td(line.unit_price, role="cell", class_name="num price"),
        rx.el.td(line.discount, role="cell", class_name="num disc"),
        rx.el.td(rx.el.span(line.amount, class_name="money"), role="cell", class_name="num amount"),
        role="row",
        key=line.line_no,
    )


def _sums() -> rx.Component:
    def row(pair: rx.vars.ObjectVar[Pair]) -> rx.Component:
        return rx.el.tr(rx.el.th(pair.label, scope="row"), rx.el.td(pair.value, class_name="num"))

    to_pay = rx.el.tr(
        rx.el.th("Amount to pay", scope="row"),
        rx.el.td(
            rx.el.span(
                DocumentState.to_pay,
                class_name="money",
                data_minor=DocumentState.to_pay_minor,
                data_currency=DocumentState.currency,
            ),
            class_name="num grand",
        ),
    )
    return rx.el.table(
        rx.el.caption("Totals", class_name="sr"),
        rx.el.tbody(rx.foreach(DocumentState.sums, row)),
        rx.el.tfoot(to_pay),
        class_name="sums",
    )


def _transfer() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Pay by bank transfer", id="transfer"),
            rx.el.dl(
                rx.el.dt("IBAN"),
                rx.el.dd(rx.el.span(DocumentState.iban)),
                rx.el.dt("Reference"),
                rx.el.dd(rx.el.span(DocumentState.number)),
                class_name="pairs",
            ),
        ),
        class_name="transfer",
        aria_labelledby="transfer",
    )
