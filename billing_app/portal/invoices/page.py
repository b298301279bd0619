"""The customer's list of documents."""

import reflex as rx

from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state, pager
from billing_app.kit.words import filled, joined
from billing_app.portal.invoices.state import DocumentRow, DocumentsState
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.state import SeatState

HEADS = (
    ("Document No", ""),
    ("Last download", ""),
    ("Type name", ""),
    ("Date", ""),
    ("Amount", "num"),
)


def documents_page() -> rx.Component:
    """Totals line, search, the table with count and sum, pages."""
    search = rx.el.label(
        rx.el.span("Search invoices", class_name="sr"),
        icon("search"),
        rx.el.input(
            type="search",
            class_name="field",
            placeholder="Number or type",
            default_value=DocumentsState.search,
            on_change=DocumentsState.find.debounce(200),
        ),
        class_name="find",
    )
    nothing = empty_state("no_match", "No documents", "There is no document here for you yet.")
    return portal_page(
        filled(
            DocumentsState.total_line, rx.el.p(DocumentsState.total_line, class_name="total-line")
        ),
        filled(SeatState.days_note, rx.el.p(SeatState.days_note, class_name="total-line")),
        rx.el.div(search, class_name="tools", role="search"),
        rx.cond(
            DocumentsState.is_loaded, rx.cond(DocumentsState.rows.length() > 0, _table(), nothing)
        ),
        rx.cond(
            DocumentsState.page_count > 1,
            pager(
                DocumentsState.page_no,
                DocumentsState.page_count,
                DocumentsState.range_text,
                DocumentsState.go_to,
            ),
        ),
        current="/portal/invoices",
        title="Invoices",
    )


def _table() -> rx.Component:
    heads = [rx.el.th(rx.el.span("Open", class_name="sr"), role="columnheader", scope="col")]
    heads += [
        rx.el.th(
            name,
            role="columnheader",
            scope="col",
            class_name=css,
            aria_sort="descending" if name == "Date" else "none",
        )
        for name, css in HEADS
    ]
    foot = rx.el.tr(
        rx.el.td(role="cell"),
        rx.el.th(
            rx.el.span("Documents: ", class_name="sr"),
            DocumentsState.count_text,
            role="rowheader",
            scope="row",
        ),
        rx.el.td(role="cell", class_name="skip-cell"),
        rx.el.td(role="cell", class_name="skip-cell"),
        rx.el.td(role="cell", class_name="skip-cell"),
        rx.el.td(
            rx.el.span("Sum: ", class_name="sr"),
            rx.el.span(
                DocumentsState.sum_text,
                class_name="money",
                data_minor=DocumentsState.sum_minor,
                data_currency=DocumentsState.sum_currency,
            ),
            role="cell",
            class_name="num",
        ),
        role="row",
    )
    return rx.el.table(
        rx.el.caption("Invoices, newest first", class_name="sr"),
        rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
        rx.el.tbody(rx.foreach(DocumentsState.rows, _row), role="rowgroup"),
        rx.el.tfoot(foot, role="rowgroup"),
        class_name="docs cards",
        role="table",
    )


def _row(row: rx.vars.ObjectVar[DocumentRow]) -> rx.Component:
    arrow = link(
        icon("right"),
        href=joined("/portal/invoices/", row.id.to_string()),
        class_name="arrow",
        aria_label=joined("Open ", row.number),
    )
    return rx.el.tr(
        rx.el.td(arrow, role="cell"),
        rx.el.th(row.number, role="rowheader", scope="row", class_name="number"),
        rx.el.td(row.last_download, role="cell", class_name="last"),
        rx.el.td(row.type_name, role="cell", class_name="type"),
        rx.el.td(row.date, role="cell", class_name="date"),
        rx.el.td(
            rx.el.span(
                row.amount, class_name="money", data_minor=row.minor, data_currency=row.currency
            ),
            role="cell",
            class_name="num amount",
        ),
        role="row",
        class_name=row.css,
        key=row.id,
        data_testid="invoice-row",
        data_id=row.id,
    )
