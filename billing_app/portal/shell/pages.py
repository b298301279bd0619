"""Real page numbers below a portal list, in the customer's language."""

from typing import Any

import reflex as rx
from reflex.vars import NumberVar

from billing_app.kit.icons import icon
from billing_app.kit.words import Handler, Text, filled
from billing_app.portal.shell.said import said, said_of


def pages_below(
    page: NumberVar[int], pages: NumberVar[int], text: Text, on_page: Handler
) -> rx.Component:
    """The range shown and the pages around; only where there is more than one."""
    numbers = rx.el.span(
        _step("Previous page", "left", page > 1, on_page(page - 1)),
        rx.cond(page > 1, _number(1, on_page)),
        rx.el.button(
            page, type="button", aria_current="page", on_click=on_page(page),
            aria_label=said_of("Page", page.to_string()),
        ),
        rx.cond(page < pages, _number(pages, on_page)),
        _step("Next page", "right", page < pages, on_page(page + 1)),
        class_name="pages",
    )  # fmt: skip
    return rx.cond(
        pages > 1,
        rx.el.nav(
            filled(text, rx.el.span(text)),
            numbers,
            class_name="pager",
            aria_label=said("Page numbers"),
        ),
    )


def _number(page: Any, on_page: Handler) -> rx.Component:
    name = str(page) if isinstance(page, int) else page.to_string()
    return rx.el.button(
        page, type="button", on_click=on_page(page), aria_label=said_of("Page", name)
    )


def _step(label: str, name: str, possible: rx.Var[bool], handler: Handler) -> rx.Component:
    live = rx.el.button(icon(name), type="button", on_click=handler, aria_label=said(label))
    off = rx.el.span(icon(name), class_name="off", aria_hidden="true")
    return rx.cond(possible, live, off)
