"""The voyages list and the voyage form."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.chips import tone_chip
from billing_app.kit.fields import combo, field, form_errors, select_input, text_input
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.list_page import Listed, list_page, status_column, text_column
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can
from billing_app.staff.voyages.list_state import VoyagesState
from billing_app.staff.voyages.state import OrderLine, VoyageState

VOYAGES = Listed(
    title="Voyages",
    path="/voyages",
    noun="voyage",
    columns=(
        text_column("Reference", "reference", "c-no"),
        text_column("Vessel", "vessel", "c-cust"),
        text_column("Business unit", "business_unit"),
        text_column("Pending", "pending", "c-x num"),
        status_column("Status", "status"),
    ),
    search="reference or vessel",
    none="Voyages bring pending charges from Nominated on.",
    edit=Permission.VOYAGE_EDIT,
    choice="status",
)


def voyages_page() -> rx.Component:
    """The list."""
    return list_page(VoyagesState, VOYAGES)


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
