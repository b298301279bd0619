"""Entries of the audit trail as finished strings, and a record's own History."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.history import NOTHING
from billing_app.kit.links import link
from billing_app.kit.tables import head, plain_table
from billing_app.kit.wording import moment
from billing_app.security.acting import ask, context
from billing_app.security.policy import action
from billing_app.services.log import LogEntry, history_of

ADDRESS = re.compile(r"/(customers|products|packages|voyages|opportunities|orders)/(\d{1,15})/?")
ENTITIES = {
    "customers": "customer",
    "products": "product",
    "packages": "package",
    "voyages": "voyage",
    "opportunities": "opportunity",
    "orders": "order",
}


@dataclass(frozen=True)
class ChangeRow:
    """One field of an entry: its name, and "was → is"."""

    field: str
    was: str
    now: str


@dataclass(frozen=True)
class EntryRow:
    """One entry."""

    id: int
    at: str
    who: str
    what: str
    record: str
    href: str
    changes: list[ChangeRow]


def entry_rows(found: Sequence[LogEntry], zone: str) -> list[EntryRow]:
    """The rows of a log."""
    return [
        EntryRow(
            id=entry.id,
            at=moment(entry.at, zone),
            who=entry.who,
            what=entry.what,
            record=entry.record,
            href=entry.href,
            changes=[
                ChangeRow(one.field, "" if one.was in {NOTHING, one.now} else one.was, one.now)
                for one in entry.changes
            ],
        )
        for entry in found
    ]


class HistoryState(rx.State):
    """The History of the record that the address names."""

    rows: list[EntryRow] = []
    has_rows: bool = False

    @action(Permission.CUSTOMER_VIEW)
    async def load(self) -> None:
        """Show it; what a record's history demands, its use case asks."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.rows, self.has_rows = [], False
        if found:
            entries = await ask(history_of, ENTITIES[found[1]], int(found[2]))
            self.rows, self.has_rows = entry_rows(entries, context().zone), bool(entries)


def history_panel() -> rx.Component:
    """A record's History; it fills itself when it appears."""
    return rx.el.section(
        rx.el.header(rx.el.h2("History")),
        rx.cond(
            HistoryState.has_rows,
            entries_table(HistoryState.rows, "History", with_record=False),
            rx.el.p("Nothing happened yet.", class_name="muted"),
        ),
        class_name="e-sec history",
        on_mount=HistoryState.load,
    )


def entries_table(rows: Any, caption: str, *, with_record: bool = True) -> rx.Component:
    """Entries with their differences."""
    heads = [head("When"), head("Who"), head("What")]
    heads += [head("Record")] if with_record else []

    def row(one: rx.vars.ObjectVar[EntryRow]) -> rx.Component:
        named = rx.cond(one.href != "", link(one.record, href=one.href), one.record)
        return rx.el.tr(
            rx.el.td(one.at, class_name="nowrap"),
            rx.el.td(one.who),
            rx.el.th(one.what, scope="row"),
            *([rx.el.td(named)] if with_record else []),
            rx.el.td(rx.el.ul(rx.foreach(one.changes, _change), class_name="changes")),
            key=one.id,
            data_testid="log-row",
            data_id=one.id,
        )

    return plain_table(
        caption, [*heads, head("Before and after")], rx.el.tbody(rx.foreach(rows, row)), css="log"
    )


def _change(one: rx.vars.ObjectVar[ChangeRow]) -> rx.Component:
    was = rx.cond(
        one.was != "",
        rx.fragment(
            rx.el.del_(one.was),
            rx.el.span(" became ", class_name="sr"),
            rx.el.span(" → ", aria_hidden="true"),
        ),
    )
    return rx.el.li(
        rx.el.span(one.field, ": ", class_name="muted"), was, rx.el.ins(one.now), key=one.field
    )
