"""Disputes of invoices, and the quantities of lines they are about."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BOUND = 99_999_999_999_999
UNDECIDED = sa.text("state IN ('open', 'answered')")
PEOPLE = ("opened_by_id", "answered_by_id", "ended_by_id")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "dispute",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", types.UtcDateTime(), nullable=False),
        sa.Column("opened_by_id", types.Identity, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", types.UtcDateTime(), nullable=True),
        sa.Column("answered_by_id", types.Identity, nullable=True),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", types.Identity, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("credit_id", types.Identity, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'accepted', 'rejected', 'withdrawn')", name="ck_state"
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (credit_id IS NOT NULL)", name="ck_dispute_accepted"
        ),
        sa.CheckConstraint(f"total_minor BETWEEN -{BOUND} AND {BOUND}", name="ck_total_minor"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["credit_id"], ["invoice.id"]),
        *(sa.ForeignKeyConstraint([column], ["app_user.id"]) for column in PEOPLE),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_dispute_invoice", "dispute", ["invoice_id", "id"])
    op.create_index(
        "ix_dispute_undecided",
        "dispute",
        ["invoice_id"],
        sqlite_where=UNDECIDED,
        postgresql_where=UNDECIDED,
    )
    op.create_index("ix_dispute_credit", "dispute", ["credit_id"], unique=True)
    _lines()


def _lines() -> None:
    op.create_table(
        "dispute_line",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("dispute_id", types.Identity, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("quantity", types.ScaledDecimal(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"amount_minor BETWEEN -{BOUND} AND {BOUND}", name="ck_amount_minor"),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_dispute_line_dispute", "dispute_line", ["dispute_id", "line_no"], unique=True
    )
