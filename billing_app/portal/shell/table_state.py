"""Whichever of the portal's tables is open: its rows, and how its person looks at it.

One state for all of them: the address says which, and the use case asks for its permission.
"""

from dataclasses import replace

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.portal_tables import TableFacts, View
from billing_app.kit.wording import page_range
from billing_app.portal.shell.row_actions import DOCUMENTS, with_actions
from billing_app.portal.shell.state import tongue_of
from billing_app.portal.shell.table_rows import (
    Cell,
    Choice,
    FilterField,
    Heading,
    Holding,
    TableRow,
    choices,
    feet,
    filter_fields,
    headings,
    holdings,
    table_rows,
    total_line,
)
from billing_app.security.acting import ask, context
from billing_app.security.policy import action
from billing_app.services.portal_rows import row_actions
from billing_app.services.portal_tables import (
    PAGE,
    reset_view,
    save_view,
    saved_view,
    show_table,
    table_facts,
)


class TableState(rx.State):
    """The open table."""

    page: str = ""
    rows: list[TableRow] = []
    heads: list[Heading] = []
    feet: list[Cell] = []
    columns: list[Choice] = []
    groupable: list[Choice] = []
    filters: list[FilterField] = []
    holding: list[Holding] = []
    grouped: list[Holding] = []
    total_line: str = ""
    sort: str = ""
    descending: bool = True
    order: str = ""
    search: str = ""
    page_no: int = 1
    page_count: int = 1
    range_text: str = ""
    turn: int = 0
    is_narrowed: bool = False
    _view: View = View()

    @action(Permission.PORTAL_HOME)
    async def load(self) -> None:
        """Show the table of this address in one's own layout; changed settings act now (ERP-14)."""
        page = str(self.router.url.path).strip("/").rpartition("/")[2]
        self.reset()  # type: ignore[no-untyped-call]
        self._view = await ask(saved_view, page)
        await self._show(page)

    @action(Permission.PORTAL_HOME, supersedes=True)
    async def find(self, text: str) -> None:
        """Search all columns."""
        self._view = replace(self._view, search=text[:100], page=1)
        await self._show(self.page)

    @action(Permission.PORTAL_HOME)
    async def go_to(self, number: int) -> None:
        """Show a page."""
        self._view = replace(self._view, page=max(1, number))
        await self._show(self.page)

    @action(Permission.PORTAL_HOME)
    async def sort_by(self, column: str) -> None:
        """Sort by a column; the other way round where it is sorted by it already."""
        descending = column == self._view.sort and not self._view.descending
        await self._keep(replace(self._view, sort=column, descending=descending))

    @action(Permission.PORTAL_HOME)
    async def choose_order(self, value: str) -> None:
        """Sort as the list of orders says: a column, and which way."""
        column, _, way = value.partition(" ")
        await self._keep(replace(self._view, sort=column, descending=way == "descending"))

    @action(Permission.PORTAL_HOME)
    async def filter(self, form: dict[str, str]) -> None:
        """Show what fits the filters; a wrong one is told at its field."""
        asked = replace(self._view, filters=tuple(form.items()), page=1)
        try:
            await self._keep(asked)
        except Invalid as error:
            facts = await ask(table_facts, self.page)
            tongue = await tongue_of(self)
            self.filters = filter_fields(facts, asked, error.fields, tongue)
            return
        self.turn += 1

    @action(Permission.PORTAL_HOME)
    async def clear_filter(self, key: str) -> None:
        """Take one filter away; all of them without a name, with the search."""
        kept = tuple(one for one in self._view.filters if key and one[0] != key)
        search = self._view.search if key else ""
        await self._keep(replace(self._view, filters=kept, search=search))
        self.turn += 1

    @action(Permission.PORTAL_HOME)
    async def toggle_group(self, column: str) -> None:
        """Group by a column, inside the groups there are, or not any more."""
        had = self._view.groups
        groups = tuple(one for one in had if one != column) if column in had else (*had, column)
        await self._keep(replace(self._view, groups=groups))

    @action(Permission.PORTAL_HOME)
    async def toggle_column(self, column: str) -> None:
        """Show a column after the others, or hide it; one always stays."""
        had = self._view.columns
        kept = tuple(one for one in had if one != column) if column in had else (*had, column)
        await self._keep(replace(self._view, columns=kept or had))

    @action(Permission.PORTAL_HOME)
    async def move_column(self, column: str, by: int) -> None:
        """Move a shown column among the others."""
        columns = list(self._view.columns)
        if column in columns:
            at = columns.index(column)
            to = min(len(columns) - 1, max(0, at + (1 if by > 0 else -1)))
            columns.insert(to, columns.pop(at))
            await self._keep(replace(self._view, columns=tuple(columns)))

    @action(Permission.PORTAL_HOME)
    async def reset_layout(self) -> None:
        """Back to how the table looks at first."""
        await ask(reset_view, self.page)
        self._view = await ask(saved_view, self.page)
        await self._show(self.page)
        self.turn += 1

    async def _keep(self, view: View) -> None:
        """Show the changed view, then remember it; what cannot be shown is not kept."""
        before = self._view
        self._view = replace(view, page=1)
        try:
            await self._show(self.page)
        except Invalid:
            self._view = before
            raise
        await ask(save_view, self.page, self._view)

    async def _show(self, page: str) -> None:
        found = await ask(show_table, page, self._view)
        tongue, zone = await tongue_of(self), context().zone
        self._view = found.view
        rows = table_rows(found, tongue, zone)
        if page in DOCUMENTS:
            ids = [int(row.id) for row in rows if row.href]
            rows = with_actions(rows, await ask(row_actions, world().gateways(), ids))
        self.rows = rows
        self.heads, self.feet = headings(found, tongue), feet(found, tongue)
        self.total_line = total_line(found, tongue)
        self.sort, self.descending = found.view.sort, found.view.descending
        self.order = f"{self.sort} {'descending' if self.descending else 'ascending'}"
        self.search = found.view.search
        count = found.seen.whole.count
        self.page_no, self.page_count = found.view.page, max(1, -(-count // PAGE))
        self.range_text = page_range(self.page_no, PAGE, len(found.seen.rows), count).replace(
            " of ", f" {tongue.say('of')} "
        )
        self.is_narrowed = bool(found.view.search or found.view.filters)
        await self._offer(found.facts)
        self.page = page

    async def _offer(self, facts: TableFacts) -> None:
        tongue = await tongue_of(self)
        self.columns = choices(facts, self._view, tongue)
        kinds = {one.key: one.kind for one in facts.columns}
        self.groupable = [one for one in self.columns if kinds[one.key].is_grouped]
        self.filters = filter_fields(facts, self._view, {}, tongue)
        self.holding = holdings(facts, self._view, tongue)
        self.grouped = [
            Holding(one.key, tongue.say("Grouped by"), one.label)
            for key in self._view.groups
            for one in self.columns
            if one.key == key
        ]
