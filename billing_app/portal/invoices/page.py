"""The customer's list of documents: exactly the columns of ERP-3 until the person changes them."""

import reflex as rx

from billing_app.kit.words import filled
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.state import SeatState
from billing_app.portal.shell.table_parts import portal_table


def documents_page() -> rx.Component:
    """The documents, newest first."""
    return portal_page(
        filled(SeatState.days_note, rx.el.p(SeatState.days_note, class_name="total-line")),
        portal_table("invoices", "Invoices", "No documents"),
        current="/portal/invoices",
        title="Invoices",
        wide=True,
    )
