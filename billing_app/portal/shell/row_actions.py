"""What a row of documents offers in the list: its PDF, and paying it (ORO-31, CXS-47)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import reflex as rx

from billing_app.kit.icons import icon
from billing_app.kit.links import file_link, here_link
from billing_app.kit.words import filled
from billing_app.portal.shell.said import said, said_of
from billing_app.portal.shell.table_rows import TableRow
from billing_app.services.portal_rows import RowActions

DOCUMENTS = frozenset({"invoices", "due"})
"""The tables whose rows are documents."""


def with_actions(rows: Sequence[TableRow], offered: Mapping[int, RowActions]) -> list[TableRow]:
    """The rows with the addresses of what each document offers."""
    return [_with(row, offered.get(int(row.id))) if row.href else row for row in rows]


def row_action_cell(row: rx.vars.ObjectVar[TableRow]) -> rx.Component:
    """The last cell of a row; empty where the document offers nothing."""
    download = file_link(
        icon("download"),
        href=row.pdf,
        class_name="arrow",
        aria_label=said_of("Download PDF", row.document),
    )
    pay = here_link(  # a page load: the page to pay on has a content policy of its own
        said("Pay"), href=row.pay, class_name="btn", aria_label=said_of("Pay", row.document)
    )
    both = rx.el.span(filled(row.pdf, download), filled(row.pay, pay), class_name="acts")
    return rx.el.td(
        rx.cond((row.pdf != "") | (row.pay != ""), both), role="cell", class_name="row-acts"
    )


def _with(row: TableRow, offers: RowActions | None) -> TableRow:
    if offers is None:
        return row
    pdf = f"/invoices/{row.id}.pdf" if offers.has_pdf else ""
    return replace(row, document=offers.number, pay=offers.pay, pdf=pdf)
