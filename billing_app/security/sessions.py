"""From a cookie to a person, with a memory of two seconds so that clicks cost no query."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from billing_app.bootstrap import world
from billing_app.services.context import Actor
from billing_app.services.people.sessions import resolve_session

REMEMBERED_SECONDS = 2.0  # an ended session lives on for at most this long
MAX_REMEMBERED = 10_000

_remembered: dict[str, tuple[float, Actor | None]] = {}
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="session")


async def person_of(token_hash: str, *, is_active: bool = True) -> Actor | None:
    """The signed-in person of a session; None for a visitor. A push is no activity."""
    if not token_hash:
        return None
    hit = _remembered.get(token_hash)
    if hit is not None and time.monotonic() - hit[0] < REMEMBERED_SECONDS:
        return hit[1]
    loop = asyncio.get_running_loop()
    resolve = partial(resolve_session, world().system(), token_hash, is_active=is_active)
    actor = await loop.run_in_executor(_threads, resolve)
    if len(_remembered) > MAX_REMEMBERED:
        _remembered.clear()
    _remembered[token_hash] = (time.monotonic(), actor)
    return actor


def forget(token_hash: str) -> None:
    """Ask the database anew the next time."""
    _remembered.pop(token_hash, None)


def forget_everybody() -> None:
    """Ask the database anew for all."""
    _remembered.clear()
