"""The form of an order: what it is, its lines, and what was invoiced of it."""

from typing import Any

import reflex as rx

from billing_app.kit.dialogs import pairs
from billing_app.kit.fields import (
    amount_input,
    combo,
    date_input,
    field,
    form_errors,
    select_input,
    text_area,
)
from billing_app.kit.words import joined
from billing_app.staff.orders.state import OrderState
from billing_app.staff.shell.form_parts import customer_field, form_field, sold_lines


def order_form() -> rx.Component:
    """The form."""
    return rx.el.form(
        form_errors(OrderState.error_list, OrderState.attempt),
        rx.el.section(
            rx.el.header(rx.el.h2("Order")),
            rx.el.div(*_fields(), class_name="e-row"),
            class_name="e-sec",
        ),
        rx.cond(OrderState.order_id > 0, _invoiced()),
        _lines(),
        id="order-form",
        on_submit=OrderState.save,
        key=OrderState.form_key,
    )


def _fields() -> list[rx.Component]:
    number_help = rx.cond(OrderState.order_id > 0, "", "Given when left empty")
    currency = OrderState.fields["currency"]
    return [
        form_field(OrderState, "Number", "number", css="s2", help=number_help),
        customer_field(OrderState),
        _field("Date", "ordered_on", date_input),
        _field("Type", "type_name", combo, OrderState.type_options, css="s2", id="o-type_name"),
        _field("Status", "status", select_input, OrderState.status_options, css="s2"),
        form_field(OrderState, "Currency", "currency", key=currency),
        _field("Amount", "amount", amount_input, help="With the VAT"),
        _field("Notes", "notes", text_area, css="s6", optional=True),
    ]


def _field(label: str, name: str, control: Any, *choices: Any, **props: Any) -> rx.Component:
    """A field of the form; `id` is for controls that need to know it themselves."""
    own = {"id": props.pop("id")} if "id" in props else {}
    made = control(*choices, name=name, default_value=OrderState.fields[name], **own)
    error = OrderState.errors.get(name, "")
    return field(label, made, id=f"o-{name}", error=error, **props)


def _lines() -> rx.Component:
    return sold_lines(
        OrderState,
        "Lines",
        "line",
        "Without lines an invoice has one: the order, at its amount.",
        rx.el.p("Prices hold the VAT. The amount is the sum of the lines.", class_name="muted"),
    )


def _invoiced() -> rx.Component:
    def money(figure: Any) -> rx.Component:
        return rx.el.span(joined(OrderState.code, " ", figure))

    entries = [
        ("Invoiced", money(OrderState.billed)),
        ("Left to invoice", money(OrderState.left)),
    ]
    return rx.el.section(
        rx.el.header(rx.el.h2("Invoiced so far")), pairs(entries), class_name="e-sec"
    )
