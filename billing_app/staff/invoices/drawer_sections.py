"""The sections of the drawer's one scroll."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.files import FileOwner
from billing_app.kit.buttons import button
from billing_app.kit.dialogs import (
    section,
)
from billing_app.kit.fields import field, text_area, text_input
from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import filled
from billing_app.staff.invoices.dispute_parts import disputes
from billing_app.staff.invoices.drawer_history import HistoryRow
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.invoices.drawer_words import Fact, LineRow
from billing_app.staff.invoices.link_parts import guest_links
from billing_app.staff.invoices.paper_parts import own_paper_form
from billing_app.staff.invoices.payment_parts import settlements
from billing_app.staff.shell.files import files_panel
from billing_app.staff.shell.state import can

VIEW = DrawerState.view


def sections(*more: rx.Component) -> list[rx.Component]:
    """Disputes, details, lines, settlements, what else there is, notes, history."""
    return [
        disputes(),
        _details(),
        own_paper_form(),
        _lines(),
        settlements(),
        guest_links(),
        *more,
        section("Files", files_panel(FileOwner.INVOICE, VIEW.id), id="h-files"),
        _notes(),
        _history(),
    ]


def _details() -> rx.Component:
    always = rx.cond(
        VIEW.can_edit_always,
        rx.el.div(
            _open_field("External document no.", "external_document_no", VIEW.external_document_no),
            _open_area(
                "Internal comment", "internal_comment", VIEW.internal_comment, "never printed"
            ),
            class_name="open-fields",
            key=VIEW.version,
        ),
        _plain(
            [
                ("External document no.", VIEW.external_document_no),
                ("Internal comment", VIEW.internal_comment),
            ]
        ),
    )
    texts = rx.cond(
        VIEW.can_edit_texts,
        rx.el.div(
            _open_area("Document text", "document_text", VIEW.document_text, "printed"),
            _open_area("Invoice text", "invoice_text", VIEW.invoice_text, "printed"),
            class_name="open-fields",
            key=VIEW.version.to_string() + "t",
        ),
        _plain([("Document text", VIEW.document_text), ("Invoice text", VIEW.invoice_text)]),
    )
    return section(
        "Details",
        rx.cond(
            DrawerState.field_error != "",
            rx.el.p(DrawerState.field_error, class_name="error", role="alert"),
        ),
        always,
        texts,
        rx.el.dl(rx.foreach(VIEW.facts, _fact), class_name="kv"),
        id="h-details",
        frozen=VIEW.lock,
    )


def _open_field(label: str, name: str, value: Any) -> rx.Component:
    control = text_input(
        default_value=value, on_blur=lambda text: DrawerState.save_field(name, text)
    )
    return field(label, control, id=f"d-{name}")


def _open_area(label: str, name: str, value: Any, note: str) -> rx.Component:
    control = text_area(
        default_value=value, on_blur=lambda text: DrawerState.save_field(name, text)
    )
    return field(label, control, id=f"d-{name}", note=note)


def _plain(rows: list[tuple[str, Any]]) -> rx.Component:
    shown = [
        rx.el.div(rx.el.dt(label), rx.el.dd(rx.cond(value != "", value, "—")), class_name="wide")
        for label, value in rows
    ]
    return rx.el.dl(*shown, class_name="kv")


def _fact(fact: rx.vars.ObjectVar[Fact]) -> rx.Component:
    value = rx.cond(fact.href != "", link(fact.value, href=fact.href), fact.value)
    return rx.el.div(rx.el.dt(fact.label), rx.el.dd(value), class_name=fact.css, key=fact.label)


def _lines() -> rx.Component:
    sums = rx.el.tfoot(
        rx.foreach(
            VIEW.sums,
            lambda row: rx.el.tr(
                rx.el.th(row.label, scope="row", col_span=4),
                rx.el.td(row.value, class_name="num"),
                class_name=row.css,
                key=row.label,
            ),
        )
    )
    table = plain_table(
        "Invoice lines",
        [
            head("Line", hidden=True),
            head("Description"),
            head("Quantity", "num"),
            head("Unit price", "num"),
            head("Net", "num"),
        ],
        rx.el.tbody(rx.foreach(VIEW.lines, _line)),
        sums,
    )
    none = rx.el.p("No lines yet.", class_name="muted")
    return section(
        "Lines",
        rx.cond(VIEW.lines.length() > 0, table, none),
        id="h-lines",
        count=VIEW.lines.length().to_string(),
    )


def _line(line: rx.vars.ObjectVar[LineRow]) -> rx.Component:
    opener = rx.el.button(
        line.description,
        type="button",
        aria_haspopup="dialog",
        on_click=DrawerState.open_line(line.line_no),
    )
    return rx.el.tr(
        rx.el.td(line.line_no, class_name="faint"),
        rx.el.td(opener, rx.el.small(line.detail), class_name="txt"),
        rx.el.td(line.quantity, class_name="num"),
        rx.el.td(line.unit_price, class_name="num"),
        rx.el.td(
            line.net, class_name="num", data_minor=line.net_minor, data_currency=VIEW.currency
        ),
        key=line.line_no,
    )


def _notes() -> rx.Component:
    def note(row: rx.vars.ObjectVar[HistoryRow]) -> rx.Component:
        return rx.el.div(
            rx.el.p(row.what),
            rx.el.p(rx.el.b(row.who), " · ", row.when, class_name="by"),
            class_name="note",
        )

    add = rx.cond(
        can(Permission.INVOICE_NOTE),
        button("Add note", kind="quiet", icon="plus", small=True, on_click=DrawerState.open_note),
    )
    return section(
        "Notes",
        rx.foreach(VIEW.notes, note),
        id="h-notes",
        count=VIEW.notes.length().to_string(),
        tools=[add],
    )


def _history() -> rx.Component:
    def row(entry: rx.vars.ObjectVar[HistoryRow]) -> rx.Component:
        return rx.el.li(
            icon(entry.icon, "i s"),
            rx.el.span(entry.what, rx.el.small(entry.who)),
            rx.el.time(entry.when),
        )

    prints = rx.cond(
        VIEW.prints.length() > 0,
        rx.fragment(
            rx.el.h3("Prints and downloads"),
            rx.el.ol(rx.foreach(VIEW.prints, row), class_name="history"),
        ),
    )
    paper = filled(
        VIEW.sha256, rx.el.p("PDF sha256 ", rx.el.code(VIEW.sha256), class_name="faint sha")
    )
    return section(
        "History",
        rx.el.ol(rx.foreach(VIEW.history, row), class_name="history"),
        prints,
        paper,
        id="h-history",
    )
