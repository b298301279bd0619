"""Who is signed in, what that person may do, and the command palette."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.palette import PaletteGroup
from billing_app.security.acting import ask, context
from billing_app.security.policy import action, local
from billing_app.services.companies import company_name
from billing_app.staff.shell.bell_state import BellState
from billing_app.staff.shell.finding import find_everything

MAX_QUERY = 100


class ShellState(rx.State):
    """The person and what the person may do; buttons ask it, the server never trusts it."""

    name: str = ""
    email: str = ""
    initials: str = ""
    level: str = ""
    company: str = ""
    rights: list[str] = []
    is_ready: bool = False

    @local()
    async def enter(self) -> None:
        """Learn who is here; runs on every page."""
        bell = await self.get_state(BellState)
        await bell._greet()  # noqa: SLF001  kept off the wire by its underscore
        actor = context().actor
        rights = [str(permission) for permission in Permission if actor.may(permission)]
        if self.is_ready and self.email == actor.email and self.rights == rights:
            return
        self.name, self.email, self.level = actor.name, actor.email, actor.level.label
        self.initials = "".join(part[0] for part in actor.name.split()[:2]).upper() or "?"
        self.rights = rights
        self.company = await ask(company_name)
        self.is_ready = True


class PaletteState(rx.State):
    """Search or jump: actions, places and records in one list."""

    is_open: bool = False
    help_open: bool = False
    groups: list[PaletteGroup] = []
    summary: str = ""
    _targets: dict[str, str] = {}

    @local()
    async def open_palette(self) -> None:
        """Open it with what is always there."""
        self.is_open, self.help_open = True, False
        await self._find("")

    @local()
    async def close_palette(self) -> None:
        """Close it."""
        self.is_open = False

    @action(Permission.CUSTOMER_VIEW, supersedes=True)
    async def search(self, text: str) -> None:
        """Find actions, places, invoices and customers."""
        await self._find(text[:MAX_QUERY])

    @local()
    async def choose(self, key: str) -> Any:
        """Go where the line leads."""
        target = self._targets.get(key)
        self.is_open = False
        return rx.redirect(target) if target else None

    @local()
    async def open_help(self) -> None:
        """Show every key."""
        self.help_open = True

    @local()
    async def close_help(self) -> None:
        """Hide the keys."""
        self.help_open = False

    async def _find(self, text: str) -> None:
        found = await ask(
            find_everything, text, str(self.router.url.query_parameters.get("invoice", ""))
        )
        self.groups, self._targets = found.groups, found.targets
        lines = sum(len(group.lines) for group in found.groups)
        self.summary = f"{lines} result" if lines == 1 else f"{lines} results"


def can(permission: Permission) -> rx.Var[bool]:
    """Whether to offer a button; whoever calls the handler anyway meets the guard."""
    return ShellState.rights.contains(str(permission))  # type: ignore[attr-defined]
