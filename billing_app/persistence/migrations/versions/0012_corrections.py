"""Corrections name what they correct and replace; bulk actions are kept with their rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("invoice_line", sa.Column("credited_line_no", sa.Integer(), nullable=True))
    op.add_column(
        "invoice_line",
        sa.Column("tax_shift_minor", sa.BigInteger(), nullable=False, server_default="0"),
    )
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE invoice ADD COLUMN replaced_invoice_id {kind} REFERENCES invoice (id)")
    op.create_index("ix_invoice_replaced_invoice_id", "invoice", ["replaced_invoice_id"])
    _bulk_run()
    _bulk_row()


def _bulk_run() -> None:
    counts = ("attempts", "planned", "skipped", "done", "failed")
    op.create_table(
        "bulk_run",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("asked_by_id", types.Identity, nullable=False),
        sa.Column("asked_at", types.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("started_at", types.UtcDateTime(), nullable=True),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("is_stopping", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done')", name="ck_state"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    is_unfinished = sa.text("state <> 'done'")
    op.create_index(
        "ix_bulk_run_unfinished",
        "bulk_run",
        ["id"],
        sqlite_where=is_unfinished,
        postgresql_where=is_unfinished,
    )
    op.create_index("ix_bulk_run_asked_by", "bulk_run", ["asked_by_id", "id"])


def _bulk_row() -> None:
    states = "('planned', 'skipped', 'done', 'failed', 'stopped')"
    op.create_table(
        "bulk_row",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("run_id", types.Identity, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("sentence", sa.String(length=512), nullable=False),
        sa.CheckConstraint(f"state IN {states}", name="ck_state"),
        sa.ForeignKeyConstraint(["run_id"], ["bulk_run.id"]),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "position"),
    )
    op.create_index("ix_bulk_row_state", "bulk_row", ["run_id", "state", "position"])
