"""Asking the gateways what they told us of, and what they did not tell us for a while."""

import logging

from billing_app.services.context import Context
from billing_app.services.paying.inbox import do, due
from billing_app.services.paying.ports import Gateways

log = logging.getLogger("billing.charges")
BATCH = 20


def ask_gateways(ctx: Context, gateways: Gateways) -> int:
    """Ask about what is due; answers how much was decided."""
    done = 0
    for one in due(ctx, BATCH) if gateways else ():
        error = do(ctx, gateways, one)
        done += error is None
        if error is not None:
            log.warning("a payment provider was asked in vain: %s", error)
    return done
