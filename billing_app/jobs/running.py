"""Running what is due: claim a run, do its items one by one, hold the lease, finish."""

import logging
import secrets
import time
from collections.abc import Callable

from billing_app.domain.errors import BillingError
from billing_app.jobs.registry import WORK, Task
from billing_app.services.context import Context
from billing_app.services.jobs.claims import Claimed, LeaseLost, Progress, claim_next

log = logging.getLogger("billing.jobs")
KEEP_SECONDS = 5.0


def new_worker() -> str:
    """A name that no other worker has."""
    return secrets.token_hex(16)


def run_due(ctx: Context) -> bool:
    """Run the oldest run that waits; answers whether there was one."""
    claimed = claim_next(ctx, new_worker())
    if claimed is None:
        return False
    perform(ctx, claimed)
    return True


def perform(
    ctx: Context, claimed: Claimed, *, progress: Callable[[int], object] | None = None
) -> bool:
    """Do what is left of a claimed run; answers whether it was finished, not taken over."""
    note = Progress(ctx, claimed)
    task = WORK[claimed.job](ctx, claimed.as_of, note)
    left = [key for key in task.keys if key > claimed.cursor]
    note.total, note.done = len(task.keys), len(task.keys) - len(left)
    try:
        _do(task, left, note, progress)
        note.finish()
    except LeaseLost:
        log.warning("run %s was taken over", claimed.id)
        return False
    return True


def _do(
    task: Task, keys: list[int], note: Progress, progress: Callable[[int], object] | None
) -> None:
    kept_at, first = time.monotonic(), keys[0] - 1 if keys else note.run.cursor
    note.keep(max(first, note.run.cursor))
    for key in keys:
        note.done += 1
        _try(task, key, note)
        if time.monotonic() - kept_at > KEEP_SECONDS:
            note.keep(key)
            kept_at = time.monotonic()
        if progress is not None:
            progress(1)


def _try(task: Task, key: int, note: Progress) -> None:
    """One item; why it failed is noted, and the others go on."""
    customer_id = key if task.of_customers else None
    try:
        task.act(key)
    except LeaseLost:
        raise
    except BillingError as error:
        note.note_failure(key, error.sentence, customer_id)
    except Exception as error:  # the outermost edge of an item: a bug stops no other
        reference = secrets.token_hex(2).upper()
        log.error("unexpected error, reference %s", reference, exc_info=error)  # noqa: TRY400
        sentence = f"Something went wrong on our side (ref {reference})."
        note.note_failure(key, sentence, customer_id)
