"""A person's own notifications: counted, listed, marked read, pruned, switched by kind."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, delete, func, or_, select, update

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.domain.notifications import KEPT, KEPT_READ, KINDS, Kind, link_of, sentence
from billing_app.persistence.tables import MutedKind, Notification
from billing_app.services.context import Context

PAGE = 50
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Told:
    """One notification, its detail as the person may see it."""

    id: int
    kind: Kind
    sentence: str
    detail: str
    href: str
    at: datetime
    is_unread: bool


@dataclass(frozen=True, slots=True)
class ToldPage:
    """A page of them; `total` counts what the view holds."""

    rows: tuple[Told, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Switch:
    """A kind that concerns a person, and whether the person wants to be told."""

    kind: Kind
    label: str
    is_on: bool


def count_unread(ctx: Context) -> int:
    """How many wait for the person, counted up to 100: one read of an index."""
    ctx.require(Permission.ACCOUNT_EDIT)
    few = select(Notification.id).where(*_mine(ctx), col(Notification.read_at).is_(None))
    with ctx.read() as session:
        limited = few.limit(MOST_COUNTED).subquery()
        return session.exec(select(func.count()).select_from(limited)).one()


def list_notifications(
    ctx: Context, *, only_unread: bool = False, page: int = 1, size: int = PAGE
) -> ToldPage:
    """The person's own, the newest first."""
    ctx.require(Permission.ACCOUNT_EDIT)
    chosen = select(Notification).where(*_mine(ctx))
    if only_unread:
        chosen = chosen.where(col(Notification.read_at).is_(None))
    newest = chosen.order_by(col(Notification.at).desc(), col(Notification.id).desc())
    with ctx.read() as session:
        total = session.exec(select(func.count()).select_from(chosen.subquery())).one()
        rows = session.exec(newest.limit(size).offset(size * (max(1, page) - 1))).all()
        return ToldPage(tuple(_told(ctx, row) for row in rows), total)


def mark_read(ctx: Context, notification_id: int) -> None:
    """Note that the person read one. Raises: NotFound, also for another person's."""
    ctx.require(Permission.ACCOUNT_EDIT)
    with ctx.write() as session:
        row = session.get(Notification, notification_id, with_for_update=True)
        if row is None or row.user_id != ctx.actor.user_id:
            raise NotFound("This notification does not exist.")
        row.read_at = row.read_at or ctx.now()
        session.add(row)


def mark_all_read(ctx: Context) -> None:
    """Note that the person read them all."""
    ctx.require(Permission.ACCOUNT_EDIT)
    with ctx.write() as session:
        session.exec(
            update(Notification)
            .where(*_mine(ctx), col(Notification.read_at).is_(None))
            .values(read_at=ctx.now())
        )


def switches(ctx: Context) -> list[Switch]:
    """The kinds that concern the person by level, each on or off."""
    ctx.require(Permission.ACCOUNT_EDIT)
    with ctx.read() as session:
        muted = set(
            session.exec(select(MutedKind.kind).where(MutedKind.user_id == ctx.actor.user_id)).all()
        )
    return [Switch(kind, KINDS[kind].label, kind not in muted) for kind in _kinds(ctx)]


def choose_kinds(ctx: Context, wanted: Collection[str]) -> None:
    """Be told of these kinds and no others from now on; what was told before stays."""
    ctx.require(Permission.ACCOUNT_EDIT)
    concerned = _kinds(ctx)
    with ctx.write() as session:
        session.exec(
            delete(MutedKind).where(
                col(MutedKind.user_id) == ctx.actor.user_id, col(MutedKind.kind).in_(concerned)
            )
        )
        session.add_all(
            MutedKind(user_id=ctx.actor.user_id, kind=kind)
            for kind in concerned
            if kind not in wanted
        )


def prune(session: Session, ctx: Context) -> int:
    """Remove what is old: read 30 days ago, or told 90 days ago; answers how many."""
    old = or_(
        col(Notification.at) < ctx.now() - KEPT,
        and_(
            col(Notification.read_at).is_not(None),
            col(Notification.read_at) < ctx.now() - KEPT_READ,
        ),
    )
    return session.exec(delete(Notification).where(old)).rowcount


def unread_by_person(ctx: Context) -> dict[int, tuple[int, int]]:
    """For each person how many wait, and how often in all: it moves whenever one is told."""
    with ctx.read() as session:
        rows = session.exec(
            select(Notification.user_id, func.count(), func.sum(Notification.times))
            .where(col(Notification.read_at).is_(None))
            .group_by(col(Notification.user_id))
        ).all()
    return {user_id: (count, int(times)) for user_id, count, times in rows}


def _kinds(ctx: Context) -> list[Kind]:
    return [kind for kind, facts in KINDS.items() if ctx.actor.may(facts.permission)]


def _mine(ctx: Context) -> tuple[ColumnElement[bool], ...]:
    """The person's own, of the kinds that still concern the person."""
    return (
        col(Notification.user_id) == ctx.actor.user_id,
        col(Notification.kind).in_(_kinds(ctx)),
    )


def _told(ctx: Context, row: Notification) -> Told:
    kind = Kind(row.kind)
    is_open = ctx.actor.sees_partner or not KINDS[kind].may_name
    return Told(
        id=row.id or 0,
        kind=kind,
        sentence=sentence(kind, row.label, row.times),
        detail=row.detail if is_open else "",
        href=link_of(kind, row.record_id),
        at=row.at,
        is_unread=row.read_at is None,
    )
