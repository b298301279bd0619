"""What several areas show the same way."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import icon_button
from billing_app.kit.chips import status_chip
from billing_app.kit.links import link
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import Text, joined
from billing_app.staff.shell.documents import DocumentRow


def documents_table(
    rows: Any, none: Text, *more: rx.Component, on_unlink: Any = None
) -> rx.Component:
    """The invoices of a record; each opens its drawer. `none` says that there is none yet.

    `on_unlink` gets the id of an invoice that shall no longer belong to the record.
    """
    table = plain_table(
        "Invoices",
        [
            head("Invoice"),
            head("Date"),
            head("Due date"),
            head("Status"),
            head("Amount", "num"),
            head("Open", "num"),
            *([] if on_unlink is None else [head("Unlink", hidden=True)]),
        ],
        rx.el.tbody(rx.foreach(rows, lambda row: _row(row, on_unlink))),
    )
    return rx.el.section(
        rx.el.header(rx.el.h2("Invoices")),
        rx.cond(rows.length() > 0, table, rx.el.p(none, class_name="muted")),
        *more,
        class_name="e-sec",
    )


def _row(row: rx.vars.ObjectVar[DocumentRow], on_unlink: Any) -> rx.Component:
    opener = link(row.label, href=joined("/invoices?invoice=", row.id.to_string()))
    return rx.el.tr(
        rx.el.td(opener, rx.el.small(row.title), class_name="txt"),
        rx.el.td(row.on),
        rx.el.td(row.due),
        rx.el.td(status_chip(row.status)),
        _figure(row.total, row.total_minor, row.currency),
        _figure(row.open, row.open_minor, row.currency),
        *([] if on_unlink is None else [_unlink(row, on_unlink)]),
        key=row.id,
        data_testid="document-row",
        data_id=row.id,
    )


def _unlink(row: rx.vars.ObjectVar[DocumentRow], on_unlink: Any) -> rx.Component:
    label = joined("Unlink ", row.label)
    cross = icon_button(label, "x", small=True, on_click=on_unlink(row.id))
    return rx.el.td(cross, class_name="acts")


def _figure(text: Any, minor: Any, code: Any) -> rx.Component:
    return rx.el.td(joined(code, " ", text), class_name="num", data_minor=minor, data_currency=code)
