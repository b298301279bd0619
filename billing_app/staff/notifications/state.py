"""The page of one's notifications: what waits, and what was read."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.tables import Tab
from billing_app.kit.wording import count, page_range
from billing_app.security.acting import ask, context
from billing_app.security.policy import action, local
from billing_app.services.notifications.listing import (
    PAGE,
    list_notifications,
    mark_all_read,
    mark_read,
)
from billing_app.staff.shell.bell_rows import ToldRow, told_row
from billing_app.staff.shell.bell_state import BellState

VIEWS = {"unread": "Unread", "all": "All"}


class NotificationsState(rx.State):
    """The page."""

    view: str = "unread"
    tabs: list[Tab] = [Tab(key, label) for key, label in VIEWS.items()]
    rows: list[ToldRow] = []
    count_text: str = ""
    page_no: int = 1
    page_count: int = 1
    range_text: str = ""
    is_loaded: bool = False

    @action(Permission.ACCOUNT_EDIT)
    async def load(self) -> None:
        """Show what waits."""
        self.view, self.page_no = "unread", 1
        await self._show()
        self.is_loaded = True

    @local(supersedes=True)
    async def ring(self) -> None:
        """Something was told: show it, where somebody looks at the page."""
        if self.is_loaded and str(self.router.url.path).startswith("/notifications"):
            await self._show()

    @action(Permission.ACCOUNT_EDIT)
    async def choose(self, view: str) -> None:
        """Show what waits, or everything."""
        self.view, self.page_no = view if view in VIEWS else "unread", 1
        await self._show()

    @action(Permission.ACCOUNT_EDIT)
    async def turn(self, number: int) -> None:
        """Show another page."""
        self.page_no = max(1, min(number, self.page_count))
        await self._show()

    @action(Permission.ACCOUNT_EDIT)
    async def read(self, notification_id: int) -> None:
        """Note that one is read."""
        await ask(mark_read, notification_id)
        await self._show()
        await self._tell_bell()

    @action(Permission.ACCOUNT_EDIT)
    async def read_all(self) -> None:
        """Note that all are read."""
        await ask(mark_all_read)
        await self._show()
        await self._tell_bell()

    async def _tell_bell(self) -> None:
        bell = await self.get_state(BellState)
        await bell._count()  # noqa: SLF001  kept off the wire by its underscore

    async def _show(self) -> None:
        found = await ask(list_notifications, only_unread=self.view == "unread", page=self.page_no)
        zone = context().zone
        self.rows = [told_row(one, zone) for one in found.rows]
        what = "unread notification" if self.view == "unread" else "notification"
        self.count_text = count(found.total, what)
        self.page_count = max(1, -(-found.total // PAGE))
        self.range_text = page_range(self.page_no, PAGE, len(self.rows), found.total)
