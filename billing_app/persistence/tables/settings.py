"""What people set: settings by scope, and grid layouts per user and page."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from billing_app.persistence.tables.columns import identity, one_of, prose, refers_to, words


class Setting(SQLModel, table=True):
    """One explicitly set value; the most specific scope wins (SPEC 6.8)."""

    __tablename__ = "setting"
    __table_args__ = (
        UniqueConstraint("key", "scope", "scope_id"),
        one_of("scope", ["global", "company", "site", "group", "customer", "user"]),
        Index("ix_setting_level", "scope", "scope_id"),
    )
    id: int | None = identity()
    key: str = words(64)
    scope: str = words(16)
    scope_id: int = 0
    value: str = prose()


class SavedLayout(SQLModel, table=True):
    """A user's columns of one page's table."""

    __tablename__ = "saved_layout"
    __table_args__ = (UniqueConstraint("user_id", "page"),)
    id: int | None = identity()
    user_id: int = refers_to("app_user.id")
    page: str = words(64)
    layout: str = prose()
