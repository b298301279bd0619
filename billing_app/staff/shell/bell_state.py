"""The bell: how many notifications wait, and the newest of them."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.security.acting import ask, context
from billing_app.security.policy import action, local
from billing_app.security.tabs import hear
from billing_app.services.notifications.listing import (
    count_unread,
    list_notifications,
    mark_all_read,
    mark_read,
)
from billing_app.staff.shell.bell_rows import ToldRow, count_words, told_row

SHOWN = 8


class BellState(rx.State):
    """The bell of one tab."""

    count: str = ""
    rows: list[ToldRow] = []
    is_filled: bool = False
    turn: str = "0"

    @local(supersedes=True)
    async def ring(self) -> None:
        """The person was told something, or something waits no more."""
        await self._count()

    @action(Permission.ACCOUNT_EDIT)
    async def open(self) -> None:
        """Show the newest that wait."""
        await self._show()

    @action(Permission.ACCOUNT_EDIT)
    async def follow(self, notification_id: int) -> None:
        """The person goes to the record: it is read, and the panel closes."""
        await ask(mark_read, notification_id)
        self.turn = str(int(self.turn) + 1)
        await self._count()

    @action(Permission.ACCOUNT_EDIT)
    async def read_all(self) -> None:
        """Nothing waits to be read any more."""
        await ask(mark_all_read)
        await self._show()

    @local()
    async def leave(self) -> None:
        """Close the panel on the way to the page."""
        self.turn = str(int(self.turn) + 1)

    async def _greet(self) -> None:
        """Count for a page that just opened, and hear of changes from now on."""
        hear(self.router.session.client_token, context().actor.user_id)
        await self._count()

    async def _show(self) -> None:
        zone = context().zone
        found = await ask(list_notifications, only_unread=True, size=SHOWN)
        self.rows = [told_row(one, zone) for one in found.rows]
        self.is_filled = True
        await self._count()

    async def _count(self) -> None:
        self.count = count_words(await ask(count_unread))
