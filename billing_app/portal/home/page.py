"""The portal's home."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import link_button
from billing_app.kit.chips import status_chip
from billing_app.kit.links import link
from billing_app.kit.words import filled, joined
from billing_app.portal.home.state import DueRow, HomeState
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.said import said
from billing_app.portal.shell.state import SeatState, covers


def home_page() -> rx.Component:
    """What is owed, this month's counts, what is due; below Billing a welcome."""
    plain = rx.el.section(
        rx.el.h1(said("Welcome")),
        rx.el.p(said("Choose a page from the list of pages."), class_name="lede"),
        class_name="owed",
    )
    whole = rx.fragment(
        rx.cond(covers(Permission.PORTAL_DUE), _owed(), plain),
        _tiles(),
        rx.cond(HomeState.due.length() > 0, _due()),
    )
    return portal_page(
        rx.cond(HomeState.is_loaded, whole, rx.el.h1(said("Home"))), current="/portal"
    )


def _owed() -> rx.Component:
    view = link_button(
        said("View invoice"),
        href=joined("/portal/invoices/", HomeState.first_id.to_string()),
        kind="primary",
    )
    return rx.el.section(
        rx.el.h1(HomeState.sentence),
        filled(HomeState.lede, rx.el.p(HomeState.lede, class_name="lede")),
        filled(SeatState.days_note, rx.el.p(SeatState.days_note, class_name="lede")),
        rx.cond(HomeState.first_id > 0, rx.el.p(view, class_name="actions")),
        class_name="owed",
    )


def _tiles() -> rx.Component:
    def tile(figure: rx.Var[str], words: str, href: str) -> rx.Component:
        return rx.el.li(link(rx.el.b(figure), rx.el.span(said(words)), href=href))

    orders = tile(HomeState.orders_this_month, "orders this month", "/portal/orders")
    invoices = tile(HomeState.invoices_this_month, "invoices this month", "/portal/invoices")
    due = tile(HomeState.due_count, "due payments", "/portal/due")
    tiles = rx.el.ul(
        rx.cond(covers(Permission.PORTAL_ORDERS), orders),
        rx.cond(covers(Permission.PORTAL_INVOICES), invoices),
        rx.cond(covers(Permission.PORTAL_DUE), due),
        class_name="tiles",
        aria_label=said("This month"),
    )
    return rx.cond(covers(Permission.PORTAL_ORDERS) | covers(Permission.PORTAL_INVOICES), tiles)


def _due() -> rx.Component:
    heads = (("Invoice No", ""), ("Due date", ""), ("Remaining amount", "num"))
    head = rx.el.tr(
        *(
            rx.el.th(said(name), role="columnheader", scope="col", class_name=css)
            for name, css in heads
        ),
        role="row",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2(said("Due payments"), id="due"),
            link(said("All due payments"), href="/portal/due"),
            class_name="section-head",
        ),
        rx.el.table(
            rx.el.thead(head, role="rowgroup"),
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
            rx.el.span(row.type_name, class_name="sub"),
            role="rowheader",
            scope="row",
        ),
        rx.el.td(
            rx.el.span(row.due, class_name="nowrap"),
            " ",
            status_chip(row.chip, row.more, word=row.word),
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
