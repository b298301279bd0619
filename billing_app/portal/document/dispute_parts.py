"""The section of a document in which its customer disputes it: what was said, and a form."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.chips import status_chip
from billing_app.kit.fields import amount_input, field, text_area
from billing_app.kit.links import link
from billing_app.kit.words import filled, joined
from billing_app.portal.document.dispute_state import DocumentDisputes, MarkRow, SaidRow
from billing_app.portal.shell.said import said, said_of
from billing_app.portal.shell.state import covers

LONGEST = 1_000


def disputes_section() -> rx.Component:
    """Nothing where the site takes no disputes, or there is none and nothing to dispute."""
    start = rx.cond(
        DocumentDisputes.can_open & ~DocumentDisputes.is_open,
        button(said("Dispute this invoice"), on_click=DocumentDisputes.start),
    )
    section = rx.el.section(
        rx.el.h2(said("Disputes"), id="disputes"),
        rx.el.p(said("Something is wrong with this invoice? Say what, and we answer here.")),
        filled(
            DocumentDisputes.problem,
            rx.el.p(DocumentDisputes.problem, class_name="error", role="alert"),
        ),
        rx.cond(
            DocumentDisputes.rows.length() > 0,
            rx.el.ul(rx.foreach(DocumentDisputes.rows, _dispute), class_name="said"),
        ),
        rx.cond(DocumentDisputes.is_open, _form()),
        start,
        class_name="section disputes",
        aria_labelledby="disputes",
    )
    is_there = DocumentDisputes.can_open | (DocumentDisputes.rows.length() > 0)
    return rx.cond(covers(Permission.PORTAL_DISPUTE) & is_there, section)


def _dispute(row: rx.vars.ObjectVar[SaidRow]) -> rx.Component:
    head = rx.el.p(
        status_chip(row.state, word=row.state_word),
        filled(row.amount, rx.el.span(row.amount, class_name="money")),
        rx.el.span(row.opened, class_name="by"),
        class_name="dispute-head",
    )
    answer = filled(
        row.answer,
        rx.el.blockquote(
            rx.el.p(row.answer, class_name="paper-text"),
            rx.el.footer(said("Our answer"), ", ", row.answered, class_name="by"),
        ),
    )
    outcome = filled(
        row.outcome,
        rx.el.p(row.outcome, filled(row.credit_href, " ", link(row.credit, href=row.credit_href))),
    )
    withdraw = rx.cond(
        row.can_withdraw,
        button(
            said("Withdraw"),
            kind="quiet",
            aria_label=said_of("Withdraw the dispute:", row.reason),
            on_click=DocumentDisputes.withdraw(row.id),
        ),
    )
    return rx.el.li(
        head,
        rx.el.ul(rx.foreach(row.about, lambda text: rx.el.li(text, key=text))),
        rx.el.p(row.reason, class_name="paper-text"),
        answer,
        outcome,
        withdraw,
        class_name="dispute",
        key=row.id,
        data_testid="dispute-row",
        data_id=row.id,
    )


def _form() -> rx.Component:
    reason = field(
        said("What is wrong?"),
        text_area(name="reason", rows=4, max_length=LONGEST),
        id="dispute-reason",
        help=said("For example: only two of three were delivered."),
        error=DocumentDisputes.reason_error,
    )
    whole = rx.el.p(said("The dispute is about the whole document."))
    return rx.el.form(
        rx.cond(DocumentDisputes.hides_lines, whole, _lines()),
        reason,
        rx.el.div(
            button(said("Send dispute"), kind="primary", type="submit"),
            button(said("Cancel"), kind="quiet", on_click=DocumentDisputes.stop),
            class_name="form-end actions",
        ),
        on_submit=DocumentDisputes.send,
        class_name="form",
        aria_label=said_of("Dispute", DocumentDisputes.label),
        no_validate=True,
    )


def _lines() -> rx.Component:
    heads = [
        rx.el.th(said(name), role="columnheader", scope="col", class_name=css)
        for name, css in (("Line", ""), ("Can be disputed", "num"), ("Disputed quantity", "num"))
    ]
    return rx.el.table(
        rx.el.caption(said("Lines that can be disputed"), class_name="sr"),
        rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
        rx.el.tbody(rx.foreach(DocumentDisputes.marks, _line), role="rowgroup"),
        class_name="marks cards",
        role="table",
    )


def _line(row: rx.vars.ObjectVar[MarkRow]) -> rx.Component:
    number = row.line_no.to_string()
    box = rx.el.label(
        rx.el.input(
            type="checkbox",
            class_name="box",
            default_checked=row.is_marked,
            on_change=lambda checked: DocumentDisputes.mark(row.line_no, checked),
            key=joined("b", number, row.box),
        ),
        rx.el.span(row.description),
        class_name="mark",
    )
    quantity = amount_input(
        aria_label=said_of("Disputed quantity of line", number),
        aria_invalid=row.error != "",
        default_value=row.typed,
        on_change=DocumentDisputes.type_quantity(row.line_no),
        key=joined("q", number, row.entry),
    )
    return rx.el.tr(
        rx.el.th(box, role="rowheader", scope="row", class_name="product"),
        rx.el.td(
            row.left,
            rx.el.small(row.amount, class_name="money"),
            role="cell",
            class_name="num left",
        ),
        rx.el.td(
            quantity,
            filled(row.error, rx.el.p(row.error, class_name="error", role="alert")),
            role="cell",
            class_name="num quantity",
        ),
        role="row",
        key=row.line_no,
        data_testid="mark-row",
        data_id=row.line_no,
    )
