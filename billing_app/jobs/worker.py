"""`billing worker`: the clock and the outbox in a process of their own."""

import time

from billing_app.jobs.announcing import tell_others
from billing_app.jobs.charging import ask_gateways
from billing_app.jobs.mailing import deliver_mail
from billing_app.jobs.outbox import deliver
from billing_app.jobs.running import run_due
from billing_app.services.context import Context
from billing_app.services.mail.ports import Mailer
from billing_app.services.paying.ports import Gateways
from billing_app.services.webhooks.delivering import Poster

REST_SECONDS = 0.5


def run_forever(ctx: Context, mailer: Mailer | None, gateways: Gateways, poster: Poster) -> None:
    """Deliver, and run what is due, until interrupted."""
    while True:
        delivered = deliver(ctx)
        mailed = deliver_mail(ctx, mailer)
        charged = ask_gateways(ctx, gateways) + tell_others(ctx, poster)
        if not run_due(ctx) and not (delivered or mailed or charged):
            time.sleep(REST_SECONDS)
