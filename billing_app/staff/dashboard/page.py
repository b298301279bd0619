"""The dashboard page."""

import reflex as rx

from billing_app.kit.buttons import link_button
from billing_app.staff.dashboard.state import DashboardState, Tile
from billing_app.staff.shell.page import staff_page


def dashboard_page() -> rx.Component:
    """Tiles, and the way on."""
    tiles = rx.el.dl(rx.foreach(DashboardState.tiles, _tile), class_name="tiles plain")
    return staff_page(
        rx.cond(DashboardState.is_loaded, tiles, rx.el.p("Counting…", role="status")),
        rx.el.p(link_button("All invoices", href="/invoices", icon="invoice")),
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
