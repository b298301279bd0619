"""Paying by a guest link: nobody is signed in, and the link opens one invoice (ORO-39).

Every handler here is open to visitors; the link's token is all that lets anybody in, and it is
asked for again each time.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Concatenate, ParamSpec, TypeVar

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.errors import BillingError, NotFound
from billing_app.domain.paying import visitor_kind
from billing_app.portal.pay.shown import PayShown
from billing_app.security.acting import current_actor
from billing_app.security.policy import open_to_all
from billing_app.services.context import Context
from billing_app.services.paying.guests import GUEST, note_visit
from billing_app.services.paying.pages import guest_page_of, pay_as_guest

P = ParamSpec("P")
T = TypeVar("T")
ADDRESS = re.compile(r"/pay/([A-Za-z0-9_-]{43})/?")


async def ask_as_guest(
    verb: Callable[Concatenate[Context, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a use case for whoever has the link, off the loop."""
    return await asyncio.to_thread(verb, world().context(replace(GUEST)), *args, **kwargs)


class GuestPayState(PayShown, rx.State):
    """The page behind a guest link."""

    _token: str = ""

    @open_to_all()
    async def load(self) -> None:
        """Show what the link opens, and note that it was opened."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.reset()  # type: ignore[no-untyped-call]
        self._token = found[1] if found else ""
        await self._look()
        if not self.is_missing:
            await self._note("opened")

    @open_to_all()
    async def pay(self, form: dict[str, str]) -> None:
        """Open the charge, or go on with the one that is open."""
        try:
            opened = await ask_as_guest(pay_as_guest, world().gateways(), self._token)
            await self._enter(opened, form)
        except BillingError as error:
            self._say(error)
            return
        await self._look()
        await self._note("paid")

    @open_to_all()
    async def look(self) -> None:
        """Ask the gateway itself how far it is."""
        await self._look()

    async def _look(self) -> None:
        try:
            page = await ask_as_guest(guest_page_of, world().gateways(), self._token)
        except NotFound:
            self._missing()
            return
        self._show(page)
        self.pdf = f"/pay/{self._token}/invoice.pdf" if page.has_pdf else ""

    async def _note(self, what: str) -> None:
        actor, agent = current_actor(), self.router.headers.user_agent
        await ask_as_guest(
            note_visit,
            self._token,
            what,
            kind=visitor_kind(agent, is_staff=actor is not None and actor.kind == "staff"),
            address=self.router.session.client_ip,
            agent=agent,
        )
