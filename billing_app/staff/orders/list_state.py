"""The orders list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import amount, day
from billing_app.security.acting import ask
from billing_app.security.policy import demanding
from billing_app.services.sales.orders import OrderRow, list_orders, order_statuses
from billing_app.staff.shell.list_state import ListState, Nouns


@dataclass(frozen=True)
class OrderLine:
    """One order of the list."""

    id: int
    number: str
    on: str
    type: str
    customer: str
    currency: str
    amount: str
    amount_minor: str
    status: str


@demanding(Permission.ORDER_VIEW)
class OrdersState(ListState, rx.State):
    """The list; number, type and customer are searched, statuses chosen."""

    NOUNS: ClassVar[Nouns] = ("order", "orders")

    rows: list[OrderLine] = []

    async def _options(self) -> Sequence[str]:
        return await ask(order_statuses)

    async def _page(self, page: int) -> tuple[list[OrderLine], int]:
        found = await ask(list_orders, self.search, status=self.chosen, page=page)
        return [_line(row) for row in found.rows], found.count


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
