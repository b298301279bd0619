"""The clock's runs: one row for each job and period, whoever is first has it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import identity, instant, one_of, refers_to, words

IS_OPEN = text("state <> 'done'")


class JobRun(SQLModel, table=True):
    """A run of a job: asked for, running under a lease, done.

    `period` is the day of a scheduled run, or the request of one by hand. `cursor` is the last
    item that was done; `worker` is who holds the lease, and nobody else may write to the run.
    """

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "period"),
        one_of("state", ["waiting", "running", "done"]),
        Index("ix_job_run_open", "id", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
    )
    id: int | None = identity()
    job: str = words(32)
    period: str = words(80)
    as_of: date
    is_by_hand: bool = False
    asked_at: datetime = instant()
    asked_by_id: int = refers_to("app_user.id")
    state: str = Field(default="waiting", max_length=8)
    worker: str = words(64)
    lease_until: datetime | None = instant(optional=True)
    started_at: datetime | None = instant(optional=True)
    ended_at: datetime | None = instant(optional=True)
    attempts: int = 0
    cursor: int = Field(default=0, sa_type=BigInteger)
    total: int = 0
    done: int = 0
    made: int = 0
    failed: int = 0


class JobItem(SQLModel, table=True):
    """What a run did for one customer or invoice, or why it could not."""

    __tablename__ = "job_item"
    __table_args__ = (UniqueConstraint("run_id", "key"),)
    id: int | None = identity()
    run_id: int = refers_to("job_run.id")
    key: int = Field(sa_type=BigInteger)
    customer_id: int | None = refers_to("customer.id", optional=True)
    invoice_id: int | None = refers_to("invoice.id", optional=True)
    made: int = 0
    is_failed: bool = False
    sentence: str = words(512)
