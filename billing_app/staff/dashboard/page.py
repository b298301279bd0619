"""The dashboard page."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import link_button
from billing_app.services.settings import OFF_SENTENCE
from billing_app.staff.dashboard.state import DashboardState, Tile
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can


def dashboard_page() -> rx.Component:
    """Tiles, and the way on."""
    tiles = rx.el.dl(rx.foreach(DashboardState.tiles, _tile), class_name="tiles plain")
    return staff_page(
        rx.cond(DashboardState.is_loaded, tiles, rx.el.p("Counting…", role="status")),
        rx.cond(
            can(Permission.INVOICE_VIEW),
            rx.el.p(link_button("All invoices", href="/invoices", icon="invoice")),
            rx.el.p(OFF_SENTENCE, class_name="muted"),
        ),
        title="Dashboard",
        current="/",
        layout="dash",
    )


def _tile(tile: rx.vars.ObjectVar[Tile]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(tile.label),
        rx.el.dd(tile.figure, rx.el.small(tile.note)),
        class_name="tile",
        key=tile.label + tile.figure,
    )
