"""Writing notifications, in the transaction of what they tell: one statement, whoever is told."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, not_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete

from billing_app.domain.notifications import KINDS, Kind
from billing_app.domain.permissions import STAFF_MATRIX
from billing_app.persistence.inserting import table_of
from billing_app.persistence.tables import MutedKind, Notification, User
from billing_app.persistence.tables.notifications import IS_UNREAD
from billing_app.persistence.types import UtcDateTime
from billing_app.services.context import Context

MOST_LABEL, MOST_DETAIL = 128, 512
TOLD = table_of(Notification)


@dataclass(frozen=True, slots=True)
class News:
    """What happened to which record; the same `cause` counts up while it is unread."""

    kind: Kind
    record_id: int
    label: str
    detail: str = ""
    cause: str = ""


def tell_people(session: Session, ctx: Context, news: News) -> None:
    """Tell everybody whom the kind concerns by their level, but not who did it."""
    least = STAFF_MATRIX[KINDS[news.kind].permission]
    others = and_(col(User.staff_level) >= int(least), col(User.id) != ctx.actor.user_id)
    _tell(session, ctx, news, others)


def tell_person(session: Session, ctx: Context, news: News, user_id: int | None) -> None:
    """Tell one person of the staff; nobody where it was no person."""
    _tell(session, ctx, news, col(User.id) == user_id)


def is_staff(session: Session, user_id: int) -> bool:
    """Whether this is a person of the staff who can still be told."""
    user = session.get(User, user_id)
    return user is not None and user.kind == "staff" and user.is_active


def settle(session: Session, kinds: Collection[Kind], cause: int | str) -> None:
    """Take back what nobody read yet: it does not wait any more."""
    session.exec(
        delete(Notification).where(
            col(Notification.kind).in_(kinds),
            col(Notification.cause) == str(cause),
            col(Notification.read_at).is_(None),
        )
    )


def _tell(session: Session, ctx: Context, news: News, whom: ColumnElement[bool]) -> None:
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    muted = select(col(MutedKind.id)).where(
        col(MutedKind.user_id) == col(User.id), col(MutedKind.kind) == news.kind
    )
    rows = (
        select(
            col(User.id),
            literal(str(news.kind)),
            literal(news.cause or str(news.record_id)),
            literal(news.record_id),
            literal(news.label[:MOST_LABEL]),
            literal(news.detail[:MOST_DETAIL]),
            literal(1),
            literal(ctx.now(), UtcDateTime()),
        )
        .where(col(User.kind) == "staff", col(User.is_active), whom, not_(muted.exists()))
        .order_by(col(User.id))
    )
    names = ["user_id", "kind", "cause", "record_id", "label", "detail", "times", "at"]
    given = dialect.insert(TOLD).from_select(names, rows)
    newest = {name: given.excluded[name] for name in ("record_id", "label", "detail", "at")}
    session.connection().execute(
        given.on_conflict_do_update(
            index_elements=["kind", "cause", "user_id"],
            index_where=IS_UNREAD,
            set_={**newest, "times": TOLD.c.times + 1},
        )
    )
