"""What the product tells a person, until it is read."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from billing_app.persistence.tables.columns import identity, instant, refers_to, words


class Notification(SQLModel, table=True):
    """One sentence for one person; `key` says what it is about, so nobody hears it twice."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_notification_user", "user_id", "read_at", "id"),
    )
    id: int | None = identity()
    user_id: int = refers_to("app_user.id")
    key: str = words(120)
    at: datetime = instant()
    text: str = words(255)
    href: str = words(255)
    read_at: datetime | None = instant(optional=True)
