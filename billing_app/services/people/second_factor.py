"""Two-factor sign-in: switched on with a code of one's app, off with password and code.

The app's key is made of a random seed and the server's secret: the database alone has no key.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session, col, delete, func, select

from billing_app.domain.errors import Invalid, NotFound, Refused
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import LoginChallenge, RecoveryCode, SecondFactor, User
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.people.links import end_sessions
from billing_app.services.people.own import require_account
from billing_app.services.people.tries import (
    Verify,
    code_key,
    count_try,
    forget_tries,
    refuse_while_waiting,
)

CODES = 10
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
CODE_LENGTH, CODE_GROUP = 20, 5
LONGEST_CODE = 64
WRONG = "This code does not fit. Take the one your app shows now; each works once."
ON_ALREADY = "Two-factor sign-in is on already."

Step: TypeAlias = Callable[[bytes, str, datetime, int], int | None]
"""The time step of key, code, moment and last step taken; None where the code does not fit."""


@dataclass(frozen=True, slots=True)
class FactorView:
    """Whether one's two-factor sign-in is on, since when, and how many recovery codes are left."""

    is_on: bool
    since: datetime | None
    codes_left: int


def own_factor(ctx: Context) -> FactorView:
    """One's own two-factor sign-in."""
    require_account(ctx)
    with ctx.read() as session:
        row = session.get(SecondFactor, ctx.actor.user_id)
        left = session.exec(
            select(func.count()).where(
                RecoveryCode.user_id == ctx.actor.user_id, col(RecoveryCode.used_at).is_(None)
            )
        ).one()
    since = row.confirmed_at if row else None
    return FactorView(since is not None, since, int(left) if since else 0)


def begin_factor(ctx: Context) -> bytes:
    """A fresh key for one's app; no code is asked before `confirm_factor`. Raises: Refused."""
    require_account(ctx)
    with ctx.write() as session:
        row = session.get(SecondFactor, ctx.actor.user_id, with_for_update=True)
        if row is not None and row.confirmed_at is not None:
            raise Refused(ON_ALREADY)
        row = row or SecondFactor(user_id=ctx.actor.user_id, made_at=ctx.now())
        row.seed, row.made_at, row.last_step = secrets.token_hex(32), ctx.now(), 0
        session.add(row)
        return key_of(ctx, row)


def confirm_factor(ctx: Context, code: str, *, step: Step) -> tuple[str, ...]:
    """Switch it on with the app's first code; the recovery codes, which nobody can read again.

    Other sessions, opened without a code, end. Raises: Invalid at "code", Refused.
    """
    require_account(ctx)
    with ctx.write() as session:
        row = session.get(SecondFactor, ctx.actor.user_id, with_for_update=True)
        if row is None:
            raise Refused("Set up your app first.")
        if row.confirmed_at is not None:
            raise Refused(ON_ALREADY)
        found = step(key_of(ctx, row), plain_code(code), ctx.now(), row.last_step)
        if found is None:
            raise Invalid.of("code", WRONG)
        row.confirmed_at, row.last_step = ctx.now(), found
        session.add(row)
        codes = _new_codes(session, ctx.actor.user_id)
        end_sessions(session, ctx.actor.user_id, ctx.now(), but=ctx.actor.session)
        _record(session, ctx, ctx.actor.user_id, "second_factor_on")
    return codes


def end_factor(ctx: Context, password: str, code: str, *, verify: Verify, step: Step) -> None:
    """Switch one's own off; a recovery code will do.

    Raises: Invalid at "password" or "code", TooManyTries, Refused where it is off.
    """
    require_account(ctx)
    key = code_key(ctx.actor.user_id)
    with ctx.write() as session:
        refuse_while_waiting(session, key, "", ctx.now())
        count_try(session, key, "", ctx.now())
        stored = session.get_one(User, ctx.actor.user_id).password_hash
    fits, _ = verify(password, stored)
    if not fits:
        raise Invalid.of("password", "This is not your present password.")
    with ctx.write() as session:
        row = session.get(SecondFactor, ctx.actor.user_id, with_for_update=True)
        if row is None or row.confirmed_at is None:
            raise Refused("Two-factor sign-in is off already.")
        if not takes(session, ctx, row, code, step):
            raise Invalid.of("code", WRONG)
        forget_tries(session, key)
        clear_factor(session, ctx.actor.user_id)
        _record(session, ctx, ctx.actor.user_id, "second_factor_off")


def takes(session: Session, ctx: Context, row: SecondFactor, code: str, step: Step) -> bool:
    """Whether a code of the app or a recovery code is right; then it is used up.

    `row` is locked by the caller, so that one code opens one session.
    """
    plain = plain_code(code)
    found = step(key_of(ctx, row), plain, ctx.now(), row.last_step)
    if found is not None:
        row.last_step = found
        session.add(row)
        return True
    kept = session.exec(
        select(RecoveryCode).where(
            RecoveryCode.user_id == row.user_id,
            RecoveryCode.code_hash == _digest(plain),
            col(RecoveryCode.used_at).is_(None),
        )
    ).first()
    if kept is None:
        return False
    kept.used_at = ctx.now()
    session.add(kept)
    return True


def clear_factor(session: Session, user_id: int) -> None:
    """Forget a person's app, recovery codes and sign-ins that wait for a code."""
    session.exec(delete(LoginChallenge).where(col(LoginChallenge.user_id) == user_id))
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    session.exec(delete(SecondFactor).where(col(SecondFactor.user_id) == user_id))


def reset(session: Session, ctx: Context, user_id: int) -> None:
    """Switch somebody's off for a lost phone: every session ends. Raises: NotFound where off."""
    row = session.get(SecondFactor, user_id, with_for_update=True)
    if row is None or row.confirmed_at is None:
        raise NotFound("Two-factor sign-in is off for this person.")
    clear_factor(session, user_id)
    end_sessions(session, user_id, ctx.now())
    _record(session, ctx, user_id, "second_factor_reset")


def with_factor(session: Session) -> frozenset[int]:
    """The ids of everybody whose two-factor sign-in is on."""
    confirmed = col(SecondFactor.confirmed_at).is_not(None)
    return frozenset(session.exec(select(SecondFactor.user_id).where(confirmed)).all())


def key_of(ctx: Context, row: SecondFactor) -> bytes:
    """The key that the app holds: 160 bits, as RFC 4226 recommends."""
    text = f"second factor|{row.user_id}|{row.seed}".encode()
    return hmac.new(ctx.secret, text, hashlib.sha256).digest()[:20]


def plain_code(code: str) -> str:
    """What was typed, without the blanks and dashes that people copy along."""
    typed = code[:LONGEST_CODE].casefold()
    return "".join(sign for sign in typed if sign.isascii() and sign.isalnum())


def _new_codes(session: Session, user_id: int) -> tuple[str, ...]:
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    plain = [
        "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)) for _ in range(CODES)
    ]
    rows = [{"user_id": user_id, "code_hash": _digest(code)} for code in plain]
    add(session, RecoveryCode, rows)
    groups = range(0, CODE_LENGTH, CODE_GROUP)
    return tuple("-".join(code[at : at + CODE_GROUP] for at in groups) for code in plain)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _record(session: Session, ctx: Context, user_id: int, action: str) -> None:
    record(session, ctx, entity="user", entity_id=user_id, action=action)
