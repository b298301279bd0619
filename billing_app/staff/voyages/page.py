"""The voyages list and the voyage form."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.voyages import VoyageStatus
from billing_app.kit.buttons import button, link_button
from billing_app.kit.chips import status_chip, tone_chip
from billing_app.kit.fields import combo, field, form_errors, select_input, text_input
from billing_app.kit.links import link
from billing_app.kit.tables import (
    empty_state,
    filters,
    grid_scroll,
    head,
    pager,
    plain_table,
    skeleton_rows,
)
from billing_app.kit.words import joined
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can
from billing_app.staff.voyages.state import OrderLine, VoyageLine, VoyagesState, VoyageState

CSS = ("c-no", "c-cust", "c-x", "c-x num", "c-st")
HEADS = ("Reference", "Vessel", "Business unit", "Pending", "Status")


def voyages_page() -> rx.Component:
    """The list."""
    search = rx.el.input(
        type="search",
        placeholder="Search reference or vessel",
        aria_label="Search voyages",
        default_value=VoyagesState.search,
        on_change=VoyagesState.find.debounce(200),
        class_name="grid-search",
    )
    status = select_input(
        [str(one) for one in VoyageStatus],
        placeholder="Every status",
        aria_label="Status",
        value=VoyagesState.status,
        on_change=VoyagesState.choose_status,
        class_name="grid-search",
    )
    return staff_page(
        rx.el.section(
            rx.el.p(rx.el.b(VoyagesState.count_text), class_name="count"),
            class_name="totals",
            aria_label="Count",
        ),
        filters(
            rx.el.li(search, class_name="search-item"), rx.el.li(status, class_name="search-item")
        ),
        grid_scroll("Voyages grid", rx.cond(VoyagesState.is_loaded, _table(), _skeleton())),
        pager(
            VoyagesState.page_no,
            VoyagesState.page_count,
            VoyagesState.range_text,
            VoyagesState.go_to,
        ),
        title="Voyages",
        current="/voyages",
        new=rx.cond(
            can(Permission.VOYAGE_EDIT),
            link_button(
                "New voyage",
                href="/voyages/new",
                icon="plus",
                key="n",
                kind="primary",
                class_name="new",
            ),
        ),
    )


def voyage_page() -> rx.Component:
    """The form."""
    form = rx.el.form(
        form_errors(VoyageState.error_list, VoyageState.attempt),
        rx.el.section(rx.el.header(rx.el.h2("Voyage")), _fields(), class_name="e-sec"),
        id="voyage-form",
        on_submit=VoyageState.save,
        key=VoyageState.form_key,
    )
    return staff_page(
        rx.cond(
            VoyageState.is_loaded,
            rx.el.div(
                form,
                rx.cond(VoyageState.orders.length() > 0, _orders()),
                rx.cond(VoyageState.voyage_id > 0, history_panel()),
                class_name="e-wrap one",
                key=VoyageState.form_key,
            ),
            rx.el.p("Opening…", role="status"),
        ),
        title=VoyageState.heading,
        current="/voyages",
        crumbs=[("Voyages", "/voyages")],
        layout="editor",
        new=rx.fragment(),
        actions=[
            link_button("Cancel", href="/voyages", kind="quiet"),
            rx.cond(
                can(Permission.VOYAGE_EDIT),
                button(
                    "Save voyage",
                    kind="primary",
                    type="submit",
                    form="voyage-form",
                    key="mod+enter",
                ),
            ),
        ],
    )


def _fields() -> rx.Component:
    fields, errors = VoyageState.fields, VoyageState.errors
    vessel = combo(
        VoyageState.vessels, id="v-vessel", name="vessel", default_value=fields["vessel"]
    )
    hidden = text_input(id="v-vessel", value="Hidden", read_only=True)
    return rx.el.div(
        field(
            "Reference",
            text_input(name="reference", default_value=fields["reference"]),
            id="v-reference",
            css="s2",
            error=errors.get("reference", ""),
        ),
        rx.cond(
            VoyageState.hides_vessel,
            field("Vessel", hidden, id="v-vessel", css="s2"),
            field(
                "Vessel",
                vessel,
                id="v-vessel",
                css="s2",
                optional=True,
                error=errors.get("vessel", ""),
            ),
        ),
        field(
            "Business unit",
            text_input(name="business_unit", default_value=fields["business_unit"]),
            id="v-business_unit",
            css="s2",
            optional=True,
            error=errors.get("business_unit", ""),
        ),
        field(
            "Status",
            select_input(VoyageState.statuses, name="status", default_value=fields["status"]),
            id="v-status",
            css="s2",
            help="From Nominated on it can be billed; Closed locks its invoices.",
            error=errors.get("status", ""),
        ),
        rx.cond(
            VoyageState.is_closed,
            rx.el.p(
                tone_chip("Closed", "neutral", "lock"),
                " Its invoices and charges are locked until an administrator reopens it.",
                class_name="s4 muted",
            ),
        ),
        class_name="e-row",
    )


def _orders() -> rx.Component:
    heads = [
        head("Service order"),
        head("Text"),
        head("List"),
        head("Quantity and price", "num"),
        head("Net", "num"),
    ]
    return rx.el.section(
        rx.el.header(rx.el.h2("Service orders")),
        plain_table(
            "Service orders", heads, rx.el.tbody(rx.foreach(VoyageState.orders, _order_row))
        ),
        class_name="e-sec",
    )


def _order_row(row: rx.vars.ObjectVar[OrderLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.reference),
        rx.el.td(row.text, class_name="txt"),
        rx.el.td(row.listed),
        rx.el.td(row.figures, class_name="num"),
        rx.el.td(
            joined(row.currency, " ", row.net),
            class_name="num",
            data_minor=row.net_minor,
            data_currency=row.currency,
        ),
        key=row.reference,
    )


def _table() -> rx.Component:
    table = rx.el.table(
        rx.el.caption("Voyages", class_name="sr"),
        rx.el.thead(rx.el.tr(*_heads())),
        rx.el.tbody(rx.foreach(VoyagesState.rows, _row)),
        class_name="t grid live",
    )
    nothing = empty_state(
        "nothing",
        "No voyage here",
        "Voyages bring pending charges from Nominated on.",
        action="New voyage",
        href="/voyages/new",
    )
    return rx.cond(VoyagesState.rows.length() > 0, table, nothing)


def _heads() -> list[rx.Component]:
    return [head(label, css) for label, css in zip(HEADS, CSS, strict=True)]


def _row(row: rx.vars.ObjectVar[VoyageLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            link(row.reference, href=joined("/voyages/", row.id.to_string()), data_row_link=""),
            scope="row",
            class_name="c-no",
        ),
        rx.el.td(row.vessel, class_name="c-cust"),
        rx.el.td(row.business_unit, class_name="c-x"),
        rx.el.td(row.pending, class_name="c-x num"),
        rx.el.td(status_chip(row.status), class_name="c-st"),
        key=row.id,
        data_testid="voyage-row",
        data_id=row.id,
        data_row="",
    )


def _skeleton() -> rx.Component:
    return rx.el.table(
        rx.el.thead(rx.el.tr(*_heads())),
        skeleton_rows(CSS),
        class_name="t grid skel",
        aria_hidden="true",
    )
