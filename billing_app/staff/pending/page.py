"""The pending page: three lists of charges that wait for a document."""

import reflex as rx

from billing_app.staff.pending.dialog_parts import pending_dialogs
from billing_app.staff.pending.grid_parts import pending_table
from billing_app.staff.pending.parts import (
    group_pages,
    lists,
    ticked_bar,
    totals,
    views_row,
)
from billing_app.staff.shell.page import staff_page


def pending_page() -> rx.Component:
    """The page, as a table of contents."""
    return staff_page(
        totals(),
        lists(),
        views_row(),
        pending_table(),
        ticked_bar(),
        group_pages(),
        title="Pending",
        current="/pending",
        overlays=pending_dialogs(),
    )
