"""Bulk actions: a run over many invoices, and each row's plan and outcome."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    identity,
    instant,
    one_of,
    prose,
    refers_to,
    words,
)

IS_UNFINISHED = text("state <> 'done'")


class BulkRun(SQLModel, table=True):
    """A bulk action: asked for, running under a lease, done; it stays as the receipt.

    `facts` is what was typed for all rows, as JSON. `worker` is who holds the lease, and nobody
    else may write to the run.
    """

    __tablename__ = "bulk_run"
    __table_args__ = (
        one_of("state", ["waiting", "running", "done"]),
        Index(
            "ix_bulk_run_unfinished",
            "id",
            sqlite_where=IS_UNFINISHED,
            postgresql_where=IS_UNFINISHED,
        ),
        Index("ix_bulk_run_asked_by", "asked_by_id", "id"),
    )
    id: int | None = identity()
    key: str = words(32, unique=True)
    verb: str = words(32)
    facts: str = prose()
    asked_by_id: int = refers_to("app_user.id")
    asked_at: datetime = instant()
    state: str = Field(default="waiting", max_length=8)
    worker: str = words(64)
    lease_until: datetime | None = instant(optional=True)
    started_at: datetime | None = instant(optional=True)
    ended_at: datetime | None = instant(optional=True)
    attempts: int = 0
    is_stopping: bool = False
    planned: int = 0
    skipped: int = 0
    done: int = 0
    failed: int = 0


class BulkRow(SQLModel, table=True):
    """One invoice of a bulk action: planned or skipped, then done or failed."""

    __tablename__ = "bulk_row"
    __table_args__ = (
        UniqueConstraint("run_id", "position"),
        one_of("state", ["planned", "skipped", "done", "failed", "stopped"]),
        Index("ix_bulk_row_state", "run_id", "state", "position"),
    )
    id: int | None = identity()
    run_id: int = refers_to("bulk_run.id")
    position: int
    invoice_id: int = refers_to("invoice.id")
    version: int
    label: str = words(64)
    state: str = Field(default="planned", max_length=8)
    sentence: str = words(512)
