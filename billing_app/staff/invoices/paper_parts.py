"""The way to attach an imported document's own PDF, sent over plain HTTP."""

import reflex as rx

from billing_app.kit.dialogs import section
from billing_app.kit.fields import field
from billing_app.kit.native_form import native_form
from billing_app.kit.words import joined
from billing_app.staff.invoices.drawer_state import DrawerState

VIEW = DrawerState.view


def own_paper_form() -> rx.Component:
    """Offered once: as soon as there is a paper, it stays that one."""
    file = rx.el.input(type="file", name="file", accept="application/pdf", class_name="file")
    form = native_form(
        field(
            "Its own PDF",
            file,
            id="own-paper",
            help="Kept as it is and served like ours. The first download makes ours otherwise.",
        ),
        rx.el.button("Attach PDF", type="submit", class_name="btn"),
        action=joined("/invoices/", VIEW.id.to_string(), "/paper"),
        enc_type="multipart/form-data",
        class_name="upload",
    )
    return rx.cond(VIEW.can_attach, section("Paper", form, id="h-paper"))
