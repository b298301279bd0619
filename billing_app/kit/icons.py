"""Icons from the one sprite, `assets/icons.svg`."""

import reflex as rx

from billing_app.kit.words import Text, joined

SPRITE = "/icons.svg#"


def icon(name: Text, cls: str = "i") -> rx.Component:
    """An icon of the sprite; never read out, so a word stands beside it or names its button."""
    return rx.el.svg(rx.el.svg.use(href=joined(SPRITE, name)), class_name=cls, aria_hidden="true")
