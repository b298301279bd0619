"""Links by which a person sets a password, once; only their hash is kept."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from billing_app.domain.access import (
    Permission,
    StaffLevel,
    check_manages,
    check_portal_change_by_staff,
)
from billing_app.domain.errors import Forbidden, NotFound, Refused
from billing_app.persistence.tables import LoginSession, PasswordLink, User
from billing_app.services.audit import record
from billing_app.services.context import Actor, Context
from billing_app.services.people.tries import code_key, forget_tries

LIVES = timedelta(hours=72)
TOKEN_BYTES = 32
DEAD = "This link is used or too old. Ask for a new one."


def new_password_link(ctx: Context, user_id: int) -> str:
    """A link's token for somebody one manages; links made before no longer work.

    Raises: GrantRefused for somebody at or above one's own level, Refused for an inactive
    account, NotFound.
    """
    ctx.require(Permission.USER_EDIT)
    with ctx.write() as session:
        user = session.get(User, user_id, with_for_update=True)
        if user is None or user.kind == "system":
            raise NotFound("This person does not exist.")
        require_manages(ctx, user)
        if not user.is_active:
            raise Refused("{name} is not active. Activate the account first.", name=user.name)
        return add_link(session, ctx, user)


def add_link(session: Session, ctx: Context, user: User) -> str:
    """Make a link in the running transaction; answers its token."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), ctx.now()
    session.exec(
        update(PasswordLink)
        .where(col(PasswordLink.user_id) == user.id, col(PasswordLink.used_at).is_(None))
        .values(used_at=now)
    )
    session.add(
        PasswordLink(
            user_id=user.id or 0,
            token_hash=_digest(token),
            made_at=now,
            made_by_id=ctx.actor.user_id,
            expires_at=now + LIVES,
        )
    )
    session.flush()
    record(session, ctx, entity="user", entity_id=user.id or 0, action="password_link_made")
    return token


def person_of_link(ctx: Context, token: str) -> tuple[str, str] | None:
    """Name and e-mail of whom a living link belongs to; None for a dead one."""
    with ctx.read() as session:
        found = _living(session, token, ctx.now())
        return (found[1].name, found[1].email) if found else None


def set_password(
    ctx: Context,
    token: str,
    password: str,
    *,
    hashed: Callable[[str], str],
    check: Callable[..., None],
) -> None:
    """Use a link: keep the new password and end every session of the person.

    Raises: Forbidden for a dead link, Invalid at "password".
    """
    with ctx.read() as session:
        found = _living(session, token, ctx.now())
        if found is None:
            raise Forbidden(DEAD)
        check(password, found[1].name, found[1].email)
    stored = hashed(password)  # a tenth of a second, outside the transaction
    with ctx.write() as session:
        found = _living(session, token, ctx.now(), lock=True)
        if found is None:
            raise Forbidden(DEAD)
        link, user = found
        link.used_at, user.password_hash = ctx.now(), stored
        session.add_all([link, user])
        own = ctx.acting_as(Actor(user_id=user.id or 0, kind=user.kind, name=user.name))
        keep_password(session, own, user)


def keep_password(session: Session, ctx: Context, user: User, *, but: str = "") -> None:
    """What follows a new password: every session ends `but` one, failed tries are forgotten."""
    for key in (user.email_key, code_key(user.id or 0)):
        forget_tries(session, key)
    end_sessions(session, user.id or 0, ctx.now(), but=but)
    record(session, ctx, entity="user", entity_id=user.id or 0, action="password_set")


def end_sessions(session: Session, user_id: int, now: datetime, *, but: str = "") -> None:
    """End a person's living sessions, `but` the one with this hash."""
    session.exec(
        update(LoginSession)
        .where(
            col(LoginSession.user_id) == user_id,
            col(LoginSession.ended_at).is_(None),
            col(LoginSession.token_hash) != but,
        )
        .values(ended_at=now)
    )


def require_manages(ctx: Context, user: User) -> None:
    """Raise GrantRefused unless the actor may act on this person's account (CRM-34)."""
    if user.kind == "external":
        check_portal_change_by_staff(ctx.actor.level, None, None)
        return
    is_self = user.id == ctx.actor.user_id
    check_manages(ctx.actor.level, StaffLevel(user.staff_level), is_self=is_self)


def _living(
    session: Session, token: str, now: datetime, *, lock: bool = False
) -> tuple[PasswordLink, User] | None:
    query = (
        select(PasswordLink, User)
        .join(User, col(User.id) == PasswordLink.user_id)
        .where(
            PasswordLink.token_hash == _digest(token),
            col(PasswordLink.used_at).is_(None),
            col(PasswordLink.expires_at) > now,
            col(User.is_active),
        )
    )
    found = session.exec(query.with_for_update() if lock else query).first()
    return (found[0], found[1]) if found else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
