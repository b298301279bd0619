"""Usage: imports, odd rates, calls that wait for a rate, rows of no use."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.tables import empty_state, head, pager, plain_table
from billing_app.kit.words import joined
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can
from billing_app.staff.usage.state import (
    HeldRow,
    ImportRow,
    ProblemRow,
    UnratedRow,
    UsageListState,
)


def usage_page() -> rx.Component:
    """The page."""
    content = rx.el.div(
        _imports(),
        rx.cond(UsageListState.held.length() > 0, _held()),
        _unrated(),
        rx.cond(UsageListState.problems.length() > 0, _problems()),
        class_name="e-wrap one full",
    )
    again = button(
        "Rate again", kind="primary", icon="sync", on_click=UsageListState.rate_again, key="r"
    )
    return staff_page(
        rx.cond(UsageListState.is_loaded, content, rx.el.p("Opening…", role="status")),
        title="Usage",
        current="/usage",
        layout="editor",
        new=rx.fragment(),
        actions=[rx.cond(can(Permission.USAGE_EDIT), again)],
    )


def _imports() -> rx.Component:
    heads = [
        head("Folder"),
        head("When, UTC"),
        head("Calls", "num"),
        head("Unrated then", "num"),
        head("Rows of no use", "num"),
        head("Charge then", "num"),
    ]
    nothing = empty_state(
        "nothing", "No usage yet", "The operator brings it in: billing import usage FOLDER."
    )
    table = plain_table("Imports", heads, rx.el.tbody(rx.foreach(UsageListState.imports, _import)))
    return _section("Imports", rx.cond(UsageListState.imports.length() > 0, table, nothing))


def _held() -> rx.Component:
    heads = [
        head("Card"),
        head("Prefix"),
        head("Destination"),
        head("Rate a minute", "num"),
        head("Why it is held"),
        head("Confirm", hidden=True),
    ]
    table = plain_table("Odd rates", heads, rx.el.tbody(rx.foreach(UsageListState.held, _rate)))
    return _section("Odd rates, held until somebody confirms them", table)


def _unrated() -> rx.Component:
    heads = [
        head("Call"),
        head("Start, UTC"),
        head("Customer"),
        head("Card"),
        head("Destination"),
        head("Seconds", "num"),
        head("Why"),
    ]
    table = rx.fragment(
        plain_table("Unrated calls", heads, rx.el.tbody(rx.foreach(UsageListState.unrated, _call))),
        pager(
            UsageListState.page_no,
            UsageListState.page_count,
            UsageListState.range_text,
            UsageListState.go_to,
        ),
    )
    nothing = rx.el.p("Every call has its rate.", class_name="muted")
    return _section(
        "Unrated calls",
        rx.cond(UsageListState.unrated.length() > 0, table, nothing),
        count=UsageListState.unrated_text,
    )


def _problems() -> rx.Component:
    heads = [head("Row", "num"), head("Why it cannot be used"), head("As it stood")]
    table = plain_table(
        "Rows of no use", heads, rx.el.tbody(rx.foreach(UsageListState.problems, _problem))
    )
    return _section("Rows of no use", table, count=UsageListState.problems_text)


def _import(row: rx.vars.ObjectVar[ImportRow]) -> rx.Component:
    figures = [row.calls, row.unrated, row.problems, row.charge]
    return _row(row, [row.name, row.at], figures, "import-row")


def _rate(row: rx.vars.ObjectVar[HeldRow]) -> rx.Component:
    confirm = button(
        "Confirm",
        small=True,
        aria_label=joined("Confirm the rate of ", row.prefix),
        on_click=UsageListState.confirm(row.id),
    )
    return rx.el.tr(
        rx.el.td(row.card),
        rx.el.th(row.prefix, scope="row"),
        rx.el.td(row.destination),
        rx.el.td(row.rate, class_name="num"),
        rx.el.td(row.warning),
        rx.el.td(rx.cond(can(Permission.USAGE_EDIT), confirm), class_name="acts"),
        key=row.id,
        data_testid="held-row",
        data_id=row.id,
    )


def _call(row: rx.vars.ObjectVar[UnratedRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.call_id, scope="row"),
        rx.el.td(row.started),
        rx.el.td(row.customer),
        rx.el.td(row.card),
        rx.el.td(row.destination),
        rx.el.td(row.seconds, class_name="num"),
        rx.el.td(row.reason),
        key=row.id,
        data_testid="unrated-row",
        data_id=row.id,
    )


def _problem(row: rx.vars.ObjectVar[ProblemRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.row, class_name="num"),
        rx.el.td(row.reason),
        rx.el.td(rx.el.code(row.content), class_name="txt"),
        key=row.id,
        data_testid="problem-row",
        data_id=row.id,
    )


def _row(row: Any, words: Sequence[Any], figures: Sequence[Any], name: str) -> rx.Component:
    first, *rest = words
    return rx.el.tr(
        rx.el.th(first, scope="row"),
        *(rx.el.td(word) for word in rest),
        *(rx.el.td(figure, class_name="num") for figure in figures),
        key=row.id,
        data_testid=name,
        data_id=row.id,
    )


def _section(title: str, *content: rx.Component, count: Any = None) -> rx.Component:
    counted = [] if count is None else [rx.el.span(count, class_name="right")]
    return rx.el.section(rx.el.header(rx.el.h2(title), *counted), *content, class_name="e-sec")
