"""The orders list."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import amount, count, day, page_range
from billing_app.security.acting import ask
from billing_app.security.policy import action
from billing_app.services.sales.orders import PAGE, OrderRow, list_orders, order_statuses


@dataclass(frozen=True)
class OrderLine:
    """One order of the list."""

    id: int = 0
    number: str = ""
    on: str = ""
    type: str = ""
    customer: str = ""
    currency: str = ""
    amount: str = ""
    amount_minor: str = ""
    status: str = ""


class OrdersState(rx.State):
    """The list."""

    rows: list[OrderLine] = []
    statuses: list[str] = []
    search: str = ""
    status: str = ""
    page_no: int = 1
    page_count: int = 1
    count_text: str = ""
    range_text: str = ""
    is_loaded: bool = False

    @action(Permission.ORDER_VIEW)
    async def load(self) -> None:
        """Fill the list."""
        self.statuses = await ask(order_statuses)
        await self._show(self.page_no)
        self.is_loaded = True

    @action(Permission.ORDER_VIEW, supersedes=True)
    async def find(self, text: str) -> None:
        """Search number, type and customer."""
        self.search = text[:100]
        await self._show(1)

    @action(Permission.ORDER_VIEW)
    async def choose_status(self, value: str) -> None:
        """Show orders of one status, or all."""
        self.status = value if value in self.statuses else ""
        await self._show(1)

    @action(Permission.ORDER_VIEW)
    async def go_to(self, number: int) -> None:
        """Show a page."""
        await self._show(max(1, min(number, self.page_count)))

    async def _show(self, page: int) -> None:
        found = await ask(list_orders, self.search, status=self.status, page=page)
        self.page_no = page
        self.page_count = max(1, -(-found.count // PAGE))
        self.count_text = count(found.count, "order")
        self.range_text = page_range(page, PAGE, len(found.rows), found.count)
        self.rows = [_line(row) for row in found.rows]


def _line(row: OrderRow) -> OrderLine:
    return OrderLine(
        id=row.id,
        number=row.number,
        on=day(row.ordered_on),
        type=row.type_name or "—",
        customer=row.customer,
        currency=row.currency,
        amount=amount(row.amount_minor, row.currency),
        amount_minor=str(row.amount_minor),
        status=row.status,
    )
