"""The bar for selected rows, and the plan and the progress of a bulk action."""

import reflex as rx

from billing_app.domain.payments import RECORDED_METHODS
from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import date_input, field, select_input, text_area, text_input
from billing_app.kit.links import file_link, link
from billing_app.kit.tables import bulk_bar, head, plain_table
from billing_app.kit.words import Text, joined
from billing_app.services.bulk.verbs import VERBS
from billing_app.staff.invoices.bulk_state import FIELDS, BulkState, PlanRow
from billing_app.staff.invoices.table_state import TableState
from billing_app.staff.shell.state import can

METHODS = [(str(one), one.label) for one in RECORDED_METHODS]
OFFERED = (
    ("post", "Post…", "stamp"),
    ("send", "Send…", "send"),
    ("push", "Push to accounting…", "sync"),
    ("pay", "Record payments…", "bank"),
    ("pdf", "PDFs…", "download"),
    ("set", "Set fields…", "pencil"),
    ("unpost", "Set back…", "undo"),
    ("cancel", "Cancel…", "x"),
    ("void", "Void…", "ban"),
    ("delete", "Delete…", "trash"),
)


def selection_bar() -> rx.Component:
    """What can be done with the selected rows; takes a row of its own and covers nothing."""
    bar = bulk_bar(
        TableState.selected.length().to_string() + " selected",
        TableState.selected_text,
        rx.cond(
            TableState.is_page_selected,
            button("Select all found", kind="quiet", on_click=BulkState.select_found),
        ),
        *(_offer(name, word, icon) for name, word, icon in OFFERED if name in VERBS),
        button("Clear selection", kind="quiet", on_click=TableState.clear_selection),
        label="Selected invoices",
    )
    return rx.cond(TableState.selected.length() > 0, bar)


def _offer(name: str, word: str, icon: str) -> rx.Component:
    looks = {"kind": "primary"} if name == "post" else {}
    press = button(word, icon=icon, on_click=BulkState.open_plan(name), **looks)
    return rx.cond(can(VERBS[name].permission), press)


def bulk_plan() -> rx.Component:
    """What is typed; per row what will happen and why a row is skipped; then the progress."""
    body = rx.match(
        BulkState.step, ("ask", _ask()), ("plan", _plan()), ("run", _progress()), rx.fragment()
    )
    return dialog(
        BulkState.title,
        body,
        open=BulkState.is_open,
        on_close=BulkState.close,
        lead=rx.cond(BulkState.step == "plan", BulkState.sums, ""),
        wide=True,
        say=link("Earlier bulk actions", href="/bulk"),
        actions=[_leave(), _go()],
        id="bulk",
    )


def _leave() -> rx.Component:
    word = rx.cond(
        BulkState.step == "run", rx.cond(BulkState.is_done, "Close", "Go on without me"), "Keep all"
    )
    return button(word, on_click=BulkState.close, data_autofocus="")


def _go() -> rx.Component:
    zipped = file_link(
        "Download ZIP",
        href=joined("/bulk/", BulkState.run_id.to_string(), ".zip"),
        class_name="btn primary",
    )
    is_collected = (BulkState.wanted == "pdf") & BulkState.is_done & (BulkState.done_count > 0)
    return rx.match(
        BulkState.step,
        ("ask", button("Show the plan", kind="primary", type="submit", form="bulk-form")),
        (
            "plan",
            rx.cond(
                BulkState.will_count > 0,
                button(BulkState.button, kind="primary", type="submit", form="bulk-form"),
            ),
        ),
        (
            "run",
            rx.cond(
                BulkState.is_done,
                rx.cond(is_collected, zipped),
                button("Stop", on_click=BulkState.stop_run),
            ),
        ),
        rx.fragment(),
    )


def _ask() -> rx.Component:
    names = [("", "Choose a field"), *FIELDS.items()]
    return rx.el.form(
        _typed("Field", "field", select_input(names, name="field")),
        _typed(
            "New value",
            "value",
            text_area(name="value", rows=2),
            "Most fields are open in drafts only; the plan says where not.",
        ),
        id="bulk-form",
        on_submit=BulkState.choose_fields,
    )


def _plan() -> rx.Component:
    reason = _typed("Reason", "reason", text_area(name="reason", rows=2))
    payment = rx.fragment(
        _typed("Date", "paid_on", date_input(name="paid_on", default_value=BulkState.today)),
        _typed("Method", "method", select_input(METHODS, name="method")),
        _typed("Reference", "reference", text_input(name="reference"), optional=True),
        rx.el.p("All that is open of each invoice is recorded as paid.", class_name="muted"),
    )
    form = rx.el.form(
        rx.cond(BulkState.needs_reason, reason),
        rx.cond(BulkState.wanted == "pay", payment),
        id="bulk-form",
        on_submit=BulkState.start,
    )
    return rx.fragment(
        rx.cond(
            BulkState.skipped_count > 0,
            _rows("Skipped", BulkState.skipped, BulkState.skipped_count),
        ),
        rx.cond(
            BulkState.will_count > 0,
            rx.fragment(form, _rows("Will be done", BulkState.will, BulkState.will_count)),
            rx.el.p("Nothing can be done with these invoices."),
        ),
    )


def _progress() -> rx.Component:
    said = rx.el.p(
        BulkState.done_count.to_string(), " of ", BulkState.will_count.to_string(), role="status"
    )
    bar = rx.el.progress(
        value=BulkState.done_count, max=BulkState.will_count, aria_label="Progress"
    )
    receipt = link("Open the receipt", href=joined("/bulk/", BulkState.run_id.to_string()))
    return rx.fragment(
        rx.el.div(bar, said, class_name="progress"),
        rx.el.p("It goes on when this window is closed. ", receipt, class_name="muted"),
        rx.cond(
            BulkState.failed_count > 0, _rows("Not done", BulkState.failed, BulkState.failed_count)
        ),
        rx.cond(
            BulkState.skipped_count > 0,
            _rows("Skipped", BulkState.skipped, BulkState.skipped_count),
        ),
    )


def _typed(
    label: str, name: str, control: rx.Component, help_text: str = "", *, optional: bool = False
) -> rx.Component:
    error = BulkState.errors.get(name, "")
    return field(label, control, id=f"bulk-{name}", help=help_text, error=error, optional=optional)


def _rows(title: Text, rows: rx.Var[list[PlanRow]], number: rx.Var[int]) -> rx.Component:
    more = rx.cond(
        number > rows.length(),
        rx.el.p("The first ", rows.length().to_string(), " are shown.", class_name="muted"),
    )
    return rx.el.div(
        rx.el.h3(title, " ", rx.el.span(number, class_name="n")),
        plain_table(
            "Invoices",
            [head("Number"), head("Customer"), head("Amount", "num"), head("Note")],
            rx.el.tbody(rx.foreach(rows, _plan_row)),
        ),
        more,
    )


def _plan_row(row: rx.vars.ObjectVar[PlanRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.label, scope="row"),
        rx.el.td(row.customer),
        rx.el.td(row.amount, class_name="num"),
        rx.el.td(row.note, class_name="muted"),
        key=row.id,
    )
