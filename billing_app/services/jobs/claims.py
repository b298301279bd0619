"""Holding a run: claimed under a lease, noted item by item, finished.

Whoever holds the lease writes; each item's transaction also writes the run's row, and only while
the lease is held, so an item is done and counted once even if two processes believe they hold it.
A run whose holder died is taken up after its last item when the lease has run out.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict
from billing_app.domain.jobs import JOBS
from billing_app.domain.notifications import Kind
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import JobItem, JobRun
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.jobs.asking import insert_run, missed_runs
from billing_app.services.notifications.news import News, tell_people

LEASE = timedelta(seconds=60)
MAX_SENTENCE = 512


class LeaseLost(Conflict):
    """Another worker took the run over; what this one was about to write is not written."""

    code = "job.lease_lost"
    message = "Another worker took this run over."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did for an item: how many things it made, or why it could not."""

    made: int = 0
    sentence: str = ""
    customer_id: int | None = None
    invoice_id: int | None = None
    is_failed: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that this worker holds; items up to `cursor` are done."""

    id: int
    job: str
    as_of: date
    worker: str
    cursor: int


def claim_next(ctx: Context, worker: str) -> Claimed | None:
    """Take up the oldest run that waits or lost its holder; None where there is nothing to do."""
    ctx.require(Permission.JOB_RUN)
    with ctx.read() as session:
        if not missed_runs(session, ctx) and _free(session, ctx) is None:
            return None
    with ctx.write() as session:
        for name, day in missed_runs(session, ctx):
            insert_run(session, ctx, name, day.isoformat(), day, is_by_hand=False)
        return _taken(session, ctx, _free(session, ctx, lock=True), worker)


def claim_run(ctx: Context, run_id: int, worker: str) -> Claimed | None:
    """Take up this run; None where somebody else holds it or it is done."""
    ctx.require(Permission.JOB_RUN)
    with ctx.write() as session:
        return _taken(session, ctx, _free(session, ctx, run_id, lock=True), worker)


def _free(session: Session, ctx: Context, run_id: int = 0, *, lock: bool = False) -> JobRun | None:
    """The oldest run that nobody holds."""
    lapsed = (col(JobRun.state) == "running") & (col(JobRun.lease_until) < ctx.now())
    query = select(JobRun).where(JobRun.state != "done", or_(JobRun.state == "waiting", lapsed))
    if run_id:
        query = query.where(JobRun.id == run_id)
    query = query.order_by(col(JobRun.id)).limit(1)
    return session.exec(query.with_for_update(skip_locked=True) if lock else query).first()


def _taken(session: Session, ctx: Context, run: JobRun | None, worker: str) -> Claimed | None:
    if run is None:
        return None
    run.state, run.worker = "running", worker
    run.lease_until = ctx.now() + LEASE
    run.started_at = run.started_at or ctx.now()
    run.attempts += 1
    session.add(run)
    session.flush()
    return Claimed(run.id or 0, run.job, run.as_of, worker, run.cursor)


@dataclass(slots=True)
class Progress:
    """What the holder of a run writes about it."""

    ctx: Context
    run: Claimed
    total: int = 0
    done: int = 0

    def note(self, session: Session, key: int, outcome: Outcome) -> None:
        """Note what an item made, in the transaction that made it. Raises: LeaseLost."""
        values = {
            "made": JobRun.made + outcome.made,
            "failed": JobRun.failed + int(outcome.is_failed),
        }
        self._write(session, cursor=key, **values)
        item = {
            "run_id": self.run.id,
            "key": key,
            "customer_id": outcome.customer_id,
            "invoice_id": outcome.invoice_id,
            "made": outcome.made,
            "is_failed": outcome.is_failed,
            "sentence": outcome.sentence[:MAX_SENTENCE],
        }
        add(session, JobItem, [item])

    def note_failure(self, key: int, sentence: str, customer_id: int | None) -> None:
        """Note why an item failed. Raises: LeaseLost."""
        with self.ctx.write() as session:
            failed = Outcome(sentence=sentence, customer_id=customer_id, is_failed=True)
            self.note(session, key, failed)

    def keep(self, cursor: int) -> None:
        """Hold the lease a while longer. Raises: LeaseLost."""
        with self.ctx.write() as session:
            self._write(session, cursor=cursor)

    def finish(self) -> None:
        """Say that the run is done. Raises: LeaseLost."""
        with self.ctx.write() as session:
            self._write(session, state="done", ended_at=self.ctx.now(), lease_until=None)
            after = {"job": self.run.job, "as_of": self.run.as_of}
            record(
                session, self.ctx, entity="job", entity_id=self.run.id, action="done", after=after
            )
            self._tell_failures(session)

    def _tell_failures(self, session: Session) -> None:
        failed = session.exec(
            select(JobRun.failed, JobItem.sentence)
            .join(JobItem, col(JobItem.run_id) == JobRun.id)
            .where(JobRun.id == self.run.id, col(JobItem.is_failed))
            .order_by(col(JobItem.id))
            .limit(1)
        ).first()
        if failed is not None:
            said = f"{failed[0]:,} failed as of {self.run.as_of}. The first: {failed[1]}"
            label = JOBS[self.run.job].label
            news = News(Kind.JOB_FAILED, self.run.id, label, said, cause=self.run.job)
            tell_people(session, self.ctx, news)

    def _write(self, session: Session, **values: object) -> None:
        held = update(JobRun).where(
            col(JobRun.id) == self.run.id,
            col(JobRun.worker) == self.run.worker,
            col(JobRun.state) == "running",
        )
        kept = {"lease_until": self.ctx.now() + LEASE, "total": self.total, "done": self.done}
        written = session.execute(
            held.values(**(kept | values)).execution_options(synchronize_session=False)
        )
        if written.rowcount != 1:  # type: ignore[attr-defined]
            raise LeaseLost
