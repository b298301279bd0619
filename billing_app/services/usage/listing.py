"""What the usage page shows: imports, calls without a rate, rows of no use."""

from dataclasses import dataclass

from sqlalchemy import select as rows_of
from sqlmodel import col, func, select

from billing_app.domain.access import Permission
from billing_app.persistence.tables import (
    Customer,
    Rate,
    RateCard,
    UsageImport,
    UsageProblem,
    UsageRecord,
)
from billing_app.services.context import Context

SHOWN = 50


@dataclass(frozen=True, slots=True)
class UnratedCall:
    """A call that waits for its rate, and why."""

    call: UsageRecord
    customer_name: str
    card: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnratedPage:
    """One page of them, and how many there are."""

    rows: tuple[UnratedCall, ...]
    count: int


def list_imports(ctx: Context) -> list[UsageImport]:
    """The newest imports first, at most 50."""
    ctx.require(Permission.USAGE_VIEW)
    with ctx.read() as session:
        query = select(UsageImport).order_by(col(UsageImport.id).desc()).limit(SHOWN)
        return list(session.exec(query).all())


def list_problems(ctx: Context) -> tuple[list[UsageProblem], int]:
    """The newest rows that could not be used, at most 50, and how many there are."""
    ctx.require(Permission.USAGE_VIEW)
    with ctx.read() as session:
        count = session.exec(select(func.count()).select_from(UsageProblem)).one()
        query = select(UsageProblem).order_by(col(UsageProblem.id).desc()).limit(SHOWN)
        return list(session.exec(query).all()), count


def list_unrated(ctx: Context, page: int = 1) -> UnratedPage:
    """Calls without a rate, oldest first, 50 a page; partner names only for who may see them."""
    ctx.require(Permission.USAGE_VIEW)
    is_unrated = ~col(UsageRecord.is_rated)
    with ctx.read() as session:
        count = session.exec(select(func.count()).select_from(UsageRecord).where(is_unrated)).one()
        found = session.execute(
            rows_of(UsageRecord, col(Customer.name), col(RateCard.code), col(Rate.is_held))
            .join(Customer, col(Customer.id) == col(UsageRecord.customer_id))
            .join(RateCard, col(RateCard.id) == col(UsageRecord.card_id))
            .join(
                Rate,
                (col(Rate.card_id) == col(UsageRecord.card_id))
                & (col(Rate.prefix) == col(UsageRecord.destination_code)),
                isouter=True,
            )
            .where(is_unrated)
            .order_by(col(UsageRecord.card_id), col(UsageRecord.id))
            .limit(SHOWN)
            .offset(SHOWN * (max(1, page) - 1))
        )
        rows = tuple(
            UnratedCall(
                call,
                name if ctx.actor.sees_partner else "Hidden",
                card,
                "its rate is held" if is_held else "no rate for its prefix",
            )
            for call, name, card, is_held in found
        )
        return UnratedPage(rows, count)
