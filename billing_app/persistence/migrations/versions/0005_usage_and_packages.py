"""Rate cards, usage, what packages charged, and the periods that have their invoice."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("invoice_line", sa.Column("calls", sa.Integer(), nullable=True))
    op.add_column("invoice_line", sa.Column("billed_s", sa.Integer(), nullable=True))
    op.create_table(
        "rate_card",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("charge_digits", sa.Integer(), nullable=False),
        sa.Column("charge_rounding", sa.String(length=16), nullable=False),
        sa.Column("duration_rounding", sa.String(length=16), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "charge_rounding IN ('full-up', 'full-down', 'half-up', 'half-down')",
            name="ck_charge_rounding",
        ),
        sa.CheckConstraint(
            "duration_rounding IN ('full-up', 'full-down', 'half-up', 'half-down')",
            name="ck_duration_rounding",
        ),
        sa.CheckConstraint("charge_digits BETWEEN 0 AND 6", name="ck_charge_digits"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "rate",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("card_id", types.Identity, nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("destination", sa.String(length=128), nullable=False),
        sa.Column("per_minute", types.ScaledDecimal(6), nullable=False),
        sa.Column("minimum_s", sa.Integer(), nullable=False),
        sa.Column("increment_s", sa.Integer(), nullable=False),
        sa.Column("connect_cost", types.ScaledDecimal(6), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("warning", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"],
            ["rate_card.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("card_id", "prefix"),
    )
    op.create_index("ix_rate_is_held", "rate", ["is_held"])
    op.create_table(
        "usage_import",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("made_by_id", types.Identity, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("unrated", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("charge", types.ScaledDecimal(6), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["app_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "usage_problem",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("import_id", types.Identity, nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("content", sa.String(length=1024), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["usage_import.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("content_sha256"),
    )
    op.create_index("ix_usage_problem_import_id", "usage_problem", ["import_id"])
    op.create_table(
        "invoiced_period",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("schedule", sa.String(length=16), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.CheckConstraint("schedule IN ('daily', 'weekly', 'monthly')", name="ck_schedule"),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_id", "schedule", "first_on"),
    )
    op.create_index("ix_invoiced_period_invoice_id", "invoiced_period", ["invoice_id"])
    op.create_table(
        "package_charge",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("assignment_id", types.Identity, nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("charged_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=True),
        sa.Column("payment_id", types.Identity, nullable=True),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('recurring', 'setup', 'top_up', 'free')", name="ck_kind"),
        sa.CheckConstraint(
            "amount_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_amount_minor"
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["package_assignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_package_charge_assignment_id", "package_charge", ["assignment_id"])
    op.create_index("ix_package_charge_customer", "package_charge", ["customer_id", "charged_on"])
    op.create_index("ix_package_charge_invoice_id", "package_charge", ["invoice_id"])
    op.create_index(
        "uq_package_charge",
        "package_charge",
        ["assignment_id", "kind", "charged_on"],
        unique=True,
        sqlite_where=sa.text("kind <> 'free'"),
        postgresql_where=sa.text("kind <> 'free'"),
    )
    op.create_table(
        "usage_record",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("card_id", types.Identity, nullable=False),
        sa.Column("import_id", types.Identity, nullable=False),
        sa.Column("started_at", types.UtcDateTime(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("destination", sa.String(length=64), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("is_rated", sa.Boolean(), nullable=False),
        sa.Column("destination_code", sa.String(length=20), nullable=False),
        sa.Column("destination_name", sa.String(length=128), nullable=False),
        sa.Column("billed_s", sa.Integer(), nullable=False),
        sa.Column("per_minute", types.ScaledDecimal(6), nullable=False),
        sa.Column("connect_cost", types.ScaledDecimal(6), nullable=False),
        sa.Column("charge", types.ScaledDecimal(6), nullable=False),
        sa.Column("cost", types.ScaledDecimal(6), nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=True),
        sa.ForeignKeyConstraint(
            ["card_id"],
            ["rate_card.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["usage_import.id"],
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("call_id"),
    )
    op.create_index("ix_usage_record_customer", "usage_record", ["customer_id", "used_on"])
    op.create_index("ix_usage_record_import_id", "usage_record", ["import_id"])
    op.create_index("ix_usage_record_invoice_id", "usage_record", ["invoice_id"])
    op.create_index("ix_usage_record_started", "usage_record", ["customer_id", "started_at"])
    op.create_index(
        "ix_usage_record_unrated",
        "usage_record",
        ["card_id", "id"],
        sqlite_where=sa.text("NOT is_rated"),
        postgresql_where=sa.text("NOT is_rated"),
    )
    op.create_index(
        "ix_usage_record_waiting",
        "usage_record",
        ["customer_id", "used_on", "id"],
        sqlite_where=sa.text("invoice_id IS NULL AND is_rated"),
        postgresql_where=sa.text("invoice_id IS NULL AND is_rated"),
    )
    op.add_column(
        "package", sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("package", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("package_assignment", sa.Column("removed_at", types.UtcDateTime(), nullable=True))
    op.add_column(
        "package_assignment", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )
