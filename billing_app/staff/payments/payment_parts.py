"""One payment as a document, with what may be done with it at the top right."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button, icon_button, link_button
from billing_app.kit.chips import status_chip
from billing_app.kit.dialogs import box, boxes, dialog, facts, menu, menu_item
from billing_app.kit.fields import amount_input, field, text_area
from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state, head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.payments.rows import SettledRow, ToldRow
from billing_app.staff.payments.view_state import PaymentPageState
from billing_app.staff.shell.page import staff_page

VIEW = PaymentPageState.view


def payment_page() -> rx.Component:
    """One payment."""
    missing = empty_state(
        "no_match",
        "This payment does not exist",
        "It may have been deleted.",
        action="Back to the list",
        href="/payments",
    )
    shown = rx.el.div(_head(), _lines(), _facts(), _history(), class_name="e-wrap one")
    return staff_page(
        rx.cond(
            PaymentPageState.is_loaded,
            rx.cond(PaymentPageState.is_missing, missing, shown),
            rx.el.p("Opening…", role="status"),
        ),
        title=rx.cond(VIEW.number != "", VIEW.number, "Payment"),
        current="/payments",
        crumbs=[("Payments", "/payments")],
        layout="editor",
        new=rx.fragment(),
        actions=_actions(),
        overlays=[_delete(), _cancel(), _refund()],
    )


def _actions() -> list[rx.Component]:
    ask = PaymentPageState.open_dialog
    more = menu(
        "More options",
        rx.cond(VIEW.can_refund, menu_item("Refund…", icon="undo", on_click=ask("refund"))),
        rx.cond(VIEW.can_cancel, menu_item("Cancel payment…", icon="x", on_click=ask("cancel"))),
        id="payment-more",
    )
    return [
        rx.cond(
            VIEW.can_complete,
            button("Complete", kind="primary", on_click=PaymentPageState.complete, key="p"),
        ),
        rx.cond(
            VIEW.can_allocate,
            link_button(
                "Allocate",
                href=joined("/payments/allocate?payment=", VIEW.id.to_string()),
                key="a",
            ),
        ),
        rx.cond(VIEW.can_delete, icon_button("Delete payment", "trash", on_click=ask("delete"))),
        rx.cond(VIEW.can_refund | VIEW.can_cancel, more),
    ]


def _head() -> rx.Component:
    def figure(text: Any, minor: Any) -> rx.Component:
        return rx.el.span(text, data_minor=minor, data_currency=VIEW.currency)

    return rx.el.section(
        rx.el.p(VIEW.kind, " ", status_chip(VIEW.status), class_name="d-sub"),
        boxes(
            [
                box("Total", figure(VIEW.total, VIEW.total_minor), unit=VIEW.currency, css="lead"),
                box("Not allocated", figure(VIEW.left, VIEW.left_minor), unit=VIEW.currency),
            ]
        ),
        class_name="e-sec",
        aria_label="Payment",
    )


def _lines() -> rx.Component:
    table = plain_table(
        "What it settles",
        [
            head("Invoice"),
            head("Date"),
            head("Amount", "num"),
            head("Open now", "num"),
            head("Take back", hidden=True),
        ],
        rx.el.tbody(rx.foreach(VIEW.lines, _line)),
    )
    none = rx.el.p("It settles no invoice yet; all of it is the customer's credit.")
    return rx.el.section(
        rx.el.header(rx.el.h2("Invoices it settles")),
        rx.cond(VIEW.lines.length() > 0, table, none),
        class_name="e-sec",
    )


def _line(row: rx.vars.ObjectVar[SettledRow]) -> rx.Component:
    back = icon_button(
        joined("Take back from ", row.label),
        "undo",
        small=True,
        on_click=PaymentPageState.take_back(row.invoice_id),
    )
    return rx.el.tr(
        rx.el.td(
            link(row.label, href=joined("/invoices?invoice=", row.invoice_id.to_string())),
            class_name="txt",
        ),
        rx.el.td(row.on),
        rx.el.td(
            row.amount,
            class_name="num",
            data_minor=row.amount_minor,
            data_currency=VIEW.currency,
        ),
        rx.el.td(row.open, class_name="num muted"),
        rx.el.td(rx.cond(VIEW.can_release, back), class_name="num"),
        key=row.invoice_id,
        data_testid="allocation-row",
        data_id=row.invoice_id,
    )


def _facts() -> rx.Component:
    def fact(pair: Any) -> rx.Component:
        return rx.el.div(rx.el.dt(pair[0]), rx.el.dd(pair[1]), key=pair[0])

    def linked(row: Any) -> rx.Component:
        return rx.el.div(rx.el.dt(row[0]), rx.el.dd(link(row[1], href=row[2])), key=row[2])

    return rx.el.section(
        rx.el.header(rx.el.h2("Details")),
        rx.el.dl(rx.foreach(VIEW.facts, fact), rx.foreach(VIEW.links, linked), class_name="kv"),
        class_name="e-sec",
    )


def _history() -> rx.Component:
    def row(entry: rx.vars.ObjectVar[ToldRow]) -> rx.Component:
        words = rx.el.span(entry.what, rx.el.small(entry.who))
        return rx.el.li(icon("pay", "i s"), words, rx.el.time(entry.when))

    return rx.el.section(
        rx.el.header(rx.el.h2("History")),
        rx.el.ol(rx.foreach(VIEW.history, row), class_name="history"),
        class_name="e-sec",
    )


def _delete() -> rx.Component:
    said = rx.cond(
        VIEW.invoices_text != "",
        rx.el.p("What it settles is open again.", class_name="says"),
        rx.el.p("It settles nothing.", class_name="says"),
    )
    return _question(
        "delete",
        joined("Delete ", VIEW.number, "?"),
        said,
        keep="Keep it",
        act=button("Delete payment", kind="danger", on_click=PaymentPageState.delete),
    )


def _cancel() -> rx.Component:
    said = rx.el.p(
        "It counts no longer. Completing it again re-applies what still fits.", class_name="says"
    )
    return _question(
        "cancel",
        joined("Cancel ", VIEW.number, "?"),
        said,
        keep="Keep it",
        act=button("Cancel payment", kind="danger", on_click=PaymentPageState.cancel),
    )


def _refund() -> rx.Component:
    errors = PaymentPageState.errors
    form = rx.el.form(
        field(
            "Amount",
            amount_input(name="amount", data_autofocus=""),
            id="refund-amount",
            note=VIEW.currency,
            help=joined("At most ", VIEW.refundable),
            error=errors.get("amount", ""),
        ),
        field(
            "Reason",
            text_area(name="reason", rows=2),
            id="refund-reason",
            error=errors.get("reason", ""),
        ),
        id="refund-form",
        on_submit=PaymentPageState.refund,
    )
    return _question(
        "refund",
        joined("Refund ", VIEW.number),
        form,
        keep="Refund nothing",
        act=button("Refund", kind="primary", type="submit", form="refund-form", key="mod+enter"),
    )


def _question(
    name: str, title: Any, *content: rx.Component, keep: str, act: rx.Component
) -> rx.Component:
    pairs = [
        ("Amount", joined(VIEW.currency, " ", VIEW.total)),
        ("Invoices", rx.cond(VIEW.invoices_text != "", VIEW.invoices_text, "None")),
    ]
    return dialog(
        title,
        facts(pairs),
        *content,
        open=PaymentPageState.dialog == name,
        on_close=PaymentPageState.close_dialog,
        kind="alertdialog" if name != "refund" else "dialog",
        actions=[button(keep, on_click=PaymentPageState.close_dialog, data_autofocus=""), act],
        id=f"payment-{name}",
    )
