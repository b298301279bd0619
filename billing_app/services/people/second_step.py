"""The second step of signing in: a code for the token that the right password brought."""

from sqlmodel import Session, col, select

from billing_app.domain.errors import BillingError
from billing_app.persistence.tables import LoginChallenge, SecondFactor, User
from billing_app.services.context import Actor, Context
from billing_app.services.people.second_factor import Step, takes
from billing_app.services.people.sessions import Browser, open_session
from billing_app.services.people.tries import (
    code_key,
    count_try,
    forget_tries,
    refuse_while_waiting,
)


class StepOver(BillingError):
    """The first step is too long ago, was used, or never was."""

    code = "sign_in.step_over"
    message = "Signing in took too long. Please start again."


def enter_code(
    ctx: Context, half_hash: str, code: str, *, step: Step, token_hash: str, browser: Browser
) -> Actor | None:
    """Open a session for the right code; None for a wrong one, which counts as a failed try.

    Raises: StepOver, TooManyTries while the account or the address has to wait.
    """
    with ctx.write() as session:
        challenge, user, row = _awaited(session, ctx, half_hash)
        key = code_key(row.user_id)
        refuse_while_waiting(session, key, browser.address, ctx.now())
        count_try(session, key, browser.address, ctx.now())
        if not takes(session, ctx, row, code, step):
            return None
        forget_tries(session, key)
        challenge.used_at = ctx.now()
        session.add(challenge)
        return open_session(session, ctx, user, token_hash=token_hash, browser=browser)


def _awaited(
    session: Session, ctx: Context, half_hash: str
) -> tuple[LoginChallenge, User, SecondFactor]:
    """The living challenge with its person, locked: tries come one after the other."""
    found = session.exec(
        select(LoginChallenge, User, SecondFactor)
        .join(User, col(User.id) == LoginChallenge.user_id)
        .join(SecondFactor, col(SecondFactor.user_id) == LoginChallenge.user_id)
        .where(
            LoginChallenge.token_hash == half_hash,
            col(LoginChallenge.used_at).is_(None),
            col(LoginChallenge.expires_at) > ctx.now(),
            col(SecondFactor.confirmed_at).is_not(None),
            col(User.is_active),
        )
        .with_for_update()
    ).first()
    if found is None:
        raise StepOver
    return found[0], found[1], found[2]
