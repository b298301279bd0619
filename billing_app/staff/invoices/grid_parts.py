"""The invoices table itself: heads, rows, cells, skeleton, and what stands there when empty."""

import reflex as rx

from billing_app.kit.chips import drawn_chip
from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.money import amount_cell
from billing_app.kit.tables import (
    empty_state,
    grid_scroll,
    skeleton_rows,
    sort_header,
)
from billing_app.kit.words import joined
from billing_app.staff.invoices.columns import BY_KEY, DEFAULT
from billing_app.staff.invoices.rows import Heading, Row
from billing_app.staff.invoices.state import InvoicesState
from billing_app.staff.invoices.table_state import TableState

FIRST_CHIP = 4  # words of a status cell, before those of a second chip


def grid() -> rx.Component:
    """The table itself, its skeleton, and what stands there when nothing matches."""
    heads = rx.el.tr(
        rx.el.th(
            rx.el.input(
                type="checkbox",
                class_name="box",
                aria_label="Select all on this page",
                checked=TableState.is_page_selected,
                on_change=TableState.toggle_page,
            ),
            scope="col",
            class_name="check",
        ),
        rx.foreach(TableState.heads, _heading),
    )
    table = rx.el.table(
        rx.el.caption("Invoices", class_name="sr"),
        rx.el.thead(heads),
        rx.el.tbody(rx.foreach(TableState.rows, _row)),
        class_name="t grid live flat",
        data_current="invoice",
    )
    return grid_scroll(
        "Invoices grid",
        rx.cond(
            TableState.is_loaded,
            rx.cond(TableState.rows.length() > 0, table, _nothing()),
            _skeleton(),
        ),
    )


def _heading(head: rx.vars.ObjectVar[Heading]) -> rx.Component:
    return sort_header(
        head.label,
        head.key,
        TableState.sort,
        TableState.descending,
        InvoicesState.sort_by,
        css=head.css,
    )


def _row(row: rx.vars.ObjectVar[Row]) -> rx.Component:
    box = rx.el.input(
        type="checkbox",
        class_name="box",
        aria_label=joined("Select ", row.cells[0][0]),  # type: ignore[index]
        checked=TableState.selected.contains(row.id),
        on_change=TableState.toggle_row(row.id),
        data_row_box="",
    )
    return rx.el.tr(
        rx.el.td(box, class_name="check"),
        rx.foreach(TableState.heads, lambda head, at: _cell(head, row.cells[at], row)),  # type: ignore[index]
        class_name=joined(row.css, rx.cond(TableState.selected.contains(row.id), " sel", "")),
        key=row.place,
        data_testid="invoice-row",
        data_id=row.id,
        data_row="",
    )


def _cell(
    head: rx.vars.ObjectVar[Heading], cell: rx.vars.ArrayVar[list[str]], row: rx.vars.ObjectVar[Row]
) -> rx.Component:
    doc = rx.el.th(
        link(
            cell[0],
            href=joined("/invoices?invoice=", row.id.to_string()),
            class_name=cell[1],
            data_row_link="",
            data_testid="invoice-link",
        ),
        rx.cond(cell[2] != "", _recurs()),
        scope="row",
        class_name=head.css,
        key=head.key,
    )
    amount = amount_cell(
        cell[0], row.currency, cell[1], css=joined(head.css, cell[2]), key=head.key
    )
    status = rx.el.td(
        drawn_chip(cell[0], cell[1], cell[2], cell[3]),
        rx.cond(cell.length() > FIRST_CHIP, drawn_chip(cell[4], cell[5], cell[6], also=True)),
        class_name=head.css,
        key=head.key,
    )
    words = rx.el.td(cell[0], class_name=head.css, key=head.key)
    return rx.cond(
        head.is_money, amount, rx.cond(head.is_words, words, rx.cond(head.is_doc, doc, status))
    )


def _recurs() -> rx.Component:
    """That a plan made the invoice (CRM-31)."""
    return rx.el.span(
        icon("repeat", "i s"),
        rx.el.span(", recurring", class_name="sr"),
        class_name="rec",
        title="Recurring",
    )


def _nothing() -> rx.Component:
    none_at_all = empty_state(
        "nothing",
        "No invoices yet",
        "Write the first one; it stays a draft until you post it.",
        action="New invoice",
        href="/invoices/new",
    )
    no_match = empty_state(
        "no_match",
        "No invoice matches",
        InvoicesState.filter_sentence,
        action="Clear filters",
        on_action=InvoicesState.clear_filters,
    )
    return rx.cond(InvoicesState.is_restricted, no_match, none_at_all)


def _skeleton() -> rx.Component:
    css = ["check", *(BY_KEY[key].css for key in DEFAULT)]
    heads = [
        rx.el.th(BY_KEY[key].label, scope="col", class_name=BY_KEY[key].css) for key in DEFAULT
    ]
    return rx.el.table(
        rx.el.thead(rx.el.tr(rx.el.th(class_name="check"), *heads)),
        skeleton_rows(css),
        class_name="t grid skel flat",
        aria_hidden="true",
    )
