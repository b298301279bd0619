"""The frame of a portal page."""

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from billing_app.domain.access import Permission
from billing_app.kit.dialogs import menu_line
from billing_app.kit.frame import NavItem, account_menu, look_choice, popover, portal_frame
from billing_app.kit.links import here_link, link
from billing_app.kit.native_form import native_form
from billing_app.kit.notices import connection_bar, notice_list
from billing_app.kit.tables import empty_state
from billing_app.kit.words import Child, joined
from billing_app.portal.shell.said import said
from billing_app.portal.shell.state import CustomerChoice, SeatState, covers
from billing_app.security.notices import NoticeState

PAGES = (
    ("Home", "/portal", "", Permission.PORTAL_HOME),
    ("Invoices", "/portal/invoices", "money", Permission.PORTAL_INVOICES),
    ("Due Payments", "/portal/due", "money", Permission.PORTAL_DUE),
    ("Payment History", "/portal/payments", "money", Permission.PORTAL_PAYMENTS),
    ("Statement", "/portal/statement", "money", Permission.PORTAL_STATEMENT),
    ("Orders", "/portal/orders", "sales", Permission.PORTAL_ORDERS),
    ("Packages", "/portal/packages", "sales", Permission.PORTAL_PACKAGES),
    ("Customer Profile", "/portal/profile", "own", Permission.PORTAL_PROFILE),
    ("User Management", "/portal/users", "own", Permission.PORTAL_USERS),
)


def portal_page(*content: Child, current: str, title: str = "", **slots: Any) -> rx.Component:
    """A portal page with the pages its person's role covers."""
    denied = empty_state(
        "not_allowed",
        said("CC010: No access"),
        said("Your account has no role for this site. Ask your contact person to grant one."),
    )
    return portal_frame(
        rx.cond(SeatState.has_access, rx.fragment(*content), denied),
        nav=[
            NavItem(said(name), href, group=group, shown=covers(permission))
            for name, href, group, permission in PAGES
        ],
        current=current,
        title=said(title) if title else "",
        seller=SeatState.seller,
        customer_switcher=_switcher(),
        account=_account(),
        footer=[
            rx.el.span(said("Questions about a document?")),
            here_link(SeatState.seller_email, href=joined("mailto:", SeatState.seller_email)),
        ],
        notices=notice_list(NoticeState.notices, NoticeState.dismiss),
        connection=connection_bar(has_connection_errors),
        home="/portal",
        language=SeatState.language,
        **slots,
    )


def _switcher() -> rx.Component:
    def choice(one: rx.vars.ObjectVar[CustomerChoice]) -> rx.Component:
        return rx.el.li(
            rx.el.button(
                rx.el.span(one.name, rx.el.small(one.role)),
                type="button",
                class_name="choice",
                on_click=SeatState.choose(one.id),
                aria_current=rx.cond(one.is_current, "true", "false"),
            ),
            key=one.id,
        )

    several = popover(
        SeatState.customer,
        rx.el.p(said("You act for"), class_name="panel-title"),
        rx.el.ul(rx.foreach(SeatState.customers, choice)),
        id="customers",
        name=joined(said("Customer:"), " ", SeatState.customer, ". ", said("Switch customer")),
        css="btn switch",
    )
    return rx.cond(
        SeatState.customers.length() > 1,
        several,
        rx.el.span(SeatState.customer, class_name="customer"),
    )


def _account() -> rx.Component:
    return account_menu(
        SeatState.initials,
        SeatState.name,
        rx.el.p(rx.el.b(SeatState.name), class_name="who"),
        link(said("Your account"), href="/portal/account", role="menuitem"),
        menu_line(),
        look_choice(),
        menu_line(),
        native_form(
            rx.el.button(said("Sign out"), type="submit", role="menuitem"), action="/auth/logout"
        ),
    )
