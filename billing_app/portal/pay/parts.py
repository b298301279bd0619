"""What both pages to pay on are made of: the amount, the one method, how far it is."""

from typing import Any

import reflex as rx

from billing_app.integrations.payments.demo import DECLINES, SUCCEEDS, WAITS
from billing_app.kit.buttons import button
from billing_app.kit.links import file_link, here_link
from billing_app.kit.words import filled, joined

STRIPE_SCRIPT = "https://js.stripe.com/v3/"
CARDS = (
    (SUCCEEDS, "4242 4242 4242 4242", "Succeeds"),
    (DECLINES, "4000 0000 0000 0002", "Is declined"),
    (WAITS, "4000 0000 0000 0077", "Is pending, succeeds after a while"),
)


def paying(state: Any) -> rx.Component:
    """The whole of it, by how far it is."""
    done = rx.el.div(
        rx.el.p(
            rx.cond(
                state.paid != "",
                rx.fragment(rx.el.b(state.paid), " arrived. Thank you."),
                "Nothing is left to pay. Thank you.",
            ),
            role="status",
            class_name="pay-done",
        ),
    )
    pending = rx.el.div(
        rx.el.p(
            "Your payment is being processed. This can take some days; nothing more is to be done.",
            role="status",
        ),
        button("Check again", on_click=state.look),
    )
    closed = rx.el.p("This document cannot be paid.", role="status")
    return rx.el.div(
        _amount(state),
        rx.match(
            state.pay_state,
            ("paid", done),
            ("pending", pending),
            ("payable", _ways(state)),
            closed,
        ),
        filled(state.pdf, rx.el.p(file_link("Download PDF", href=state.pdf))),
        class_name="pay",
    )


def _amount(state: Any) -> rx.Component:
    figure = rx.el.p(
        rx.el.span(
            state.amount,
            class_name="money",
            data_minor=state.amount_minor,
            data_currency=state.currency,
            data_testid="to-pay",
        ),
        class_name="pay-amount",
    )
    return rx.fragment(
        rx.cond(state.pay_state != "paid", figure),
        rx.cond(
            (state.due != "") & (state.pay_state == "payable"),
            rx.el.p("Due ", state.due, class_name="quiet-text"),
        ),
    )


def _ways(state: Any) -> rx.Component:
    """The one way there is: the external page, else the method of the settings (ORO-38)."""
    elsewhere = rx.el.p(
        here_link(joined("Pay ", state.amount), href=state.external, class_name="btn primary")
    )
    none = rx.el.p("Paying online is not offered here. The document says how else to pay.")
    return rx.fragment(
        rx.el.div(filled(state.error, rx.el.p(state.error, class_name="error")), role="alert"),
        rx.cond(
            state.external != "",
            elsewhere,
            rx.match(state.method, ("demo", _demo(state)), ("stripe", _stripe(state)), none),
        ),
    )


def _demo(state: Any) -> rx.Component:
    def choice(number: str, shown: str, what: str) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name="card",
                value=number,
                default_checked=number == SUCCEEDS,
                class_name="radio",
            ),
            rx.el.span(shown, rx.el.small(what)),
            class_name="pay-card",
        )

    return rx.el.form(
        rx.el.fieldset(
            rx.el.legend("Test card"),
            *(choice(*card) for card in CARDS),
        ),
        rx.el.p("This is the demo: no money moves.", class_name="quiet-text"),
        button(joined("Pay ", state.amount), kind="primary", type="submit"),
        on_submit=state.pay,
        class_name="pay-form",
    )


def _stripe(state: Any) -> rx.Component:
    begin = rx.el.form(
        button(joined("Pay ", state.amount), kind="primary", type="submit"), on_submit=state.pay
    )
    # Stripe's own form comes into the empty element; pay.js puts it there and sends it off.
    element = rx.el.div(
        rx.el.div(id="pay-element"),
        rx.el.p(id="pay-error", role="alert", class_name="error"),
        rx.el.button(
            joined("Pay ", state.amount), type="button", id="pay-confirm", class_name="btn primary"
        ),
        rx.el.button("Check again", type="button", id="pay-look", hidden=True, on_click=state.look),
        id="pay-stripe",
        class_name="pay-form",
        data_script=STRIPE_SCRIPT,
        data_key_public=state.public_key,
        data_secret=state.secret,
    )
    return rx.cond(state.secret != "", element, begin)
