"""Who signs in: users, their external access, sessions and failed tries."""

from datetime import datetime

from sqlalchemy import Column, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    identity,
    instant,
    one_of,
    prose,
    refers_to,
    words,
)


class User(SQLModel, table=True):
    """A person with a password: staff with a level, or external with access per customer."""

    __tablename__ = "app_user"
    __table_args__ = (one_of("kind", ["staff", "external", "system"]),)
    id: int | None = identity()
    email: str = words(255)
    email_key: str = words(255, unique=True)  # NFC and casefolded: one person, one account
    name: str = words(255)
    password_hash: str = words(255)
    kind: str = Field(default="staff", max_length=16)
    staff_level: int = 0
    partner_view: bool = True
    vessel_view: bool = True
    is_active: bool = True
    created_at: datetime = instant()


class ExternalAccess(SQLModel, table=True):
    """What an external user may see of one customer (ERP-38, ERP-39)."""

    __tablename__ = "external_access"
    __table_args__ = (
        UniqueConstraint("customer_id", "user_id"),
        one_of("scope", ["own", "department", "corporate"]),
    )
    id: int | None = identity()
    customer_id: int = refers_to("customer.id")
    user_id: int = refers_to("app_user.id", index=True)
    role: int = 30
    # no default in the column: it would turn "unlimited" (none) into 30 days
    days_back: int | None = Field(default=30, sa_column=Column(Integer, nullable=True))
    scope: str = Field(default="corporate", max_length=16)
    notes: str = prose()


class LoginSession(SQLModel, table=True):
    """One signed-in browser; the cookie's token is kept as its SHA-256 only."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_user", "user_id"),)
    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: int = refers_to("app_user.id")
    customer_id: int | None = refers_to("customer.id", optional=True)
    created_at: datetime = instant()
    seen_at: datetime = instant()
    ended_at: datetime | None = instant(optional=True)
    address: str = words(64)
    agent: str = words(255)


class LoginFailure(SQLModel, table=True):
    """A failed sign-in, counted by account and by address."""

    __tablename__ = "login_failure"
    __table_args__ = (
        Index("ix_login_failure_email", "email_key", "at"),
        Index("ix_login_failure_address", "address", "at"),
    )
    id: int | None = identity()
    email_key: str = words(255)
    address: str = words(64)
    at: datetime = instant()


class PasswordLink(SQLModel, table=True):
    """A link by which a person sets a password, once; only its hash is kept."""

    __tablename__ = "password_link"
    __table_args__ = (Index("ix_password_link_user", "user_id"),)
    id: int | None = identity()
    user_id: int = refers_to("app_user.id")
    token_hash: str = words(64, unique=True)
    made_at: datetime = instant()
    made_by_id: int = refers_to("app_user.id")
    expires_at: datetime = instant()
    used_at: datetime | None = instant(optional=True)
