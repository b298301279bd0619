"""The calls of a period one by one, as the CSV that customers get; always UTC (CXS-21, CXS-22)."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select as rows_of
from sqlmodel import col

from billing_app.documents.csv import Cell
from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.periods import Period, Schedule, period_of
from billing_app.persistence.tables import Invoice, UsageRecord
from billing_app.services.context import Context
from billing_app.services.customers import existing_customer

BATCH = 5_000
HEADER = (
    "usage_id", "started_at_utc", "source", "destination", "destination_code", "destination_name",
    "duration_s", "billed_duration_s", "rate", "connect_cost", "charge", "currency",
    "invoice_number",
)  # fmt: skip


class Detail(NamedTuple):
    """A period's file: its name, and its rows; cost and profit are never in it."""

    name: str
    rows: Iterator[tuple[Cell, ...]]


def usage_detail(ctx: Context, customer_id: int, schedule: str, on: date) -> Detail:
    """The rows of the period around a day, in the order of time, read in batches."""
    ctx.require(Permission.USAGE_VIEW)
    if schedule not in {Schedule.DAILY, Schedule.WEEKLY, Schedule.MONTHLY}:
        raise Invalid.of("schedule", "Choose daily, weekly or monthly.")
    period = period_of(Schedule(schedule), on)
    with ctx.read() as session:
        customer = existing_customer(session, customer_id)
        name = f"usage-{customer_id}-{period.first}-{period.last}.csv"
        currency = customer.currency
    return Detail(name, _rows(ctx, customer_id, period, currency))


def _rows(
    ctx: Context, customer_id: int, period: Period, currency: str
) -> Iterator[tuple[Cell, ...]]:
    last: tuple[datetime, int] | None = None
    while True:
        with ctx.read() as session:
            query = (
                rows_of(UsageRecord, col(Invoice.number))
                .join(Invoice, col(Invoice.id) == col(UsageRecord.invoice_id), isouter=True)
                .where(
                    col(UsageRecord.customer_id) == customer_id,
                    col(UsageRecord.used_on).between(period.first, period.last),
                )
                .order_by(col(UsageRecord.started_at), col(UsageRecord.id))
                .limit(BATCH)
            )
            if last is not None:
                later = col(UsageRecord.started_at) > last[0]
                tied = (col(UsageRecord.started_at) == last[0]) & (col(UsageRecord.id) > last[1])
                query = query.where(later | tied)
            found = session.execute(query).all()
        for record, number in found:
            yield _row(record, number or "", currency)
        if len(found) < BATCH:
            return
        last = (found[-1][0].started_at, found[-1][0].id or 0)


def _row(record: UsageRecord, number: str, currency: str) -> tuple[Cell, ...]:
    return (
        record.call_id,
        f"{record.started_at:%Y-%m-%dT%H:%M:%S}.{record.started_at.microsecond // 1000:03d}Z",
        record.source,
        record.destination,
        record.destination_code,
        record.destination_name,
        Decimal(record.duration_ms).scaleb(-3),
        record.billed_s,
        record.per_minute,
        record.connect_cost,
        record.charge,
        currency,
        number,
    )
