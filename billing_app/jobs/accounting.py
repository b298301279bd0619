"""Talking to accounting beside the requests: pushing what is queued, hearing back."""

import logging
import time

from billing_app.domain.errors import BillingError
from billing_app.services.accounting.hearing import hear_back
from billing_app.services.accounting.pushing import push_waiting
from billing_app.services.context import Context

log = logging.getLogger("billing.accounting")


class Turns:
    """Pushes whenever something is due; asks now and then how things stand there."""

    def __init__(self, ctx: Context, every_s: int) -> None:
        """Begin by asking."""
        self._ctx, self._every_s, self._next = ctx, every_s, 0

    def take(self) -> int:
        """One turn; answers how much was done."""
        done = push_waiting(self._ctx)
        if int(time.monotonic()) < self._next:
            return done
        self._next = int(time.monotonic()) + self._every_s
        try:
            return done + hear_back(self._ctx)
        except BillingError as error:
            log.warning("accounting was not heard: %s", error)
            return done
