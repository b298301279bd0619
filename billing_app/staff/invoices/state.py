"""The grid's state: filters, sort, page, selection; one page of rows, never the table."""

import math
from dataclasses import replace
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.kit.fields import Option
from billing_app.kit.wording import count, page_range
from billing_app.persistence.queries.invoices.filters import InvoiceFilter
from billing_app.persistence.queries.invoices.grid import Order
from billing_app.security.acting import ask, context, plain, reckon
from billing_app.security.policy import action, local
from billing_app.security.tabs import listen
from billing_app.services.invoices.listing import (
    GridPage,
    Names,
    list_invoices,
    names,
    tally_invoices,
)
from billing_app.services.layouts import saved_columns
from billing_app.staff.invoices import columns as grid_columns
from billing_app.staff.invoices.choosing import ColumnChoosing
from billing_app.staff.invoices.filtering import (
    FILTERS,
    FilterChip,
    addressed,
    chips_of,
    query_of,
    read_filter,
    sentence_of,
)
from billing_app.staff.invoices.rows import (
    Sight,
    SumRow,
    amounts_of,
    grid_row,
    headings,
    totals_table,
)
from billing_app.staff.invoices.table_state import TableState

PAGE = 50
VIEW_LABELS = (
    ("all", "All"),
    ("drafts", "Drafts"),
    ("assembled", "Assembled"),
    ("ready", "Ready for posting"),
    ("open", "Open"),
    ("overdue", "Overdue"),
)


