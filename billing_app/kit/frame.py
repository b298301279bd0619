"""The frames of staff pages and of the portal: landmarks, navigation, one h1, what floats above."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import Any, Literal

import reflex as rx

from billing_app.kit.account import account_menu, look_choice
from billing_app.kit.buttons import icon_button
from billing_app.kit.icons import icon
from billing_app.kit.links import here_link, link
from billing_app.kit.words import Child, Flag, Handler, Text, filled, present, when

__all__ = [
    "NavItem",
    "account_menu",
    "bare_frame",
    "look_choice",
    "popover",
    "portal_dock",
    "portal_frame",
    "staff_frame",
]

Layout = Literal["list", "editor", "dash", "form"]


@dataclass(frozen=True)
class NavItem:
    """A place: its name, address, icon, key ("g i"), group heading, count, and who sees it."""

    label: Text
    href: str
    icon: str = ""
    key: str = ""
    group: str = ""
    count: Any = ""  # a text or a var
    shown: Any = True  # a flag or a var, for instance what `can(permission)` says


def staff_frame(  # noqa: PLR0913  the frame has these slots
    *content: Child,
    title: Text,
    current: str,
    nav: Sequence[NavItem],
    company: Text = "",
    company_menu: rx.Component | None = None,
    crumbs: Sequence[tuple[Text, Text]] = (),
    beside_title: Sequence[Child] = (),
    actions: Sequence[Child] = (),
    new: rx.Component | None = None,
    on_search: Handler | None = None,
    on_help: Handler | None = None,
    user_menu: rx.Component | None = None,
    aside: rx.Component | None = None,
    overlays: Sequence[Child] = (),
    notices: rx.Component | None = None,
    connection: rx.Component | None = None,
    layout: Layout = "list",
    home: str = "/dashboard/",
) -> rx.Component:
    """A staff page. `current` is its place's href; `aside` the drawer, `overlays` the dialogs."""
    bar = rx.el.header(
        icon_button(
            "Menu", "menu", class_name="menu-btn", data_nav_toggle="", aria_expanded="false"
        ),
        *([_crumbs(crumbs)] if crumbs else []),
        rx.el.h1(title),
        *beside_title,
        _search(on_search),
        *actions,
        *([new] if new is not None else []),
        _help(on_help),
        *([user_menu] if user_menu is not None else []),
        class_name="bar",
    )
    main = rx.el.main(*content, class_name=layout, id="main", tab_index=-1)
    page = rx.el.div(
        bar,
        rx.el.div(main, *([aside] if aside is not None else []), class_name="work"),
        class_name="page",
    )
    return rx.fragment(
        _skip(),
        *([connection] if connection is not None else []),
        rx.el.div(_side(nav, current, company, company_menu, home), page, class_name="app"),
        *overlays,
        *([notices] if notices is not None else []),
    )


def portal_frame(  # noqa: PLR0913  the frame has these slots
    *content: Child,
    nav: Sequence[NavItem],
    current: str,
    seller: Text,
    title: Text = "",
    logo: Text = "/logo.svg",
    customer_switcher: rx.Component | None = None,
    account: rx.Component | None = None,
    footer: Sequence[Child] = (),
    dock: rx.Component | None = None,
    overlays: Sequence[Child] = (),
    notices: rx.Component | None = None,
    connection: rx.Component | None = None,
    home: str = "/portal/",
    language: Text = "en",
    wide: bool = False,
) -> rx.Component:
    """A portal page. Without `title` the content brings its own h1; `dock` makes it a desk."""
    head = rx.el.header(
        rx.el.div(
            link(rx.el.img(src=logo, alt=""), seller, href=home, class_name="seller"),
            rx.el.div(
                *([customer_switcher] if customer_switcher is not None else []), class_name="push"
            ),
            rx.el.button(
                icon("menu"),
                "Menu",
                type="button",
                class_name="btn menu-button",
                aria_expanded="false",
                aria_controls="pages",
                data_nav_toggle="",
            ),
            *([account] if account is not None else []),
            class_name="head-in",
        ),
        class_name="head",
    )
    heading = [rx.el.h1(title)] if present(title) else []
    frame = rx.el.div(
        _rail(nav, current),
        rx.el.main(*heading, *content, id="main", tab_index=-1),
        rx.el.footer(
            rx.el.ul(*(rx.el.li(one) for one in footer), aria_label="Help"), class_name="foot"
        ),
        class_name="frame",
    )
    return rx.el.div(
        _skip(),
        *([connection] if connection is not None else []),
        head,
        frame,
        *([dock] if dock is not None else []),
        *overlays,
        *([notices] if notices is not None else []),
        class_name=" ".join(
            ["portal", *(["desk"] if dock is not None else []), *(["wide"] if wide else [])]
        ),
        lang=language,
    )


