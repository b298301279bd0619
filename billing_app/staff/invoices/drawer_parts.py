"""The parts of the invoice's drawer and its dialogs."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, icon_button
from billing_app.kit.chips import chip_button, status_chip
from billing_app.kit.dialogs import (
    box,
    boxes,
    dialog,
    drawer,
    menu,
    menu_item,
    menu_line,
    menu_panel,
    section,
)
from billing_app.kit.fields import field, text_area, text_input
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link, link
from billing_app.kit.tables import empty_state, head, plain_table
from billing_app.kit.words import filled, joined
from billing_app.staff.invoices.drawer_rows import (
    Fact,
    HistoryRow,
    LineRow,
    MenuEntry,
    SettlementRow,
)
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.invoices.reviews import ReviewFact
from billing_app.staff.shell.state import can

VIEW = DrawerState.view
GRID = "/invoices"


def invoice_drawer() -> rx.Component:
    """The record beside the grid: head, four boxes, one scroll of sections."""
    return drawer(
        rx.cond(DrawerState.is_missing, "Not found", VIEW.label),
        rx.cond(DrawerState.is_missing, _missing(), rx.fragment(*_sections())),
        open=DrawerState.is_open,
        on_close=DrawerState.close,
        on_previous=DrawerState.step(-1),
        on_next=DrawerState.step(1),
        position=DrawerState.position,
        tools=[icon_button("Copy link", "link", key="c", data_copy_link="")],
        actions=[rx.cond(~DrawerState.is_missing, _actions())],
        sub=[rx.cond(~DrawerState.is_missing, _sub())],
        boxes=rx.cond(~DrawerState.is_missing, _boxes()),
    )


def drawer_dialogs() -> list[rx.Component]:
    """What opens above the drawer."""
    return [_review_dialog(), _line_dialog(), _note_dialog()]


def _sections() -> list[rx.Component]:
    return [_details(), _lines(), _settlements(), _notes(), _history()]


def _actions() -> rx.Component:
    primary = rx.cond(
        VIEW.primary != "",
        button(
            VIEW.primary_label,
            kind="primary",
            on_click=DrawerState.ask_move(VIEW.primary),
            key="p",
        ),
    )
    edit = rx.cond(
        VIEW.can_edit_draft,
        link(
            icon("pencil"),
            rx.el.span("Edit", class_name="w"),
            href=joined("/invoices/", VIEW.id.to_string(), "/edit"),
            key="e",
            class_name="btn",
        ),
    )
    return rx.fragment(edit, primary, _more())


def _more() -> rx.Component:
    pdf = joined("/invoices/", VIEW.id.to_string(), ".pdf")
    preview = joined("/invoices/", VIEW.id.to_string(), "/preview.pdf")
    return menu(
        "More options",
        rx.cond(
            VIEW.has_pdf,
            file_link(
                icon("download"),
                rx.el.span("Download PDF"),
                rx.el.kbd("d"),
                href=pdf,
                role="menuitem",
                key="d",
            ),
        ),
        rx.el.a(
            icon("eye"),
            rx.el.span("Preview"),
            rx.el.span(),
            href=preview,
            target="_blank",
            rel="noopener",
            role="menuitem",
        ),
        menu_item("Add note…", icon="note", on_click=DrawerState.open_note),
        rx.cond(VIEW.more.length() > 0, menu_line()),
        rx.foreach(VIEW.more, _menu_entry),
        id="invoice-more",
    )


def _menu_entry(entry: rx.vars.ObjectVar[MenuEntry]) -> rx.Component:
    possible = rx.el.button(
        icon(entry.icon),
        rx.el.span(entry.label),
        rx.el.span(),
        type="button",
        role="menuitem",
        on_click=DrawerState.ask_move(entry.action),
    )
    impossible = rx.el.button(
        icon(entry.icon),
        rx.el.span(entry.label),
        rx.el.span(),
        rx.el.small(entry.why),
        type="button",
        role="menuitem",
        aria_disabled="true",
    )
    return rx.cond(entry.is_possible, possible, impossible)


def _sub() -> rx.Component:
    return rx.fragment(
        rx.el.span(VIEW.document_id, class_name="docid"),
        chip_button(VIEW.posting, menu="posting-menu", label="change posting status"),
        status_chip(VIEW.chip, VIEW.chip_more),
        filled(VIEW.badge, status_chip(VIEW.badge)),
        menu_panel(
            "Change posting status",
            rx.foreach(VIEW.menu, _menu_entry),
            id="posting-menu",
            wide=True,
        ),
    )


def _boxes() -> rx.Component:
    def figure(text: Any, minor: Any) -> rx.Component:
        return rx.el.span(text, data_minor=minor, data_currency=VIEW.currency)

    return boxes(
        [
            box("Amount", figure(VIEW.amount, VIEW.amount_minor), unit=VIEW.currency),
            box("Paid Amount", figure(VIEW.paid, VIEW.paid_minor), unit=VIEW.currency),
            box("Open Amount", figure(VIEW.open, VIEW.open_minor), unit=VIEW.currency, css="lead"),
            box("Aging", VIEW.aging, small=VIEW.aging_note, css=rx.cond(VIEW.is_late, "late", "")),
        ]
    )


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
    return rx.el.div(
        rx.el.dt(fact.label), rx.el.dd(fact.value), class_name=fact.css, key=fact.label
    )


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


def _settlements() -> rx.Component:
    table = plain_table(
        "Settlements with running balance",
        [head("Document"), head("Date"), head("Amount", "num"), head("Balance", "num")],
        rx.el.tbody(rx.foreach(VIEW.settlements, _settlement)),
    )
    none = rx.el.p("Nothing is paid or credited yet.", class_name="muted")
    return section(
        "Receipts, Payments and Credit Notes",
        rx.cond(VIEW.settlements.length() > 0, table, none),
        id="h-payments",
        count=VIEW.settlements.length().to_string(),
    )


def _settlement(row: rx.vars.ObjectVar[SettlementRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.number, rx.el.small(row.detail), class_name="txt"),
        rx.el.td(row.on, class_name="muted"),
        rx.el.td(row.amount, class_name="num"),
        rx.el.td(row.balance, class_name="num muted"),
        key=row.number,
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


def _missing() -> rx.Component:
    return empty_state(
        "no_match",
        "This invoice does not exist",
        "It may have been deleted.",
        action="Back to the list",
        href=GRID,
    )


def _review_dialog() -> rx.Component:
    review = DrawerState.review

    def fact(row: rx.vars.ObjectVar[ReviewFact]) -> rx.Component:
        return rx.el.div(rx.el.dt(row.label), rx.el.dd(row.value), key=row.label)

    reason = rx.cond(
        review.needs_reason,
        field(
            "Reason",
            text_area(name="reason", rows=2),
            id="review-reason",
            error=DrawerState.review_error,
        ),
    )
    look = rx.cond(review.is_final, "btn danger", "btn primary")
    return dialog(
        review.title,
        rx.el.dl(rx.foreach(review.facts, fact), class_name="facts-list"),
        rx.el.ul(rx.foreach(review.consequences, rx.el.li), class_name="says"),
        rx.el.form(reason, id="review-form", on_submit=DrawerState.confirm_move),
        open=review.action != "",
        on_close=DrawerState.close_review,
        kind="alertdialog",
        actions=[
            button(review.keep, on_click=DrawerState.close_review, data_autofocus=""),
            rx.el.button(
                review.verb,
                type="submit",
                form="review-form",
                class_name=look,
                data_key="mod+enter",
            ),
        ],
        id="review",
    )


def _line_dialog() -> rx.Component:
    line = DrawerState.line
    text = rx.cond(
        VIEW.can_edit_lines,
        rx.el.form(
            field(
                "Document Line Text",
                text_area(name="description", default_value=line.description, rows=4),
                id="line-text",
                error=DrawerState.line_error,
            ),
            id="line-form",
            on_submit=DrawerState.save_line,
        ),
        rx.el.dl(
            rx.el.div(
                rx.el.dt("Document Line Text"), rx.el.dd(line.description), class_name="wide"
            ),
            class_name="kv",
        ),
    )
    rows = [
        ("Details", line.detail),
        ("Quantity", line.quantity),
        ("Unit price", line.unit_price),
        ("Net", line.net),
    ]
    return dialog(
        joined("Line ", line.line_no.to_string()),
        text,
        rx.el.dl(
            *(rx.el.div(rx.el.dt(name), rx.el.dd(value)) for name, value in rows),
            class_name="facts-list",
        ),
        open=DrawerState.line_open,
        on_close=DrawerState.close_line,
        actions=[
            button("Close", on_click=DrawerState.close_line, data_autofocus=""),
            rx.cond(
                VIEW.can_edit_lines,
                button("Save text", kind="primary", type="submit", form="line-form"),
            ),
        ],
        id="line",
    )


def _note_dialog() -> rx.Component:
    return dialog(
        "Add note",
        rx.el.form(
            field(
                "Note",
                text_area(name="note", rows=4),
                id="note-text",
                help="For staff only; never in the portal.",
                error=DrawerState.note_error,
            ),
            id="note-form",
            on_submit=DrawerState.save_note,
        ),
        open=DrawerState.note_open,
        on_close=DrawerState.close_note,
        actions=[
            button("Write no note", on_click=DrawerState.close_note),
            button("Add note", kind="primary", type="submit", form="note-form", key="mod+enter"),
        ],
        id="note",
    )
