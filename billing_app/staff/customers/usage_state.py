"""A customer's usage: the summaries, ticking periods, generating their invoices."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency, round_half_up
from billing_app.kit.wording import count, span
from billing_app.security.acting import ask, reckon
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.generation.invoicing import (
    Generated,
    auto_generate,
    generate_periods,
)
from billing_app.services.usage.summaries import Figures, SummaryRow, last_hours, summary
from billing_app.staff.customers.state import ADDRESS

HOURS = "hours"
SCHEDULES = ("daily", "weekly", "monthly")


@dataclass(frozen=True)
class SummaryView:
    """One period as it is shown; `first` names it."""

    first: str
    label: str
    attempts: str
    connected: str
    duration: str
    billed: str
    asr: str
    acd: str
    charge: str
    profit: str
    unrated: str = ""
    invoice_id: int = 0
    is_finished: bool = False
    is_ticked: bool = False
    csv: str = ""


class UsageState(rx.State):
    """The Main part of a customer."""

    kind: str = HOURS
    rows: list[SummaryView] = []
    currency: str = ""
    ticked_count: int = 0
    is_busy: bool = False
    is_loaded: bool = False
    _customer_id: int = 0

    @action(Permission.USAGE_VIEW)
    async def load(self) -> None:
        """Show the last 24 hours of the customer that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self._customer_id = int(found[1]) if found else 0
        self.kind, self.is_busy, self.is_loaded = HOURS, False, False
        if self._customer_id:
            await self._show()
        self.is_loaded = True

    @action(Permission.USAGE_VIEW)
    async def choose(self, key: str) -> None:
        """Show another summary."""
        if key == HOURS or key in SCHEDULES:
            self.kind = key
            await self._show()

    @local()
    async def tick(self, first: str) -> None:
        """Tick a period, or take the tick away."""
        self.rows = [
            replaced(row, is_ticked=not row.is_ticked) if row.first == first else row
            for row in self.rows
        ]
        self.ticked_count = sum(row.is_ticked for row in self.rows)

    @action(Permission.CHARGE_GENERATE)
    async def generate(self) -> None:
        """Invoice the ticked periods."""
        firsts = [date.fromisoformat(row.first) for row in self.rows if row.is_ticked]
        if not firsts:
            raise Invalid.of("periods", "Tick the periods to invoice first.")
        await self._tell(await reckon(generate_periods, self._customer_id, self.kind, firsts))

    @action(Permission.CHARGE_GENERATE)
    async def generate_missing(self) -> None:
        """Invoice every finished period of the schedule that has none."""
        await self._tell(await reckon(auto_generate, self._customer_id))

    async def _tell(self, made: Generated) -> None:
        drafts = len(made.invoice_ids)
        await notify(
            self,
            f"{count(drafts, 'draft')} made." if drafts else "Nothing was left to invoice.",
            "success" if drafts else "info",
        )
        await self._show()

    async def _show(self) -> None:
        self.ticked_count = 0
        if self.kind == HOURS:
            self.currency, figures = await ask(last_hours, self._customer_id)
            self.rows = [SummaryView(HOURS, "Last 24 hours", **_figures(figures, self.currency))]
            return
        self.currency, rows = await ask(summary, self._customer_id, self.kind)
        self.rows = [_view(row, self.currency, self._customer_id, self.kind) for row in rows]


def replaced(row: SummaryView, **changes: Any) -> SummaryView:
    """The row with changes."""
    return SummaryView(**{**row.__dict__, **changes})


def _view(row: SummaryRow, code: str, customer_id: int, schedule: str) -> SummaryView:
    first = row.period.first.isoformat()
    return SummaryView(
        first=first,
        label=span(row.period.first, row.period.last),
        invoice_id=row.invoice_id,
        is_finished=row.is_finished,
        csv=f"/exports/usage.csv?customer={customer_id}&schedule={schedule}&on={first}",
        **_figures(row.figures, code),
    )


def _figures(figures: Figures, code: str) -> dict[str, Any]:
    return {
        "attempts": f"{figures.attempts:,}",
        "connected": f"{figures.connected:,}",
        "duration": clock(figures.duration_ms // 1000),
        "billed": clock(figures.billed_s),
        "asr": f"{round_half_up(figures.asr, 1)} %",
        "acd": clock(int(figures.acd_s)),
        "charge": _money(figures.charge, code),
        "profit": _money(figures.profit, code),
        "unrated": f"{figures.unrated:,} unrated" if figures.unrated else "",
    }


def clock(seconds: int) -> str:
    """Seconds as hours, minutes and seconds: "1:02:03"."""
    return f"{seconds // 3600:,}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _money(value: Decimal, code: str) -> str:
    shown = round_half_up(value, currency(code).digits)
    return f"{shown:,f}".replace("-", "\u2212")