def portal_dock(*facts: Child, actions: Sequence[Child] = ()) -> rx.Component:
    """The bar at the foot of a portal invoice: amount and due date, Download and Pay."""
    return rx.el.section(
        rx.el.div(rx.el.p(*facts, class_name="dock-facts"), *actions, class_name="dock-in"),
        class_name="dock",
        aria_label="Amount and actions",
    )


def popover(
    label: Child,
    *content: Child,
    id: str,
    name: Text = "",
    css: str = "btn",
    turn: Text = "",
) -> rx.Component:
    """A button with a floating panel of anything: the customer switcher, columns, a filter.

    A new `turn` closes the panel.
    """
    named = {"aria_label": name} if present(name) else {}
    opener = rx.el.button(
        label, type="button", class_name=css, custom_attrs={"popoverTarget": id}, **named
    )
    turned = {"key": turn} if present(turn) else {}
    panel = rx.el.div(
        *content, id=id, class_name="panel", custom_attrs={"popover": "auto"}, **turned
    )
    return rx.fragment(opener, panel)


def bare_frame(
    *content: Child, title: Text, seller: Text, logo: Text = "/logo.svg"
) -> rx.Component:
    """A page without navigation: sign in, register, one signed document."""
    return rx.el.div(
        _skip(),
        rx.el.header(
            rx.el.span(rx.el.img(src=logo, alt=""), seller, class_name="seller"),
            class_name="bare-head",
        ),
        rx.el.main(rx.el.h1(title), *content, id="main", tab_index=-1),
        class_name="portal bare",
    )


def _skip() -> rx.Component:
    return here_link("Skip to content", href="#main", class_name="skip", data_focus="main")


def _search(on_search: Handler | None) -> rx.Component:
    if on_search is None:
        return rx.el.span(class_name="ask-none")
    return rx.el.button(
        icon("search"),
        rx.el.span("Search or jump to"),
        rx.el.kbd("⌘K"),
        type="button",
        class_name="ask",
        on_click=on_search,
        data_key="mod+k,/",
        aria_keyshortcuts="Control+K Meta+K /",
        aria_label="Search or jump to ⌘K",
    )


def _help(on_help: Handler | None) -> rx.Component:
    if on_help is None:
        return rx.fragment()
    return icon_button("Help and keys", "help", key="?", on_click=on_help, class_name="help")


def _crumbs(crumbs: Sequence[tuple[Text, Text]]) -> rx.Component:
    parts: list[rx.Component] = []
    for label, href in crumbs:
        parts += [link(label, href=href), icon("right", "i s")]
    return rx.el.nav(*parts, class_name="crumb", aria_label="Breadcrumb")


def _side(
    nav: Sequence[NavItem],
    current: str,
    company: Text,
    company_menu: rx.Component | None,
    home: str,
) -> rx.Component:
    brand = company_menu or link(
        rx.el.span(icon("wave"), class_name="mark"),
        rx.el.span(company),
        href=home,
        class_name="brand",
    )
    lists = [
        part
        for group, items in groupby(nav, key=lambda item: item.group)
        for part in _group(group, list(items), current)
    ]
    return rx.el.nav(brand, *lists, class_name="side", aria_label="Main", id="side")


def _group(group: str, items: list[NavItem], current: str) -> list[rx.Component]:
    entries = [when(item.shown, rx.el.li(_place(item, current))) for item in items]
    if group == "foot" or not group:
        return [rx.el.ul(*entries, class_name="foot" if group else "")]
    name = f"nav-{group.lower()}"
    heading = rx.el.p(group, class_name="grp", id=name)
    return [when(_any(items), heading), rx.el.ul(*entries, aria_labelledby=name)]


def _any(items: list[NavItem]) -> Flag:
    flags = [item.shown for item in items]
    if any(flag is True for flag in flags):
        return True
    asked = [flag for flag in flags if not isinstance(flag, bool)]
    return reduce(lambda one, other: one | other, asked) if asked else False


def _place(item: NavItem, current: str) -> rx.Component:
    here = {"aria_current": "page"} if item.href == current else {}
    count = (
        [filled(item.count, rx.el.span(item.count, class_name="n"))] if present(item.count) else []
    )
    word = rx.el.span(item.label, class_name="w")
    return link(
        icon(item.icon), word, *count, href=item.href, key=item.key, title=item.label, **here
    )


def _rail(nav: Sequence[NavItem], current: str) -> rx.Component:
    lists = []
    for _, items in groupby(nav, key=lambda item: item.group):
        entries = [when(item.shown, rx.el.li(_page(item, current))) for item in items]
        lists.append(rx.el.ul(*entries))
    return rx.el.nav(*lists, class_name="rail", id="pages", aria_label="Pages")


def _page(item: NavItem, current: str) -> rx.Component:
    here = {"aria_current": "page"} if item.href == current else {}
    count = (
        [filled(item.count, rx.el.span(item.count, class_name="n"))] if present(item.count) else []
    )
    return link(item.label, *count, href=item.href, key=item.key, **here)
