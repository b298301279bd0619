"""What each job does: the one place where a job is registered.

A job is a row of `domain.jobs.JOBS`, which says what it is called and when it is due, and an entry
of `WORK` here, which says what it works through. A task's items are handed over in rising order
and each is one use case in one transaction: where it changed something, it notes so within it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from billing_app.domain.errors import Refused
from billing_app.jobs.outbox import HANDLERS, deliver_one
from billing_app.services.books.verify import verify
from billing_app.services.context import Context
from billing_app.services.generation.invoicing import Run, scheduled_customers
from billing_app.services.jobs.claims import Outcome, Progress
from billing_app.services.mail.notices import noticed_customers, queue_charge_notices
from billing_app.services.notifications.listing import prune
from billing_app.services.outbox import waiting
from billing_app.services.packages.charging import charge_credit, credit_customers
from billing_app.services.recurrence.run import due_plans, run_due

MOST_EVENTS = 1_000
PROVING, PRUNING = 1, 2  # the items of the nightly check


@dataclass(frozen=True, slots=True)
class Task:
    """A run's items in rising order, and what is done for each; raises where it failed."""

    keys: Sequence[int]
    act: Callable[[int], object]
    of_customers: bool = True


def _auto_invoice(ctx: Context, as_of: date, progress: Progress) -> Task:
    run = Run(ctx, as_of)

    def act(key: int) -> None:
        run.invoice(
            key,
            lambda session, made: progress.note(session, key, _drafts(key, made.invoice_ids)),
        )

    return Task([key for key, _ in scheduled_customers(ctx)], act)


def _drafts(customer_id: int, ids: Sequence[int]) -> Outcome:
    noun = "draft" if len(ids) == 1 else "drafts"
    return Outcome(len(ids), f"{len(ids):,} {noun} made.", customer_id, ids[0])


def _charge_packages(ctx: Context, as_of: date, progress: Progress) -> Task:
    def act(key: int) -> None:
        charge_credit(
            ctx,
            key,
            as_of,
            lambda session, booked: progress.note(session, key, _purchases(key, len(booked))),
        )

    return Task(credit_customers(ctx), act)


def _purchases(customer_id: int, count: int) -> Outcome:
    noun = "purchase" if count == 1 else "purchases"
    return Outcome(count, f"{count:,} {noun} booked.", customer_id)


def _recurrence(ctx: Context, as_of: date, progress: Progress) -> Task:
    def act(key: int) -> None:
        made = run_due(ctx, key, as_of)  # each draft is its own transaction, noted once in the plan
        if made:
            noun = "draft" if len(made) == 1 else "drafts"
            done = Outcome(len(made), f"{len(made):,} {noun} made.", invoice_id=made[0])
            with ctx.write() as session:
                progress.note(session, key, done)

    return Task([key for key, _ in due_plans(ctx, as_of=as_of)], act, of_customers=False)


def _verify(ctx: Context, as_of: date, progress: Progress) -> Task:
    del as_of

    def act(key: int) -> None:
        if key == PRUNING:
            with ctx.write() as session:
                prune(session, ctx)
            return
        found = verify(ctx)
        wrong = [one for proved in found for one in proved.violations]
        if wrong:
            raise Refused(
                "{count} things are wrong in the books. The first: {sentence}",
                count=f"{sum(one.count for one in found):,}",
                sentence=wrong[0].sentence,
            )
        with ctx.write() as session:
            progress.note(session, key, Outcome(len(found), f"{len(found)} promises hold."))

    return Task([PROVING, PRUNING], act, of_customers=False)


def _outbox(ctx: Context, as_of: date, progress: Progress) -> Task:
    del as_of
    events = {event.id: event for event in waiting(ctx, MOST_EVENTS, list(HANDLERS))}

    def act(key: int) -> None:
        event = events[key]
        failure = deliver_one(ctx, event)
        if failure is not None:
            raise failure
        with ctx.write() as session:
            invoice_id = event.entity_id if event.topic.startswith("invoice.") else None
            done = Outcome(1, f"{event.topic} delivered.", invoice_id=invoice_id)
            progress.note(session, key, done)

    return Task(sorted(events), act, of_customers=False)


def _package_notices(ctx: Context, as_of: date, progress: Progress) -> Task:
    def act(key: int) -> None:
        queue_charge_notices(
            ctx, key, as_of, lambda session, made: progress.note(session, key, _notices(key, made))
        )

    return Task(noticed_customers(ctx), act)


def _notices(customer_id: int, count: int) -> Outcome:
    noun = "mail" if count == 1 else "mails"
    return Outcome(count, f"{count:,} {noun} queued.", customer_id)


WORK: Mapping[str, Callable[[Context, date, Progress], Task]] = {
    "charge-packages": _charge_packages,
    "auto-invoice": _auto_invoice,
    "recurrence": _recurrence,
    "verify": _verify,
    "package-notices": _package_notices,
    "outbox": _outbox,
}
