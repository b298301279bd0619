"""The one page of a list: how many, a search, a choice, the table with its pages, New."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import link_button
from billing_app.kit.chips import status_chip, tone_chip
from billing_app.kit.fields import select_input
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state, filters, grid_scroll, head, pager, skeleton_rows
from billing_app.kit.words import Child, joined
from billing_app.staff.shell.list_state import ListState
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can


@dataclass(frozen=True)
class Column:
    """A column: its head, its css class, what a row shows in it, what the cell says to programs."""

    label: str
    css: str
    show: Callable[[Any], Child]
    facts: Callable[[Any], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Listed:
    """What a list shows. The first column leads to the record, at `path` and its id."""

    title: str
    path: str
    noun: str
    columns: Sequence[Column]
    search: str  # "name or SKU": what the search looks in
    none: str  # what to do where there is no record
    edit: Permission  # what making a record demands
    choice: str = ""  # "status": what can be chosen; empty for nothing


def text_column(label: str, name: str, css: str = "c-x") -> Column:
    """A fact of the row as it is."""
    return Column(label, css, lambda row: getattr(row, name))


def money_column(label: str, name: str) -> Column:
    """An amount in the row's currency; the row has its minor units under `<name>_minor`."""
    return Column(
        label,
        "c-open num",
        lambda row: joined(row.currency, " ", getattr(row, name)),
        lambda row: {"data_minor": getattr(row, f"{name}_minor"), "data_currency": row.currency},
    )


def status_column(label: str, name: str) -> Column:
    """A status of the row as its chip."""
    return Column(label, "c-st", lambda row: status_chip(getattr(row, name)))


ACTIVE = Column(
    "Status",
    "c-st",
    lambda row: rx.cond(
        row.is_active,
        tone_chip("Active", "success", "check"),
        tone_chip("Inactive", "neutral", "ban"),
    ),
)


def list_page(state: type[ListState], listed: Listed) -> rx.Component:
    """The page of a list."""
    shown = rx.cond(state.is_loaded, _table(state, listed), _skeleton(listed))
    return staff_page(
        rx.el.section(
            rx.el.p(rx.el.b(state.count_text), class_name="count"),
            class_name="totals",
            aria_label="Count",
        ),
        filters(*(rx.el.li(one, class_name="search-item") for one in _narrowing(state, listed))),
        grid_scroll(f"{listed.title} grid", shown),
        pager(state.page_no, state.page_count, state.range_text, state.go_to),
        title=listed.title,
        current=listed.path,
        new=rx.cond(
            can(listed.edit),
            link_button(
                f"New {listed.noun}",
                href=f"{listed.path}/new",
                icon="plus",
                key="n",
                kind="primary",
                class_name="new",
            ),
        ),
    )


def _narrowing(state: type[ListState], listed: Listed) -> list[rx.Component]:
    search = rx.el.input(
        type="search",
        placeholder=f"Search {listed.search}",
        aria_label=f"Search {listed.title.lower()}",
        default_value=state.search,
        on_change=state.find.debounce(200),
        class_name="grid-search",
    )
    if not listed.choice:
        return [search]
    choice = select_input(
        state.options,
        placeholder=f"Every {listed.choice}",
        aria_label=listed.choice.capitalize(),
        value=state.chosen,
        on_change=state.choose,
        class_name="grid-search",
    )
    return [search, choice]


def _table(state: type[ListState], listed: Listed) -> rx.Component:
    table = rx.el.table(
        rx.el.caption(listed.title, class_name="sr"),
        rx.el.thead(rx.el.tr(*_heads(listed))),
        rx.el.tbody(rx.foreach(state.rows, lambda row: _row(row, listed))),
        class_name="t grid live",
    )
    new = {"action": f"New {listed.noun}", "href": f"{listed.path}/new"}
    title = f"No {listed.noun} here"
    nothing = rx.cond(
        can(listed.edit),
        empty_state("nothing", title, listed.none, **new),
        empty_state("nothing", title, listed.none),
    )
    return rx.cond(state.rows.length() > 0, table, nothing)


def _row(row: Any, listed: Listed) -> rx.Component:
    first, *others = listed.columns
    opener = link(
        first.show(row), href=joined(listed.path, "/", row.id.to_string()), data_row_link=""
    )
    return rx.el.tr(
        rx.el.th(opener, scope="row", class_name=first.css),
        *(_cell(row, one) for one in others),
        key=row.id,
        data_testid=f"{listed.noun}-row",
        data_id=row.id,
        data_row="",
    )


def _cell(row: Any, column: Column) -> rx.Component:
    facts = column.facts(row) if column.facts is not None else {}
    return rx.el.td(column.show(row), class_name=column.css, **facts)


def _heads(listed: Listed) -> list[rx.Component]:
    return [head(one.label, one.css) for one in listed.columns]


def _skeleton(listed: Listed) -> rx.Component:
    return rx.el.table(
        rx.el.thead(rx.el.tr(*_heads(listed))),
        skeleton_rows([one.css for one in listed.columns]),
        class_name="t grid skel",
        aria_hidden="true",
    )
