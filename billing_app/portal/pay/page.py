"""The two pages: one in the portal, one behind a guest link without anything around it."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import field, text_input
from billing_app.kit.frame import bare_frame
from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state
from billing_app.kit.words import filled, joined
from billing_app.portal.pay.guest_state import GuestPayState
from billing_app.portal.pay.parts import paying
from billing_app.portal.pay.state import PayState
from billing_app.portal.shell.page import portal_page


def pay_page() -> rx.Component:
    """Pay one document, signed in."""
    missing = empty_state(
        "no_match",
        "This document was not found",
        "It may be older than what you see here.",
        action="All invoices",
        href="/portal/invoices",
    )
    shown = rx.fragment(
        link(icon("left"), PayState.label, href=PayState.document, class_name="back"),
        rx.el.h1(PayState.heading),
        paying(PayState),
        rx.cond(PayState.pay_state == "payable", _share()),
    )
    return portal_page(
        rx.cond(
            PayState.is_loaded,
            rx.cond(PayState.is_missing, missing, shown),
            rx.el.p("Opening…", role="status"),
        ),
        current="/portal/invoices",
    )


def _share() -> rx.Component:
    made = field(
        "Link",
        text_input(value=PayState.guest_address, read_only=True),
        id="guest-link",
        help="Whoever has it sees the amount and the number, may pay, and sees nothing else.",
    )
    make = button("Make a link", on_click=PayState.share)
    return rx.el.section(
        rx.el.h2("Does somebody else pay it?", id="share"),
        rx.cond(PayState.guest_address != "", made, make),
        class_name="section",
        aria_labelledby="share",
    )


def guest_pay_page() -> rx.Component:
    """Pay one document by its link."""
    closed = empty_state(
        "not_allowed",
        "This link opens nothing any more",
        "It may be too old, or was taken back. Ask whoever sent it to you for a new one.",
    )
    shown = rx.fragment(
        rx.el.p("To ", rx.el.b(GuestPayState.seller)),
        paying(GuestPayState),
        filled(
            GuestPayState.until,
            rx.el.p(
                joined("This link opens this one document, until ", GuestPayState.until, "."),
                class_name="quiet-text small-text",
            ),
        ),
    )
    return bare_frame(
        rx.cond(
            GuestPayState.is_loaded,
            rx.cond(GuestPayState.is_missing, closed, shown),
            rx.el.p("Opening…", role="status"),
        ),
        title=rx.cond(GuestPayState.heading != "", GuestPayState.heading, "Pay an invoice"),
        seller=rx.cond(GuestPayState.seller != "", GuestPayState.seller, "Billing"),
    )
