"""The section of two-factor sign-in."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import field, text_input
from billing_app.kit.words import filled
from billing_app.staff.account.factor_state import FactorState


def factor_section() -> rx.Component:
    """Off, being set up, its recovery codes, or on."""
    off = rx.fragment(
        rx.el.p("After the password a code of an app on your phone is asked: a password alone "
                "opens nothing."),
        button("Set up two-factor sign-in", on_click=FactorState.begin),
    )  # fmt: skip
    return rx.el.section(
        rx.el.header(rx.el.h2("Two-factor sign-in")),
        filled(FactorState.summary, rx.el.p(FactorState.summary)),
        rx.cond(
            FactorState.codes.length() > 0,
            _codes(),
            rx.cond(
                FactorState.is_on, _ending(), rx.cond(FactorState.picture != "", _setting_up(), off)
            ),
        ),
        class_name="e-sec",
    )


def _setting_up() -> rx.Component:
    return rx.el.form(
        rx.el.p("Scan this with an authenticator app, or type the key below into it."),
        rx.el.img(
            src=FactorState.picture, alt="QR code with the key for your app", class_name="factor-qr"
        ),
        rx.el.p(rx.el.code(FactorState.letters, class_name="key")),
        _code("Code the app shows now"),
        rx.el.div(
            button("Switch on", kind="primary", type="submit"),
            button("Not now", on_click=FactorState.put_away),
            class_name="acts",
        ),
        on_submit=FactorState.confirm,
        class_name="stack narrow",
    )


def _codes() -> rx.Component:
    return rx.el.div(
        rx.el.p("Keep these recovery codes where you keep passwords. Each works once instead of a "
                "code of your app. They are shown only now."),
        rx.el.ul(
            rx.foreach(FactorState.codes, lambda code: rx.el.li(rx.el.code(code), key=code)),
            class_name="recovery",
            aria_label="Recovery codes",
        ),
        button("I have kept them", kind="primary", on_click=FactorState.put_away),
        class_name="stack",
    )  # fmt: skip


def _ending() -> rx.Component:
    return rx.el.form(
        field(
            "Present password",
            text_input(type="password", name="password", auto_complete="current-password"),
            id="f-password",
            error=FactorState.errors.get("password", ""),
        ),
        _code("Code of your app, or a recovery code"),
        button("Switch off", type="submit"),
        on_submit=FactorState.end,
        class_name="stack narrow",
        key=FactorState.turn.to_string(),
    )


def _code(label: str) -> rx.Component:
    return field(
        label,
        text_input(name="code", auto_complete="one-time-code"),
        id="f-code",
        error=FactorState.errors.get("code", ""),
    )
