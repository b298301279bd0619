"""Send to Customer: the confirmation before posting, the mail, Mark as sent (ORO-7 to ORO-12)."""

import secrets
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, PostingNotAllowed, Refused
from billing_app.domain.lifecycle import Action
from billing_app.domain.mail import MailFacts, check
from billing_app.kit.fields import FormError
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.invoices.moves import move_invoice, offers
from billing_app.services.mail.sending import compose_free, compose_mail, mark_sent, send_mail
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.invoices.state import InvoicesState

LABELS = {"to": "To", "cc": "CC", "bcc": "BCC", "subject": "Subject", "text": "Message"}
NO_SERVER = "No mail server is set up yet, so the mail waits in the queue until there is one."
SENT_SOON = "The mail is queued and leaves at once. The invoice becomes Sent when it was accepted."


@dataclass(frozen=True)
class Shown:
    """The mail as it would leave."""

    addressee: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    text: str = ""
    attachment: str = ""


class SendState(rx.State):
    """The two dialogs of Send to Customer."""

    asks: bool = False
    marks: bool = False
    is_open: bool = False
    is_free: bool = False
    invoice_id: int = 0
    label: str = ""
    to: str = ""
    subject: str = ""
    text: str = ""
    attachment: str = ""
    hints: list[str] = []
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    form_key: str = ""
    preview: Shown = Shown()
    has_preview: bool = False
    _typed: dict[str, str] = {}
    _key: str = ""
    _post_key: str = ""
    _version: int = 0

    @action(Permission.INVOICE_SEND)
    async def start(self) -> None:
        """Send the open invoice: a posted one at once, another after the confirmation."""
        if await self._is_posted():
            await self._compose(free=False)
        else:
            await self._ask(marks=False)

    @action(Permission.INVOICE_SEND)
    async def start_mark(self) -> Any:
        """Mark the open invoice as sent; an unposted one after the confirmation."""
        if not await self._is_posted():
            await self._ask(marks=True)
            return None
        self._key = secrets.token_hex(16)
        await notify(self, await ask(mark_sent, self.invoice_id, key=self._key))
        return self._changed()

    @action(Permission.INVOICE_SEND)
    async def write(self) -> None:
        """Write a free mail from the open invoice."""
        await self._is_posted()
        await self._compose(free=True)

    @local()
    async def stop(self) -> None:
        """Post nothing and send nothing."""
        self.asks = False

    @action(Permission.INVOICE_POST)
    async def proceed(self) -> Any:
        """Post it; then mark it, or open the mail."""
        self.asks = False
        if self.marks:
            said = await ask(mark_sent, self.invoice_id, version=self._version, key=self._post_key)
            await notify(self, said)
            return self._changed()
        moved = await ask(
            move_invoice,
            self.invoice_id,
            Action.POST,
            version=self._version,
            key=self._post_key,
            confirmed=True,
        )
        self.label = moved.label
        await notify(self, moved.sentence)
        await self._compose(free=False)
        return self._changed()

    @local()
    async def close(self) -> None:
        """Send nothing; what was posted stays posted."""
        self.is_open = False

    @local()
    async def keep(self, name: str, value: str) -> None:
        """Remember what was typed, for the preview."""
        if name in LABELS:
            self._typed[name] = value

    @local()
    async def toggle_paper(self) -> None:
        """Remember whether the paper goes with a free mail."""
        self._typed["attach"] = "" if self._typed.get("attach") else "on"

    @action(Permission.INVOICE_SEND)
    async def look(self) -> None:
        """Show the mail as it would leave."""
        facts = self._facts(self._typed)
        try:
            mail = check(facts)
        except Invalid as error:
            self._fail(error.fields)
            return
        self._fail({})
        named = {"to": "addressee", "cc": "cc", "bcc": "bcc"}
        by_role = {
            name: ", ".join(one.address for one in mail.recipients if one.role == role)
            for role, name in named.items()
        }
        attachment = self.attachment if facts.attaches_paper else ""
        self.preview = Shown(subject=mail.subject, text=mail.text, attachment=attachment, **by_role)
        self.has_preview = True

    @action(Permission.INVOICE_SEND)
    async def send(self, form: dict[str, str]) -> Any:
        """Queue the mail; pressing twice queues one."""
        try:
            await ask(
                send_mail, self.invoice_id, self._facts(form), key=self._key, is_free=self.is_free
            )
        except Invalid as error:
            self._fail(error.fields)
            return None
        self.is_open = False
        await notify(self, SENT_SOON if world().mailer() else NO_SERVER, "success")
        return self._changed()

    async def _is_posted(self) -> bool:
        drawer = await self.get_state(DrawerState)
        self.invoice_id, self.label = drawer.view.id, drawer.view.label
        self._version = drawer.view.version
        return bool(drawer.view.posting == "Posted")

    async def _ask(self, *, marks: bool) -> None:
        possible = {offer.action: offer for offer in await ask(offers, self.invoice_id)}
        offer = possible[Action.POST]
        if offer.is_four_eyes:
            raise PostingNotAllowed(offer.why)
        if not offer.allowed:
            raise Refused(offer.why)
        self.asks, self.marks, self._post_key = True, marks, secrets.token_hex(16)

    async def _compose(self, *, free: bool) -> None:
        composed = await ask(compose_free if free else compose_mail, self.invoice_id)
        self.to, self.subject, self.text = composed.to, composed.subject, composed.text
        self.attachment, self.is_free, self.is_open = composed.attachment, free, True
        self.hints = [*composed.hints, *([] if world().mailer() else [NO_SERVER])]
        self._key = self.form_key = secrets.token_hex(16)
        self.has_preview = False
        self._typed = {"to": self.to, "subject": self.subject, "text": self.text}
        self._fail({})

    def _facts(self, form: dict[str, str]) -> MailFacts:
        return MailFacts(
            to=form.get("to", ""),
            cc=form.get("cc", ""),
            bcc=form.get("bcc", ""),
            subject=form.get("subject", ""),
            text=form.get("text", ""),
            attaches_paper=not self.is_free or form.get("attach", "") == "on",
        )

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1 if problems else 0
        self.error_list = [
            FormError(f"send-{key}", LABELS.get(key, key.capitalize()), text)
            for key, text in problems.items()
        ]

    @staticmethod
    def _changed() -> list[Any]:
        return [InvoicesState.refresh, DrawerState.remote_change]
