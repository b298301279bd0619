"""Delivering what transactions left in the outbox: at least once, each handler repeatable."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from billing_app.domain.errors import BillingError, Unavailable
from billing_app.services.context import Context
from billing_app.services.mail.dispute_notices import queue_dispute_mail
from billing_app.services.mail.notices import queue_receipt
from billing_app.services.outbox import Waiting, finish, postpone, waiting
from billing_app.services.papers import ensure_pdf_if_wanted

log = logging.getLogger("billing.outbox")
BATCH = 50
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))


def _paper(ctx: Context, event: Waiting) -> None:
    ensure_pdf_if_wanted(ctx, event.entity_id)


def _receipt(ctx: Context, event: Waiting) -> None:
    queue_receipt(ctx, event.entity_id)


def _dispute(ctx: Context, event: Waiting) -> None:
    queue_dispute_mail(ctx, event.entity_id)


HANDLERS: Mapping[str, Callable[[Context, Waiting], None]] = {
    "invoice.posted": _paper,
    "payment.received": _receipt,
    "dispute.changed": _dispute,
}


def deliver(ctx: Context) -> int:
    """Deliver what is due; answers how many events were done."""
    return sum(deliver_one(ctx, event) is None for event in waiting(ctx, BATCH, list(HANDLERS)))


def deliver_one(ctx: Context, event: Waiting) -> BillingError | None:
    """Deliver one event; answers why it failed and is tried again later, if it did."""
    try:
        HANDLERS[event.topic](ctx, event)
    except (BillingError, OSError) as error:
        log.warning("outbox event %s failed: %s", event.id, error)
        postpone(ctx, event.id, str(error), BACKOFF[min(event.tries, len(BACKOFF) - 1)])
        return error if isinstance(error, BillingError) else Unavailable(str(error))
    finish(ctx, event.id)
    return None
