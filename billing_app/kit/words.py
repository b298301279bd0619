"""The types of what components are given, and how fixed words and vars are joined."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

Text = rx.Var[str] | str
Flag = rx.Var[bool] | bool
Child = rx.Component | rx.Var[Any] | str
Handler = Any  # an event handler, an event spec or a list of them: Reflex has no common name


def joined(*parts: Text) -> Text:
    """The parts as one text: a plain one if all are plain."""
    if all(isinstance(part, str) for part in parts):
        return "".join(str(part) for part in parts)
    whole: Any = rx.Var.create("")
    for part in parts:
        if not isinstance(part, str) or part:
            whole = whole + part
    return whole


def present(text: Any) -> bool:
    """Whether a fixed text was given, or a var that may hold one."""
    return not isinstance(text, str) or bool(text)


def when(flag: Flag, *then: Child, otherwise: Child | None = None) -> rx.Component:
    """The components if the flag holds; decided now when the flag is fixed."""
    if isinstance(flag, bool):
        return rx.fragment(*then) if flag else rx.fragment(*([otherwise] if otherwise else []))
    return rx.cond(flag, rx.fragment(*then), otherwise)


def filled(text: Text, *then: Child) -> rx.Component:
    """The components if the text is not empty."""
    if isinstance(text, str):
        return rx.fragment(*then) if text else rx.fragment()
    return rx.cond(text != "", rx.fragment(*then))


def choose(key: Text, looks: Mapping[str, str], otherwise: str) -> Text:
    """The entry of a table under a fixed key or a var."""
    if isinstance(key, str):
        return looks.get(key, otherwise)
    found: rx.Var[str] = rx.match(key, *looks.items(), otherwise).to(str)
    return found
