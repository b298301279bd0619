"""What was paid in the last 12 months (ERP-46, CXS-50)."""

import reflex as rx

from billing_app.kit.words import filled
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.state import SeatState
from billing_app.portal.shell.table_parts import portal_table


def payments_page() -> rx.Component:
    """The payments, newest first, each with the documents it settled."""
    return portal_page(
        filled(SeatState.days_note, rx.el.p(SeatState.days_note, class_name="total-line")),
        portal_table("payments", "Payment History", "No payments"),
        current="/portal/payments",
        title="Payment History",
        wide=True,
    )
