"""The Main part of a customer: usage summed up, periods to tick, invoices to generate."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.fields import row_checkbox
from billing_app.kit.links import file_link, link
from billing_app.kit.tables import Tab, empty_state, head, plain_table, tabs
from billing_app.kit.words import filled, joined
from billing_app.staff.customers.state import CustomerState
from billing_app.staff.customers.usage_state import HOURS, SummaryView, UsageState
from billing_app.staff.shell.state import can

KINDS = (
    Tab(HOURS, "24 Hours"),
    Tab("daily", "Daily"),
    Tab("weekly", "Weekly"),
    Tab("monthly", "Monthly"),
)
HEADS = ("Attempts", "Connected", "Duration", "Billed duration", "ASR", "ACD")


def usage_panel() -> rx.Component:
    """The summaries in UTC, with what makes invoices of them."""
    return rx.el.section(
        rx.el.header(
            rx.el.h2("Summary"),
            rx.el.span("Days in UTC, amounts in ", UsageState.currency, class_name="right"),
        ),
        tabs(KINDS, UsageState.kind, UsageState.choose, label="Summary"),
        _acts(),
        rx.cond(
            UsageState.rows.length() > 0,
            _table(),
            empty_state("nothing", "No usage in this time", "Usage appears here after an import."),
        ),
        class_name="e-sec",
    )


def _acts() -> rx.Component:
    chosen = button(
        "Generate Invoice",
        kind="primary",
        icon="invoice",
        on_click=UsageState.generate,
    )
    missing = button("Auto Generate Invoice", icon="sync", on_click=UsageState.generate_missing)
    return rx.cond(
        can(Permission.CHARGE_GENERATE),
        rx.el.div(
            rx.cond(UsageState.kind != HOURS, chosen),
            rx.cond(CustomerState.schedule != "none", missing),
            rx.cond(
                UsageState.ticked_count > 0,
                rx.el.span(UsageState.ticked_count, " ticked", class_name="muted"),
            ),
            class_name="acts-row",
        ),
    )


def _table() -> rx.Component:
    heads = [
        head("Invoice", hidden=True),
        head("Period"),
        *(head(label, "num") for label in HEADS),
        head("Customer charge", "num"),
        head("Profit", "num"),
        head("Download", hidden=True),
    ]
    return plain_table("Usage summary", heads, rx.el.tbody(rx.foreach(UsageState.rows, _row)))


def _row(row: rx.vars.ObjectVar[SummaryView]) -> rx.Component:
    box = row_checkbox(
        joined("Tick ", row.label),
        checked=row.is_ticked,
        on_change=UsageState.tick(row.first),
    )
    view = link(
        "View Invoice",
        href=joined("/invoices?invoice=", row.invoice_id.to_string()),
        aria_label=joined("View Invoice of ", row.label),
    )
    may_tick = row.is_finished & can(Permission.CHARGE_GENERATE)
    csv = file_link(
        "Download Invoice (CSV)",
        href=row.csv,
        aria_label=joined("Download Invoice (CSV) of ", row.label),
    )
    return rx.el.tr(
        rx.el.td(rx.cond(row.invoice_id > 0, view, rx.cond(may_tick, box))),
        rx.el.th(row.label, filled(row.unrated, rx.el.small(" ", row.unrated)), scope="row"),
        rx.el.td(row.attempts, class_name="num"),
        rx.el.td(row.connected, class_name="num"),
        rx.el.td(row.duration, class_name="num"),
        rx.el.td(row.billed, class_name="num"),
        rx.el.td(row.asr, class_name="num"),
        rx.el.td(row.acd, class_name="num"),
        rx.el.td(row.charge, class_name="num"),
        rx.el.td(row.profit, class_name="num"),
        rx.el.td(filled(row.csv, csv)),
        key=row.first,
        data_testid="summary-row",
        data_id=row.first,
    )
