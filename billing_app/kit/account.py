"""The account's menu and what each person sets for their own browser."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_app.kit.words import Text, joined

CHOICES = (
    ("Look", "theme", (("light", "Light"), ("dark", "Dark"), ("system", "System"))),
    (
        "Rows",
        "density",
        (("compact", "Compact"), ("normal", "Normal"), ("comfortable", "Comfortable")),
    ),
    ("Single-letter keys", "keys", (("on", "On"), ("off", "Off"))),
)


def account_menu(initials: Text, name: Text, *items: rx.Component) -> rx.Component:
    """The account's round button and its menu of `dialogs.menu_item`s."""
    opener = rx.el.button(
        initials,
        type="button",
        class_name="me",
        aria_label=joined(initials, ", account of ", name),
        aria_haspopup="menu",
        custom_attrs={"popoverTarget": "account-menu"},
    )
    panel = rx.el.div(
        *items,
        id="account-menu",
        role="menu",
        aria_label="Account",
        class_name="menu",
        custom_attrs={"popover": "auto"},
    )
    return rx.fragment(opener, panel)


def look_choice(*, in_menu: bool = True) -> rx.Component:
    """Light, dark or as the system; the height of rows; single keys. Kept in the browser."""
    return rx.el.div(
        *(_choice(label, name, values, in_menu=in_menu) for label, name, values in CHOICES),
        class_name="looks",
    )


def _choice(
    label: str, setting: str, values: Sequence[tuple[str, str]], *, in_menu: bool
) -> rx.Component:
    props: dict[str, Any] = (
        {"role": "menuitemradio", "aria_checked": "false"} if in_menu else {"aria_pressed": "false"}
    )
    presses = (
        rx.el.button(word, type="button", **props, **{f"data_{setting}_set": value})
        for value, word in values
    )
    return rx.el.div(rx.el.span(label), *presses, role="group", aria_label=label, class_name="look")
