"""Who asks, when, and of which database: the first parameter of every use case."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlmodel import Session

from billing_app.domain.access import (
    ExternalRole,
    Permission,
    StaffLevel,
    least_level_name,
    may_portal,
    may_staff,
)
from billing_app.domain.errors import Forbidden, NotFound
from billing_app.domain.lifecycle import ActorFacts
from billing_app.persistence.database import Database
from billing_app.services.accounting.ports import Ledger


class Clock(Protocol):
    """Tells the time; nothing below the doors asks the computer."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved; for demo and tests."""

    instant: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the system) on whose behalf a use case runs."""

    user_id: int
    kind: str  # staff, external, system
    name: str = ""
    email: str = ""
    level: StaffLevel = StaffLevel.NONE
    sees_partner: bool = True
    sees_vessel: bool = True
    session: str = ""
    # external: the customer the person currently works for
    customer_id: int | None = None
    role: ExternalRole | None = None
    days_back: int | None = None
    scope: str = "own"
    withheld: frozenset[Permission] = frozenset()
    """What the settings take away whatever the level says: it does not exist (ORO-1)."""

    @property
    def facts(self) -> ActorFacts:
        """What the life cycle asks about the actor."""
        return ActorFacts(user_id=self.user_id, level=self.level, is_system=self.kind == "system")

    def may(self, permission: Permission) -> bool:
        """Whether the actor may do this at all."""
        if permission in self.withheld:
            return False
        if self.kind == "system":
            return True
        if self.kind == "staff":
            return may_staff(self.level, permission)
        return self.role is not None and may_portal(self.role, permission)


SYSTEM_USER_ID = 1


def system_actor() -> Actor:
    """The actor of jobs, imports and set-up: nobody is barred by what it assembled (DLY 4.4h)."""
    return Actor(user_id=SYSTEM_USER_ID, kind="system", name="System", level=StaffLevel.OWNER)


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a use case needs that is not its arguments."""

    database: Database
    clock: Clock
    actor: Actor
    secret: bytes = field(repr=False)
    zone: str = "UTC"
    accounting: Ledger | None = None
    """The accounting program that is connected, if one is."""
    public_url: str = ""
    """The address people type; links in mails begin with it."""

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only looks."""
        with self.database.read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that commits at the end, or not at all."""
        with self.database.write() as session:
            yield session

    def now(self) -> datetime:
        """The present instant in UTC."""
        return self.clock.now()

    def today(self) -> date:
        """The present day in the company's time zone (SPEC 6.16, point 8)."""
        return self.clock.now().astimezone(ZoneInfo(self.zone)).date()

    def acting_as(self, actor: Actor) -> "Context":
        """The same world for another actor."""
        return replace(self, actor=actor)

    def require(self, permission: Permission) -> None:
        """Raise Forbidden unless the actor may do this at all, NotFound where it is off."""
        if permission in self.actor.withheld:
            raise NotFound("This is switched off in the settings.")
        if not self.actor.may(permission):
            raise Forbidden(
                "This needs the level {level}. Ask an administrator to grant it.",
                level=least_level_name(permission),
                permission=str(permission),
            )
