"""`billing worker`: the clock and the outbox in a process of their own."""

import time

from billing_app.jobs.mailing import deliver_mail
from billing_app.jobs.outbox import deliver
from billing_app.jobs.running import new_worker, run_due
from billing_app.services.bulk.running import run_slice
from billing_app.services.context import Context
from billing_app.services.mail.ports import Mailer

REST_SECONDS = 0.5


def run_forever(ctx: Context, mailer: Mailer | None) -> None:
    """Deliver, and run what is due, until interrupted."""
    worker = new_worker()
    while True:
        busy = [
            deliver(ctx) > 0,
            bool(deliver_mail(ctx, mailer)),
            run_slice(ctx, worker),
            run_due(ctx),
        ]
        if not any(busy):
            time.sleep(REST_SECONDS)
