"""The statement of account, with its files."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import date_input, field
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link, link
from billing_app.kit.statements import AccountView, StatementRow
from billing_app.kit.tables import empty_state
from billing_app.kit.words import filled, joined
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.said import said
from billing_app.portal.shell.state import SeatState
from billing_app.portal.statement.state import StatementState

HEADS = (
    ("Date", "date"), ("Kind", "kind"), ("Number", "number"), ("Text", "text"),
    ("Amount", "num"), ("Balance", "num"),
)  # fmt: skip


def statement_page() -> rx.Component:
    """Documents and payments with the balance after each."""
    none = empty_state("nothing", said("Nothing was asked for or paid in this period."))
    shown = rx.fragment(
        filled(SeatState.days_note, rx.el.p(SeatState.days_note, class_name="total-line")),
        _days(),
        rx.cond(
            StatementState.accounts.length() > 0,
            rx.foreach(StatementState.accounts, _account),
            none,
        ),
    )
    return portal_page(
        rx.cond(StatementState.is_loaded, shown, rx.el.p(said("Opening…"), role="status")),
        current="/portal/statement",
        title="Statement",
        wide=True,
    )


def _days() -> rx.Component:
    first = date_input(name="from_on", default_value=StatementState.from_text)
    last = date_input(name="to_on", default_value=StatementState.to_text)
    return rx.el.form(
        field(said("From"), first, id="from-on", error=StatementState.from_error),
        field(said("To"), last, id="to-on", error=StatementState.to_error),
        button(said("Show"), type="submit"),
        _file("CSV"),
        _file("PDF"),
        on_submit=StatementState.choose_days,
        class_name="days",
    )


def _file(label: str) -> rx.Component:
    return file_link(
        icon("download"),
        label,
        href=joined(f"/portal/exports/statement.{label.lower()}?", StatementState.query),
        class_name="btn",
    )


def _account(account: rx.vars.ObjectVar[AccountView]) -> rx.Component:
    heads = [
        rx.el.th(said(name), role="columnheader", scope="col", class_name=css)
        for name, css in HEADS
    ]
    name = joined(said("Account in"), " ", account.currency)
    return rx.el.section(
        rx.el.h2(name),
        filled(account.left_out, rx.el.p(account.left_out, class_name="quiet-text")),
        rx.el.div(
            rx.el.table(
                rx.el.caption(name, class_name="sr"),
                rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
                rx.el.tbody(
                    _balance("Opening balance", account.opening),
                    rx.foreach(account.rows, _line),
                    role="rowgroup",
                ),
                rx.el.tfoot(
                    _balance("Closing balance", account.closing, account.closing_minor),
                    role="rowgroup",
                ),
                class_name="pt cards",
                role="table",
            ),
            class_name="table-scroll",
            role="region",
            aria_label=name,
            tab_index=0,
        ),
        class_name="section",
        key=account.currency,
    )


def _balance(label: str, figure: rx.Var[str], minor: rx.Var[str] | str = "") -> rx.Component:
    return rx.el.tr(
        rx.el.th(said(label), role="rowheader", scope="row", col_span=5, class_name="number"),
        rx.el.td(
            rx.el.span(figure, class_name="money", data_minor=minor),
            role="cell",
            class_name="num",
            data_label=said("Balance"),
        ),
        role="row",
    )


def _line(line: rx.vars.ObjectVar[StatementRow]) -> rx.Component:
    number = rx.cond(
        line.href != "", link(line.number, href=line.href, class_name="number"), line.number
    )
    return rx.el.tr(
        rx.el.td(line.on, role="cell", class_name="date", data_label=said("Date")),
        rx.el.td(line.kind, role="cell", data_label=said("Kind")),
        rx.el.th(number, role="rowheader", scope="row", class_name="number"),
        rx.el.td(line.text, role="cell", data_label=said("Text")),
        rx.el.td(
            rx.el.span(line.amount, class_name="money", data_minor=line.amount_minor),
            role="cell", class_name="num", data_label=said("Amount"),
        ),
        rx.el.td(line.balance, role="cell", class_name="num", data_label=said("Balance")),
        role="row",
        key=line.key,
        data_testid="statement-row",
    )  # fmt: skip
