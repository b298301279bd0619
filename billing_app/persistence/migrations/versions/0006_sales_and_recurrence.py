"""Versions of opportunities, plans of recurring invoices, and invoices made of payments."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "opportunity", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )
    op.create_table(
        "recurrence_plan",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("source_invoice_id", types.Identity, nullable=False),
        sa.Column("frequency", sa.String(length=16), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("first_step", sa.Integer(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("occurrences", sa.Integer(), nullable=True),
        sa.Column("next_at", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", types.Identity, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('weekly', 'monthly', 'quarterly', 'annually')", name="ck_frequency"
        ),
        sa.CheckConstraint("next_at >= 0 AND first_step >= 0", name="ck_recurrence_places"),
        sa.ForeignKeyConstraint(["source_invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_invoice_id"),
    )
    op.create_index("ix_recurrence_plan_next_on", "recurrence_plan", ["next_on"])
    _repeat("recurrence_change", _changed(), "due_on")
    _repeat("recurrence_extra", _extra())
    op.create_index("ix_recurrence_extra_plan_id", "recurrence_extra", ["plan_id"])
    _repeat("recurrence_made", _made(), "due_on")
    op.create_index("ix_recurrence_made_invoice_id", "recurrence_made", ["invoice_id"])
    op.create_table(
        "recurrence_price",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("plan_id", types.Identity, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=1024), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("unit_price", types.ScaledDecimal(5), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["recurrence_plan.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan_id", "line_no", "from_on"),
    )
    op.create_table(
        "payment_invoice",
        sa.Column("payment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"]),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("payment_id"),
        sa.UniqueConstraint("invoice_id"),
    )


def _repeat(name: str, items: "list[sa.schema.SchemaItem]", unique: str = "") -> None:
    """A table about repeats of a plan: its plan, the due day, and what it says."""
    op.create_table(
        name,
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("plan_id", types.Identity, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *items,
        sa.ForeignKeyConstraint(["plan_id"], ["recurrence_plan.id"]),
        sa.PrimaryKeyConstraint("id"),
        *([sa.UniqueConstraint("plan_id", unique)] if unique else []),
    )


def _changed() -> "list[sa.schema.SchemaItem]":
    return [
        sa.Column("is_skipped", sa.Boolean(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=True),
    ]


def _extra() -> "list[sa.schema.SchemaItem]":
    return [
        sa.Column("description", sa.String(length=1024), nullable=False),
        sa.Column("quantity", types.ScaledDecimal(3), nullable=False),
        sa.Column("unit_price", types.ScaledDecimal(5), nullable=False),
        sa.Column("tax_rate", types.ScaledDecimal(2), nullable=True),
    ]


def _made() -> "list[sa.schema.SchemaItem]":
    return [
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
    ]
