"""Amounts whose decimal points stand under each other in every currency."""

from typing import Any

import reflex as rx

from billing_app.kit.words import Text, filled, joined, present


def money(
    whole: Text, fraction: Text, currency: Text = "", minor: Any = None, tone: Text = ""
) -> rx.Component:
    """An amount from `wording.parts`; the exact one stands in `data-minor` and `data-currency`."""
    facts: dict[str, Any] = {}
    if minor is not None:
        facts["data_minor"] = minor
    if present(currency):
        facts["data_currency"] = currency
    return rx.el.span(
        filled(currency, rx.el.span(currency, class_name="cur")),
        rx.el.span(whole, class_name="in"),
        rx.el.span(fraction, class_name="fr"),
        class_name=_classes(tone),
        **facts,
    )


def money_cell(
    whole: Text,
    fraction: Text,
    currency: Text = "",
    *,
    minor: Any = None,
    tone: Text = "",
    css: Text = "num",
) -> rx.Component:
    """A table cell with an amount."""
    return rx.el.td(money(whole, fraction, currency, minor, tone), class_name=css)


def amount_cell(figure: Text, currency: Text, minor: Any, *, css: Text, key: Any) -> rx.Component:
    """A cell of a long list: one text, its decimals put in line by the class d0, d2 or d3."""
    return rx.el.td(
        rx.el.span(currency, class_name="cur"),
        figure,
        class_name=css,
        data_minor=minor,
        data_currency=currency,
        key=key,
    )


def _classes(tone: Text) -> Text:
    if isinstance(tone, str):
        return f"m {tone}".strip()
    return joined("m ", tone)
