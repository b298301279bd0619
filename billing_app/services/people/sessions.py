"""Signing in and out; a session is a row, so ending it ends it everywhere."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from billing_app.domain.access import ExternalRole, Permission, StaffLevel
from billing_app.domain.errors import Forbidden
from billing_app.domain.features import OF_STAFF
from billing_app.persistence.tables import (
    ExternalAccess,
    LoginChallenge,
    LoginSession,
    SecondFactor,
    User,
)
from billing_app.services.context import Actor, Context
from billing_app.services.people.tries import (
    Verify,
    count_try,
    forget_tries,
    refuse_while_waiting,
)
from billing_app.services.scopes import withheld_from
from billing_app.services.settings import invoices_are_off

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_STEP = timedelta(seconds=60)
HALF_WAY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a sign-in comes from."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class HalfSignedIn:
    """The password was right and a code is still asked: the token opens nothing but that step."""


def email_key(email: str) -> str:
    """One person, one account: NFC, casefolded, without blanks around."""
    return unicodedata.normalize("NFC", email).strip().casefold()


def sign_in(
    ctx: Context, email: str, password: str, *, verify: Verify, token_hash: str, browser: Browser
) -> Actor | HalfSignedIn | None:
    """Open a session for the right password; None for a wrong one.

    Where two-factor sign-in is on, the token names no session but the step that asks the code.
    Raises: TooManyTries while the account or the address has to wait.
    """
    key = email_key(email.replace("\0", ""))[:255]
    with ctx.write() as session:
        refuse_while_waiting(session, key, browser.address, ctx.now())
        count_try(session, key, browser.address, ctx.now())
        user = session.exec(select(User).where(User.email_key == key)).first()
        stored = user.password_hash if user and user.is_active else ""
    fits, better = verify(password, stored)
    if not fits or user is None:
        return None
    with ctx.write() as session:
        forget_tries(session, key)
        if better:
            user.password_hash = better
            session.add(user)
        if _asks_code(session, user):
            return _half_way(session, ctx, user, token_hash)
        return open_session(session, ctx, user, token_hash=token_hash, browser=browser)


def open_session(
    session: Session, ctx: Context, user: User, *, token_hash: str, browser: Browser
) -> Actor | None:
    """Open a session for a person who proved to be who they say; None for an inactive account."""
    session.add(
        LoginSession(
            token_hash=token_hash,
            user_id=user.id or 0,
            customer_id=_only_customer(session, user),
            created_at=ctx.now(),
            seen_at=ctx.now(),
            address=browser.address[:64],
            agent=browser.agent[:255],
        )
    )
    session.flush()
    return actor_of_session(session, token_hash, ctx.now())


def _asks_code(session: Session, user: User) -> bool:
    row = session.get(SecondFactor, user.id)
    return row is not None and row.confirmed_at is not None


def _half_way(session: Session, ctx: Context, user: User, token_hash: str) -> HalfSignedIn:
    old = delete(LoginChallenge).where(
        col(LoginChallenge.user_id) == user.id, col(LoginChallenge.expires_at) <= ctx.now()
    )
    session.exec(old)
    session.add(
        LoginChallenge(token_hash=token_hash, user_id=user.id or 0, expires_at=ctx.now() + HALF_WAY)
    )
    return HalfSignedIn()


def sign_out(ctx: Context, token_hash: str) -> None:
    """End one session."""
    with ctx.write() as session:
        row = session.get(LoginSession, token_hash)
        if row is not None and row.ended_at is None:
            row.ended_at = ctx.now()
            session.add(row)


def resolve_session(ctx: Context, token_hash: str, *, is_active: bool = True) -> Actor | None:
    """The person of a living session; None otherwise.

    Its idle time starts anew where the person `is_active`, not where the server pushed something.
    """
    now = ctx.now()
    with ctx.read() as session:
        actor = _as_connected(ctx, actor_of_session(session, token_hash, now))
        row = session.get(LoginSession, token_hash)
    is_over = row is not None and row.ended_at is None and not _is_fresh(row, now)
    if is_over or (actor and row and is_active and now - row.seen_at >= SEEN_STEP):
        with ctx.write() as session:
            again = session.get(LoginSession, token_hash)
            if again is not None and again.ended_at is None:
                again.seen_at = max(again.seen_at, now)
                again.ended_at = now if is_over else None  # a clock set back revives nobody
                session.add(again)
    return actor


def _as_connected(ctx: Context, actor: Actor | None) -> Actor | None:
    """Without an accounting program there is no pushing to it: no button, no handler (CRM-32)."""
    if actor is None or actor.kind != "staff" or ctx.accounting is not None:
        return actor
    return replace(actor, withheld=actor.withheld | {Permission.ACCOUNTING_PUSH})


def actor_of_session(session: Session, token_hash: str, now: datetime) -> Actor | None:
    """The person of a session as the database says at this moment."""
    row = session.get(LoginSession, token_hash)
    if row is None or row.ended_at is not None or not _is_fresh(row, now):
        return None
    user = session.get(User, row.user_id)
    if user is None or not user.is_active:
        return None
    if user.kind == "staff":
        return _staff_actor(session, user, token_hash)
    return _external_actor(session, row, user)


def staff_actor(session: Session, user_id: int) -> Actor | None:
    """A staff person as the database says now, for what runs after they left; None if barred."""
    user = session.get(User, user_id)
    if user is None or not user.is_active or user.kind != "staff":
        return None
    return _staff_actor(session, user)


def _staff_actor(session: Session, user: User, token_hash: str = "") -> Actor:
    return Actor(
        user_id=user.id or 0,
        kind="staff",
        name=user.name,
        email=user.email,
        level=StaffLevel(user.staff_level),
        sees_partner=user.partner_view,
        sees_vessel=user.vessel_view,
        session=token_hash,
        withheld=OF_STAFF if invoices_are_off(session) else frozenset(),
    )


def choose_customer(ctx: Context, customer_id: int) -> None:
    """Work for another of one's customers from now on (ERP-40)."""
    with ctx.write() as session:
        access = session.exec(
            select(ExternalAccess).where(
                ExternalAccess.user_id == ctx.actor.user_id,
                ExternalAccess.customer_id == customer_id,
            )
        ).first()
        row = session.get(LoginSession, ctx.actor.session)
        if access is None or row is None:
            raise Forbidden("You have no access to this customer.")
        row.customer_id = customer_id
        session.add(row)


def _external_actor(session: Session, row: LoginSession, user: User) -> Actor:
    access = None
    if row.customer_id is not None:
        access = session.exec(
            select(ExternalAccess).where(
                ExternalAccess.user_id == row.user_id,
                ExternalAccess.customer_id == row.customer_id,
            )
        ).first()
    return Actor(
        user_id=row.user_id,
        kind="external",
        name=user.name,
        email=user.email,
        session=row.token_hash,
        customer_id=access.customer_id if access else None,
        role=ExternalRole(access.role) if access else None,
        days_back=access.days_back if access else None,
        scope=access.scope if access else "own",
        withheld=withheld_from(session, access.customer_id) if access else frozenset(),
    )


def _only_customer(session: Session, user: User) -> int | None:
    customers = session.exec(
        select(ExternalAccess.customer_id)
        .where(ExternalAccess.user_id == user.id)
        .order_by(col(ExternalAccess.customer_id))
    ).all()
    return customers[0] if customers else None


def _is_fresh(row: LoginSession, now: datetime) -> bool:
    # A clock moved back must not revive a session, so time before `seen_at` does not count.
    seen = max(now, row.seen_at)
    return seen - row.seen_at < IDLE and seen - row.created_at < ABSOLUTE
