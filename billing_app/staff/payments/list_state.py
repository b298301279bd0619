"""The payments list: filters, sort, page and sums; one page of rows."""

import math
from dataclasses import replace
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_date
from billing_app.domain.payments import PaymentMethod, PaymentState
from billing_app.domain.settlement import PaymentKind
from billing_app.kit.wording import count, page_range
from billing_app.persistence.queries.payment_list import SORTS, PaymentFilter
from billing_app.security.acting import ask, context, reckon
from billing_app.security.policy import action
from billing_app.security.tabs import listen
from billing_app.services.payments.listing import PAGE, list_payments, tally_payments
from billing_app.staff.payments.rows import PaymentLineRow, SumLine, list_row, sum_lines

CHOICES = {
    "status": tuple(map(str, PaymentState)),
    "kind": tuple(map(str, PaymentKind)),
    "method": tuple(map(str, PaymentMethod)),
}
DAYS = {"from_on", "to_on"}


class PaymentsState(rx.State):
    """The list."""

    rows: list[PaymentLineRow] = []
    sums_currencies: list[str] = []
    sums: list[SumLine] = []
    search: str = ""
    chosen: dict[str, str] = {}
    has_rest: bool = False
    day_error: str = ""
    filter_key: str = "0"
    sort: str = "number"
    descending: bool = True
    page_no: int = 1
    page_count: int = 1
    count_text: str = ""
    range_text: str = ""
    is_loaded: bool = False
    is_restricted: bool = False
    _filter: PaymentFilter = PaymentFilter()
    _count: int | None = None

    @action(Permission.PAYMENT_VIEW)
    async def load(self) -> Any:
        """Fill the list; `?customer=` shows one customer's payments."""
        listen(self.router.session.client_token)
        wanted = self.router.url.query_parameters.get("customer", "")
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 16:  # noqa: PLR2004
            self._filter = PaymentFilter(customer_id=int(wanted))
            self.is_restricted = True
        await self._show(self.page_no)
        self.is_loaded = True
        return PaymentsState.count_up

    @action(Permission.PAYMENT_VIEW, supersedes=True)
    async def remote_change(self) -> Any:
        """Somebody changed payments: show the visible page as it is now."""
        if not self.is_loaded:
            return None
        await self._show(self.page_no)
        return PaymentsState.count_up

    @action(Permission.PAYMENT_VIEW, background=True)
    async def count_up(self) -> None:
        """Count and sum the whole filtered set, beside the clicks."""
        async with self:
            chosen = self._filter
        tallies = await reckon(tally_payments, chosen)
        async with self:
            if chosen != self._filter:
                return
            self._count = sum(tally.count for tally in tallies)
            self.count_text = count(self._count, "payment")
            self.sums_currencies, self.sums = sum_lines(tallies)
            self._number_pages()

    @action(Permission.PAYMENT_VIEW, supersedes=True)
    async def find(self, text: str) -> Any:
        """Search number, reference, description, customer and amount."""
        self.search = text[:100]
        return await self._filter_by(replace(self._filter, search=self.search.strip()))

    @action(Permission.PAYMENT_VIEW)
    async def choose(self, name: str, value: str) -> Any:
        """Show payments of one status, kind or method, or of all."""
        if name not in CHOICES or (value and value not in CHOICES[name]):
            return None
        self.chosen = self.chosen | {name: value}
        changed: dict[str, Any] = {name: value}
        return await self._filter_by(replace(self._filter, **changed))

    @action(Permission.PAYMENT_VIEW)
    async def choose_day(self, name: str, value: str) -> Any:
        """Show payments from a day on, or up to one."""
        if name not in DAYS:
            return None
        try:
            on = parse_date(value, field=name) if value.strip() else None
        except Invalid as error:
            self.day_error = error.sentence
            return None
        self.day_error = ""
        changed: dict[str, Any] = {name: on}
        return await self._filter_by(replace(self._filter, **changed))

    @action(Permission.PAYMENT_VIEW)
    async def only_rest(self, wanted: bool) -> Any:  # noqa: FBT001  an event's argument
        """Show only payments of which something is left."""
        self.has_rest = wanted
        return await self._filter_by(replace(self._filter, has_rest=wanted))

    @action(Permission.PAYMENT_VIEW)
    async def clear_filters(self) -> Any:
        """Show every payment."""
        self.search, self.chosen, self.has_rest, self.day_error = "", {}, False, ""
        self.filter_key = "1" if self.filter_key == "0" else "0"  # empties the fields
        return await self._filter_by(PaymentFilter())

    @action(Permission.PAYMENT_VIEW)
    async def sort_by(self, column: str) -> None:
        """Sort by a column; again to turn it round."""
        if column not in SORTS:
            return
        self.descending = not self.descending if self.sort == column else False
        self.sort = column
        await self._show(1)

    @action(Permission.PAYMENT_VIEW)
    async def go_to(self, number: int) -> None:
        """Show a page."""
        await self._show(max(1, min(number, self.page_count)))

    async def _filter_by(self, chosen: PaymentFilter) -> Any:
        self._filter, self._count = chosen, None
        self.is_restricted = chosen != PaymentFilter()
        await self._show(1)
        return PaymentsState.count_up

    async def _show(self, number: int) -> None:
        rows, has_next = await ask(
            list_payments, self._filter, self.sort, descending=self.descending, number=number
        )
        sees = context().actor.sees_partner
        self.rows = [list_row(row, sees_partner=sees) for row in rows]
        self.page_no = number
        if self._count is None:
            self.page_count = number + (1 if has_next else 0)
        self._number_pages()

    def _number_pages(self) -> None:
        shown = page_range(self.page_no, PAGE, len(self.rows), self._count)
        self.range_text = shown or "No payments"
        if self._count is not None:
            self.page_count = max(1, math.ceil(self._count / PAGE))
