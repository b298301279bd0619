"""What the server has to say: notices shown in a live region, and refusals.

Framework toasts need eval, which our content policy forbids (REFLEX 3), so notices are state.
"""

import logging
import secrets
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.errors import BillingError, PostingNotAllowed
from billing_app.security.policy import local, open_to_all, when_refused

log = logging.getLogger("billing.handlers")
KEPT = 4
BUG = "Something went wrong on our side (ref "


@dataclass(frozen=True)
class Notice:
    """One sentence for the person."""

    id: str
    text: str
    tone: str  # info, success, danger


class NoticeState(rx.State):
    """The notices of one tab."""

    notices: list[Notice] = []
    refusal_title: str = ""
    refusal_text: str = ""

    @open_to_all()
    async def dismiss(self, notice_id: str) -> None:
        """Take one notice away."""
        self.notices = [notice for notice in self.notices if notice.id != notice_id]

    @local()
    async def close_refusal(self) -> None:
        """Close the "Posting not allowed" dialog."""
        self.refusal_title = self.refusal_text = ""

    @open_to_all()
    async def show_bug(self, sentence: str) -> None:
        """Say that something went wrong on our side, with the reference of the log entry."""
        if sentence.startswith(BUG) and len(sentence) < len(BUG) + 20:
            self._add(sentence, "danger")

    def _add(self, text: str, tone: str) -> None:
        self.notices = [*self.notices[-(KEPT - 1) :], Notice(secrets.token_hex(4), text, tone)]

    def _refuse(self, title: str, text: str) -> None:
        self.refusal_title, self.refusal_text = title, text


async def notify(state: rx.State, text: str, tone: str = "success") -> None:
    """Say a sentence to the person whose event this is."""
    notices = await state.get_state(NoticeState)
    notices._add(text, tone)  # noqa: SLF001  a handler-free method: underscore keeps it off the wire


async def tell(state: Any, error: BillingError, background: bool = False) -> None:  # noqa: FBT001, FBT002
    """Show a refusal: a dialog for a posting rule, a notice for the rest."""
    if background:
        async with state:
            await tell(state, error)
        return
    notices = await state.get_state(NoticeState)
    if isinstance(error, PostingNotAllowed):
        notices._refuse("Posting not allowed", error.sentence)  # noqa: SLF001
    else:
        notices._add(error.sentence, "danger")  # noqa: SLF001


when_refused(tell)


def unexpected(error: Exception) -> str:
    """Log a bug with a reference and answer the sentence that carries only the reference."""
    reference = secrets.token_hex(2).upper()
    log.error("unexpected error, reference %s", reference, exc_info=error)
    return f"{BUG}{reference})."
