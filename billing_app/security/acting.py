"""Who asks in this event or request, and running a use case for that person off the loop.

A database call on the event loop stops every user (REFLEX 2), so handlers `await ask(...)`.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from reflex.istate.proxy import MutableProxy

from billing_app.bootstrap import world
from billing_app.domain.errors import Forbidden
from billing_app.services.context import Actor, Context

P = ParamSpec("P")
T = TypeVar("T")

_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)
_quick = ThreadPoolExecutor(max_workers=6, thread_name_prefix="ask")
_slow = ThreadPoolExecutor(max_workers=2, thread_name_prefix="reckon")


def act_as(actor: Actor | None) -> None:
    """Say who asks in the current event or request."""
    _actor.set(actor)


def current_actor() -> Actor | None:
    """Who asks; None for a visitor."""
    return _actor.get()


def context() -> Context:
    """The context of the current person. Raises Forbidden for a visitor."""
    actor = _actor.get()
    if actor is None:
        raise Forbidden("Please sign in.")
    return world().context(actor)


def plain(value: T) -> T:
    """What a state keeps, without the framework's proxy, which makes every look at it slow."""
    return value.__wrapped__ if isinstance(value, MutableProxy) else value


def _plain_ones(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in kwargs.items()}


async def ask(verb: Callable[Concatenate[Context, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a use case for the current person in a worker thread."""
    call = partial(verb, context(), *map(plain, args), **_plain_ones(kwargs))  # type: ignore[arg-type]
    return await asyncio.get_running_loop().run_in_executor(_quick, call)


async def reckon(
    verb: Callable[Concatenate[Context, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Like `ask`, for what may take long: its own two threads keep clicks quick."""
    call = partial(verb, context(), *map(plain, args), **_plain_ones(kwargs))  # type: ignore[arg-type]
    return await asyncio.get_running_loop().run_in_executor(_slow, call)
