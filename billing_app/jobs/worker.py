"""`billing worker`: the clock and the outbox in a process of their own."""

import time

from billing_app.jobs.outbox import deliver
from billing_app.jobs.running import run_due
from billing_app.services.context import Context

REST_SECONDS = 0.5


def run_forever(ctx: Context) -> None:
    """Deliver, and run what is due, until interrupted."""
    while True:
        delivered = deliver(ctx)
        if not run_due(ctx) and not delivered:
            time.sleep(REST_SECONDS)
