"""The dialog that adds a payment of a customer."""

from typing import Any

import reflex as rx

from billing_app.domain.payments import RECORDED_METHODS, PaymentState
from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import (
    amount_input,
    checkbox,
    combo,
    date_input,
    field,
    select_input,
    text_input,
)
from billing_app.staff.payments.new_state import PURPOSES, NewPaymentState

METHODS = [(str(one), one.label) for one in RECORDED_METHODS]
STATES = [(str(one), one.label) for one in (PaymentState.COMPLETED, PaymentState.PENDING)]


def new_payment_dialog() -> rx.Component:
    """What is known of the payment; what it settles is decided next."""
    customer = combo(
        NewPaymentState.customers,
        id="new-customer",
        on_change=NewPaymentState.find_customer.debounce(150),
        data_autofocus="",
    )
    code = text_input(default_value=NewPaymentState.currency, max_length=3)
    private = "What follows a # is for staff only."
    return dialog(
        "Add payment",
        rx.el.form(
            _field("Customer", "customer", customer),
            _field("Purpose", "purpose", select_input(list(PURPOSES.items()))),
            _field("Amount", "amount", amount_input(), "A negative amount is a purchase."),
            rx.el.div(_field("Currency", "currency", code), key=NewPaymentState.currency),
            _field("Date", "paid_on", date_input(default_value=NewPaymentState.today)),
            _field("Status", "status", select_input(STATES), "Pending does not count yet."),
            _field("Method", "method", select_input(METHODS)),
            _field("Reference", "reference", text_input(), optional=True),
            _field("Description", "description", text_input(), private, optional=True),
            _field("Payment fee", "fee", amount_input(), "For reference only.", optional=True),
            checkbox(
                "Confirm by e-mail to the customer's contacts",
                id="new-confirmation",
                name="confirmation",
            ),
            id="new-payment-form",
            on_submit=NewPaymentState.add,
            class_name="two",
        ),
        open=NewPaymentState.is_open,
        on_close=NewPaymentState.close_form,
        actions=[
            button("Add nothing", on_click=NewPaymentState.close_form),
            button(
                "Add payment",
                kind="primary",
                type="submit",
                form="new-payment-form",
                key="mod+enter",
            ),
        ],
        id="new-payment",
    )


def _field(
    label: str, name: str, control: Any, help_text: str = "", *, optional: bool = False
) -> rx.Component:
    target = control.children[0] if control.class_name == "combo" else control
    target.name = name
    return field(
        label,
        control,
        id=f"new-{name}",
        help=help_text,
        optional=optional,
        error=NewPaymentState.errors.get(name, ""),
    )