class InvoicesState(ColumnChoosing, rx.State):
    """What the invoices grid shows: filters, page, totals; the rows are in `TableState`."""

    page_no: int = 1
    page_count: int = 1
    pages_shown: list[int] = [1]
    has_next: bool = False
    range_text: str = ""
    count_text: str = ""
    sums_currencies: list[str] = []
    sums: list[SumRow] = []
    is_counting: bool = True
    view: str = "all"
    search: str = ""
    search_key: str = "0"
    is_restricted: bool = False
    export_query: str = ""
    filter_sentence: str = ""
    type_options: list[Option] = []
    company_options: list[Option] = []
    filter_chips: list[FilterChip] = []
    filter_open: bool = False
    filter_error: str = ""
    filter_values: dict[str, str] = {}
    _filter: InvoiceFilter = InvoiceFilter()
    _names: Names | None = None
    _count: int = 0
    _shown: int = 0

    @action(Permission.INVOICE_VIEW)
    async def load(self) -> Any:
        """Fill the grid when the page opens; a record opening beside it changes nothing."""
        listen(self.router.session.client_token)
        wanted = addressed(self.router.url.query_parameters)
        table = await self.get_state(TableState)
        if table.is_loaded and wanted is None:
            return None
        self.columns = await ask(
            saved_columns, grid_columns.PAGE_NAME, grid_columns.KEYS, grid_columns.DEFAULT
        )
        self._names = known = await ask(names)
        self.type_options = [Option(str(key), name) for key, (name, _) in known.types.items()]
        self.company_options = [Option(str(key), name) for key, name in known.companies.items()]
        if wanted is not None:
            self.view, self.search = wanted.view, ""
            return await self._filter_by(wanted)
        await self._show(1)
        return InvoicesState.count_up

    @action(Permission.INVOICE_VIEW)
    async def refresh(self) -> Any:
        """Show the same page as it is now."""
        await self._show(self.page_no, keeps_places=True)
        return InvoicesState.count_up

    @action(Permission.INVOICE_VIEW, supersedes=True)
    async def remote_change(self) -> Any:
        """Somebody changed invoices: show the visible page as it is now."""
        table = await self.get_state(TableState)
        if not table.is_loaded:
            return None
        self._names = await ask(names)
        await self._show(self.page_no, keeps_places=True)
        return InvoicesState.count_up

    @action(Permission.INVOICE_VIEW, background=True)
    async def count_up(self) -> None:
        """Count and sum the whole filtered set, beside the clicks."""
        async with self:
            chosen = self._filter
        tallies = await reckon(tally_invoices, chosen)
        async with self:
            if chosen != self._filter:
                return
            self._count = sum(tally.count for tally in tallies)
            self.count_text = count(self._count, "invoice")
            self.sums_currencies, self.sums = totals_table(tallies)
            self.is_counting = False
            self._number_pages()

    @action(Permission.INVOICE_VIEW)
    async def sort_by(self, column: str) -> None:
        """Sort by a column; again to turn it round."""
        if column not in grid_columns.KEYS:
            return
        table = await self.get_state(TableState)
        table.descending = not table.descending if table.sort == column else False
        table.sort = column
        await self._show(1)

    @action(Permission.INVOICE_VIEW)
    async def go_to(self, number: int) -> None:
        """Show a page."""
        await self._show(max(1, min(number, self.page_count if not self.is_counting else number)))

    @action(Permission.INVOICE_VIEW)
    async def next_page(self) -> None:
        """Show the next page."""
        if self.has_next:
            await self._show(self.page_no + 1)

    @action(Permission.INVOICE_VIEW)
    async def previous_page(self) -> None:
        """Show the page before."""
        if self.page_no > 1:
            await self._show(self.page_no - 1)

    @action(Permission.INVOICE_VIEW)
    async def choose_view(self, view: str) -> Any:
        """Show a saved view."""
        if view not in {key for key, _ in VIEW_LABELS}:
            return None
        self.view = view
        return await self._filter_by(replace(self._filter, view=view))

    @action(Permission.INVOICE_VIEW, supersedes=True)
    async def find(self, text: str) -> Any:
        """Search numbers, texts, partners, vessels, voyages, amounts and line texts."""
        self.search = text[:200]
        return await self._filter_by(replace(self._filter, search=self.search.strip()))

    @local()
    async def open_filters(self) -> None:
        """Show the filters."""
        self.filter_open, self.filter_error = True, ""

    @local()
    async def close_filters(self) -> None:
        """Hide the filters."""
        self.filter_open = False

    @action(Permission.INVOICE_VIEW)
    async def apply_filters(self, form: dict[str, str]) -> Any:
        """Show what fits the form."""
        try:
            chosen = await ask(read_filter, form, self._filter)
        except Invalid as error:
            self.filter_error = " ".join(error.fields.values())
            return None
        self.filter_open, self.filter_error = False, ""
        self.filter_values = {key: value for key, value in form.items() if key in FILTERS}
        return await self._filter_by(chosen)

    @action(Permission.INVOICE_VIEW)
    async def remove_filter(self, key: str) -> Any:
        """Take one filter away."""
        if key not in FILTERS:
            return None
        self.filter_values = {
            name: value for name, value in self.filter_values.items() if name != key
        }
        return await self._filter_by(FILTERS[key].cleared(self._filter))

    @action(Permission.INVOICE_VIEW)
    async def clear_filters(self) -> Any:
        """Take every filter, the view and the search away."""
        self.view, self.search, self.filter_values = "all", "", {}
        self.search_key = "1" if self.search_key == "0" else "0"  # empties the search field
        return await self._filter_by(InvoiceFilter())

    async def _filter_by(self, chosen: InvoiceFilter) -> Any:
        self._filter = chosen
        self.filter_chips = chips_of(chosen, self._names)
        self.filter_sentence = sentence_of(chosen, self.filter_chips, dict(VIEW_LABELS))
        self.is_restricted = not chosen.is_plain
        self.is_counting = True
        await self._show(1)
        return InvoicesState.count_up

    async def _show(self, number: int, *, keeps_places: bool = False) -> None:
        table = await self.get_state(TableState)
        found: GridPage = await ask(
            list_invoices,
            self._filter,
            Order(table.sort, table.descending),
            number,
            None if self.is_counting else self._count,
        )
        ctx = context()
        sight = Sight(ctx.today(), ctx.zone, ctx.actor.sees_partner)
        known, columns = plain(self._names), plain(self.columns)
        if known is None:
            known = self._names = await ask(names)
        rows = [grid_row(row, columns, known, sight) for row in found.rows]
        amounts = amounts_of(found.rows, known)
        table._fill(rows, headings(columns), amounts, keeps_places=keeps_places)  # noqa: SLF001  an underscore keeps it off the wire
        export = query_of(plain(self._filter), table.sort, descending=table.descending)
        if export != self.export_query:
            self.export_query = export
        self._shown = len(rows)
        self.page_no, self.has_next = number, found.has_next
        self._number_pages()

    def _number_pages(self) -> None:
        total = None if self.is_counting else self._count
        shown = page_range(self.page_no, PAGE, self._shown, total)
        self.range_text = shown or "No invoices"
        if not self.is_counting:
            self.page_count = max(1, math.ceil(self._count / PAGE))
        least = self.page_no + (1 if self.has_next else 0)
        self.pages_shown = page_numbers(self.page_no, max(self.page_count, least))


def page_numbers(current: int, last: int) -> list[int]:
    """At most seven page numbers around the current one; 0 stands for a gap."""
    if last <= 7:  # noqa: PLR2004
        return list(range(1, last + 1))
    near = sorted({1, current - 1, current, current + 1, last} & set(range(1, last + 1)))
    shown: list[int] = []
    for number in near:
        if shown and number - shown[-1] > 1:
            shown.append(0)
        shown.append(number)
    return shown
