"""The orders list and one order."""

import re
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, NotFound, Refused
from billing_app.kit.wording import amount, count, day, page_range
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.invoices.naming import named
from billing_app.services.sales.orders import (
    PAGE,
    OrderRow,
    get_order,
    link_order,
    list_orders,
    order_statuses,
    unlink_order,
)
from billing_app.staff.shell.documents import DocumentRow, document_rows

ADDRESS = re.compile(r"/orders/(\d{1,15})/?")
TABS = ("details", "invoices")


@dataclass(frozen=True)
class OrderLine:
    """One order, in the list and on its page."""

    id: int = 0
    number: str = ""
    on: str = ""
    type: str = ""
    customer_id: int = 0
    customer: str = ""
    currency: str = ""
    amount: str = ""
    amount_minor: str = ""
    status: str = ""
    notes: str = ""


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


class OrderState(rx.State):
    """One order with its invoices."""

    order: OrderLine = OrderLine()
    billed: str = ""
    left: str = ""
    invoices: list[DocumentRow] = []
    tab: str = "details"
    link_error: str = ""
    link_turn: int = 0
    is_loaded: bool = False

    @action(Permission.ORDER_VIEW)
    async def load(self) -> None:
        """Open the order that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.is_loaded, self.link_error = False, ""
        await self._show(int(found[1]) if found else 0)
        asked = str(self.router.url.query_parameters.get("tab", ""))
        self.tab = asked if asked in TABS else "details"
        self.is_loaded = True

    @action(Permission.ORDER_EDIT)
    async def link(self, form: dict[str, str]) -> None:
        """Say that an invoice, named by number or document id, belongs to the order (ORO-18)."""
        name = form.get("invoice", "").strip()
        try:
            if not name:
                raise NotFound("Name an invoice by its number or document id.")  # noqa: TRY301
            await ask(link_order, await ask(named, name), self.order.id)
        except (NotFound, Refused, Invalid) as error:
            self.link_error = error.sentence
            return
        self.link_error = ""
        self.link_turn += 1
        await self._show(self.order.id)
        await notify(self, f"{name} belongs to {self.order.number} now.")

    @action(Permission.ORDER_EDIT)
    async def unlink(self, invoice_id: int) -> None:
        """Take an invoice from the order."""
        await ask(unlink_order, invoice_id, self.order.id)
        await self._show(self.order.id)

    async def _show(self, order_id: int) -> None:
        record = await ask(get_order, order_id)
        self.order = _line(record.order)
        code = record.order.currency
        self.billed = amount(record.billed_minor, code)
        self.left = amount(record.left_minor, code)
        self.invoices = document_rows(record.invoices)

    @local()
    async def show_tab(self, key: str) -> Any:
        """Show another part of the order; the address follows, so Back returns to it."""
        if key not in TABS:
            return None
        self.tab = key
        return rx.redirect(f"/orders/{self.order.id}?tab={key}", replace=True)


def _line(row: OrderRow) -> OrderLine:
    return OrderLine(
        id=row.id,
        number=row.number,
        on=day(row.ordered_on),
        type=row.type_name or "—",
        customer_id=row.customer_id,
        customer=row.customer,
        currency=row.currency,
        amount=amount(row.amount_minor, row.currency),
        amount_minor=str(row.amount_minor),
        status=row.status,
        notes=row.notes,
    )
