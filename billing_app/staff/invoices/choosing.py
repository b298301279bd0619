"""The columns a person chose, and their order."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.security.acting import ask
from billing_app.security.policy import action, local
from billing_app.services.layouts import reset_columns, save_columns
from billing_app.staff.invoices import columns as grid_columns
from billing_app.staff.invoices.rows import Heading, headings


class ColumnChoosing(rx.State, mixin=True):
    """The shown columns and their order, saved per person."""

    columns: list[str] = []
    columns_open: bool = False
    hidden_columns: list[Heading] = []
    page_no: int = 1

    async def _show(self, number: int) -> None:
        """Show a page; the grid says how."""
        raise NotImplementedError

    @local()
    async def open_columns(self) -> None:
        """Show the column chooser."""
        self.columns_open = True
        self._list_hidden()

    @local()
    async def close_columns(self) -> None:
        """Hide the column chooser."""
        self.columns_open = False

    @action(Permission.INVOICE_VIEW)
    async def toggle_column(self, key: str) -> None:
        """Show or hide a column; the number always stays."""
        if key not in grid_columns.KEYS or key == "number":
            return
        shown = [name for name in self.columns if name != key]
        await self._set_columns(shown if key in self.columns else [*shown, key])

    @action(Permission.INVOICE_VIEW)
    async def move_column(self, key: str, by: int) -> None:
        """Move a column to the left or right; the number stays first."""
        if key not in self.columns or key == "number":
            return
        at = self.columns.index(key)
        to = max(1, min(len(self.columns) - 1, at + (1 if by > 0 else -1)))
        order = [name for name in self.columns if name != key]
        await self._set_columns([*order[:to], key, *order[to:]])

    @action(Permission.INVOICE_VIEW)
    async def reset_layout(self) -> None:
        """Back to the default columns."""
        await ask(reset_columns, grid_columns.PAGE_NAME)
        self.columns = list(grid_columns.DEFAULT)
        self._list_hidden()
        await self._show(self.page_no)

    async def _set_columns(self, columns: list[str]) -> None:
        self.columns = columns
        await ask(save_columns, grid_columns.PAGE_NAME, columns, grid_columns.KEYS)
        self._list_hidden()
        await self._show(self.page_no)

    def _list_hidden(self) -> None:
        self.hidden_columns = headings(
            [key for key in grid_columns.KEYS if key not in self.columns]
        )
