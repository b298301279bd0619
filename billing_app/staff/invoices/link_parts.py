"""The drawer's section of guest links."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.dialogs import section
from billing_app.kit.fields import field, text_input
from billing_app.kit.words import filled, joined
from billing_app.staff.invoices.drawer_links import LinkRow
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.shell.state import can


def guest_links() -> rx.Component:
    """Every link that was made, the newest first; nothing where there is none to make or show."""
    none = rx.el.p("Nobody has a link to pay this document yet.", class_name="muted")
    make = button("Make a link", small=True, kind="quiet", on_click=DrawerState.make_link)
    rows = rx.el.ul(rx.foreach(DrawerState.links, _link), class_name="stack")
    whole = section(
        "Guest links",
        rx.cond(DrawerState.links.length() > 0, rows, none),
        id="h-links",
        count=DrawerState.links.length().to_string(),
        tools=[rx.cond(DrawerState.can_link, make)],
    )
    return rx.cond(DrawerState.can_link | (DrawerState.links.length() > 0), whole)


def _link(row: rx.vars.ObjectVar[LinkRow]) -> rx.Component:
    back = button(
        "Take back",
        small=True,
        aria_label=joined("Take back: ", row.says),
        on_click=DrawerState.take_back_link(row.id),
    )
    address = field(
        "Link",
        text_input(value=row.address, read_only=True),
        id=joined("guest-link-", row.id.to_string()),
    )
    return rx.el.li(
        rx.el.p(rx.el.b(row.says), rx.el.br(), rx.el.small(row.made, class_name="muted")),
        filled(row.address, address),
        rx.el.ul(
            rx.foreach(row.visits, lambda visit: rx.el.li(visit, class_name="muted")),
            aria_label="Who used it",
        ),
        rx.cond(row.is_living & can(Permission.INVOICE_SEND), back),
        key=row.id,
        class_name="stack",
        data_testid="guest-link",
        data_id=row.id,
    )
