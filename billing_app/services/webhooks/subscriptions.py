"""Who wants to be told: addresses with topics and secrets, and what was sent to each."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlmodel import col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound, Refused
from billing_app.domain.webhooks import check_topics, check_url
from billing_app.persistence.tables import WebhookDelivery, WebhookSubscription
from billing_app.services.audit import record
from billing_app.services.context import Context

MOST_SHOWN = 100
DONE = {"sent", "failed"}


@dataclass(frozen=True, slots=True)
class Subscription:
    """An address that is told."""

    id: int
    url: str
    topics: tuple[str, ...]
    secret: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it was, or is to be, sent."""

    id: int
    url: str
    topic: str
    made_at: datetime
    state: str
    tries: int
    status_code: int
    error: str


def subscribe(ctx: Context, url: str, topics: str) -> int:
    """Tell an address of these topics from now on. Raises: Invalid at "url" or "topics"."""
    ctx.require(Permission.WEBHOOK_EDIT)
    row = WebhookSubscription(url=check_url(url), topics=check_topics(topics), made_at=ctx.now())
    row.made_by_id = ctx.actor.user_id
    with ctx.write() as session:
        session.add(row)
        session.flush()
        after = {"url": row.url, "topics": row.topics}
        record(session, ctx, entity="webhook", entity_id=row.id or 0, action="created", after=after)
        return row.id or 0


def unsubscribe(ctx: Context, subscription_id: int) -> None:
    """Tell an address nothing any more, also not what waits. Raises: NotFound."""
    ctx.require(Permission.WEBHOOK_EDIT)
    with ctx.write() as session:
        row = session.get(WebhookSubscription, subscription_id, with_for_update=True)
        if row is None or row.ended_at is not None:
            raise NotFound("This webhook does not exist any more.")
        row.ended_at = ctx.now()
        session.add(row)
        record(session, ctx, entity="webhook", entity_id=subscription_id, action="deleted")


def subscriptions(ctx: Context) -> Sequence[Subscription]:
    """Everybody who is told, with the secret their messages are signed with."""
    ctx.require(Permission.WEBHOOK_EDIT)
    with ctx.read() as session:
        rows = session.exec(
            select(WebhookSubscription)
            .where(col(WebhookSubscription.ended_at).is_(None))
            .order_by(col(WebhookSubscription.id))
        ).all()
    return [
        Subscription(
            row.id or 0, row.url, tuple(row.topics.split(",")), secret_of(ctx, row.id or 0)
        )
        for row in rows
    ]


def deliveries(ctx: Context) -> Sequence[Delivery]:
    """What was and is to be sent, the newest first."""
    ctx.require(Permission.WEBHOOK_EDIT)
    with ctx.read() as session:
        rows = session.exec(
            select(WebhookDelivery, WebhookSubscription.url)
            .join(WebhookSubscription)
            .order_by(col(WebhookDelivery.id).desc())
            .limit(MOST_SHOWN)
        ).all()
    return [
        Delivery(
            row.id or 0, url, row.topic, row.made_at, row.state, row.tries, row.status_code,
            row.error,
        )
        for row, url in rows
    ]  # fmt: skip


def replay(ctx: Context, delivery_id: int) -> None:
    """Send a message again, under its id: whoever had it knows it. Raises: Refused, NotFound."""
    ctx.require(Permission.WEBHOOK_EDIT)
    with ctx.write() as session:
        row = session.get(WebhookDelivery, delivery_id, with_for_update=True)
        if row is None:
            raise NotFound("This message does not exist.")
        if session.get_one(WebhookSubscription, row.subscription_id).ended_at is not None:
            raise Refused("This address is told nothing any more.")
        if row.state not in DONE:
            return  # it is on its way already
        row.state, row.tries, row.due_at, row.error = "waiting", 0, ctx.now(), ""
        session.add(row)
        record(session, ctx, entity="webhook", entity_id=row.subscription_id, action="replayed")


def secret_of(ctx: Context, subscription_id: int) -> str:
    """What an address's messages are signed with; nothing of it is in the database."""
    made = hmac.new(ctx.secret, f"webhook {subscription_id}".encode(), sha256).hexdigest()
    return f"whs_{made}"
