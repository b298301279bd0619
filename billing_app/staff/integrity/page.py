"""The page /integrity: every promise of the books, and what breaks it."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.chips import status_chip
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.integrity.state import IntegrityState, PromiseRow
from billing_app.staff.shell.page import staff_page


def integrity_page() -> rx.Component:
    """The page."""
    bar = rx.el.progress(
        value=IntegrityState.done_count,
        max=IntegrityState.total_count,
        aria_label="Progress",
    )
    table = plain_table(
        "Promises of the books",
        [head("Promise"), head("Result"), head("What is wrong")],
        rx.el.tbody(rx.foreach(IntegrityState.rows, _row)),
    )
    content = rx.el.section(
        rx.el.header(rx.el.h2("Everything computed anew, and compared")),
        rx.el.p(
            rx.cond(IntegrityState.is_checking, "Checking…", IntegrityState.verdict),
            role="status",
        ),
        rx.cond(IntegrityState.is_checking, bar),
        rx.cond(IntegrityState.rows.length() > 0, table),
        class_name="e-sec",
    )
    return staff_page(
        rx.el.div(content, class_name="e-wrap one full"),
        title="Integrity",
        current="/integrity",
        layout="editor",
        new=rx.fragment(),
        actions=[
            button(
                "Check again",
                icon="sync",
                kind="primary",
                busy=IntegrityState.is_checking,
                on_click=IntegrityState.check,
            )
        ],
    )


def _row(row: rx.vars.ObjectVar[PromiseRow]) -> rx.Component:
    findings = rx.el.ul(
        rx.foreach(row.findings, rx.el.li),
        rx.cond(row.more != "", rx.el.li(row.more)),
        class_name="plain",
    )
    return rx.el.tr(
        rx.el.th(row.promise, scope="row", class_name="txt"),
        rx.el.td(status_chip(row.status)),
        rx.el.td(rx.cond(row.findings.length() > 0, findings, "—"), class_name="txt"),
        key=joined(row.promise, row.status),
        data_testid="promise-row",
    )
