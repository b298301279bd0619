"""Fixed words of portal pages in the customer's language, chosen in the browser."""

import reflex as rx

from billing_app.kit.words import Text, joined
from billing_app.portal.shell.state import SeatState
from billing_app.portal.shell.tongue import GERMAN, Tongue

asked: set[str] = set()
"""Every sentence that pages say: a test asks for each one's translation."""


def said(text: str) -> rx.Var[str]:
    """A fixed sentence in the language of the customer one works for."""
    asked.add(text)
    german = Tongue(GERMAN).say(text)
    chosen: rx.Var[str] = rx.cond(SeatState.language == GERMAN, german, text).to(str)
    return chosen


def said_of(text: str, fact: Text) -> Text:
    """A sentence that ends with what it is about: "Open INV-1"."""
    return joined(said(text), " ", fact)
