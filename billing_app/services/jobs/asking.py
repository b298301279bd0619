"""Asking for runs by the calendar or by hand: each (job, period) is one row, however often."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound, Refused
from billing_app.domain.jobs import JOBS, JobFacts, due_days
from billing_app.persistence.inserting import table_of
from billing_app.persistence.tables import JobRun
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.settings import is_wanted


def job_named(name: str) -> JobFacts:
    """The job. Raises: NotFound."""
    facts = JOBS.get(name)
    if facts is None:
        raise NotFound("There is no job {name}. There are: {all}.", name=name, all=", ".join(JOBS))
    return facts


def ask_for_run(ctx: Context, name: str, as_of: date, *, key: str) -> int:
    """Ask for a run by hand as of a day; answers the run's id, a repeat of the request the same.

    The clock takes it up at once. Raises: Forbidden below Admin, NotFound, Refused for a day to
    come.
    """
    ctx.require(Permission.JOB_RUN)
    job_named(name)
    if as_of > max(ctx.today(), ctx.now().date()):
        raise Refused("{day} is still to come. Rehearse it, or choose an earlier day.", day=as_of)
    with ctx.write() as session:
        period = f"by hand {key}"[:80]
        if insert_run(session, ctx, name, period, as_of, is_by_hand=True):
            run_id = _id(session, name, period)
            after = {"job": name, "as_of": as_of}
            record(session, ctx, entity="job", entity_id=run_id, action="asked for", after=after)
        return _id(session, name, period)


def missed_runs(session: Session, ctx: Context) -> list[tuple[str, date]]:
    """The runs that the calendar asks for and nobody asked for yet, oldest first."""
    lasts = last_days(session)
    missed = [
        (facts.name, day)
        for facts in JOBS.values()
        if facts.at is not None and (not facts.switch or is_wanted(session, facts.switch))
        for day in due_days(facts.at, lasts.get(facts.name), ctx.now(), ctx.zone)
    ]
    return sorted(missed, key=lambda one: one[1])


def last_days(session: Session) -> Mapping[str, date]:
    """The newest day of which each job had a scheduled run."""
    query = select(JobRun.job, func.max(JobRun.as_of)).where(~col(JobRun.is_by_hand))
    return dict(session.exec(query.group_by(col(JobRun.job))).all())


def insert_run(
    session: Session, ctx: Context, name: str, period: str, as_of: date, *, is_by_hand: bool
) -> bool:
    """Add a run that waits, unless there is one for the period; answers whether it is new."""
    row: dict[str, Any] = JobRun(
        job=name,
        period=period,
        as_of=as_of,
        is_by_hand=is_by_hand,
        asked_at=ctx.now(),
        asked_by_id=ctx.actor.user_id,
    ).model_dump(exclude={"id"})
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table_of(JobRun)).values(row).on_conflict_do_nothing()
    return bool(session.connection().execute(statement).rowcount)


def _id(session: Session, name: str, period: str) -> int:
    query = select(JobRun.id).where(JobRun.job == name, JobRun.period == period)
    return session.exec(query).one() or 0
