"""`billing worker`: the clock and the outbox in a process of their own."""

import time

from billing_app.jobs.outbox import deliver
from billing_app.jobs.running import new_worker, run_due
from billing_app.services.bulk.running import run_slice
from billing_app.services.context import Context

REST_SECONDS = 0.5


def run_forever(ctx: Context) -> None:
    """Deliver, and run what is due, until interrupted."""
    worker = new_worker()
    while True:
        busy = [deliver(ctx) > 0, run_slice(ctx, worker), run_due(ctx)]
        if not any(busy):
            time.sleep(REST_SECONDS)
