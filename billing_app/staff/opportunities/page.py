"""The opportunities list, and one opportunity with its Invoices tab."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.tables import Tab, tabs
from billing_app.kit.words import joined
from billing_app.staff.opportunities.form_parts import opportunity_form
from billing_app.staff.opportunities.list_state import OpportunitiesState
from billing_app.staff.opportunities.state import OpportunityState
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.list_page import (
    Listed,
    list_page,
    money_column,
    status_column,
    text_column,
)
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.parts import documents_table
from billing_app.staff.shell.state import can

OPPORTUNITIES = Listed(
    title="Opportunities",
    path="/opportunities",
    noun="opportunity",
    columns=(
        text_column("Title", "title", "c-no"),
        text_column("Customer", "customer", "c-cust"),
        money_column("Value", "value"),
        status_column("Stage", "stage"),
    ),
    search="title or customer",
    none="Add the first one, or search for another title.",
    edit=Permission.OPPORTUNITY_EDIT,
    choice="stage",
)


def opportunities_page() -> rx.Component:
    """The list."""
    return list_page(OpportunitiesState, OPPORTUNITIES)


def opportunity_page() -> rx.Component:
    """One opportunity."""
    is_saved = OpportunityState.opportunity_id > 0
    return staff_page(
        rx.cond(
            OpportunityState.is_loaded,
            rx.fragment(
                rx.cond(is_saved, _tabs()),
                rx.el.div(
                    rx.cond(
                        OpportunityState.tab == "invoices",
                        documents_table(OpportunityState.invoices, "No invoice yet."),
                        opportunity_form(),
                    ),
                    rx.cond(is_saved & (OpportunityState.tab != "invoices"), history_panel()),
                    class_name="e-wrap one",
                ),
            ),
            rx.el.p("Opening…", role="status"),
        ),
        title=OpportunityState.heading,
        current="/opportunities",
        crumbs=[("Opportunities", "/opportunities")],
        layout="editor",
        new=rx.fragment(),
        actions=[
            rx.cond(
                can(Permission.INVOICE_CREATE) & is_saved,
                link_button(
                    "Create Invoice",
                    href=joined(
                        "/invoices/new?opportunity=", OpportunityState.opportunity_id.to_string()
                    ),
                    icon="plus",
                ),
            ),
            rx.cond(
                can(Permission.OPPORTUNITY_EDIT) & (OpportunityState.tab == "details"),
                button(
                    "Save opportunity",
                    kind="primary",
                    type="submit",
                    form="opportunity-form",
                    key="mod+enter",
                ),
            ),
        ],
    )


def _tabs() -> rx.Component:
    return tabs(
        [
            Tab("details", "Details"),
            Tab("invoices", "Invoices", OpportunityState.invoices.length().to_string()),
        ],
        OpportunityState.tab,
        OpportunityState.show_tab,
        label="Parts of the opportunity",
    )
