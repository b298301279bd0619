"""Mails with one state per recipient, and changed templates."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mail_message",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("origin", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=True),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attaches_paper", sa.Boolean(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("made_by_id", types.Identity, nullable=False),
        sa.CheckConstraint("kind IN ('invoice', 'free', 'receipt', 'notice')", name="ck_kind"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["made_by_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("origin"),
    )
    op.create_index("ix_mail_message_invoice_id", "mail_message", ["invoice_id"])
    op.create_index("ix_mail_message_customer_id", "mail_message", ["customer_id"])
    op.create_table(
        "mail_recipient",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("message_id", types.Identity, nullable=False),
        sa.Column("role", sa.String(length=3), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("sent_at", types.UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('to', 'cc', 'bcc')", name="ck_role"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed', 'cancelled')", name="ck_state"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["mail_message.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_mail_recipient_message_id", "mail_recipient", ["message_id"])
    op.create_index("ix_mail_recipient_due", "mail_recipient", ["state", "due_at"])
    op.create_table(
        "mail_template",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("scope IN ('global', 'company', 'customer')", name="ck_scope"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "scope", "scope_id"),
    )
