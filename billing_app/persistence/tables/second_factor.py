"""Two-factor sign-in: whose is on, codes for a lost phone, sign-ins that wait for a code."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import identity, instant, refers_to, words
from billing_app.persistence.types import Identity


class SecondFactor(SQLModel, table=True):
    """The authenticator of one person: pending until a code of it was typed.

    Its secret is made of `seed` and the server's key, so that the database alone has none.
    """

    __tablename__ = "second_factor"
    user_id: int = Field(primary_key=True, sa_type=Identity, foreign_key="app_user.id")
    seed: str = words(64)
    made_at: datetime = instant()
    confirmed_at: datetime | None = instant(optional=True)
    last_step: int = 0
    """The time step of the last code that was taken: none of it or before is taken again."""


class RecoveryCode(SQLModel, table=True):
    """A code that stands in once for the authenticator; kept as its SHA-256 only."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("ix_recovery_code_user", "user_id"),)
    id: int | None = identity()
    user_id: int = refers_to("app_user.id")
    code_hash: str = words(64)
    used_at: datetime | None = instant(optional=True)


class LoginChallenge(SQLModel, table=True):
    """A sign-in whose password was right and whose code is awaited: it opens nothing."""

    __tablename__ = "login_challenge"
    __table_args__ = (Index("ix_login_challenge_user", "user_id"),)
    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: int = refers_to("app_user.id")
    expires_at: datetime = instant()
    used_at: datetime | None = instant(optional=True)
