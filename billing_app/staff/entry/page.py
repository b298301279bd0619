"""Sign in, and the first run."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import field, select_input, text_input
from billing_app.kit.frame import bare_frame
from billing_app.kit.native_form import native_form
from billing_app.kit.tables import empty_state, head, plain_table
from billing_app.staff.entry.state import DemoSignIn, FirstRunState, SignInState

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "NOK", "SEK", "DKK", "PLN", "JPY", "KWD")
ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Oslo", "Europe/Warsaw", "Asia/Tokyo",
    "Asia/Kuwait", "America/New_York", "America/Los_Angeles", "Pacific/Auckland", "UTC",
)  # fmt: skip


def sign_in_page() -> rx.Component:
    """E-mail and password, posted over plain HTTP."""
    form = native_form(
        rx.cond(
            SignInState.message != "",
            rx.el.p(SignInState.message, class_name="error", role="alert"),
        ),
        field(
            "E-mail",
            text_input(type="email", name="email", auto_complete="username", required=True),
            id="email",
        ),
        field(
            "Password",
            text_input(
                type="password", name="password", auto_complete="current-password", required=True
            ),
            id="password",
        ),
        rx.el.input(type="hidden", name="next", value=SignInState.next_path),
        button("Sign in", kind="primary", type="submit"),
        action="/auth/login",
        class_name="stack",
    )
    return bare_frame(form, _demo(), title="Sign in", seller="Billing")


def first_run_page() -> rx.Component:
    """Owner, company and first customer of an empty product."""
    closed = empty_state(
        "not_allowed",
        "This set-up link is not valid",
        "Start the server again: it prints a new link that works once, for 15 minutes.",
        action="Sign in",
        href="/login",
    )
    waiting = rx.el.p("Looking at the link…", role="status")
    return bare_frame(
        rx.cond(
            FirstRunState.is_checked,
            rx.cond(FirstRunState.is_open, _first_run_form(), closed),
            waiting,
        ),
        title="Set up billing",
        seller="Billing",
    )


def _first_run_form() -> rx.Component:
    return rx.el.form(
        rx.cond(
            FirstRunState.form_error != "",
            rx.el.p(FirstRunState.form_error, class_name="error", role="alert"),
        ),
        rx.el.h2("You, the owner"),
        _field("Your name", "owner_name", auto_complete="name"),
        _field("Your e-mail", "owner_email", type="email", auto_complete="username"),
        _field(
            "Password",
            "password",
            type="password",
            auto_complete="new-password",
            help_text="At least 15 characters. A sentence works well.",
        ),
        rx.el.h2("Your company"),
        _field("Company name", "company_name", auto_complete="organization"),
        _field("Country", "company_country", help_text="Two letters, like DE.", max_length=2),
        field("Currency", select_input(CURRENCIES, name="company_currency"), id="company_currency"),
        field("Time zone", select_input(ZONES, name="time_zone"), id="time_zone"),
        rx.el.h2("Your first customer"),
        _field("Customer name", "customer_name", optional=True),
        _field("Customer e-mail", "customer_email", optional=True),
        button("Set up and sign in", kind="primary", type="submit"),
        on_submit=FirstRunState.save,
        class_name="stack",
    )


def _field(
    label: str, name: str, *, help_text: str = "", optional: bool = False, **props: Any
) -> rx.Component:
    error = FirstRunState.errors.get(name, "")
    return field(
        label,
        text_input(name=name, **props),
        id=name,
        help=help_text,
        error=error,
        optional=optional,
    )


def _demo() -> rx.Component:
    def person(one: rx.vars.ObjectVar[DemoSignIn]) -> rx.Component:
        return rx.el.tr(rx.el.th(one.email, scope="row"), rx.el.td(one.what), key=one.email)

    table = plain_table(
        "Demo sign-ins",
        [head("E-mail"), head("Who")],
        rx.el.tbody(rx.foreach(SignInState.people, person)),
    )
    banner = rx.el.section(
        rx.el.h2("Demo"),
        rx.el.p("Everybody here has the password ", rx.el.b(SignInState.password), "."),
        table,
        aria_label="Demo",
        class_name="demo",
    )
    return rx.cond(SignInState.is_demo, banner)


def not_found_page() -> rx.Component:
    """The page for an address where there is none."""
    return bare_frame(
        empty_state(
            "no_match",
            "There is no page here",
            "The address may be mistyped.",
            action="Home",
            href="/",
        ),
        title="Not found",
        seller="Billing",
    )
