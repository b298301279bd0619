"""The mail page: what waits, what was sent, what failed and why."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.chips import status_chip
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import field, text_input
from billing_app.kit.links import link
from billing_app.kit.notices import remark
from billing_app.kit.tables import empty_state, head, pager, plain_table, tabs
from billing_app.kit.words import filled, joined
from billing_app.staff.mail.rows import QueueRow
from billing_app.staff.mail.state import QueueState
from billing_app.staff.shell.page import staff_page

NO_SERVER = "No mail server is set up, so mails wait here. The operator sets BILLING_SMTP_URL."


def mail_page() -> rx.Component:
    """The page."""
    content = rx.el.div(
        rx.cond(~QueueState.has_server, remark(NO_SERVER, "warning")),
        tabs(QueueState.tabs, QueueState.view, QueueState.choose, label="States"),
        rx.el.section(
            rx.el.header(rx.el.h2(QueueState.count_text)),
            rx.cond(QueueState.rows.length() > 0, _table(), _nothing()),
            pager(
                QueueState.page_no, QueueState.page_count, QueueState.range_text, QueueState.turn
            ),
            class_name="e-sec",
        ),
        class_name="e-wrap one full",
    )
    return staff_page(
        rx.cond(QueueState.is_loaded, content, rx.el.p("Opening…", role="status")),
        title="Mail",
        current="/mail",
        layout="editor",
        new=rx.fragment(),
        overlays=[_mail()],
    )


def _table() -> rx.Component:
    heads = [
        head("State"),
        head("Recipient"),
        head("Subject"),
        head("Customer"),
        head("Invoice"),
        head("When"),
        head("Show", hidden=True),
    ]
    return plain_table("Mails", heads, rx.el.tbody(rx.foreach(QueueState.rows, _row)), css="queue")


def _nothing() -> rx.Component:
    return empty_state(
        "nothing", "No mail here", "Invoices are sent from their drawer: Send to Customer."
    )


def _row(row: rx.vars.ObjectVar[QueueRow]) -> rx.Component:
    show = button(
        "Show",
        small=True,
        aria_label=joined("Show the mail to ", row.address),
        on_click=QueueState.open(row.id),
    )
    return rx.el.tr(
        rx.el.td(status_chip(row.state), filled(row.note, rx.el.small(row.note))),
        rx.el.th(row.address, filled(row.role, rx.el.small(" ", row.role)), scope="row"),
        rx.el.td(
            row.subject,
            rx.el.small(row.kind),
            filled(row.error, rx.el.small(row.error, class_name="late")),
            class_name="txt",
        ),
        rx.el.td(_named(row.customer, row.customer_href)),
        rx.el.td(_named(row.invoice, row.invoice_href)),
        rx.el.td(row.when),
        rx.el.td(show, class_name="acts"),
        key=row.id,
        data_testid="mail-row",
        data_id=row.id,
    )


def _mail() -> rx.Component:
    mail = QueueState.opened
    rows = [
        ("Recipient", mail.address),
        ("Customer", mail.customer),
        ("Subject", mail.subject),
        ("When", mail.when),
        ("Next", mail.note),
    ]
    form = rx.el.form(
        field(
            "Address",
            text_input(name="address", default_value=mail.address),
            id="mail-address",
            help="Only this recipient gets it again.",
            error=QueueState.error,
        ),
        id="mail-form",
        key=mail.id,
        on_submit=QueueState.again,
        no_validate=True,
    )
    return dialog(
        joined(mail.kind),
        status_chip(mail.state),
        filled(mail.error, remark(mail.error, "danger")),
        rx.el.dl(
            *(filled(value, rx.el.div(rx.el.dt(name), rx.el.dd(value))) for name, value in rows),
            class_name="facts-list",
        ),
        rx.el.p(QueueState.text, class_name="letter"),
        rx.cond(mail.can_mend, form),
        open=mail.id > 0,
        on_close=QueueState.close,
        actions=[
            button("Close", on_click=QueueState.close, data_autofocus=""),
            rx.cond(mail.can_cancel, button("Cancel mail", on_click=QueueState.cancel)),
            rx.cond(
                mail.can_mend,
                button("Send again", kind="primary", type="submit", form="mail-form"),
            ),
        ],
        id="mail",
    )


def _named(text: Any, href: Any) -> rx.Component:
    return rx.cond(href != "", link(text, href=href), text)
