"""Jobs and their runs as an administrator asks for them; names as the asker may see them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy import select as rows_of
from sqlmodel import Session, col, func, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.domain.jobs import JOBS, JobFacts, next_due
from billing_app.persistence.tables import Customer, Invoice, JobItem, JobRun, User
from billing_app.services.context import Context
from billing_app.services.jobs.asking import last_days
from billing_app.services.settings import is_wanted

SHOWN_RUNS, PAGE = 30, 50
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


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One page of what a run did, and how much that is in all."""

    rows: tuple[ItemView, ...]
    count: int


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


def open_run(ctx: Context, run_id: int, *, page: int = 1) -> tuple[RunView, ItemPage]:
    """A run and one page of what it did, failures first. Raises: NotFound."""
    ctx.require(Permission.JOB_RUN)
    with ctx.read() as session:
        run = session.get(JobRun, run_id)
        if run is None:
            raise NotFound("This run does not exist.")
        of_run = col(JobItem.run_id) == run_id
        count = session.exec(select(func.count()).select_from(JobItem).where(of_run)).one()
        ordered = _items().where(of_run).order_by(col(JobItem.is_failed).desc(), col(JobItem.key))
        rows = session.execute(ordered.limit(PAGE).offset(PAGE * (max(1, page) - 1))).all()
        asked_by = session.get_one(User, run.asked_by_id).name
    return RunView(run, asked_by), ItemPage(tuple(_item(ctx, *row) for row in rows), count)


def failed_items(ctx: Context, run_id: int) -> list[ItemView]:
    """Everything that failed in a run."""
    ctx.require(Permission.JOB_RUN)
    with ctx.read() as session:
        failed = _items().where(col(JobItem.run_id) == run_id, col(JobItem.is_failed))
        return [_item(ctx, *row) for row in session.execute(failed.order_by(col(JobItem.key)))]


def _items() -> Select[JobItem, str, str]:
    return (
        rows_of(JobItem, col(Customer.name), col(Invoice.label))
        .join(Customer, col(Customer.id) == JobItem.customer_id, isouter=True)
        .join(Invoice, col(Invoice.id) == JobItem.invoice_id, isouter=True)
    )


def _item(ctx: Context, item: JobItem, name: str | None, label: str | None) -> ItemView:
    shown = name if name and ctx.actor.sees_partner else HIDDEN
    return ItemView(item, shown if name else "", label or "")


def _latest(session: Session, name: str) -> JobRun | None:
    query = select(JobRun).where(JobRun.job == name).order_by(col(JobRun.id).desc()).limit(1)
    return session.exec(query).first()
