"""Paying online: gateway transactions and events, guest links and who used them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LIVE = sa.text("action = 'charge' AND state NOT IN ('succeeded', 'canceled')")
HAS_REF = sa.text("gateway_ref <> ''")
LOOKED_AT = sa.text("look_at IS NOT NULL")
WAITING = sa.text("done_at IS NULL")
BOUND = 99_999_999_999_999


def upgrade() -> None:
    """Apply."""
    outcome = sa.Column("gateway_outcome", sa.String(length=16), server_default="", nullable=False)
    op.add_column("invoice", outcome)
    _guests()
    _transactions()
    op.create_table(
        "gateway_event",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("object_ref", sa.String(length=128), nullable=False),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("done_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "event_id"),
    )
    _partial("ix_gateway_event_waiting", "gateway_event", ["due_at"], WAITING)
    _webhooks()


def _webhooks() -> None:
    op.create_table(
        "webhook_subscription",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("url", sa.String(length=512), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("made_by_id", types.Identity, nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("subscription_id", types.Identity, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("sent_at", types.UtcDateTime(), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed')", name="ck_state"),
        sa.ForeignKeyConstraint(["subscription_id"], ["webhook_subscription.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subscription_id", "event_id", "topic"),
    )
    op.create_index("ix_webhook_delivery_due", "webhook_delivery", ["state", "due_at"])


def _guests() -> None:
    op.create_table(
        "guest_link",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("made_by_id", types.Identity, nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=True),
        sa.Column("revoked_by_id", types.Identity, nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["made_by_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_guest_link_invoice_id", "guest_link", ["invoice_id"])
    op.create_table(
        "guest_visit",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("link_id", types.Identity, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=255), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'staff', 'scanner')", name="ck_kind"),
        sa.CheckConstraint("what IN ('opened', 'pdf', 'paid')", name="ck_what"),
        sa.ForeignKeyConstraint(["link_id"], ["guest_link.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_guest_visit_link", "guest_visit", ["link_id", "id"])


def _transactions() -> None:
    op.create_table(
        "gateway_transaction",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=True),
        sa.Column("payment_id", types.Identity, nullable=True),
        sa.Column("refund_id", types.Identity, nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("gateway_ref", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("made_by_id", types.Identity, nullable=False),
        sa.Column("guest_link_id", types.Identity, nullable=True),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("look_at", types.UtcDateTime(), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.CheckConstraint("action IN ('charge', 'refund')", name="ck_action"),
        sa.CheckConstraint(
            "state IN ('open', 'authorized', 'pending', 'succeeded', 'declined', 'canceled')",
            name="ck_state",
        ),
        sa.CheckConstraint("amount_minor > 0", name="ck_gateway_transaction_positive"),
        sa.CheckConstraint(f"amount_minor BETWEEN -{BOUND} AND {BOUND}", name="ck_amount_minor"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"]),
        sa.ForeignKeyConstraint(["refund_id"], ["payment.id"]),
        sa.ForeignKeyConstraint(["made_by_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["guest_link_id"], ["guest_link.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_gateway_transaction_invoice_id", "gateway_transaction", ["invoice_id"])
    op.create_index("ix_gateway_transaction_payment_id", "gateway_transaction", ["payment_id"])
    live, ref = "ix_gateway_transaction_live", "ix_gateway_transaction_ref"
    _partial(live, "gateway_transaction", ["invoice_id"], LIVE, unique=True)
    _partial(ref, "gateway_transaction", ["provider", "gateway_ref"], HAS_REF, unique=True)
    _partial("ix_gateway_transaction_look", "gateway_transaction", ["look_at"], LOOKED_AT)


def _partial(
    name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool = False
) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)
