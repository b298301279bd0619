"""Webhooks: who is told what, and each message with another try (ORO-46)."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.webhooks import PAYMENT_STATUS
from billing_app.kit.wording import UNKNOWN, moment
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.webhooks.subscriptions import (
    Delivery,
    Subscription,
    deliveries,
    replay,
    subscribe,
    subscriptions,
    unsubscribe,
)

STATES = {"waiting": "Waiting", "sending": "Sending", "sent": "Sent", "failed": "Failed"}


@dataclass(frozen=True)
class HookRow:
    """An address that is told."""

    id: int
    url: str
    topics: str
    secret: str


@dataclass(frozen=True)
class SentRow:
    """A message."""

    id: int
    when: str
    topic: str
    url: str
    state: str
    answer: str
    tries: str
    can_replay: bool


class WebhooksState(rx.State):
    """The page."""

    hooks: list[HookRow] = []
    sent: list[SentRow] = []
    errors: dict[str, str] = {}
    turn: int = 0
    is_loaded: bool = False

    @action(Permission.WEBHOOK_EDIT)
    async def load(self) -> None:
        """Show everything."""
        self.errors = {}
        await self._show()
        self.is_loaded = True

    @action(Permission.WEBHOOK_EDIT)
    async def add(self, form: dict[str, str]) -> None:
        """Tell another address."""
        topics = form.get("topics", "") or PAYMENT_STATUS
        try:
            await ask(subscribe, form.get("url", ""), topics)
        except Invalid as error:
            self.errors = error.fields
            return
        self.errors, self.turn = {}, self.turn + 1
        await self._show()
        await notify(self, "The webhook is there.")

    @action(Permission.WEBHOOK_EDIT)
    async def end(self, hook_id: int) -> None:
        """Tell an address nothing any more."""
        await ask(unsubscribe, hook_id)
        await self._show()
        await notify(self, "The webhook is deleted.")

    @action(Permission.WEBHOOK_EDIT)
    async def again(self, delivery_id: int) -> None:
        """Send a message again."""
        await ask(replay, delivery_id)
        await self._show()
        await notify(self, "The message is sent again.")

    @action(Permission.WEBHOOK_EDIT)
    async def refresh(self) -> None:
        """Show how far the messages are."""
        await self._show()

    async def _show(self) -> None:
        zone = context().zone
        self.hooks = [_hook(one) for one in await ask(subscriptions)]
        self.sent = [_sent(one, zone) for one in await ask(deliveries)]


def _hook(one: Subscription) -> HookRow:
    return HookRow(one.id, one.url, ", ".join(one.topics), one.secret)


def _sent(one: Delivery, zone: str) -> SentRow:
    answer = one.error or (str(one.status_code) if one.status_code else UNKNOWN)
    is_done = one.state in {"sent", "failed"}
    return SentRow(
        one.id, moment(one.made_at, zone), one.topic, one.url, STATES[one.state], answer,
        str(one.tries), is_done,
    )  # fmt: skip
