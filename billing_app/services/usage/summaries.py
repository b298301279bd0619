"""A customer's usage summed up: the last 24 hours, and by UTC day, week and month (CXS-18)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlalchemy import select as rows_of
from sqlmodel import Session, col, func

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.periods import Period, Schedule, period_of
from billing_app.persistence.tables import UsageRecord
from billing_app.services.context import Context
from billing_app.services.customers import existing_customer
from billing_app.services.generation.waiting import claims_of

SHOWN = {Schedule.DAILY: 31, Schedule.WEEKLY: 26, Schedule.MONTHLY: 24}
HOURS = 24


@dataclass(slots=True)
class Figures:
    """What was tried and used: durations in milliseconds, charge and cost exact."""

    attempts: int = 0
    connected: int = 0
    duration_ms: int = 0
    billed_s: int = 0
    charge: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    unrated: int = 0

    def add(self, other: "Figures") -> None:
        """Add another part of the same period."""
        for name in ("attempts", "connected", "duration_ms", "billed_s", "charge", "cost"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.unrated += other.unrated

    @property
    def asr(self) -> Decimal:
        """The answer-seizure ratio: connected of attempted calls, in percent."""
        return Decimal(100 * self.connected) / self.attempts if self.attempts else Decimal(0)

    @property
    def acd_s(self) -> Decimal:
        """The average duration of a connected call, in seconds."""
        return Decimal(self.duration_ms) / 1000 / self.connected if self.connected else Decimal(0)

    @property
    def profit(self) -> Decimal:
        """What the customer is charged less what the calls cost."""
        return self.charge - self.cost


@dataclass(slots=True)
class SummaryRow:
    """A period with its figures, and the invoice that it has; 0 for none."""

    period: Period
    figures: Figures = field(default_factory=Figures)
    invoice_id: int = 0
    is_finished: bool = False


def summary(ctx: Context, customer_id: int, schedule: str) -> tuple[str, list[SummaryRow]]:
    """The customer's currency and its periods, newest first; those without usage or invoice lack.

    Raises: Invalid for an unknown schedule, NotFound.
    """
    ctx.require(Permission.USAGE_VIEW)
    if schedule not in set(SHOWN):
        raise Invalid.of("schedule", "Choose daily, weekly or monthly.")
    chosen, today = Schedule(schedule), ctx.now().date()
    with ctx.read() as session:
        customer = existing_customer(session, customer_id)
        rows: dict[date, SummaryRow] = {}
        for on, figures in _by_day(session, customer_id, _earliest(chosen, today)):
            period = period_of(chosen, on)
            row = rows.setdefault(period.first, SummaryRow(period))
            row.figures.add(figures)
        for claim in claims_of(session, customer_id):
            if claim.schedule == chosen and claim.period.last >= _earliest(chosen, today):
                row = rows.setdefault(claim.period.first, SummaryRow(claim.period))
                row.invoice_id = claim.invoice_id
        for row in rows.values():
            row.is_finished = row.period.last < today
        return customer.currency, [rows[first] for first in sorted(rows, reverse=True)]


def last_hours(ctx: Context, customer_id: int) -> tuple[str, Figures]:
    """The customer's currency and the figures of the last 24 hours."""
    ctx.require(Permission.USAGE_VIEW)
    since = ctx.now() - timedelta(hours=HOURS)
    with ctx.read() as session:
        customer = existing_customer(session, customer_id)
        found = session.execute(
            rows_of(*_sums()).where(
                col(UsageRecord.customer_id) == customer_id,
                col(UsageRecord.started_at) >= since,
                col(UsageRecord.started_at) <= ctx.now(),
            )
        ).one()
        return customer.currency, _figures(found)


def _by_day(session: Session, customer_id: int, since: date) -> list[tuple[date, Figures]]:
    found = session.execute(
        rows_of(col(UsageRecord.used_on), *_sums())
        .where(col(UsageRecord.customer_id) == customer_id, col(UsageRecord.used_on) >= since)
        .group_by(col(UsageRecord.used_on))
    )
    return [(row[0], _figures(row[1:])) for row in found]


def _sums() -> tuple[ColumnElement[Any], ...]:
    is_connected = case((col(UsageRecord.duration_ms) > 0, 1), else_=0)
    is_unrated = case((col(UsageRecord.is_rated), 0), else_=1)
    return (
        func.count(),
        func.sum(is_connected),
        func.sum(UsageRecord.duration_ms),
        func.sum(UsageRecord.billed_s),
        func.sum(UsageRecord.charge),
        func.sum(UsageRecord.cost),
        func.sum(is_unrated),
    )


def _figures(found: Sequence[Any]) -> Figures:
    attempts, connected, duration, billed, charge, cost, unrated = found
    return Figures(
        attempts=int(attempts or 0),
        connected=int(connected or 0),
        duration_ms=int(duration or 0),
        billed_s=int(billed or 0),
        charge=charge or Decimal(0),
        cost=cost or Decimal(0),
        unrated=int(unrated or 0),
    )


def _earliest(schedule: Schedule, today: date) -> date:
    first = period_of(schedule, today).first
    for _ in range(SHOWN[schedule] - 1):
        first = period_of(schedule, first - timedelta(days=1)).first
    return first
