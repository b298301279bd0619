"""The page of a customer's statement of account."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import date_input, field
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link, link
from billing_app.kit.statements import AccountView, StatementRow
from billing_app.kit.tables import empty_state, head, plain_table
from billing_app.kit.words import filled, joined
from billing_app.staff.customers.statement_state import StatementState
from billing_app.staff.shell.page import staff_page


def statement_page() -> rx.Component:
    """What the customer was asked for and paid, with a running balance."""
    missing = empty_state(
        "no_match",
        "This customer does not exist",
        action="Back to the list",
        href="/customers",
    )
    none = rx.el.p("Nothing was asked for or paid in this period.", class_name="muted")
    shown = rx.el.div(
        _days(),
        rx.cond(
            StatementState.accounts.length() > 0,
            rx.foreach(StatementState.accounts, _account),
            none,
        ),
        class_name="e-wrap one full",
    )
    return staff_page(
        rx.cond(
            StatementState.is_loaded,
            rx.cond(StatementState.is_missing, missing, shown),
            rx.el.p("Opening…", role="status"),
        ),
        title=joined("Statement of ", StatementState.customer),
        current="/customers",
        crumbs=[("Customers", "/customers")],
        layout="editor",
        new=rx.fragment(),
        actions=[_file("CSV", "csv"), _file("PDF", "pdf")],
    )


def _file(label: str, ending: str) -> rx.Component:
    return file_link(
        icon("download"),
        rx.el.span(label, class_name="w"),
        href=joined(f"/exports/statement.{ending}?", StatementState.query),
        class_name="btn",
    )


def _days() -> rx.Component:
    first = date_input(name="from_on", default_value=StatementState.from_text)
    last = date_input(name="to_on", default_value=StatementState.to_text)
    return rx.el.section(
        rx.el.form(
            field("From", first, id="statement-from"),
            field("To", last, id="statement-to", error=StatementState.error),
            button("Show", type="submit"),
            on_submit=StatementState.choose_days,
            class_name="days",
        ),
        rx.cond(
            StatementState.credits.length() > 0,
            rx.el.p(
                "Customer credit: ",
                rx.foreach(
                    StatementState.credits,
                    lambda text: rx.el.b(text, " ", key=text),
                ),
                data_testid="customer-credit",
            ),
        ),
        class_name="e-sec",
        aria_label="Period",
    )


def _account(account: rx.vars.ObjectVar[AccountView]) -> rx.Component:
    table = plain_table(
        "Statement of account",
        [head("Date"), head("Document"), head("Kind"), head("Amount", "num"),
         head("Balance", "num")],
        rx.el.tbody(
            _sum("Opening balance", account.opening),
            rx.foreach(account.rows, lambda row: _line(row, account.currency)),
        ),
        rx.el.tfoot(
            rx.el.tr(
                rx.el.th("Closing balance", scope="row", col_span=4),
                rx.el.td(
                    account.closing,
                    class_name="num",
                    data_minor=account.closing_minor,
                    data_currency=account.currency,
                ),
                class_name="sum",
            )
        ),
    )  # fmt: skip
    older = filled(account.left_out, rx.el.p(account.left_out, class_name="muted"))
    return rx.el.section(
        rx.el.header(rx.el.h2(account.currency)),
        older,
        table,
        class_name="e-sec",
        key=account.currency,
    )


def _line(row: rx.vars.ObjectVar[StatementRow], code: rx.Var[str]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.on),
        rx.el.td(link(row.number, href=row.href), rx.el.small(row.text), class_name="txt"),
        rx.el.td(row.kind),
        rx.el.td(
            row.amount,
            class_name="num",
            data_minor=row.amount_minor,
            data_currency=code,
        ),
        rx.el.td(row.balance, class_name="num"),
        key=row.key,
        data_testid="statement-row",
    )


def _sum(label: str, figure: rx.Var[str]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(label, col_span=4, class_name="muted"), rx.el.td(figure, class_name="num muted")
    )
