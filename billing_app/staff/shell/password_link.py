"""A password link, shown once to whoever made it."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import field, text_input
from billing_app.kit.words import Handler, joined


def link_dialog(link: rx.Var[str], name: rx.Var[str], on_close: Handler) -> rx.Component:
    """The link with a button to copy it; open while there is one."""
    return dialog(
        joined("Password link for ", name),
        rx.el.p(
            "Give it to the person yourself. It works once, for 72 hours, and is not shown again."
        ),
        field(
            "Link",
            text_input(default_value=link, read_only=True, key=link),
            id="password-link",
        ),
        open=link != "",
        on_close=on_close,
        actions=[
            button("Copy link", icon="copy", data_copy="password-link"),
            button("Done", kind="primary", on_click=on_close),
        ],
        id="link-dialog",
    )
