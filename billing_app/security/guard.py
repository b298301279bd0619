"""The guard on every event: default deny, identity from the cookie, arguments strict.

Every public method of every state class is an endpoint that anyone connected may call, and the
tab's token is no credential (RELIABILITY, findings 1 to 3). So for each event, before it runs:
the session of this connection's cookie is looked up, the state is wiped if it belonged to
another session, the handler's mark is read, the permission and each argument are checked.
"""

import json
import logging
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

import reflex as rx
from reflex.app import App, EventNamespace
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from billing_app.domain.errors import BillingError, Forbidden, NotFound
from billing_app.security.acting import act_as
from billing_app.security.notices import NoticeState
from billing_app.security.policy import MARK, Policy
from billing_app.security.sessions import person_of
from billing_app.security.tabs import forget_tab
from billing_app.services.context import Actor

log = logging.getLogger("billing.guard")
SESSION_HEADER = "x-billing-session"  # set by the edge only, from the cookie of the handshake
FRAMEWORK_HANDLERS = frozenset(
    {
        "hydrate",
        "hydrate_and_load",
        "on_load_internal",
        "set_is_hydrated",
        "update_vars_internal",
        "handle_frontend_exception",
    }
)
MAX_EVENT_BYTES = 262_144
ROUTER_KEYS = frozenset({"pathname", "query", "asPath"})
MAX_ROUTER_BYTES = 8_192
MAX_NAME = 200


class OwnerState(rx.State):
    """Which session the state of this tab belongs to; never sent to the browser."""

    _session: str = ""


class Guard(Middleware):
    """Refuses every event that its handler's mark does not allow."""

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        """Allow the event (None), or answer it with a refusal."""
        del app
        headers = (state.router_data or {}).get("headers", {})
        session = str(headers.get(SESSION_HEADER, ""))
        actor = await person_of(session, is_active=bool(event.router_data))
        act_as(actor)
        await _bind(state, actor)
        try:
            _allow(event, actor)
        except BillingError as error:
            _log_denial(event, actor, error)
            if actor is None:
                return StateUpdate(events=Event.from_event_type(rx.redirect("/login")))
            return await _refusal(state, error)
        return None


async def _refusal(state: BaseState, error: BillingError) -> StateUpdate:
    """What the tab gets instead of the event: a notice."""
    notices = await state.get_state(NoticeState)
    notices._add(error.sentence, "danger")  # noqa: SLF001  kept off the wire by its underscore
    root = state._get_root_state()  # noqa: SLF001
    delta = await root._get_resolved_delta()  # noqa: SLF001
    root._clean()  # noqa: SLF001
    return StateUpdate(delta=delta)


async def _bind(state: BaseState, actor: Actor | None) -> None:
    """Wipe the state tree when the session of this tab is not the one it was made for."""
    owner = await state.get_state(OwnerState)
    session = actor.session if actor else ""
    if owner._session == session:  # noqa: SLF001  backend variables begin with an underscore
        return
    if owner._session:  # noqa: SLF001
        root = state._get_root_state()  # noqa: SLF001
        router_data = root.router_data
        forget_tab(str((router_data or {}).get("token", "")))
        root.reset()
        root.router_data = router_data
    owner._session = session  # noqa: SLF001


def policy_of(name: str) -> Policy | None:
    """The mark of a registered handler; None where it has none."""
    registered = RegistrationContext.get().event_handlers.get(name)
    if registered is None:
        return None
    return getattr(registered.handler.fn, MARK, None)


def is_framework(name: str) -> bool:
    """Whether this is one of the framework's own harmless handlers."""
    registered = RegistrationContext.get().event_handlers.get(name)
    if registered is None:
        return False
    handler = registered.handler.fn
    return handler.__name__ in FRAMEWORK_HANDLERS and handler.__module__.startswith(
        ("reflex.", "reflex_base.")
    )


def unmarked_handlers() -> list[str]:
    """Every registered handler without a mark of ours; a test demands that there is none."""
    return [
        name
        for name in RegistrationContext.get().event_handlers
        if policy_of(name) is None and not is_framework(name) and not name.endswith(".setvar")
    ]


def _allow(event: Event, actor: Actor | None) -> None:
    if is_framework(event.name):
        return
    policy = policy_of(event.name)
    if policy is None:
        raise Forbidden("This is not possible here.")
    if policy.signed_in and actor is None:
        raise Forbidden("Please sign in.")
    if actor is not None and policy.permission in actor.withheld:
        raise NotFound("This is switched off in the settings.")
    if policy.permission is not None and (actor is None or not actor.may(policy.permission)):
        raise Forbidden("Your level does not allow this. Ask an administrator to grant it.")
    policy.check(event.payload)


def _log_denial(event: Event, actor: Actor | None, error: BillingError) -> None:
    who = actor.user_id if actor else None
    log.warning(
        "denied %s", json.dumps({"event": event.name[:MAX_NAME], "user": who, "reason": error.code})
    )


@dataclass(slots=True)
class Bucket:
    """Tokens of one connection: each event takes one, they refill by the second."""

    tokens: float
    filled_at: float = field(default_factory=time.monotonic)

    def take(self, per_second: float, most: float) -> bool:
        """Whether there was a token left."""
        now = time.monotonic()
        self.tokens = min(most, self.tokens + (now - self.filled_at) * per_second)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Gate:
    """What a socket must pass before its event is queued: size, known keys, its rate."""

    buckets: ClassVar[dict[str, Bucket]] = {}

    def __init__(self, namespace: EventNamespace, per_second: int) -> None:
        """Stand before `namespace`."""
        self.per_second = per_second
        self.most = per_second * 2
        self._on_event = namespace.on_event
        self._on_disconnect = namespace.on_disconnect
        namespace.on_event = self.on_event  # type: ignore[method-assign]
        namespace.on_disconnect = self.on_disconnect  # type: ignore[method-assign]

    async def on_event(self, sid: str, data: Any) -> None:
        """Queue a well-formed event within the rate; drop any other."""
        bucket = self.buckets.setdefault(sid, Bucket(float(self.most)))
        if not bucket.take(self.per_second, self.most):
            return
        event = _clean(data)
        if event is None:
            log.warning("dropped a malformed event")
            return
        await self._on_event(sid, event)

    def on_disconnect(self, sid: str) -> Any:
        """Forget the connection."""
        self.buckets.pop(sid, None)
        return self._on_disconnect(sid)


def _clean(data: Any) -> dict[str, Any] | None:
    """The event with only the keys we know; None when it is not one."""
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        return None
    payload = data.get("payload") or {}
    router = data.get("router_data") or {}
    if (
        not isinstance(payload, dict)
        or not isinstance(router, dict)
        or len(data["name"]) > MAX_NAME
    ):
        return None
    router = {key: value for key, value in router.items() if key in ROUTER_KEYS}
    try:
        if len(json.dumps(router)) > MAX_ROUTER_BYTES or len(json.dumps(payload)) > MAX_EVENT_BYTES:
            return None
    except (TypeError, ValueError, RecursionError):
        return None
    return {**data, "payload": payload, "router_data": router}
