"""Delivering what waits in the mail queue: claim one, hand it over, note what came of it."""

import logging
import secrets

from billing_app.jobs.running import new_worker
from billing_app.services.context import Context
from billing_app.services.mail.delivering import (
    claim_mail,
    note_delay,
    note_refusal,
    note_sent,
)
from billing_app.services.mail.ports import MailDelayed, Mailer, MailRefused

log = logging.getLogger("billing.mail")


def deliver_mail(ctx: Context, mailer: Mailer | None) -> bool:
    """Deliver the mail that is due longest; answers whether there was one.

    Without a mailer everything waits.
    """
    held = claim_mail(ctx, new_worker()) if mailer is not None else None
    if held is None or mailer is None:
        return False
    try:
        mailer.send(held.letter, held.address)
    except MailRefused as error:
        log.warning("mail %s is refused: %s", held.id, error)
        note_refusal(ctx, held, error.sentence)
    except MailDelayed as error:
        log.warning("mail %s is delayed: %s", held.id, error)
        note_delay(ctx, held, error.sentence, secrets.randbelow(1_000))
    else:
        note_sent(ctx, held)
    return True
