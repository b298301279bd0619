"""The dashboard page: what is owed, by whom, since when, and what waits."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.charts import bar_chart, stacked_bar
from billing_app.kit.icons import icon
from billing_app.kit.links import link
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import joined
from billing_app.services.settings import OFF_SENTENCE
from billing_app.staff.dashboard.rows import (
    AgeRow,
    CurrencyTab,
    DebtorRow,
    HappenedRow,
    MonthRow,
    Tile,
    Waiting,
)
from billing_app.staff.dashboard.state import DashboardState
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can


def dashboard_page() -> rx.Component:
    """Tiles, two charts, who owes most, what waits, what happened."""
    shown = rx.el.div(
        _top(),
        rx.el.dl(rx.foreach(DashboardState.tiles, _tile), class_name="tiles"),
        rx.el.div(_months(), _ages(), class_name="two"),
        rx.el.div(_debtors(), _waiting(), class_name="two rule"),
        class_name="dash-in",
    )
    return staff_page(
        rx.cond(
            can(Permission.INVOICE_VIEW),
            rx.cond(DashboardState.is_loaded, shown, rx.el.p("Adding up…", role="status")),
            rx.el.p(OFF_SENTENCE, class_name="muted"),
        ),
        title="Dashboard",
        current="/",
        layout="dash",
    )


def _top() -> rx.Component:
    def tab(one: rx.vars.ObjectVar[CurrencyTab]) -> rx.Component:
        return rx.el.button(
            one.code,
            type="button",
            on_click=DashboardState.choose(one.code),
            aria_pressed=one.current,
            key=one.code,
        )

    return rx.el.div(
        rx.el.div(
            rx.foreach(DashboardState.currencies, tab),
            class_name="seg",
            role="group",
            aria_label="Currency",
        ),
        rx.el.span("Each currency stands alone; nothing is converted.", class_name="hint"),
        rx.el.span(DashboardState.now, class_name="right"),
        class_name="dash-top",
    )


def _tile(tile: rx.vars.ObjectVar[Tile]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(tile.label),
        rx.el.dd(
            link(tile.figure, href=tile.href),
            data_minor=tile.minor,
            data_currency=DashboardState.currency,
        ),
        rx.el.dd(tile.note),
        class_name=tile.css,
        key=tile.label,
    )


def _months() -> rx.Component:
    def line(row: rx.vars.ObjectVar[MonthRow]) -> rx.Component:
        return rx.el.tr(
            rx.el.th(row.label, scope="row"),
            rx.el.td(
                row.amount,
                class_name="num",
                data_minor=row.minor,
                data_currency=DashboardState.currency,
            ),
            key=row.label,
        )

    figures = rx.el.table(
        rx.el.caption("Revenue by month, without tax", class_name="sr"),
        rx.el.thead(
            rx.el.tr(head("Month"), head(joined("Revenue ", DashboardState.currency), "num"))
        ),
        rx.el.tbody(rx.foreach(DashboardState.months, line)),
        class_name="t small-t twin",
    )
    said = joined("Revenue by month, ", DashboardState.month_unit)
    drawn = bar_chart(
        joined("Bars: ", said, ". The table has the figures."),
        DashboardState.month_bars,
        DashboardState.month_rules,
    )
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.div(
                rx.el.h2(DashboardState.month_finding),
                rx.el.p(said, ", posted invoices less credit notes, without tax"),
            ),
            button(
                rx.cond(DashboardState.shows_months, "Show as chart", "Show as table"),
                kind="quiet",
                small=True,
                on_click=DashboardState.turn_months,
            ),
        ),
        drawn,
        figures,
        class_name=rx.cond(DashboardState.shows_months, "chart as-table", "chart"),
    )


def _ages() -> rx.Component:
    def line(row: rx.vars.ObjectVar[AgeRow]) -> rx.Component:
        return rx.el.li(
            rx.el.span(class_name=row.css),
            rx.el.span(
                link(row.label, href=row.href),
                rx.el.span(" · ", row.documents, class_name="faint"),
            ),
            rx.el.span(row.amount, data_minor=row.minor, data_currency=DashboardState.currency),
            rx.el.span(row.share, class_name="pc"),
            key=row.label,
            data_testid="age-row",
        )

    label = "One stacked bar: what is owed by age. The list below has the figures."
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.div(
                rx.el.h2(DashboardState.age_finding),
                rx.el.p("Receivables by age, ", DashboardState.currency, ", open amount"),
            ),
            link("Report", href="/reports", class_name="btn quiet small"),
        ),
        stacked_bar(label, DashboardState.age_parts),
        rx.el.ul(rx.foreach(DashboardState.ages, line), class_name="legend"),
        class_name="chart",
    )


def _debtors() -> rx.Component:
    def line(row: rx.vars.ObjectVar[DebtorRow]) -> rx.Component:
        return rx.el.tr(
            rx.el.td(
                link(row.name, href=row.href),
                " ",
                rx.el.span(row.documents, class_name="faint"),
                class_name="txt",
            ),
            rx.el.td(row.since, class_name="muted"),
            rx.el.td(row.days, class_name="num muted"),
            rx.el.td(
                rx.el.b(row.amount),
                class_name="num",
                data_minor=row.minor,
                data_currency=DashboardState.currency,
            ),
            key=row.href,
        )

    table = plain_table(
        "Customers with overdue documents",
        [
            head("Customer"),
            head("Overdue since"),
            head("Days", "num"),
            head(joined("Overdue ", DashboardState.currency), "num"),
        ],
        rx.el.tbody(rx.foreach(DashboardState.debtors, line)),
    )
    return rx.el.section(
        _heading(
            "Who owes most past the due date",
            rx.cond(
                DashboardState.late_customers != "",
                link(DashboardState.late_customers, href="/reports", class_name="btn quiet small"),
            ),
        ),
        rx.cond(
            DashboardState.debtors.length() > 0,
            table,
            rx.el.p("Nobody to name here.", class_name="muted"),
        ),
        class_name="chart",
        aria_label="Who owes most",
    )


def _waiting() -> rx.Component:
    def line(row: rx.vars.ObjectVar[Waiting]) -> rx.Component:
        return rx.el.li(
            icon(row.icon),
            link(row.label, href=row.href),
            rx.el.span(row.number, class_name="n"),
            key=row.label,
        )

    def event(row: rx.vars.ObjectVar[HappenedRow]) -> rx.Component:
        return rx.el.li(
            icon("clock"),
            rx.el.span(link(row.label, href=row.href), " ", row.text),
            rx.el.span(row.when, class_name="faint"),
            key=row.href,
        )

    return rx.el.section(
        _heading("Waiting"),
        rx.el.ul(rx.foreach(DashboardState.waiting, line), class_name="todo"),
        _heading("Lately"),
        rx.el.ul(rx.foreach(DashboardState.happened, event), class_name="todo lately"),
        class_name="chart",
        aria_label="Waiting",
    )


def _heading(text: str, *beside: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.header(rx.el.h2(text), rx.el.span(*beside, class_name="right")), class_name="sec"
    )
