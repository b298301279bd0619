"""`billing worker`: the clock and the outbox in a process of their own."""

import time

from billing_app.jobs.announcing import tell_others
from billing_app.jobs.charging import ask_gateways
from billing_app.jobs.mailing import deliver_mail
from billing_app.jobs.outbox import deliver
from billing_app.jobs.running import new_worker, run_due
from billing_app.services.bulk.running import run_slice
from billing_app.services.context import Context
from billing_app.services.mail.ports import Mailer
from billing_app.services.paying.ports import Gateways
from billing_app.services.webhooks.delivering import Poster

REST_SECONDS = 0.5


def run_forever(ctx: Context, mailer: Mailer | None, gateways: Gateways, poster: Poster) -> None:
    """Deliver, and run what is due, until interrupted."""
    worker = new_worker()
    while True:
        busy = [
            deliver(ctx) > 0,
            bool(deliver_mail(ctx, mailer)),
            ask_gateways(ctx, gateways) > 0,
            tell_others(ctx, poster) > 0,
            run_slice(ctx, worker),
            run_due(ctx),
        ]
        if not any(busy):
            time.sleep(REST_SECONDS)
