"""The payments list."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.payments import PaymentMethod, PaymentState
from billing_app.kit.buttons import button
from billing_app.kit.chips import status_chip
from billing_app.kit.fields import date_input, select_input
from billing_app.kit.links import link
from billing_app.kit.tables import (
    empty_state,
    filters,
    grid_scroll,
    head,
    pager,
    skeleton_rows,
    sort_header,
)
from billing_app.kit.words import joined
from billing_app.staff.payments.form_parts import new_payment_dialog
from billing_app.staff.payments.list_state import PaymentsState
from billing_app.staff.payments.new_state import NewPaymentState
from billing_app.staff.payments.rows import KINDS, PaymentLineRow, SumLine
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can

COLUMNS = (
    ("Number", "number", "c-no"),
    ("Customer", "customer", "c-cust"),
    ("Date", "date", "c-x"),
    ("How", "method", "c-x"),
    ("Reference", "reference", "c-x c-ref"),
    ("Settles", "", "c-x c-ref"),
    ("Status", "status", "c-st"),
    ("Total", "total", "c-open num"),
    ("Left", "left", "c-open num"),
)


def payments_page() -> rx.Component:
    """The list with its sums and filters."""
    add = rx.cond(
        can(Permission.PAYMENT_RECORD),
        button(
            "Add payment",
            icon="plus",
            key="n",
            kind="primary",
            class_name="new",
            on_click=NewPaymentState.open_form,
        ),
    )
    return staff_page(
        _totals(),
        _filters(),
        grid_scroll("Payments grid", rx.cond(PaymentsState.is_loaded, _table(), _skeleton())),
        pager(
            PaymentsState.page_no,
            PaymentsState.page_count,
            PaymentsState.range_text,
            PaymentsState.go_to,
        ),
        rx.el.div(add, class_name="go"),
        title="Payments",
        current="/payments",
        new=add,
        overlays=[new_payment_dialog()],
    )


def _totals() -> rx.Component:
    def line(row: rx.vars.ObjectVar[SumLine]) -> rx.Component:
        return rx.el.tr(
            rx.el.th(row.label, scope="row"),
            rx.foreach(row.figures, rx.el.td),
            class_name=row.css,
            key=row.label,
        )

    codes = PaymentsState.sums_currencies
    table = rx.el.table(
        rx.el.caption("Sums of completed payments, by currency", class_name="sr"),
        rx.el.thead(
            rx.el.tr(
                rx.el.th(rx.el.span("Sum", class_name="sr"), scope="col"),
                rx.foreach(codes, lambda code: rx.el.th(code, scope="col")),
            )
        ),
        rx.el.tbody(rx.foreach(PaymentsState.sums, line)),
        style={"--totals-rows": codes.length() + 1},
    )
    return rx.el.section(
        rx.el.p(
            rx.el.b(PaymentsState.count_text),
            rx.el.span(
                rx.cond(PaymentsState.is_restricted, "in this filter", "in all"), role="status"
            ),
            class_name="count",
        ),
        rx.cond(codes.length() > 0, table),
        class_name="totals",
        aria_label="Totals of the filtered set",
    )


def _filters() -> rx.Component:
    search = rx.el.input(
        type="search",
        placeholder="Number, reference, customer, amount",
        aria_label="Search payments",
        default_value=PaymentsState.search,
        on_change=PaymentsState.find.debounce(200),
        class_name="grid-search",
        key=PaymentsState.filter_key,
    )
    rest = rx.el.label(
        rx.el.input(
            type="checkbox",
            class_name="box",
            checked=PaymentsState.has_rest,
            on_change=PaymentsState.only_rest,
        ),
        "Not fully allocated",
        class_name="tick",
    )
    clear = rx.cond(
        PaymentsState.is_restricted,
        button("Clear filters", kind="quiet", small=True, on_click=PaymentsState.clear_filters),
    )
    states = [(str(one), one.label) for one in PaymentState]
    methods = [(str(one), one.label) for one in PaymentMethod]
    return filters(
        *(
            rx.el.li(control, class_name="search-item")
            for control in (
                search,
                _choice("Status", "status", states, "Every status"),
                _choice("Kind", "kind", list(KINDS.items()), "Every kind"),
                _choice("Method", "method", methods, "Every method"),
                _day("From", "from_on"),
                _day("To", "to_on"),
                rest,
            )
        ),
        end=[
            rx.cond(
                PaymentsState.day_error != "",
                rx.el.p(PaymentsState.day_error, class_name="error", role="alert"),
            ),
            clear,
        ],
    )


def _choice(label: str, name: str, options: list[tuple[str, str]], every: str) -> rx.Component:
    return select_input(
        options,
        placeholder=every,
        aria_label=label,
        value=PaymentsState.chosen.get(name, ""),
        on_change=lambda value: PaymentsState.choose(name, value),
        class_name="grid-search",
    )


def _day(label: str, name: str) -> rx.Component:
    return date_input(
        aria_label=label,
        placeholder=label,
        on_blur=lambda value: PaymentsState.choose_day(name, value),
        class_name="grid-search day",
        key=joined(PaymentsState.filter_key, name),
    )


def _table() -> rx.Component:
    table = rx.el.table(
        rx.el.caption("Payments", class_name="sr"),
        rx.el.thead(rx.el.tr(*_heads())),
        rx.el.tbody(rx.foreach(PaymentsState.rows, _row)),
        class_name="t grid live paid",
    )
    nothing = empty_state(
        "no_match",
        "No payment here",
        "Record one on an invoice, or add one of a customer.",
    )
    return rx.cond(PaymentsState.rows.length() > 0, table, nothing)


def _heads() -> list[rx.Component]:
    return [
        sort_header(
            label,
            column,
            PaymentsState.sort,
            PaymentsState.descending,
            PaymentsState.sort_by,
            css,
        )
        if column
        else head(label, css)
        for label, column, css in COLUMNS
    ]


def _row(row: rx.vars.ObjectVar[PaymentLineRow]) -> rx.Component:
    opener = link(row.number, href=joined("/payments/", row.id.to_string()), data_row_link="")
    texts: list[tuple[Any, str]] = [
        (row.on, "c-x"),
        (row.how, "c-x"),
        (row.reference, "c-x c-ref"),
        (row.invoices, "c-x c-ref"),
    ]
    return rx.el.tr(
        rx.el.th(opener, scope="row", class_name="c-no"),
        rx.el.td(row.customer, class_name="c-cust"),
        *(rx.el.td(text, class_name=css) for text, css in texts),
        rx.el.td(status_chip(row.status), class_name="c-st"),
        rx.el.td(
            joined(row.currency, " ", row.total),
            class_name="c-open num",
            data_minor=row.total_minor,
            data_currency=row.currency,
        ),
        rx.el.td(row.left, class_name="c-open num"),
        key=row.id,
        data_testid="payment-row",
        data_id=row.id,
        data_row="",
    )


def _skeleton() -> rx.Component:
    return rx.el.table(
        rx.el.thead(rx.el.tr(*(head(label, css) for label, _, css in COLUMNS))),
        skeleton_rows([css for _, _, css in COLUMNS]),
        class_name="t grid skel",
        aria_hidden="true",
    )
