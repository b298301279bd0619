"""The customer's orders; prices for who may see them (ERP-49)."""

import reflex as rx

from billing_app.kit.words import filled
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.state import SeatState
from billing_app.portal.shell.table_parts import portal_table


def orders_page() -> rx.Component:
    """The orders, newest first."""
    return portal_page(
        filled(SeatState.days_note, rx.el.p(SeatState.days_note, class_name="total-line")),
        portal_table("orders", "Orders", "No orders"),
        current="/portal/orders",
        title="Orders",
        wide=True,
    )
