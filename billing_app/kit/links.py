"""Links: inside the app without a page load, outside it with one."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.react_router import ReactRouterLink

from billing_app.kit.words import Child, Text


class NativeLink(BaseHTML):
    """A plain HTML link: the framework's own links stay inside the page, also for files."""

    tag = "a"
    href: rx.Var[str]
    download: rx.Var[bool]


def link(*label: Child, href: Text, key: str = "", **props: Any) -> rx.Component:
    """A link to a page of the app; `key` makes it answer to the keyboard."""
    if key:
        props["data_key"] = key
    return ReactRouterLink.create(*label, to=href, **props)


def here_link(*label: Child, href: Text, **props: Any) -> rx.Component:
    """A link to a place on the same page, or to a program such as mail."""
    return NativeLink.create(*label, href=href, **props)


def file_link(*label: Child, href: Text, key: str = "", **props: Any) -> rx.Component:
    """A link to a file the server sends, such as a PDF."""
    if key:
        props["data_key"] = key
    return NativeLink.create(*label, href=href, download=True, **props)


def outside_link(*label: Child, href: Text, **props: Any) -> rx.Component:
    """A link that leaves the app."""
    return rx.el.a(*label, href=href, rel="noopener noreferrer", **props)
