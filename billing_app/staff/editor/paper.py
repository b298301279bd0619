"""The paper beside the form: what is being written, as it will be laid out."""

import reflex as rx

from billing_app.kit.icons import icon
from billing_app.kit.words import joined
from billing_app.staff.editor.rows import LineView, SumView
from billing_app.staff.editor.state import EditorState
from billing_app.staff.shell.state import ShellState


def paper_preview() -> rx.Component:
    """A sheet with the draft on it; the exact one opens at full size once it is saved."""
    whole = rx.cond(
        EditorState.invoice_id > 0,
        rx.el.a(
            "Open full size",
            href=joined("/invoices/", EditorState.invoice_id.to_string(), "/preview.pdf"),
            target="_blank",
            rel="noopener",
            class_name="btn quiet small",
        ),
    )
    sheet = rx.el.div(
        rx.el.div("DRAFT", class_name="draft"),
        rx.el.div(ShellState.company, class_name="logo"),
        rx.el.div(EditorState.customer_text, class_name="addr"),
        rx.el.div("Invoice", class_name="ttl"),
        rx.el.div(EditorState.fields["document_text"], class_name="txt0"),
        rx.el.table(rx.el.tbody(rx.foreach(EditorState.lines, _line)), class_name="ln"),
        rx.el.table(rx.el.tbody(rx.foreach(EditorState.sums, _sum)), class_name="ft"),
        class_name="a4",
        aria_hidden="true",
    )
    return rx.el.section(
        rx.el.header(icon("file"), "Paper", rx.el.span(whole, class_name="right")),
        rx.el.div(
            sheet,
            class_name="paper",
            role="img",
            aria_label="Preview of the printed invoice, marked as a draft",
        ),
        class_name="preview",
        aria_label="Paper preview",
    )


def _line(line: rx.vars.ObjectVar[LineView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.line_no),
        rx.el.td(line.description, rx.el.small(line.detail)),
        rx.el.td(line.quantity),
        rx.el.td(line.unit_price),
        rx.el.td(line.tax),
        rx.el.td(line.net),
        key=line.index,
    )


def _sum(total: rx.vars.ObjectVar[SumView]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(total.label),
        rx.el.td(total.figure),
        class_name=rx.cond(total.css == "grand", "g", ""),
        key=total.label,
    )
