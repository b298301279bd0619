"""The dialogs of Send to Customer, and the mails in the drawer."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.chips import status_chip
from billing_app.kit.dialogs import dialog, menu_item, section
from billing_app.kit.fields import checkbox, field, form_errors, text_area, text_input
from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.notices import remark
from billing_app.kit.words import filled, joined
from billing_app.staff.invoices.drawer_sections import VIEW
from billing_app.staff.invoices.mail_rows import MailRow
from billing_app.staff.invoices.send_state import SendState

MAIL = "/mail"


def send_dialogs() -> list[rx.Component]:
    """The confirmation and the mail."""
    return [_confirmation(), _mail_dialog()]


def send_items() -> list[rx.Component]:
    """The entries of the drawer's menu."""
    send = menu_item("Send to Customer…", icon="send", on_click=SendState.start, key="s")
    mark = menu_item("Mark as sent", icon="check", on_click=SendState.start_mark)
    write = menu_item("Write e-mail…", icon="mail", on_click=SendState.write)
    return [
        rx.cond(VIEW.can_send, send),
        rx.cond(VIEW.can_mark, mark),
        rx.cond(VIEW.can_write, write),
    ]


def mails_section() -> rx.Component:
    """What was mailed from the invoice, and what became of it."""
    none = rx.el.p("Nothing was mailed yet.", class_name="muted")
    return section(
        "E-mails",
        rx.cond(
            VIEW.mails.length() > 0,
            rx.el.ul(rx.foreach(VIEW.mails, _mail), class_name="mails"),
            none,
        ),
        id="h-mails",
        count=VIEW.mails.length().to_string(),
    )


def _mail(row: rx.vars.ObjectVar[MailRow]) -> rx.Component:
    mend = link("Mend it", href=joined(MAIL, "?mail=", row.id.to_string()))
    return rx.el.li(
        status_chip(row.state),
        rx.el.span(
            row.address,
            rx.el.small(row.detail),
            filled(row.error, rx.el.small(row.error, class_name="late")),
            class_name="txt",
        ),
        rx.cond(row.is_open, mend),
        rx.el.time(row.when),
        key=row.id,
        data_testid="invoice-mail",
        data_id=row.id,
    )


def _confirmation() -> rx.Component:
    says = rx.el.ul(
        rx.el.li("Posting ends modification: the content becomes fixed for good."),
        rx.el.li("It gets its number, its PDF is made, and the customer sees it in the portal."),
        rx.el.li(
            rx.cond(
                SendState.marks,
                "Then it is marked as sent, without a mail.",
                "Then the mail opens; nothing is sent before you send it.",
            )
        ),
        class_name="says",
    )
    return dialog(
        joined("Post ", SendState.label, " to send it?"),
        says,
        open=SendState.asks,
        on_close=SendState.stop,
        kind="alertdialog",
        actions=[
            button("Keep as it is", on_click=SendState.stop, data_autofocus=""),
            button("Proceed", kind="primary", on_click=SendState.proceed, key="mod+enter"),
        ],
        id="send-review",
    )


def _mail_dialog() -> rx.Component:
    form = rx.el.form(
        form_errors(SendState.error_list, SendState.attempt),
        rx.foreach(SendState.hints, lambda hint: remark(hint, "warning")),
        rx.el.div(
            _field("To", "to", SendState.to, css="s6"),
            _field("CC", "cc", "", optional=True, css="s3"),
            _field("BCC", "bcc", "", optional=True, css="s3"),
            _field("Subject", "subject", SendState.subject, css="s6"),
            _field("Message", "text", SendState.text, css="s6", rows=12),
            class_name="e-row",
        ),
        _attachment(),
        id="send-form",
        on_submit=SendState.send,
        key=SendState.form_key,
        no_validate=True,
    )
    return dialog(
        rx.cond(
            SendState.is_free,
            joined("E-mail about ", SendState.label),
            joined("Send ", SendState.label, " to customer"),
        ),
        form,
        rx.cond(SendState.has_preview, _preview()),
        open=SendState.is_open,
        on_close=SendState.close,
        wide=True,
        actions=[
            button("Send nothing", on_click=SendState.close),
            button("Preview", on_click=SendState.look),
            button("Send e-mail", kind="primary", type="submit", form="send-form", key="mod+enter"),
        ],
        id="send",
    )


def _attachment() -> rx.Component:
    paper = rx.el.a(
        SendState.attachment,
        href=joined("/invoices/", SendState.invoice_id.to_string(), "/preview.pdf"),
        target="_blank",
        rel="noopener",
    )
    always = rx.el.p(icon("file"), " ", paper, " goes with it.", class_name="attached")
    chosen = checkbox(
        joined("Attach ", SendState.attachment),
        id="send-attach",
        name="attach",
        on_change=lambda _on: SendState.toggle_paper(),
    )
    return filled(SendState.attachment, rx.cond(SendState.is_free, chosen, always))


def _preview() -> rx.Component:
    mail = SendState.preview
    rows = [("To", mail.addressee), ("CC", mail.cc), ("BCC", mail.bcc), ("Subject", mail.subject)]
    return rx.el.section(
        rx.el.h3("As it leaves"),
        rx.el.dl(
            *(filled(value, rx.el.div(rx.el.dt(name), rx.el.dd(value))) for name, value in rows),
            filled(mail.attachment, rx.el.div(rx.el.dt("Attached"), rx.el.dd(mail.attachment))),
            class_name="facts-list",
        ),
        rx.el.p(mail.text, class_name="letter"),
        aria_label="Preview of the mail",
    )


def _field(
    label: str,
    name: str,
    value: rx.Var[str] | str,
    *,
    optional: bool = False,
    css: str = "",
    rows: int = 0,
) -> rx.Component:
    props: dict[str, Any] = {
        "name": name,
        "default_value": value,
        "on_blur": lambda typed: SendState.keep(name, typed),
    }
    control = text_area(rows=rows, **props) if rows else text_input(**props)
    error = SendState.errors.get(name, "")
    help_text = "Several with commas between." if optional else ""
    return field(
        label,
        control,
        id=f"send-{name}",
        error=error,
        help=help_text,
        optional=optional,
        css=css,
    )
