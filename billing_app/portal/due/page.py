"""What is to be paid (ERP-44)."""

import reflex as rx

from billing_app.kit.words import filled
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.state import SeatState
from billing_app.portal.shell.table_parts import portal_table


def due_page() -> rx.Component:
    """The open invoices, those due first on top."""
    return portal_page(
        filled(SeatState.days_note, rx.el.p(SeatState.days_note, class_name="total-line")),
        portal_table("due", "Due Payments", "Nothing is owed"),
        current="/portal/due",
        title="Due Payments",
        wide=True,
    )
