"""The opportunities list, and one opportunity with its Invoices tab."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.chips import status_chip
from billing_app.kit.fields import select_input
from billing_app.kit.links import link
from billing_app.kit.tables import (
    Tab,
    empty_state,
    filters,
    grid_scroll,
    head,
    pager,
    skeleton_rows,
    tabs,
)
from billing_app.kit.words import joined
from billing_app.services.sales.offers import STAGES
from billing_app.staff.opportunities.form_parts import opportunity_form
from billing_app.staff.opportunities.list_state import OpportunitiesState
from billing_app.staff.opportunities.rows import OpportunityLineRow
from billing_app.staff.opportunities.state import OpportunityState
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.parts import documents_table
from billing_app.staff.shell.state import can

CSS = ("c-no", "c-cust", "c-open num", "c-st")
HEADS = ("Title", "Customer", "Value", "Stage")


def opportunities_page() -> rx.Component:
    """The list."""
    search = rx.el.input(
        type="search",
        placeholder="Search title or customer",
        aria_label="Search opportunities",
        default_value=OpportunitiesState.search,
        on_change=OpportunitiesState.find.debounce(200),
        class_name="grid-search",
    )
    stage = select_input(
        list(STAGES),
        placeholder="Every stage",
        aria_label="Stage",
        value=OpportunitiesState.stage,
        on_change=OpportunitiesState.choose_stage,
        class_name="grid-search",
    )
    return staff_page(
        rx.el.section(
            rx.el.p(rx.el.b(OpportunitiesState.count_text), class_name="count"),
            class_name="totals",
            aria_label="Count",
        ),
        filters(
            rx.el.li(search, class_name="search-item"), rx.el.li(stage, class_name="search-item")
        ),
        grid_scroll(
            "Opportunities grid", rx.cond(OpportunitiesState.is_loaded, _table(), _skeleton())
        ),
        pager(
            OpportunitiesState.page_no,
            OpportunitiesState.page_count,
            OpportunitiesState.range_text,
            OpportunitiesState.go_to,
        ),
        title="Opportunities",
        current="/opportunities",
        new=rx.cond(
            can(Permission.OPPORTUNITY_EDIT),
            link_button(
                "New opportunity",
                href="/opportunities/new",
                icon="plus",
                key="n",
                kind="primary",
                class_name="new",
            ),
        ),
    )


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


def _table() -> rx.Component:
    table = rx.el.table(
        rx.el.caption("Opportunities", class_name="sr"),
        rx.el.thead(rx.el.tr(*_heads())),
        rx.el.tbody(rx.foreach(OpportunitiesState.rows, _row)),
        class_name="t grid live",
    )
    nothing = empty_state(
        "nothing",
        "No opportunity here",
        "Add the first one, or search for another title.",
        action="New opportunity",
        href="/opportunities/new",
    )
    return rx.cond(OpportunitiesState.rows.length() > 0, table, nothing)


def _heads() -> list[rx.Component]:
    return [head(label, css) for label, css in zip(HEADS, CSS, strict=True)]


def _row(row: rx.vars.ObjectVar[OpportunityLineRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            link(row.title, href=joined("/opportunities/", row.id.to_string()), data_row_link=""),
            scope="row",
            class_name="c-no",
        ),
        rx.el.td(row.customer, class_name="c-cust"),
        rx.el.td(
            joined(row.currency, " ", row.value),
            class_name="c-open num",
            data_minor=row.value_minor,
            data_currency=row.currency,
        ),
        rx.el.td(status_chip(row.stage), class_name="c-st"),
        key=row.id,
        data_testid="opportunity-row",
        data_id=row.id,
        data_row="",
    )


def _skeleton() -> rx.Component:
    return rx.el.table(
        rx.el.thead(rx.el.tr(*_heads())),
        skeleton_rows(CSS),
        class_name="t grid skel",
        aria_hidden="true",
    )
