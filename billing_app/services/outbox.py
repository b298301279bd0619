"""The outbox: events written with the transaction that caused them, done one by one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, func, select

from billing_app.persistence.tables import AuditEntry, OutboxEvent
from billing_app.services.context import Context


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that is due."""

    id: int
    topic: str
    entity_id: int
    tries: int


def waiting(ctx: Context, most: int, topics: Collection[str]) -> list[Waiting]:
    """Events of these topics that are due, oldest first; others wait for who delivers them."""
    with ctx.read() as session:
        rows = session.exec(
            select(OutboxEvent)
            .where(
                col(OutboxEvent.done_at).is_(None),
                OutboxEvent.due_at <= ctx.now(),
                col(OutboxEvent.topic).in_(topics),
            )
            .order_by(col(OutboxEvent.id))
            .limit(most)
        ).all()
        return [Waiting(row.id or 0, row.topic, row.entity_id, row.tries) for row in rows]


def finish(ctx: Context, event_id: int) -> None:
    """Mark an event done."""
    with ctx.write() as session:
        row = session.get_one(OutboxEvent, event_id)
        row.done_at = ctx.now()
        session.add(row)


def postpone(ctx: Context, event_id: int, error: str, by: timedelta) -> None:
    """Try an event again later."""
    with ctx.write() as session:
        row = session.get_one(OutboxEvent, event_id)
        row.tries, row.error, row.due_at = row.tries + 1, error[:500], ctx.now() + by
        session.add(row)


def last_change(ctx: Context) -> int:
    """The newest audit entry's id: it moves whenever anything changed."""
    with ctx.read() as session:
        return session.exec(select(func.max(AuditEntry.id))).one() or 0
