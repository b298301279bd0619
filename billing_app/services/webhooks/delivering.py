"""Sending what waits: claimed under a lease, signed, tried again, given up in the end."""

from datetime import timedelta
from typing import Protocol

from sqlmodel import Session, col, or_, select

from billing_app.domain.errors import BillingError
from billing_app.domain.webhooks import pause, signature
from billing_app.persistence.tables import WebhookDelivery, WebhookSubscription
from billing_app.services.context import Context
from billing_app.services.webhooks.subscriptions import secret_of

LEASE = timedelta(minutes=2)
MOST_ERROR = 300
GIVEN_UP = "Given up after {tries} tries. {why}"


class Poster(Protocol):
    """Sends a body to an address."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """The status that was answered. Raises: BillingError where nothing was."""
        ...


def deliver_next(ctx: Context, poster: Poster) -> bool:
    """Send the message that is due longest; answers whether there was one."""
    held = _claimed(ctx)
    if held is None:
        return False
    row, url = held
    body, at = row.body.encode(), int(ctx.now().timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": row.event_id,
        "webhook-signature": signature(secret_of(ctx, row.subscription_id), at, body),
    }
    try:
        status, why = poster.post(url, body, headers), ""
    except BillingError as error:
        status, why = 0, error.sentence
    _noted(ctx, row.id or 0, status, why)
    return True


def _claimed(ctx: Context) -> tuple[WebhookDelivery, str] | None:
    with ctx.write() as session:
        row = _due(session, ctx)
        if row is None:
            return None
        target = session.get_one(WebhookSubscription, row.subscription_id)
        if target.ended_at is not None:
            row.state, row.error = "failed", "The webhook was deleted."
            session.add(row)
            return None
        row.state, row.tries = "sending", row.tries + 1
        row.lease_until = ctx.now() + LEASE
        session.add(row)
        return row, target.url


def _due(session: Session, ctx: Context) -> WebhookDelivery | None:
    now = ctx.now()
    waiting = (col(WebhookDelivery.state) == "waiting") & (col(WebhookDelivery.due_at) <= now)
    lapsed = (col(WebhookDelivery.state) == "sending") & (col(WebhookDelivery.lease_until) < now)
    query = select(WebhookDelivery).where(or_(waiting, lapsed))
    query = query.order_by(col(WebhookDelivery.due_at), col(WebhookDelivery.id)).limit(1)
    return session.exec(query.with_for_update(skip_locked=True)).first()


def _noted(ctx: Context, delivery_id: int, status: int, why: str) -> None:
    with ctx.write() as session:
        row = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
        row.status_code, row.lease_until = status, None
        if 200 <= status < 300:  # noqa: PLR2004  RFC 9110 15.3
            row.state, row.sent_at, row.error = "sent", ctx.now(), ""
        else:
            said = (why or f"It answered {status}.")[:MOST_ERROR]
            wait = pause(row.tries)
            row.error = said if wait else GIVEN_UP.format(tries=row.tries, why=said)
            row.state = "waiting" if wait else "failed"
            row.due_at = ctx.now() + (wait or timedelta(0))
        session.add(row)
