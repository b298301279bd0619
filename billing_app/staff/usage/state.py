"""Usage: imports, odd rates, calls that wait for a rate."""

import math
from dataclasses import dataclass
from decimal import Decimal

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import count, moment, number, page_range
from billing_app.security.acting import ask, reckon
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.usage.cards import confirm_rate, held_rates
from billing_app.services.usage.listing import (
    SHOWN,
    list_imports,
    list_problems,
    list_unrated,
)
from billing_app.services.usage.rerating import rate_again


@dataclass(frozen=True)
class ImportRow:
    """One import."""

    id: int
    name: str
    at: str
    calls: str
    unrated: str
    problems: str
    charge: str


@dataclass(frozen=True)
class HeldRow:
    """One rate that waits for a look."""

    id: int
    card: str
    prefix: str
    destination: str
    rate: str
    warning: str


@dataclass(frozen=True)
class UnratedRow:
    """One call without a rate."""

    id: int
    call_id: str
    started: str
    customer: str
    card: str
    destination: str
    seconds: str
    reason: str


@dataclass(frozen=True)
class ProblemRow:
    """One row of a file that could not be used."""

    id: int
    row: str
    reason: str
    content: str


class UsageListState(rx.State):
    """The page."""

    imports: list[ImportRow] = []
    held: list[HeldRow] = []
    unrated: list[UnratedRow] = []
    problems: list[ProblemRow] = []
    unrated_text: str = ""
    problems_text: str = ""
    page_no: int = 1
    page_count: int = 1
    range_text: str = ""
    is_loaded: bool = False

    @action(Permission.USAGE_VIEW)
    async def load(self) -> None:
        """Fill the page."""
        await self._show(1)
        self.is_loaded = True

    @action(Permission.USAGE_VIEW)
    async def go_to(self, number: int) -> None:
        """Show a page of the calls without a rate."""
        await self._show_unrated(number)

    @action(Permission.USAGE_EDIT)
    async def confirm(self, rate_id: int) -> None:
        """Let an odd rate bill."""
        prefix = await ask(confirm_rate, rate_id)
        await notify(self, f"The rate of {prefix} is confirmed. Rate again to use it.")
        await self._show(self.page_no)

    @action(Permission.USAGE_EDIT)
    async def rate_again(self) -> None:
        """Rate the calls that have a rate by now."""
        done, left = await reckon(rate_again)
        await notify(
            self,
            f"{count(done, 'call')} rated, {left:,} still without a rate.",
            "success" if done else "info",
        )
        await self._show(1)

    async def _show(self, page: int) -> None:
        self.imports = [
            ImportRow(
                row.id or 0,
                row.name,
                moment(row.at),
                f"{row.calls:,}",
                f"{row.unrated:,}",
                f"{row.problems:,}",
                number(row.charge, 2),
            )
            for row in await ask(list_imports)
        ]
        self.held = [
            HeldRow(
                rate.id or 0,
                card,
                rate.prefix,
                rate.destination,
                f"{code} {number(rate.per_minute, 2)}",
                rate.warning,
            )
            for rate, card, code in await ask(held_rates)
        ]
        problems, total = await ask(list_problems)
        self.problems_text = count(total, "row")
        self.problems = [
            ProblemRow(row.id or 0, f"{row.row_no:,}", row.reason, row.content) for row in problems
        ]
        await self._show_unrated(page)

    async def _show_unrated(self, page: int) -> None:
        found = await ask(list_unrated, page)
        self.page_no, self.page_count = max(1, page), max(1, math.ceil(found.count / SHOWN))
        self.range_text = page_range(self.page_no, SHOWN, len(found.rows), found.count)
        self.unrated_text = count(found.count, "call")
        self.unrated = [
            UnratedRow(
                one.call.id or 0,
                one.call.call_id,
                moment(one.call.started_at),
                one.customer_name,
                one.card,
                one.call.destination or "—",
                number(Decimal(one.call.duration_ms).scaleb(-3), 1),
                one.reason,
            )
            for one in found.rows
        ]
