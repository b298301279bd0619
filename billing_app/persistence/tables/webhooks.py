"""Who wants to be told of changes, and what was sent to them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    identity,
    instant,
    one_of,
    prose,
    refers_to,
    words,
)


class WebhookSubscription(SQLModel, table=True):
    """An address and the topics it wants; its secret is made from the id and our own."""

    __tablename__ = "webhook_subscription"
    id: int | None = identity()
    url: str = words(512)
    topics: str = prose()
    made_at: datetime = instant()
    made_by_id: int = refers_to("app_user.id")
    ended_at: datetime | None = instant(optional=True)


class WebhookDelivery(SQLModel, table=True):
    """One message for one subscription, written with the change that caused it."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("subscription_id", "event_id", "topic"),
        one_of("state", ["waiting", "sending", "sent", "failed"]),
        Index("ix_webhook_delivery_due", "state", "due_at"),
    )
    id: int | None = identity()
    subscription_id: int = refers_to("webhook_subscription.id")
    event_id: str = words(64)
    topic: str = words(64)
    body: str = prose()
    made_at: datetime = instant()
    state: str = Field(default="waiting", max_length=8)
    tries: int = 0
    due_at: datetime = instant()
    lease_until: datetime | None = instant(optional=True)
    sent_at: datetime | None = instant(optional=True)
    status_code: int = 0
    error: str = prose()
