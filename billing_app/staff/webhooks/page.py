"""The webhooks page: addresses with their secrets, and the messages below."""

import reflex as rx

from billing_app.domain.webhooks import PAYMENT_STATUS
from billing_app.kit.buttons import button
from billing_app.kit.fields import field, text_input
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.shell.page import staff_page
from billing_app.staff.webhooks.state import HookRow, SentRow, WebhooksState


def webhooks_page() -> rx.Component:
    """The page."""
    return staff_page(
        rx.cond(
            WebhooksState.is_loaded,
            rx.el.div(_hooks(), _add(), _sent(), class_name="e-wrap one"),
            rx.el.p("Opening…", role="status"),
        ),
        title="Webhooks",
        current="/settings",
        crumbs=[("Settings", "/settings")],
        layout="editor",
        new=rx.fragment(),
    )


def _hooks() -> rx.Component:
    table = plain_table(
        "Webhooks",
        [head("Address"), head("Topics"), head("Secret"), head("Delete", hidden=True)],
        rx.el.tbody(rx.foreach(WebhooksState.hooks, _hook)),
    )
    none = rx.el.p("Nobody is told of payments yet.", class_name="muted")
    return rx.el.section(
        rx.el.header(rx.el.h2("Who is told")),
        rx.cond(WebhooksState.hooks.length() > 0, table, none),
        class_name="e-sec",
    )


def _hook(row: rx.vars.ObjectVar[HookRow]) -> rx.Component:
    secret = rx.el.details(rx.el.summary("Show"), rx.el.code(row.secret))
    end = button(
        "Delete",
        small=True,
        aria_label=joined("Delete webhook ", row.url),
        on_click=WebhooksState.end(row.id),
    )
    return rx.el.tr(
        rx.el.td(row.url, class_name="txt"),
        rx.el.td(row.topics, class_name="txt"),
        rx.el.td(secret),
        rx.el.td(end),
        key=row.id,
        data_testid="webhook-row",
        data_id=row.id,
    )


def _add() -> rx.Component:
    errors = WebhooksState.errors
    return rx.el.section(
        rx.el.header(rx.el.h2("Tell another system")),
        rx.el.form(
            field(
                "Address",
                text_input(name="url", placeholder="https://example.com/hook"),
                id="hook-url",
                error=errors.get("url", ""),
            ),
            field(
                "Topics",
                text_input(name="topics", placeholder=PAYMENT_STATUS),
                id="hook-topics",
                help="With .<invoice id> of one invoice alone. Several with commas between.",
                error=errors.get("topics", ""),
                optional=True,
            ),
            button("Add webhook", kind="primary", type="submit"),
            on_submit=WebhooksState.add,
            key=WebhooksState.turn.to_string(),
            class_name="stack",
        ),
        class_name="e-sec",
    )


def _sent() -> rx.Component:
    table = plain_table(
        "Messages, the newest first",
        [
            head("When"),
            head("Topic"),
            head("Address"),
            head("State"),
            head("Answer"),
            head("Tries", "num"),
            head("Again", hidden=True),
        ],
        rx.el.tbody(rx.foreach(WebhooksState.sent, _message)),
    )
    none = rx.el.p("No message was written yet.", class_name="muted")
    refresh = button("Refresh", small=True, kind="quiet", on_click=WebhooksState.refresh)
    return rx.el.section(
        rx.el.header(rx.el.h2("Messages"), rx.el.span(refresh, class_name="right")),
        rx.cond(WebhooksState.sent.length() > 0, table, none),
        class_name="e-sec",
    )


def _message(row: rx.vars.ObjectVar[SentRow]) -> rx.Component:
    again = button(
        "Send again",
        small=True,
        aria_label=joined("Send again: ", row.topic, " of ", row.when),
        on_click=WebhooksState.again(row.id),
    )
    return rx.el.tr(
        rx.el.td(row.when),
        rx.el.td(row.topic, class_name="txt"),
        rx.el.td(row.url, class_name="txt"),
        rx.el.td(row.state),
        rx.el.td(row.answer, class_name="txt"),
        rx.el.td(row.tries, class_name="num"),
        rx.el.td(rx.cond(row.can_replay, again)),
        key=row.id,
        data_testid="message-row",
        data_id=row.id,
    )
