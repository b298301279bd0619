"""The table's state: one page of rows, and the selection."""

from collections.abc import Iterable
from dataclasses import replace

import reflex as rx

from billing_app.kit.wording import amount
from billing_app.security.acting import plain
from billing_app.security.policy import local
from billing_app.staff.invoices.rows import Heading, Row

Amount = tuple[str, int]  # currency, minor units with their sign


class TableState(rx.State):
    """The rows of one page, and which are selected, also on other pages, with their sums.

    A state of its own: what changes around the table does not draw its rows again.
    """

    rows: list[Row] = []
    heads: list[Heading] = []
    sort: str = "created"
    descending: bool = True
    is_loaded: bool = False
    selected: list[int] = []
    selected_text: str = ""
    is_page_selected: bool = False
    _amounts: dict[int, Amount] = {}  # of this page's rows
    _picked: dict[int, Amount] = {}

    @local()
    async def toggle_row(self, invoice_id: int) -> None:
        """Select a row, or not any more."""
        if invoice_id in self._picked:
            del self._picked[invoice_id]
        else:
            self._pick([invoice_id])
        self._show_picked()

    @local()
    async def toggle_page(self) -> None:
        """Select all rows of this page, or none of them."""
        ids = set(self._amounts)
        if ids <= set(self._picked):
            for invoice_id in ids:
                del self._picked[invoice_id]
        else:
            self._pick(ids)
        self._show_picked()

    @local()
    async def clear_selection(self) -> None:
        """Select nothing."""
        self._picked = {}
        self._show_picked()

    def _select_all(self, found: dict[int, Amount]) -> None:
        """Select these rows, on whatever page they are."""
        self._picked = dict(found)
        self._show_picked()

    def _fill(
        self,
        rows: list[Row],
        heads: list[Heading],
        amounts: dict[int, Amount],
        *,
        keeps_places: bool,
    ) -> None:
        """Show a page; `amounts` are what each row adds to the sum of a selection.

        A row that is drawn in another's place is much quicker than a new one. A record that
        `keeps_places` stays the same element, so that the focus stays on it.
        """
        before = {row.id: row.place for row in plain(self.rows)} if keeps_places else {}
        free = iter(sorted(set(range(len(rows) + len(before))) - set(before.values())))
        self.rows = [
            replace(row, place=before[row.id] if row.id in before else next(free)) for row in rows
        ]
        self._amounts = amounts
        if plain(self.heads) != heads:
            self.heads = heads
        if not self.is_loaded:
            self.is_loaded = True
        self._show_page_selected()

    def _pick(self, ids: Iterable[int]) -> None:
        self._picked |= {key: self._amounts[key] for key in ids if key in self._amounts}

    def _show_page_selected(self) -> None:
        picked, shown = plain(self._picked), plain(self._amounts)
        is_whole = bool(shown) and picked.keys() >= shown.keys()
        if is_whole != self.is_page_selected:
            self.is_page_selected = is_whole

    def _show_picked(self) -> None:
        self.selected = list(self._picked)
        self._show_page_selected()
        sums: dict[str, int] = {}
        for currency, minor in self._picked.values():
            sums[currency] = sums.get(currency, 0) + minor
        self.selected_text = " · ".join(
            f"{code} {amount(minor, code)}" for code, minor in sums.items()
        )
