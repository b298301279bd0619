"""One document: like its paper, with a fixed bar."""

from typing import Any

import reflex as rx

from billing_app.kit.chips import status_chip
from billing_app.kit.frame import portal_dock
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link, here_link, link
from billing_app.kit.tables import empty_state
from billing_app.kit.words import filled, joined
from billing_app.portal.document.dispute_parts import disputes_section
from billing_app.portal.document.state import DocumentLine, DocumentState, OrderRow, Pair
from billing_app.portal.shell.file_rows import files_table
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.said import said

HEADS = (
    ("Line No", ""), ("Product", ""), ("Quantity", "num"), ("Unit", ""), ("Unit price", "num"),
    ("Discount", "num"), ("Line amount", "num"),
)  # fmt: skip


def document_page() -> rx.Component:
    """The sheet, and the bar with Download PDF."""
    download = rx.cond(
        DocumentState.may_download,
        file_link(
            icon("download"),
            said("Download PDF"),
            href=joined("/invoices/", DocumentState.id.to_string(), ".pdf"),
            class_name=rx.cond(DocumentState.pay_href != "", "btn", "btn primary"),
            key="d",
        ),
    )
    pay = filled(  # a page load: the page to pay on has a content policy of its own
        DocumentState.pay_href,
        here_link(said("Pay"), href=DocumentState.pay_href, class_name="btn primary"),
    )
    dock = portal_dock(
        rx.el.b(DocumentState.to_pay, class_name="money"),
        rx.el.span(DocumentState.dock),
        actions=[download, pay],
    )
    shown = rx.fragment(
        link(icon("left"), said("All invoices"), href="/portal/invoices", class_name="back"),
        _sheet(),
        disputes_section(),
    )
    return portal_page(
        rx.cond(DocumentState.is_loaded, rx.cond(DocumentState.is_missing, _missing(), shown)),
        current="/portal/invoices",
        dock=rx.cond(DocumentState.is_loaded & ~DocumentState.is_missing, dock),
    )


def _missing() -> rx.Component:
    return empty_state(
        "no_match",
        said("This document was not found"),
        said("It may be older than what you see here."),
        action=said("All invoices"),
        href="/portal/invoices",
    )


def _sheet() -> rx.Component:
    status = rx.el.div(
        rx.el.dt(said("Status")),
        rx.el.dd(
            status_chip(
                DocumentState.status, DocumentState.status_more, word=DocumentState.status_word
            )
        ),
    )
    return rx.el.article(
        rx.el.div(
            _party("Enterprise company", DocumentState.company),
            _party("Customer", DocumentState.customer),
            class_name="parties",
        ),
        rx.el.h1(DocumentState.heading, id="number"),
        rx.el.dl(rx.foreach(DocumentState.facts, _pair), status, class_name="facts"),
        rx.cond(DocumentState.orders.length() > 0, _orders()),
        rx.cond(DocumentState.lines.length() > 0, _lines()),
        _sums(),
        rx.foreach(DocumentState.texts, lambda text: rx.el.p(text, class_name="paper-text")),
        filled(DocumentState.iban, _transfer()),
        rx.cond(DocumentState.files.length() > 0, _files()),
        class_name="sheet",
        aria_labelledby="number",
    )


def _orders() -> rx.Component:
    def order(one: rx.vars.ObjectVar[OrderRow]) -> rx.Component:
        return rx.el.li(
            rx.cond(one.href != "", link(one.number, href=one.href), rx.fragment(one.number)),
            key=one.number,
        )

    return rx.el.div(
        rx.el.span(said("Order")),
        rx.el.ul(rx.foreach(DocumentState.orders, order)),
        class_name="order-links",
    )


def _party(label: str, lines: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(said(label), class_name="label"),
        rx.el.address(rx.foreach(lines, lambda line: rx.fragment(line, rx.el.br()))),
    )


def _pair(pair: rx.vars.ObjectVar[Pair]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(pair.label), rx.el.dd(pair.value, class_name="nowrap"), key=pair.label
    )


def _lines() -> rx.Component:
    heads = [
        rx.el.th(said(name), role="columnheader", scope="col", class_name=css)
        for name, css in HEADS
    ]
    return rx.el.table(
        rx.el.caption(said("Lines of the document, before tax"), class_name="sr"),
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
        rx.el.th(said("Amount to pay"), scope="row"),
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
        rx.el.caption(said("Totals"), class_name="sr"),
        rx.el.tbody(rx.foreach(DocumentState.sums, row)),
        rx.el.tfoot(to_pay),
        class_name="sums",
    )


def _files() -> rx.Component:
    return rx.el.section(
        rx.el.h2(said("Files"), id="files"),
        files_table(DocumentState.files),
        class_name="section",
        aria_labelledby="files",
    )


def _transfer() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(said("Pay by bank transfer"), id="transfer"),
            rx.el.dl(
                rx.el.dt(said("IBAN")),
                rx.el.dd(rx.el.span(DocumentState.iban)),
                rx.el.dt(said("Reference")),
                rx.el.dd(rx.el.span(DocumentState.number)),
                class_name="pairs",
            ),
        ),
        class_name="transfer",
        aria_labelledby="transfer",
    )
