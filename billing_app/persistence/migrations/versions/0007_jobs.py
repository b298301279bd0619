"""The clock's runs, and what each did."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "job_run",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=80), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("is_by_hand", sa.Boolean(), nullable=False),
        sa.Column("asked_at", types.UtcDateTime(), nullable=False),
        sa.Column("asked_by_id", types.Identity, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("started_at", types.UtcDateTime(), nullable=True),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done')", name="ck_state"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("job", "period"),
    )
    is_open = sa.text("state <> 'done'")
    op.create_index(
        "ix_job_run_open", "job_run", ["id"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "job_item",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("run_id", types.Identity, nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", types.Identity, nullable=True),
        sa.Column("invoice_id", types.Identity, nullable=True),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("is_failed", sa.Boolean(), nullable=False),
        sa.Column("sentence", sa.String(length=512), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["job_run.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "key"),
    )
