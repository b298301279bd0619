"""Delivering what transactions left in the outbox: at least once, each handler repeatable."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from billing_app.domain.errors import BillingError
from billing_app.services.context import Context
from billing_app.services.outbox import Waiting, finish, postpone, waiting
from billing_app.services.papers import ensure_pdf_if_wanted

log = logging.getLogger("billing.outbox")
BATCH = 50
REST_SECONDS = 0.5
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))


def _paper(ctx: Context, event: Waiting) -> None:
    ensure_pdf_if_wanted(ctx, event.entity_id)


HANDLERS: Mapping[str, Callable[[Context, Waiting], None]] = {"invoice.posted": _paper}


def deliver(ctx: Context) -> int:
    """Deliver what is due; answers how many events were done."""
    done = 0
    for event in waiting(ctx, BATCH):
        try:
            HANDLERS[event.topic](ctx, event)
        except (BillingError, OSError) as error:
            log.warning("outbox event %s failed: %s", event.id, error)
            postpone(ctx, event.id, str(error), BACKOFF[min(event.tries, len(BACKOFF) - 1)])
            continue
        finish(ctx, event.id)
        done += 1
    return done


def run_forever(ctx: Context) -> None:
    """Deliver until interrupted."""
    while True:
        if not deliver(ctx):
            time.sleep(REST_SECONDS)
