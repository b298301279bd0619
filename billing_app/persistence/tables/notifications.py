"""What people are told, and of what they do not want to be told."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import identity, instant, refers_to, words

IS_UNREAD = text("read_at IS NULL")


class Notification(SQLModel, table=True):
    """What one person is told of one cause; while it is unread the same cause only counts up.

    `cause` is what makes two of them the same, `record_id` leads to the newest record. No name of
    a customer stands in `label`; `detail` may hold one.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index(
            "ux_notification_unread",
            "kind",
            "cause",
            "user_id",
            unique=True,
            sqlite_where=IS_UNREAD,
            postgresql_where=IS_UNREAD,
        ),
        Index(
            "ix_notification_unread",
            "user_id",
            "kind",
            sqlite_where=IS_UNREAD,
            postgresql_where=IS_UNREAD,
        ),
        Index("ix_notification_user", "user_id", "at", "id"),
    )
    id: int | None = identity()
    user_id: int = refers_to("app_user.id")
    kind: str = words(24)
    cause: str = words(64)
    record_id: int = Field(sa_type=BigInteger)
    label: str = words(128)
    detail: str = words(512)
    times: int = 1
    at: datetime = instant()
    read_at: datetime | None = instant(optional=True)


class MutedKind(SQLModel, table=True):
    """A kind of notification that a person switched off."""

    __tablename__ = "muted_kind"
    __table_args__ = (UniqueConstraint("user_id", "kind"),)
    id: int | None = identity()
    user_id: int = refers_to("app_user.id")
    kind: str = words(24)
