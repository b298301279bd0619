"""Jobs and their runs as an administrator asks for them; names as the asker may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.domain.jobs import JOBS, JobFacts, next_due
from billing_app.persistence.tables import Customer, Invoice, JobItem, JobRun, User
from billing_app.services.context import Context
from billing_app.services.jobs.asking import last_days
from billing_app.services.settings import is_wanted

SHOWN_RUNS, SHOWN_ITEMS = 30, 200
HIDDEN = "Hidden"


@dataclass(frozen=True, slots=True)
class JobView:
    """A job: when it is due next, None where it never rests or its switch is off."""

    facts: JobFacts
    is_on: bool
    next_at: datetime | None
    latest: JobRun | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with the name of who asked for it."""

    run: JobRun
    asked_by: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """What a run did for a customer or an invoice."""

    item: JobItem
    customer: str
    invoice: str


def list_jobs(ctx: Context) -> list[JobView]:
    """Every job with its next and its latest run."""
    ctx.require(Permission.JOB_RUN)
    with ctx.read() as session:
        lasts = last_days(session)
        return [
            JobView(
                facts,
                is_on=not facts.switch or is_wanted(session, facts.switch),
                next_at=next_due(facts.at, lasts.get(facts.name), ctx.now(), ctx.zone)
                if facts.at and (not facts.switch or is_wanted(session, facts.switch))
                else None,
                latest=_latest(session, facts.name),
            )
            for facts in JOBS.values()
        ]


def list_runs(ctx: Context) -> list[RunView]:
    """The latest runs, newest first."""
    ctx.require(Permission.JOB_RUN)
    with ctx.read() as session:
        rows = session.exec(
            select(JobRun, User.name)
            .join(User, col(User.id) == JobRun.asked_by_id)
            .order_by(col(JobRun.id).desc())
            .limit(SHOWN_RUNS)
        ).all()
        return [RunView(run, name) for run, name in rows]


def open_run(ctx: Context, run_id: int) -> tuple[RunView, Sequence[ItemView]]:
    """A run and what it did, failures first; at most 200 items. Raises: NotFound."""
    ctx.require(Permission.JOB_RUN)
    with ctx.read() as session:
        run = session.get(JobRun, run_id)
        if run is None:
            raise NotFound("This run does not exist.")
        rows = session.exec(
            select(JobItem, Customer.name, Invoice.label)
            .join(Customer, col(Customer.id) == JobItem.customer_id, isouter=True)
            .join(Invoice, col(Invoice.id) == JobItem.invoice_id, isouter=True)
            .where(JobItem.run_id == run_id)
            .order_by(col(JobItem.is_failed).desc(), col(JobItem.key))
            .limit(SHOWN_ITEMS)
        ).all()
        asked_by = session.get_one(User, run.asked_by_id).name
    sees = ctx.actor.sees_partner
    items = [
        ItemView(item, (name if sees else HIDDEN) if name else "", label or "")
        for item, name, label in rows
    ]
    return RunView(run, asked_by), items


def _latest(session: Session, name: str) -> JobRun | None:
    query = select(JobRun).where(JobRun.job == name).order_by(col(JobRun.id).desc()).limit(1)
    return session.exec(query).first()
