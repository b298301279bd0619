"""The demo's stage: many use cases played in one transaction, at any moment of the past year.

One transaction, so the demo company is there whole or not at all, and the disk is waited for once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from billing_app.services.context import Actor, Context, FixedClock


@dataclass(frozen=True, slots=True)
class OneTransaction(Context):
    """A context whose every read and write happens in one session that somebody else commits."""

    session: Session = field(kw_only=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """The one session."""
        yield self.session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The one session; what was written can be read by whoever comes next."""
        yield self.session
        self.session.flush()


@dataclass(slots=True)
class Stage:
    """Where the demo plays: the transaction, the movable clock and the cast."""

    ctx: OneTransaction
    clock: FixedClock
    cast: dict[str, Actor] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """The one session."""
        return self.ctx.session

    def at(self, instant: datetime, who: str = "") -> OneTransaction:
        """The context at that moment, for one of the cast or for the system."""
        self.clock.instant = instant
        return replace(self.ctx, actor=self.cast[who]) if who else self.ctx


def set_stage(ctx: Context, session: Session, zone: str) -> Stage:
    """A stage at the present moment, in the time zone of the demo company."""
    clock = FixedClock(ctx.now())
    gathered = OneTransaction(
        database=ctx.database,
        clock=clock,
        actor=ctx.actor,
        secret=ctx.secret,
        zone=zone,
        session=session,
    )
    return Stage(gathered, clock)
