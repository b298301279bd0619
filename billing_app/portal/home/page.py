"""The portal's home."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import link_button
from billing_app.kit.chips import status_chip
from billing_app.kit.links import link
from billing_app.kit.words import filled, joined
from billing_app.portal.home.state import DueRow, HomeState
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.state import covers


def home_page() -> rx.Component:
    """What is owed, this month's counts, what is due."""
    owed = rx.el.section(
        rx.el.h1(HomeState.sentence),
        filled(HomeState.lede, rx.el.p(HomeState.lede, class_name="lede")),
        rx.cond(
            HomeState.first_id > 0,
            rx.el.p(
                link_button(
                    "View invoice",
                    href=joined("/portal/invoices/", HomeState.first_id.to_string()),
                    kind="primary",
                ),
                class_name="actions",
            ),
        ),
        class_name="owed",
    )
    tiles = rx.el.ul(
        rx.el.li(
            link(
                rx.el.b(HomeState.invoices_this_month),
                rx.el.span("invoices this month"),
                href="/portal/invoices",
            )
        ),
        rx.el.li(
            link(rx.el.b(HomeState.due_count), rx.el.span("due payments"), href="/portal/invoices")
        ),
        class_name="tiles",
        aria_label="This month",
    )
    due = rx.cond(HomeState.due.length() > 0, _due())
    billing = rx.fragment(owed, tiles, due)
    plain = rx.fragment(rx.el.h1("Welcome"), rx.el.p("Choose a page on the left."))
    return portal_page(
        rx.cond(
            HomeState.is_loaded,
            rx.cond(covers(Permission.PORTAL_INVOICES), billing, plain),
            rx.el.h1("Home"),
        ),
        current="/portal",
    )


def _due() -> rx.Component:
    heads = (("Invoice No", ""), ("Due date", ""), ("Remaining amount", "num"))
    return rx.el.section(
        rx.el.div(rx.el.h2("Due payments", id="due"), class_name="section-head"),
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    *(
                        rx.el.th(name, role="columnheader", scope="col", class_name=css)
                        for name, css in heads
                    ),
                    role="row",
                ),
                role="rowgroup",
            ),
            rx.el.tbody(rx.foreach(HomeState.due, _row), role="rowgroup"),
            class_name="due cards",
            role="table",
            aria_labelledby="due",
        ),
        class_name="section",
    )


def _row(row: rx.vars.ObjectVar[DueRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            link(
                row.number,
                href=joined("/portal/invoices/", row.id.to_string()),
                class_name="number",
            ),
            role="rowheader",
            scope="row",
        ),
        rx.el.td(
            rx.el.span(row.due, class_name="nowrap"),
            " ",
            status_chip(row.chip, row.more),
            role="cell",
            class_name="when",
        ),
        rx.el.td(
            rx.el.span(
                row.remaining, class_name="money", data_minor=row.minor, data_currency=row.currency
            ),
            role="cell",
            class_name="num amount",
        ),
        role="row",
        key=row.id,
    )
