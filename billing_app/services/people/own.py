"""One's own account, and the open sessions of people one manages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, NotFound
from billing_app.persistence.tables import LoginSession, User
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.people.links import end_sessions, keep_password, require_manages
from billing_app.services.people.sessions import ABSOLUTE, IDLE
from billing_app.services.people.tries import Verify

SHOWN_DIGITS = 16


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One signed-in browser; `key` names it without being of use to anybody."""

    key: str
    address: str
    agent: str
    since: datetime
    seen_at: datetime
    is_this: bool


def own_sessions(ctx: Context) -> list[OpenSession]:
    """Where one is signed in now, the latest first."""
    require_account(ctx)
    with ctx.read() as session:
        return _open_ones(session, ctx, ctx.actor.user_id)


def sessions_of(ctx: Context, user_id: int) -> list[OpenSession]:
    """Where somebody is signed in now. Raises: NotFound."""
    ctx.require(Permission.USER_VIEW)
    with ctx.read() as session:
        _existing(session, user_id)
        return _open_ones(session, ctx, user_id)


def end_own_session(ctx: Context, key: str) -> None:
    """End one of one's sessions; nothing happens where it has ended."""
    require_account(ctx)
    with ctx.write() as session:
        _end(session, ctx, ctx.actor.user_id, key)


def end_sessions_of(ctx: Context, user_id: int, key: str = "") -> None:
    """End one session of somebody one manages, or all. Raises: GrantRefused, NotFound."""
    ctx.require(Permission.USER_EDIT)
    with ctx.write() as session:
        user = _existing(session, user_id)
        require_manages(ctx, user)
        if key:
            _end(session, ctx, user_id, key)
            return
        end_sessions(session, user_id, ctx.now())
        record(session, ctx, entity="user", entity_id=user_id, action="sessions_ended")


def change_own_password(
    ctx: Context,
    current: str,
    password: str,
    *,
    verify: Verify,
    hashed: Callable[[str], str],
    check: Callable[..., None],
) -> None:
    """Change one's password; every other session ends.

    Raises: Invalid at "current" for a wrong password, at "password" for a weak one.
    """
    require_account(ctx)
    with ctx.read() as session:
        user = session.get_one(User, ctx.actor.user_id)
    fits, _ = verify(current, user.password_hash)
    if not fits:
        raise Invalid.of("current", "This is not your present password.")
    check(password, user.name, user.email)
    stored = hashed(password)
    with ctx.write() as session:
        user = session.get_one(User, ctx.actor.user_id, with_for_update=True)
        user.password_hash = stored
        session.add(user)
        keep_password(session, ctx, user, but=ctx.actor.session)


def require_account(ctx: Context) -> None:
    """Raise Forbidden unless one may see to one's own account: staff and customers both may."""
    is_customer = ctx.actor.kind == "external"
    ctx.require(Permission.PORTAL_ACCOUNT if is_customer else Permission.ACCOUNT_EDIT)


def _open_ones(session: Session, ctx: Context, user_id: int) -> list[OpenSession]:
    now = ctx.now()
    rows = session.exec(
        select(LoginSession)
        .where(
            LoginSession.user_id == user_id,
            col(LoginSession.ended_at).is_(None),
            col(LoginSession.seen_at) > now - IDLE,
            col(LoginSession.created_at) > now - ABSOLUTE,
        )
        .order_by(col(LoginSession.seen_at).desc())
    ).all()
    return [
        OpenSession(
            key=row.token_hash[:SHOWN_DIGITS],
            address=row.address,
            agent=row.agent,
            since=row.created_at,
            seen_at=row.seen_at,
            is_this=row.token_hash == ctx.actor.session,
        )
        for row in rows
    ]


def _end(session: Session, ctx: Context, user_id: int, key: str) -> None:
    rows = session.exec(
        select(LoginSession).where(
            LoginSession.user_id == user_id, col(LoginSession.ended_at).is_(None)
        )
    ).all()
    for row in rows:
        if row.token_hash[:SHOWN_DIGITS] == key:
            row.ended_at = ctx.now()
            session.add(row)
            record(session, ctx, entity="user", entity_id=user_id, action="session_ended")


def _existing(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None or user.kind == "system":
        raise NotFound("This person does not exist.")
    return user
