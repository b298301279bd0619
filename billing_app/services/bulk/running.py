"""Running a bulk action: claimed under a lease, row by row, each row exactly once.

A row is one use case in its own transaction under the row's own key. What happened is noted a
moment later, some rows at a time; a worker that dies in between leaves rows that are done and not
noted, and who takes the run up does them again, which answers what they answered before.
"""

import json
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Conflict
from billing_app.domain.notifications import Kind
from billing_app.persistence.inserting import table_of
from billing_app.persistence.tables import BulkRow, BulkRun
from billing_app.services.audit import record
from billing_app.services.bulk.runs import MAX_SENTENCE, count_in
from billing_app.services.bulk.verbs import Target, Verb, verb_named
from billing_app.services.context import Actor, Context
from billing_app.services.notifications.news import News, tell_person
from billing_app.services.people.sessions import staff_actor

log = logging.getLogger("billing.bulk")
LEASE = timedelta(seconds=20)
SLICE_SECONDS = 1
SECOND = 10**9  # in nanoseconds, as the clock of the process counts
NOTE_EVERY = SECOND * 3 // 10
AT_ONCE = 200
ROWS = table_of(BulkRow)
NOTED = (
    update(ROWS)
    .where(ROWS.c.id == bindparam("row"))
    .values(state=bindparam("to"), sentence=bindparam("said"))
)


class LeaseLost(Conflict):
    """Another worker took the run over."""

    code = "bulk.lease_lost"
    message = "Another worker took this bulk action over."


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that this worker holds, on behalf of who asked for it; None who may not any more."""

    id: int
    key: str
    verb: Verb
    facts: Mapping[str, str]
    worker: str
    actor: Actor | None
    is_stopping: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to a row."""

    row_id: int
    state: str
    sentence: str


def run_slice(ctx: Context, worker: str, seconds: int = SLICE_SECONDS) -> bool:
    """Do some rows of the oldest run that waits; answers whether there was one."""
    ctx.require(Permission.JOB_RUN)
    run = _claim(ctx, worker)
    if run is None:
        return False
    end = time.monotonic_ns() + seconds * SECOND
    try:
        while time.monotonic_ns() < end:
            rows = [] if run.is_stopping else _planned(ctx, run)
            if not rows or not _do(ctx, run, rows, end):
                _finish(ctx, run)
                break
    except LeaseLost:
        log.warning("bulk action %s was taken over", run.id)
    return True


def _claim(ctx: Context, worker: str) -> Claimed | None:
    """The oldest run that nobody holds, or that this worker holds already."""
    with ctx.read() as session:
        if session.exec(_free(ctx, worker)).first() is None:
            return None
    with ctx.write() as session:
        run = session.exec(_free(ctx, worker).with_for_update(skip_locked=True)).first()
        if run is None:
            return None
        if run.worker != worker:
            run.attempts += 1
        run.state, run.worker = "running", worker
        run.lease_until = ctx.now() + LEASE
        run.started_at = run.started_at or ctx.now()
        session.add(run)
        actor = staff_actor(session, run.asked_by_id)
        facts = json.loads(run.facts)
        return Claimed(
            run.id or 0, run.key, verb_named(run.verb), facts, worker, actor, run.is_stopping
        )


def _free(ctx: Context, worker: str) -> SelectOfScalar[BulkRun]:
    lapsed = (col(BulkRun.lease_until) < ctx.now()) | (col(BulkRun.worker) == worker)
    return (
        select(BulkRun)
        .where(BulkRun.state != "done", or_(BulkRun.state == "waiting", lapsed))
        .order_by(col(BulkRun.id))
        .limit(1)
    )


def _planned(ctx: Context, run: Claimed) -> list[BulkRow]:
    with ctx.read() as session:
        query = select(BulkRow).where(BulkRow.run_id == run.id, BulkRow.state == "planned")
        return list(session.exec(query.order_by(col(BulkRow.position)).limit(AT_ONCE)).all())


def _do(ctx: Context, run: Claimed, rows: list[BulkRow], end: int) -> bool:
    """Do rows until the slice ends; answers whether to go on. Raises: LeaseLost."""
    noted_at, outcomes = time.monotonic_ns(), list[Outcome]()
    for row in rows:
        outcomes.append(_row(ctx, run, row))
        now = time.monotonic_ns()
        if now - noted_at > NOTE_EVERY or now > end:
            if not _note(ctx, run, outcomes):
                return False
            noted_at, outcomes = now, []
        if now > end:
            return True
    return _note(ctx, run, outcomes)


def _row(ctx: Context, run: Claimed, row: BulkRow) -> Outcome:
    """One row; a refusal is an answer, not an end of the run."""
    target = Target(row.invoice_id, row.version, row.label)
    if run.actor is None:
        return Outcome(row.id or 0, "failed", "Who asked for this may not sign in any more.")
    try:
        mine = ctx.acting_as(run.actor)
        said = run.verb.act(mine, target, run.facts, f"{run.key}:{row.invoice_id}")
    except BillingError as error:
        return Outcome(row.id or 0, "failed", error.sentence)
    except Exception as error:  # the outermost edge of a row: a bug stops no other
        reference = secrets.token_hex(2).upper()
        log.error("unexpected error, reference %s", reference, exc_info=error)  # noqa: TRY400
        said = f"Something went wrong on our side (ref {reference})."
        return Outcome(row.id or 0, "failed", said)
    return Outcome(row.id or 0, "done", said)


def _note(ctx: Context, run: Claimed, outcomes: list[Outcome]) -> bool:
    """Note what happened and hold the lease; answers whether to go on. Raises: LeaseLost."""
    done = sum(one.state == "done" for one in outcomes)
    with ctx.write() as session:
        held = _held(session, run)
        held.lease_until = ctx.now() + LEASE
        held.done += done
        held.failed += len(outcomes) - done
        session.add(held)
        if outcomes:
            said = [
                {"row": one.row_id, "to": one.state, "said": one.sentence[:MAX_SENTENCE]}
                for one in outcomes
            ]
            session.connection().execute(NOTED, said)
        return not held.is_stopping


def _finish(ctx: Context, run: Claimed) -> None:
    with ctx.write() as session:
        held = _held(session, run)
        if held.is_stopping:
            left = update(ROWS).where(ROWS.c.run_id == run.id, ROWS.c.state == "planned")
            session.connection().execute(left.values(state="stopped", sentence="Stopped before."))
        held.state, held.ended_at, held.lease_until = "done", ctx.now(), None
        session.add(held)
        session.flush()
        after = {
            "verb": held.verb,
            "done": held.done,
            "failed": held.failed,
            "stopped": count_in(session, run.id, "stopped"),
        }
        record(session, ctx, entity="bulk", entity_id=run.id, action="bulk done", after=after)
        noun = "invoice" if held.planned == 1 else "invoices"
        label = f"{run.verb.word} {held.planned:,} {noun}"
        said = f"{held.done:,} done, {held.failed:,} failed, {held.skipped:,} skipped"
        news = News(Kind.BULK_DONE, run.id, label, said)
        tell_person(session, ctx, news, held.asked_by_id)


def _held(session: Session, run: Claimed) -> BulkRun:
    """The run's row, locked, while this worker holds it. Raises: LeaseLost."""
    held = session.get(BulkRun, run.id, with_for_update=True)
    if held is None or held.worker != run.worker or held.state != "running":
        raise LeaseLost
    return held
