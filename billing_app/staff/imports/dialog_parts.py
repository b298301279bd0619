"""The reviews before an import comes in, and before it is undone."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.staff.imports.batch_state import BatchState


def bring_review() -> rx.Component:
    """What comes in, and what an undo could take back."""
    says = rx.el.ul(
        rx.el.li(BatchState.waiting, " invoices come in; what is refused stays out."),
        rx.el.li("Drafts can be undone. Posted ones get their numbers, and an undo voids them."),
        rx.el.li("Customers that are not here yet are made. Nothing is sent to anybody."),
        class_name="says",
    )
    return dialog(
        "Bring these invoices in",
        says,
        open=BatchState.asks_to_bring,
        on_close=BatchState.close_review,
        actions=[
            button("Not yet", on_click=BatchState.close_review, data_autofocus=""),
            button("Bring in", kind="primary", on_click=BatchState.start),
        ],
        kind="alertdialog",
        id="bring-review",
    )


def undo_review() -> rx.Component:
    """What goes, and what stays."""
    says = rx.el.ul(
        rx.el.li("Drafts it made are deleted, drafts it changed say again what they said."),
        rx.el.li("Documents it posted become void; their numbers are not used again."),
        rx.el.li("What was changed, paid or sent since stays, and says so. Customers stay."),
        class_name="says",
    )
    return dialog(
        "Undo this import",
        says,
        open=BatchState.asks_to_undo,
        on_close=BatchState.close_review,
        actions=[
            button("Keep it", on_click=BatchState.close_review, data_autofocus=""),
            button("Undo import", kind="danger", on_click=BatchState.start_undo),
        ],
        kind="alertdialog",
        id="undo-review",
    )
