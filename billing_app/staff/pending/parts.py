"""The parts of the pending page: sums, lists, views, what is ticked, pages."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.charges import PendingList, PendingView
from billing_app.kit.buttons import button, icon_button
from billing_app.kit.icons import icon
from billing_app.kit.tables import (
    Tab,
    bulk_bar,
    filters,
    tabs,
)
from billing_app.kit.words import joined
from billing_app.staff.pending.assembling import AssembleState
from billing_app.staff.pending.charge_form import ChargeFormState
from billing_app.staff.pending.rows import CurrencySum
from billing_app.staff.pending.state import PendingState
from billing_app.staff.shell.state import can

HIRE = str(PendingList.HIRE)


def totals() -> rx.Component:
    """What the whole list comes to, one column per currency, nothing converted."""
    figures = rx.el.table(
        rx.el.caption("Sums of the list, by currency, without VAT", class_name="sr"),
        rx.el.thead(
            rx.el.tr(
                rx.el.th(rx.el.span("Sum", class_name="sr"), scope="col"),
                rx.foreach(PendingState.sums, lambda one: rx.el.th(one.currency, scope="col")),
            )
        ),
        rx.el.tbody(
            rx.el.tr(
                rx.el.th("Net", scope="row"),
                rx.foreach(PendingState.sums, _sum),
                class_name="lead",
            )
        ),
        style={"--totals-rows": PendingState.sums.length() + 1},
    )
    return rx.el.section(
        rx.el.p(
            rx.el.b(rx.cond(PendingState.count_text != "", PendingState.count_text, "Pending")),
            rx.el.span(
                rx.cond(PendingState.is_counting, "Counting…", "in this list"), role="status"
            ),
            class_name="count",
        ),
        rx.cond(PendingState.sums.length() > 0, figures),
        class_name="totals",
        aria_label="Sums of the list",
        aria_busy=PendingState.is_counting,
    )


def lists() -> rx.Component:
    """The three lists."""
    items = [Tab(str(one), one.label) for one in PendingList]
    return tabs(items, PendingState.listed, PendingState.choose_list, label="Pending lists")


def views_row() -> rx.Component:
    """How the list is grouped, the search, refreshing and adding."""
    search = rx.el.input(
        type="search",
        placeholder="Search the names below",
        aria_label="Search pending",
        default_value=PendingState.search,
        key=PendingState.search_key,
        on_change=PendingState.find.debounce(200),
        auto_complete="off",
        class_name="grid-search",
    )
    return filters(
        rx.el.li(search, class_name="search-item"),
        rx.el.li(
            rx.el.div(
                *(_view(view) for view in PendingView),
                role="group",
                aria_label="View by",
                class_name="views",
            ),
        ),
        end=[
            rx.cond(
                can(Permission.CHARGE_EDIT),
                button(
                    "Add line",
                    kind="quiet",
                    icon="plus",
                    small=True,
                    on_click=ChargeFormState.open_new,
                ),
            ),
            rx.cond(
                can(Permission.CHARGE_GENERATE),
                button(
                    "Refresh…",
                    kind="quiet",
                    icon="sync",
                    small=True,
                    on_click=AssembleState.ask_refresh,
                ),
            ),
        ],
    )


def ticked_bar() -> rx.Component:
    """What can be done with the ticked lines."""
    bar = bulk_bar(
        PendingState.ticked_count,
        PendingState.ticked_text,
        rx.cond(
            can(Permission.INVOICE_ASSEMBLE),
            button(
                "Assemble…",
                kind="primary",
                icon="layers",
                key="p",
                on_click=AssembleState.open_window,
            ),
            rx.el.span("Assembling needs the level Billing.", class_name="muted"),
        ),
        button("Untick all", kind="quiet", on_click=PendingState.untick),
        label="Ticked lines",
    )
    return rx.cond(PendingState.ticked.length() > 0, bar)


def group_pages() -> rx.Component:
    """The way to the next fifty groups, where there are more."""
    return rx.cond(
        (PendingState.page_no > 1) | PendingState.has_next,
        rx.el.nav(
            rx.el.span(joined("Page ", PendingState.page_no.to_string())),
            rx.el.span(
                _step(
                    "Previous page", "left", PendingState.page_no > 1, PendingState.turn_page(-1)
                ),
                _step("Next page", "right", PendingState.has_next, PendingState.turn_page(1)),
                class_name="pages",
            ),
            class_name="pager",
            aria_label="Pages",
        ),
    )


def _view(view: PendingView) -> rx.Component:
    chosen = rx.el.button(
        view.label,
        type="button",
        class_name="btn small",
        aria_pressed=rx.cond(PendingState.view == str(view), "true", "false"),
        on_click=PendingState.choose_view(str(view)),
    )
    return chosen if view is PendingView.PARTNER else rx.cond(PendingState.listed != HIRE, chosen)


def _sum(one: rx.vars.ObjectVar[CurrencySum]) -> rx.Component:
    return rx.el.td(one.net, data_minor=one.minor, data_currency=one.currency)


def _step(label: str, name: str, possible: object, handler: object) -> rx.Component:
    live = icon_button(label, name, on_click=handler)
    off = rx.el.span(
        icon(name), rx.el.span(f"{label}, not available", class_name="sr"), class_name="off"
    )
    return rx.cond(possible, live, off)
