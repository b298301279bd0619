"""The bar for selected rows, and the plan of a bulk action."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import field, text_area
from billing_app.kit.tables import bulk_bar, head, plain_table
from billing_app.staff.invoices.bulk_state import BulkState, PlanRow
from billing_app.staff.invoices.table_state import TableState
from billing_app.staff.shell.state import can


def selection_bar() -> rx.Component:
    """What can be done with the selected rows; takes a row of its own and covers nothing."""
    bar = bulk_bar(
        TableState.selected.length().to_string() + " selected",
        TableState.selected_text,
        rx.cond(
            can(Permission.INVOICE_POST),
            button("Post…", kind="primary", icon="stamp", on_click=BulkState.open_plan("post")),
        ),
        rx.cond(
            can(Permission.INVOICE_UNPOST),
            button("Set back…", icon="undo", on_click=BulkState.open_plan("unpost")),
        ),
        rx.cond(
            can(Permission.INVOICE_CANCEL),
            button("Cancel…", icon="x", on_click=BulkState.open_plan("cancel")),
        ),
        rx.cond(
            can(Permission.INVOICE_VOID),
            button("Void…", icon="ban", on_click=BulkState.open_plan("void")),
        ),
        rx.cond(
            can(Permission.INVOICE_DELETE),
            button("Delete…", icon="trash", on_click=BulkState.open_plan("delete")),
        ),
        button("Clear selection", kind="quiet", on_click=TableState.clear_selection),
        label="Selected invoices",
    )
    return rx.cond(TableState.selected.length() > 0, bar)


def bulk_plan() -> rx.Component:
    """Per row what will happen and why a row is skipped; then progress; then the receipt."""
    form = rx.el.form(
        rx.cond(
            BulkState.needs_reason & ~BulkState.is_done,
            field(
                "Reason", text_area(name="reason", rows=2), id="bulk-reason", error=BulkState.error
            ),
        ),
        id="bulk-form",
        on_submit=BulkState.start,
    )
    return dialog(
        BulkState.title,
        _progress(),
        rx.cond(BulkState.failed.length() > 0, _rows("Not done", BulkState.failed)),
        rx.cond(BulkState.skipped.length() > 0, _rows("Skipped", BulkState.skipped)),
        rx.cond(
            BulkState.will.length() > 0,
            _rows(rx.cond(BulkState.is_done, "Asked for", "Will be done"), BulkState.will),
            rx.el.p("Nothing can be done with these invoices."),
        ),
        form,
        open=BulkState.is_open,
        on_close=BulkState.close,
        lead=BulkState.sums,
        wide=True,
        actions=[
            button(
                rx.cond(BulkState.is_done, "Close", "Keep as they are"),
                on_click=BulkState.close,
                data_autofocus="",
            ),
            rx.cond(
                (BulkState.total_count > 0) & ~BulkState.is_done,
                button(
                    BulkState.button,
                    kind="primary",
                    type="submit",
                    form="bulk-form",
                    busy=BulkState.is_running,
                ),
            ),
        ],
        id="bulk",
    )


def _progress() -> rx.Component:
    said = rx.el.p(
        BulkState.done_count.to_string(), " of ", BulkState.total_count.to_string(), role="status"
    )
    bar = rx.el.progress(
        value=BulkState.done_count, max=BulkState.total_count, aria_label="Progress"
    )
    return rx.cond(
        BulkState.is_running | BulkState.is_done, rx.el.div(bar, said, class_name="progress")
    )


def _rows(title: rx.Var[str] | str, rows: rx.Var[list[PlanRow]]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(title, " ", rx.el.span(rows.length(), class_name="n")),
        plain_table(
            "Invoices",
            [head("Number"), head("Customer"), head("Amount", "num"), head("Note")],
            rx.el.tbody(rx.foreach(rows, _plan_row)),
        ),
    )


def _plan_row(row: rx.vars.ObjectVar[PlanRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.label, scope="row"),
        rx.el.td(row.customer),
        rx.el.td(row.amount, class_name="num"),
        rx.el.td(row.note, class_name="muted"),
        key=row.id,
    )
