"""Sending what others' systems are to be told."""

from billing_app.services.context import Context
from billing_app.services.webhooks.delivering import Poster, deliver_next

BATCH = 20


def tell_others(ctx: Context, poster: Poster) -> int:
    """Send what is due; answers how many were tried."""
    for tried in range(BATCH):
        if not deliver_next(ctx, poster):
            return tried
    return BATCH
