"""The parts of the reports page: choices, chart, table."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.charts import bar_chart, line_chart, stacked_bar
from billing_app.kit.fields import date_input, field, select_input
from billing_app.kit.links import link
from billing_app.kit.words import joined
from billing_app.staff.reports.rows import CellView, Choice, LineView
from billing_app.staff.reports.state import ReportsState

DIRECTIONS = [("out", "Receivables"), ("in", "Payables")]


def choices(label: str, items: Any) -> rx.Component:
    """Places in a row, the present one marked."""

    def one(choice: rx.vars.ObjectVar[Choice]) -> rx.Component:
        place = link(choice.label, href=choice.href, aria_current=choice.current)
        return rx.fragment(place, key=choice.label)

    return rx.el.nav(rx.foreach(items, one), class_name="seg", aria_label=label)


def report_form() -> rx.Component:
    """The day or the days, the company and the direction."""
    values = ReportsState.values
    day = field("As of", date_input(name="as_of", default_value=values["as_of"]), id="as-of")
    days = rx.fragment(
        field("From", date_input(name="from", default_value=values["from"]), id="report-from"),
        field("To", date_input(name="to", default_value=values["to"]), id="report-to"),
    )
    company = select_input(
        ReportsState.companies,
        placeholder="Every company",
        name="company",
        default_value=values["company"],
    )
    direction = select_input(DIRECTIONS, name="direction", default_value=values["direction"])
    return rx.el.form(
        rx.cond(ReportsState.is_of_day, day, days),
        field("Company", company, id="report-company"),
        field("Documents", direction, id="report-direction"),
        button("Show", type="submit"),
        on_submit=ReportsState.choose,
        class_name="days dash-top",
        key=ReportsState.form_key,
    )


def report_chart() -> rx.Component:
    """The chart, if this report has one: its figures are the table below it."""
    chart = ReportsState.chart
    lines = rx.fragment(
        line_chart(chart.label, chart.strokes, chart.bars, chart.rules),
        rx.el.p(
            rx.el.span(class_name="key s0"),
            chart.names[1],
            rx.el.span(class_name="key s1"),
            chart.names[2],
            class_name="keys",
        ),
    )
    drawn = rx.match(
        chart.kind,
        ("bars", bar_chart(chart.label, chart.bars, chart.rules)),
        ("lines", lines),
        ("parts", stacked_bar(chart.label, chart.parts)),
        rx.fragment(),
    )
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.div(
                rx.el.h2(ReportsState.finding),
                rx.el.p(
                    ReportsState.shown,
                    rx.cond(chart.names.length() > 0, joined(", in ", chart.names[0]), ""),
                ),
            ),
        ),
        drawn,
        class_name="chart",
    )


def report_table() -> rx.Component:
    """Every line, and the sums."""
    table = rx.el.table(
        rx.el.caption(ReportsState.shown, class_name="sr"),
        rx.el.thead(
            rx.el.tr(
                rx.foreach(
                    ReportsState.heads,
                    lambda label, at: rx.el.th(
                        label, scope="col", class_name=ReportsState.head_css[at], key=label
                    ),
                )
            )
        ),
        rx.el.tbody(rx.foreach(ReportsState.lines, lambda line: _line(line, "report-row"))),
        rx.el.tfoot(rx.foreach(ReportsState.sums, lambda line: _line(line, "report-sum", "sum"))),
        class_name="t small-t report-t",
    )
    return rx.el.div(
        rx.el.div(
            table,
            class_name="scroll-x",
            role="region",
            aria_label="Report",
            tab_index=0,
        ),
        rx.cond(ReportsState.left_out != "", rx.el.p(ReportsState.left_out, class_name="muted")),
    )


def _line(line: rx.vars.ObjectVar[LineView], name: str, css: str = "") -> rx.Component:
    return rx.el.tr(
        rx.el.th(_words(line.head), scope="row"),
        rx.foreach(line.cells, _cell),
        key=line.key,
        class_name=css,
        data_testid=name,
    )


def _cell(cell: rx.vars.ObjectVar[CellView]) -> rx.Component:
    return rx.el.td(
        _words(cell), class_name=cell.css, data_minor=cell.minor, data_currency=cell.currency
    )


def _words(cell: Any) -> rx.Component:
    return rx.cond(cell.href != "", link(cell.text, href=cell.href), cell.text)
