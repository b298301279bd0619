"""The pages of bulk actions: the list, and the receipt that stays."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.dialogs import facts
from billing_app.kit.links import file_link, link
from billing_app.kit.tables import empty_state, head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.bulk.state import BulkRunsState, ReceiptRow, RunRow
from billing_app.staff.shell.page import staff_page


def bulk_runs_page() -> rx.Component:
    """Every bulk action one asked for."""
    table = plain_table(
        "Bulk actions",
        [
            head("Action"),
            head("Asked for"),
            head("By"),
            head("State"),
            head("Done", "num"),
            head("Not done", "num"),
            head("Skipped", "num"),
        ],
        rx.el.tbody(rx.foreach(BulkRunsState.runs, _run)),
    )
    none = empty_state(
        "nothing_yet",
        "No bulk action yet",
        "Select invoices in their list to do the same to all of them.",
        action="To the invoices",
        href="/invoices",
    )
    content = rx.cond(BulkRunsState.runs.length() > 0, table, none)
    return _page(
        "Bulk actions",
        rx.cond(BulkRunsState.is_loaded, content, rx.el.p("Opening…", role="status")),
    )


def receipt_page() -> rx.Component:
    """One bulk action: what was done to which invoice, and why not."""
    run = BulkRunsState.run
    missing = empty_state(
        "no_match",
        "This bulk action does not exist",
        "Others see their own only.",
        action="To the bulk actions",
        href="/bulk",
    )
    return _page(
        rx.cond(run.name != "", run.name, "Bulk action"),
        rx.cond(
            BulkRunsState.is_loaded,
            rx.cond(BulkRunsState.is_missing, missing, _receipt()),
            rx.el.p("Opening…", role="status"),
        ),
        ("Bulk actions", "/bulk"),
    )


def _receipt() -> rx.Component:
    run = BulkRunsState.run
    return rx.fragment(
        facts(
            [
                ("Asked for", joined(run.asked, ", ", run.asked_by)),
                ("State", run.state),
                ("Done", run.done),
                ("Not done", run.failed),
                ("Skipped", run.skipped),
            ]
        ),
        rx.cond(run.is_running, _progress()),
        rx.cond(
            run.has_zip,
            file_link(
                "Download ZIP",
                href=joined("/bulk/", run.id.to_string(), ".zip"),
                class_name="btn primary",
            ),
        ),
        plain_table(
            "Receipt",
            [head("Number"), head("Customer"), head("State"), head("What happened")],
            rx.el.tbody(rx.foreach(BulkRunsState.rows, _row)),
        ),
        rx.cond(BulkRunsState.more != "", rx.el.p(BulkRunsState.more, class_name="muted")),
    )


def _page(title: rx.Var[str] | str, content: rx.Component, *above: tuple[str, str]) -> rx.Component:
    section = rx.el.section(content, class_name="e-sec")
    return staff_page(
        rx.el.div(section, class_name="e-wrap one full"),
        title=title,
        current="/invoices",
        crumbs=[("Invoices", "/invoices"), *above],
        layout="editor",
        new=rx.fragment(),
    )


def _progress() -> rx.Component:
    run = BulkRunsState.run
    return rx.el.div(
        rx.el.progress(value=run.at, max=run.most, aria_label="Progress"),
        rx.el.p(run.at.to_string(), " of ", run.most.to_string(), role="status"),
        button("Stop", small=True, on_click=BulkRunsState.stop_run),
        class_name="progress",
    )


def _run(row: rx.vars.ObjectVar[RunRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(link(row.name, href=joined("/bulk/", row.id.to_string())), scope="row"),
        rx.el.td(row.asked),
        rx.el.td(row.asked_by),
        rx.el.td(row.state),
        rx.el.td(row.done, class_name="num"),
        rx.el.td(row.failed, class_name="num"),
        rx.el.td(row.skipped, class_name="num"),
        key=row.id,
        data_testid="bulk-run",
        data_id=row.id,
    )


def _row(row: rx.vars.ObjectVar[ReceiptRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(link(row.label, href=row.href), scope="row"),
        rx.el.td(row.customer),
        rx.el.td(row.state),
        rx.el.td(row.sentence, class_name="txt"),
        key=row.position,
        data_testid="receipt-row",
    )
