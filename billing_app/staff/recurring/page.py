"""The list of recurring invoices, and one plan with its calendar."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.chips import status_chip
from billing_app.kit.dialogs import pairs
from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state, filters, grid_scroll, head, pager, skeleton_rows
from billing_app.kit.words import joined
from billing_app.staff.recurring.list_state import PlansState
from billing_app.staff.recurring.parts import calendar, plan_dialogs, prices
from billing_app.staff.recurring.rows import PlanLine
from billing_app.staff.recurring.state import PlanState
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.parts import documents_table
from billing_app.staff.shell.state import can

CSS = ("c-no", "c-cust", "c-x", "c-x", "c-due", "c-x", "c-open num", "c-st")
HEADS = ("Invoice", "Customer", "Title", "Frequency", "Next", "Made", "Amount", "Status")


def plans_page() -> rx.Component:
    """The list."""
    search = rx.el.input(
        type="search",
        placeholder="Search invoice, title, customer",
        aria_label="Search plans",
        default_value=PlansState.search,
        on_change=PlansState.find.debounce(200),
        class_name="grid-search",
    )
    run = button("Create due drafts", icon="play", on_click=PlansState.run)
    return staff_page(
        rx.el.section(
            rx.el.p(rx.el.b(PlansState.count_text), class_name="count"),
            class_name="totals",
            aria_label="Count",
        ),
        filters(rx.el.li(search, class_name="search-item")),
        grid_scroll("Plans grid", rx.cond(PlansState.is_loaded, _table(), _skeleton())),
        pager(PlansState.page_no, PlansState.page_count, PlansState.range_text, PlansState.go_to),
        title="Recurring invoices",
        current="/invoices/recurring",
        new=rx.fragment(),
        actions=[rx.cond(can(Permission.JOB_RUN), run)],
    )


def plan_page() -> rx.Component:
    """One plan."""
    plan = PlanState.plan
    trouble = rx.el.p(
        icon("warn", "i s"), PlanState.problem, class_name="remark warning", role="status"
    )
    return staff_page(
        rx.cond(
            PlanState.is_loaded,
            rx.el.div(
                rx.cond(PlanState.problem != "", trouble),
                _facts(),
                calendar(),
                prices(),
                documents_table(PlanState.invoices, "No draft is made yet."),
                class_name="e-wrap one",
            ),
            rx.el.p("Opening…", role="status"),
        ),
        title=rx.cond(PlanState.is_loaded, joined("Plan of ", plan.source), "Plan"),
        current="/invoices/recurring",
        crumbs=[("Recurring invoices", "/invoices/recurring")],
        layout="editor",
        new=rx.fragment(),
        overlays=plan_dialogs(),
        actions=[rx.cond(can(Permission.INVOICE_RECUR) & PlanState.is_loaded, _actions())],
    )


def _actions() -> rx.Component:
    return rx.fragment(
        rx.cond(
            PlanState.plan.is_active,
            button("Turn off", kind="quiet", on_click=PlanState.turn_off),
            button("Turn on", kind="quiet", on_click=PlanState.turn_on),
        ),
        button("Create due drafts", kind="primary", icon="play", on_click=PlanState.run),
    )


def _facts() -> rx.Component:
    plan = PlanState.plan
    source = link(plan.source, href=joined("/invoices?invoice=", plan.source_id.to_string()))
    customer = link(plan.customer, href=joined("/customers/", plan.customer_id.to_string()))
    end = button(
        "Change end…",
        kind="quiet",
        small=True,
        on_click=PlanState.open_dialog("end", ""),
    )
    entries = [
        ("Invoice", source),
        ("Customer", customer),
        ("Title", plan.title),
        ("Frequency", plan.frequency),
        ("First repeat", plan.start),
        ("Ends", plan.ends),
        ("Next draft", plan.next),
        ("Made", plan.made),
        ("Amount of the invoice", joined(plan.currency, " ", plan.amount)),
        ("Status", status_chip(plan.status)),
    ]
    return rx.el.section(
        rx.el.header(
            rx.el.h2("Plan"),
            rx.cond(can(Permission.INVOICE_RECUR), rx.el.span(end, class_name="right")),
        ),
        pairs(entries),
        class_name="e-sec",
    )


def _table() -> rx.Component:
    table = rx.el.table(
        rx.el.caption("Recurring invoices", class_name="sr"),
        rx.el.thead(rx.el.tr(*_heads())),
        rx.el.tbody(rx.foreach(PlansState.rows, _row)),
        class_name="t grid live",
    )
    nothing = empty_state(
        "nothing",
        "No recurring invoice here",
        "Open a draft and choose Make recurring… in its More options.",
        action="Show drafts",
        href="/invoices?view=drafts",
    )
    return rx.cond(PlansState.rows.length() > 0, table, nothing)


def _heads() -> list[rx.Component]:
    return [head(label, css) for label, css in zip(HEADS, CSS, strict=True)]


def _row(row: rx.vars.ObjectVar[PlanLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            link(
                row.source,
                href=joined("/invoices/recurring/", row.id.to_string()),
                data_row_link="",
            ),
            scope="row",
            class_name="c-no",
        ),
        rx.el.td(row.customer, class_name="c-cust"),
        rx.el.td(row.title, class_name="c-x"),
        rx.el.td(row.frequency, class_name="c-x"),
        rx.el.td(row.next, class_name="c-due"),
        rx.el.td(row.made, class_name="c-x"),
        rx.el.td(
            joined(row.currency, " ", row.amount),
            class_name="c-open num",
            data_minor=row.amount_minor,
            data_currency=row.currency,
        ),
        rx.el.td(status_chip(row.status), class_name="c-st"),
        key=row.id,
        data_testid="plan-row",
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
