"""The invoices page: totals, views, filters, grid, pages, and the record beside it."""

import reflex as rx

from billing_app.staff.invoices.bulk_parts import bulk_plan, selection_bar
from billing_app.staff.invoices.choosing_parts import columns_dialog, filters_dialog
from billing_app.staff.invoices.credit_parts import credit_dialog
from billing_app.staff.invoices.drawer_dialogs import drawer_dialogs
from billing_app.staff.invoices.drawer_parts import invoice_drawer
from billing_app.staff.invoices.grid_parts import grid
from billing_app.staff.invoices.parts import filters_row, pages, totals, views
from billing_app.staff.invoices.recur_parts import recur_dialog
from billing_app.staff.invoices.send_parts import send_dialogs
from billing_app.staff.shell.page import new_invoice_button, staff_page


def invoices_page() -> rx.Component:
    """The page, as a table of contents."""
    return staff_page(
        totals(),
        views(),
        filters_row(),
        grid(),
        selection_bar(),
        pages(),
        rx.el.div(new_invoice_button("primary"), class_name="go"),
        title="Invoices",
        current="/invoices",
        new=new_invoice_button("primary"),
        aside=invoice_drawer(),
        overlays=[
            filters_dialog(),
            columns_dialog(),
            bulk_plan(),
            *drawer_dialogs(),
            recur_dialog(),
            *send_dialogs(),
            credit_dialog(),
        ],
    )
