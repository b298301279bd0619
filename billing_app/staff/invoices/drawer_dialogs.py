"""What opens above the drawer: the review of an action, one line, a note."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.dialogs import (
    dialog,
)
from billing_app.kit.fields import checkbox, field, text_area
from billing_app.kit.words import joined
from billing_app.staff.invoices.dispute_parts import dispute_dialog
from billing_app.staff.invoices.drawer_sections import VIEW
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.invoices.payment_parts import payment_dialogs
from billing_app.staff.invoices.reviews import ReviewFact


def drawer_dialogs() -> list[rx.Component]:
    """What opens above the drawer."""
    return [_review_dialog(), _line_dialog(), _note_dialog(), dispute_dialog(), *payment_dialogs()]


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
    frees = rx.cond(
        review.may_free,
        checkbox(
            "Make its charges pending again, and free the usage it took",
            id="review-frees",
            name="frees_charges",
        ),
    )
    look = rx.cond(review.is_final, "btn danger", "btn primary")
    return dialog(
        review.title,
        rx.el.dl(rx.foreach(review.facts, fact), class_name="facts-list"),
        rx.el.ul(rx.foreach(review.consequences, rx.el.li), class_name="says"),
        rx.el.form(reason, frees, id="review-form", on_submit=DrawerState.confirm_move),
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
