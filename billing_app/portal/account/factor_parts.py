"""The section of two-factor sign-in."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import field, text_input
from billing_app.kit.words import filled
from billing_app.portal.account.factor_state import OwnFactorState
from billing_app.portal.shell.said import said

WHY = "After the password a code of an app on your phone is asked: a password alone opens nothing."
HOW = "Scan this with an authenticator app, or type the key below into it."
KEEP = (
    "Keep these recovery codes where you keep passwords. Each works once instead of a code of "
    "your app. They are shown only now."
)


def factor_section() -> rx.Component:
    """Off, being set up, its recovery codes, or on."""
    off = rx.fragment(
        rx.el.p(said(WHY), class_name="quiet-text"),
        rx.el.p(
            button(said("Set up two-factor sign-in"), on_click=OwnFactorState.begin),
            class_name="actions",
        ),
    )
    shown = rx.cond(
        OwnFactorState.is_on, _ending(), rx.cond(OwnFactorState.picture != "", _setting_up(), off)
    )
    return rx.el.section(
        rx.el.h2(said("Two-factor sign-in"), id="factor"),
        filled(OwnFactorState.summary, rx.el.p(OwnFactorState.summary)),
        rx.cond(OwnFactorState.codes.length() > 0, _codes(), shown),
        class_name="section",
        aria_labelledby="factor",
    )


def _setting_up() -> rx.Component:
    return rx.el.form(
        rx.el.p(said(HOW)),
        rx.el.img(
            src=OwnFactorState.picture, alt=said("QR code with the key for your app"),
            class_name="factor-qr",
        ),
        rx.el.p(rx.el.code(OwnFactorState.letters, class_name="key")),
        _code("Code the app shows now"),
        rx.el.p(
            button(said("Switch on"), kind="primary", type="submit"),
            button(said("Not now"), kind="quiet", on_click=OwnFactorState.put_away),
            class_name="actions",
        ),
        on_submit=OwnFactorState.confirm,
        class_name="form",
        no_validate=True,
    )  # fmt: skip


def _codes() -> rx.Component:
    return rx.fragment(
        rx.el.p(said(KEEP)),
        rx.el.ul(
            rx.foreach(OwnFactorState.codes, lambda code: rx.el.li(rx.el.code(code), key=code)),
            class_name="recovery",
            aria_label=said("Recovery codes"),
        ),
        rx.el.p(
            button(said("I have kept them"), kind="primary", on_click=OwnFactorState.put_away),
            class_name="actions",
        ),
    )


def _ending() -> rx.Component:
    return rx.el.form(
        field(
            said("Present password"),
            text_input(type="password", name="password", auto_complete="current-password"),
            id="factor-password",
            error=OwnFactorState.errors.get("password", ""),
        ),
        _code("Code of your app, or a recovery code"),
        rx.el.p(button(said("Switch off"), type="submit"), class_name="actions"),
        on_submit=OwnFactorState.end,
        class_name="form",
        key=OwnFactorState.turn.to_string(),
        no_validate=True,
    )


def _code(label: str) -> rx.Component:
    return field(
        said(label),
        text_input(name="code", auto_complete="one-time-code"),
        id="factor-code",
        error=OwnFactorState.errors.get("code", ""),
    )
