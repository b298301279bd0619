"""A repeat of the same request has the effect of one (RELIABILITY P9).

The client makes a key per intention; the answer is kept in the transaction that did the work.
"""

import json
from typing import Any

from sqlmodel import Session, text

from billing_app.domain.errors import Conflict
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import DoneRequest
from billing_app.services.context import Context

MAX_KEY = 64
DONE = text("SELECT actor_id, verb, answer FROM done_request WHERE key = :key")


def answered(session: Session, ctx: Context, key: str, verb: str) -> dict[str, Any] | None:
    """What this very request answered before; None when it is new or carries no key."""
    if not key:
        return None
    if session.get_bind().dialect.name == "postgresql":
        # The same request at the same time waits here, and then finds the answer.
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
        session.execute(lock, {"key": key[:MAX_KEY]})
    done = session.connection().execute(DONE, {"key": key[:MAX_KEY]}).first()
    if done is None:
        return None
    if (done.actor_id, done.verb) != (ctx.actor.user_id, verb):
        raise Conflict("This request was already used for something else. Please try again.")
    answer: dict[str, Any] = json.loads(done.answer)
    return answer


def remember(session: Session, ctx: Context, key: str, verb: str, answer: dict[str, Any]) -> None:
    """Keep the answer for repeats."""
    if key:
        done = {
            "key": key[:MAX_KEY],
            "actor_id": ctx.actor.user_id,
            "verb": verb,
            "answer": json.dumps(answer),
            "at": ctx.now(),
        }
        add(session, DoneRequest, [done])
