"""The mail page: the queue by state, one mail looked at, mended or cancelled."""

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.mail import MailState
from billing_app.kit.tables import Tab
from billing_app.kit.wording import count, page_range
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.security.tabs import listen
from billing_app.services.mail.mending import PAGE, cancel_mail, get_mail, list_mail, send_again
from billing_app.staff.mail.rows import QueueRow, queue_row

VIEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "all": ("All", ()),
    "queued": ("Queued", (MailState.WAITING, MailState.SENDING)),
    "failed": ("Failed", (MailState.FAILED,)),
    "sent": ("Sent", (MailState.SENT,)),
    "cancelled": ("Cancelled", (MailState.CANCELLED,)),
}
NOTHING = QueueRow(
    0, "", "", "", "", "", "", "", "", "", "", "", "", can_mend=False, can_cancel=False
)


class QueueState(rx.State):
    """The queue."""

    view: str = "all"
    tabs: list[Tab] = []
    rows: list[QueueRow] = []
    count_text: str = ""
    page_no: int = 1
    page_count: int = 1
    range_text: str = ""
    has_server: bool = True
    opened: QueueRow = NOTHING
    text: str = ""
    error: str = ""
    is_loaded: bool = False

    @action(Permission.INVOICE_SEND)
    async def load(self) -> None:
        """Fill the page; the address may name a mail to look at."""
        listen(self.router.session.client_token)
        self.view, self.page_no, self.opened = "all", 1, NOTHING
        self.has_server = world().mailer() is not None
        await self._show()
        self.is_loaded = True
        wanted = str(self.router.url.query_parameters.get("mail", ""))
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 16:  # noqa: PLR2004
            await self._open(int(wanted))

    @action(Permission.INVOICE_VIEW, supersedes=True)  # every open tab is told, without a refusal
    async def remote_change(self) -> None:
        """Something was sent: show how far the queue is, where the page was opened."""
        if self.is_loaded and str(self.router.url.path).startswith("/mail"):
            await self._show()

    @action(Permission.INVOICE_SEND)
    async def choose(self, view: str) -> None:
        """Show the mails in one state."""
        self.view, self.page_no = view if view in VIEWS else "all", 1
        await self._show()

    @action(Permission.INVOICE_SEND)
    async def turn(self, number: int) -> None:
        """Show another page."""
        self.page_no = max(1, min(number, self.page_count))
        await self._show()

    @action(Permission.INVOICE_SEND)
    async def open(self, mail_id: int) -> None:
        """Show one mail."""
        await self._open(mail_id)

    @local()
    async def close(self) -> None:
        """Leave the mail as it is."""
        self.opened = NOTHING

    @action(Permission.INVOICE_SEND)
    async def again(self, form: dict[str, str]) -> None:
        """Send it again, perhaps to another address."""
        try:
            await ask(send_again, self.opened.id, form.get("address", ""))
        except Invalid as error:
            self.error = " ".join(error.fields.values())
            return
        self.opened = NOTHING
        await notify(self, "The mail is queued again.")
        await self._show()

    @action(Permission.INVOICE_SEND)
    async def cancel(self) -> None:
        """Do not send it after all."""
        await ask(cancel_mail, self.opened.id)
        self.opened = NOTHING
        await notify(self, "The mail is cancelled.")
        await self._show()

    async def _open(self, mail_id: int) -> None:
        try:
            line, self.text = await ask(get_mail, mail_id)
        except NotFound as error:
            await notify(self, error.sentence, "danger")
            return
        ctx = context()
        self.opened = queue_row(line, ctx.zone, may_mend=ctx.actor.sees_partner)
        self.error = ""

    async def _show(self) -> None:
        found = await ask(list_mail, VIEWS[self.view][1], self.page_no)
        ctx = context()
        self.rows = [
            queue_row(line, ctx.zone, may_mend=ctx.actor.sees_partner) for line in found.lines
        ]
        self.tabs = [
            Tab(key, label, _counted(found.counts, states))
            for key, (label, states) in VIEWS.items()
        ]
        self.count_text = count(found.total, "mail")
        self.page_count = max(1, -(-found.total // PAGE))
        self.range_text = page_range(self.page_no, PAGE, len(self.rows), found.total)


def _counted(counts: dict[str, int], states: tuple[str, ...]) -> str:
    return f"{sum(counts.get(one, 0) for one in states):,}" if states else ""
