"""The drawer's table of settlements, and the dialogs that change it."""

from typing import Any

import reflex as rx

from billing_app.domain.payments import RECORDED_METHODS
from billing_app.kit.buttons import button, icon_button, link_button
from billing_app.kit.dialogs import dialog, facts, section
from billing_app.kit.fields import (
    amount_input,
    checkbox,
    date_input,
    field,
    select_input,
    text_area,
    text_input,
)
from billing_app.kit.links import link
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.invoices.drawer_words import SettlementRow

VIEW = DrawerState.view
METHODS = [(str(one), one.label) for one in RECORDED_METHODS]


def settlements() -> rx.Component:
    """Receipts, payments and credit notes with the running balance (SPEC CRM-26, DLY-24)."""
    table = plain_table(
        "Settlements with running balance",
        [
            head("Document"),
            head("Date"),
            head("Amount", "num"),
            head("Balance", "num"),
            head("Delete", hidden=True),
        ],
        rx.el.tbody(rx.foreach(VIEW.settlements, _settlement)),
    )
    none = rx.el.p("Nothing is paid or credited yet.", class_name="muted")
    view = link_button(
        "View payments",
        href=joined("/payments/allocate?invoice=", VIEW.id.to_string()),
        kind="quiet",
        small=True,
    )
    whole = section(
        "Receipts, Payments and Credit Notes",
        rx.cond(VIEW.settlements.length() > 0, table, none),
        id="h-payments",
        count=VIEW.settlements.length().to_string(),
        tools=[rx.cond(VIEW.can_allocate, view)],
    )
    return rx.cond(VIEW.has_payments, whole)


def _settlement(row: rx.vars.ObjectVar[SettlementRow]) -> rx.Component:
    delete = icon_button(
        joined("Delete payment ", row.number),
        "trash",
        small=True,
        on_click=DrawerState.ask_delete(row.id),
    )
    name = rx.cond(row.href != "", link(row.number, href=row.href), row.number)
    return rx.el.tr(
        rx.el.td(name, rx.el.small(row.detail), class_name="txt"),
        rx.el.td(row.on, class_name="muted"),
        rx.el.td(row.amount, class_name="num"),
        rx.el.td(row.balance, class_name="num muted"),
        rx.el.td(rx.cond(row.can_delete, delete), class_name="num"),
        key=row.number,
        data_testid="settlement-row",
        data_id=row.id,
    )


def payment_dialogs() -> list[rx.Component]:
    """Record Payment, the question before deleting, and the write-off."""
    return [_record(), _delete(), _write_off()]


def _record() -> rx.Component:
    fields = [
        _field(
            "Amount",
            "amount",
            amount_input(name="amount", default_value=VIEW.open_plain, data_autofocus=""),
            note=VIEW.currency,
            help_text=joined("Open: ", VIEW.currency, " ", VIEW.open),
        ),
        _field("Date", "paid_on", date_input(name="paid_on", default_value=DrawerState.pay_today)),
        _field("Method", "method", select_input(METHODS, name="method")),
        _field("Reference", "reference", text_input(name="reference"), optional=True),
        _field(
            "Description",
            "description",
            text_input(name="description"),
            optional=True,
            help_text="What follows a # is for staff only.",
        ),
    ]
    confirm = checkbox(
        "Confirm by e-mail to the customer's contacts", id="pay-confirmation", name="confirmation"
    )
    return dialog(
        joined("Record payment on ", VIEW.label),
        rx.el.form(*fields, confirm, id="pay-form", on_submit=DrawerState.record),
        open=DrawerState.paying == "record",
        on_close=DrawerState.close_payment,
        actions=[
            button("Record nothing", on_click=DrawerState.close_payment),
            button(
                "Record payment", kind="primary", type="submit", form="pay-form", key="mod+enter"
            ),
        ],
        id="pay",
    )


def _delete() -> rx.Component:
    doomed = DrawerState.doomed
    return dialog(
        joined("Delete ", doomed.number, "?"),
        facts([("Invoice", VIEW.label), ("Amount", doomed.amount)]),
        rx.el.p("It settles this invoice no longer; the amount is open again.", class_name="says"),
        open=DrawerState.paying == "delete",
        on_close=DrawerState.close_payment,
        kind="alertdialog",
        actions=[
            button("Keep it", on_click=DrawerState.close_payment, data_autofocus=""),
            button("Delete payment", kind="danger", on_click=DrawerState.confirm_delete),
        ],
        id="pay-delete",
    )


def _write_off() -> rx.Component:
    reason = text_area(name="reason", rows=2, placeholder="Bank charges")
    return dialog(
        joined("Write off what is left of ", VIEW.label, "?"),
        facts([("Open", joined(VIEW.currency, " ", VIEW.open))]),
        rx.el.form(
            _field("Reason", "reason", reason),
            id="write-off-form",
            on_submit=DrawerState.confirm_write_off,
        ),
        open=DrawerState.paying == "write_off",
        on_close=DrawerState.close_payment,
        actions=[
            button("Keep it open", on_click=DrawerState.close_payment),
            button("Write off", kind="primary", type="submit", form="write-off-form"),
        ],
        id="write-off",
    )


def _field(
    label: str,
    name: str,
    control: rx.Component,
    *,
    help_text: Any = "",
    note: Any = "",
    optional: bool = False,
) -> rx.Component:
    return field(
        label,
        control,
        id=f"pay-{name}",
        help=help_text,
        note=note,
        optional=optional,
        error=DrawerState.pay_errors.get(name, ""),
    )
