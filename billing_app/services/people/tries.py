"""Guessing is slowed down: tries are counted by account and by address (RELIABILITY 4.8)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from billing_app.domain.errors import BillingError
from billing_app.persistence.tables import LoginFailure

WINDOW = timedelta(hours=1)
FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
TOLD_IN_SECONDS = 90
TRIES_PER_ADDRESS = 60

Verify = Callable[[str, str], tuple[bool, str | None]]
"""Whether a password fits what is stored, and a better stored form."""


class TooManyTries(BillingError):
    """Signing in was tried too often; it is possible again after a while."""

    code = "sign_in.too_many_tries"
    message = "Too many failed tries. Please wait {wait} and try again."


def refuse_while_waiting(session: Session, key: str, address: str, now: datetime) -> None:
    """Raise TooManyTries while the account, or the address if one is given, has to wait."""
    count, last = session.exec(
        select(func.count(), func.max(LoginFailure.at)).where(
            col(LoginFailure.email_key) == key, col(LoginFailure.at) > now - WINDOW
        )
    ).one()
    if count >= FREE_TRIES and last is not None:
        wait = min(LONGEST_WAIT, timedelta(seconds=2 ** (count - FREE_TRIES)))
        if now < last + wait:
            raise TooManyTries(wait=_in_words(last + wait - now))
    if not address:
        return
    tries = session.exec(
        select(func.count()).where(
            col(LoginFailure.address) == address, col(LoginFailure.at) > now - LONGEST_WAIT
        )
    ).one()
    if tries >= TRIES_PER_ADDRESS:
        raise TooManyTries(wait="15 minutes")


def code_key(user_id: int) -> str:
    """Under what name an account's codes are counted: nobody can type it as an e-mail address.

    Apart from passwords, so that who knows no password keeps nobody from the second step.
    """
    return f" code {user_id}"


def count_try(session: Session, key: str, address: str, now: datetime) -> None:
    """Count a try before it is known to fail: a hundred at once are a hundred."""
    session.add(LoginFailure(email_key=key, address=address, at=now))
    session.flush()  # so that `forget_tries` in the same transaction finds it


def forget_tries(session: Session, key: str) -> None:
    """The person proved to be who they say."""
    session.exec(delete(LoginFailure).where(col(LoginFailure.email_key) == key))


def _in_words(wait: timedelta) -> str:
    seconds = max(1, int(wait.total_seconds()) + 1)
    return f"{seconds} seconds" if seconds < TOLD_IN_SECONDS else f"{(seconds + 59) // 60} minutes"
