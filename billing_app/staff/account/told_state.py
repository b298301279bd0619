"""Of what a person wants to be told."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.notifications.listing import choose_kinds, switches


@dataclass(frozen=True)
class SwitchRow:
    """One kind of notification."""

    kind: str
    label: str
    is_on: bool


class ToldState(rx.State):
    """The switches of one's account."""

    rows: list[SwitchRow] = []
    is_loaded: bool = False

    @action(Permission.ACCOUNT_EDIT)
    async def load(self) -> None:
        """Show them."""
        await self._show()
        self.is_loaded = True

    @action(Permission.ACCOUNT_EDIT)
    async def save(self, form: dict[str, str]) -> None:
        """Be told of what is ticked from now on."""
        await ask(choose_kinds, [kind for kind, value in form.items() if value == "on"])
        await self._show()
        await notify(self, "Your notifications are as you chose.")

    async def _show(self) -> None:
        self.rows = [SwitchRow(str(one.kind), one.label, one.is_on) for one in await ask(switches)]
