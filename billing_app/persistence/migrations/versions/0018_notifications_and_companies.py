"""Notifications, the kinds that people switched off, a company's version, imported payments."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "notification",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("user_id", types.Identity, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=128), nullable=False),
        sa.Column("detail", sa.String(length=512), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("read_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ux_notification_unread",
        "notification",
        ["kind", "cause", "user_id"],
        unique=True,
        sqlite_where=IS_UNREAD,
        postgresql_where=IS_UNREAD,
    )
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["user_id", "kind"],
        sqlite_where=IS_UNREAD,
        postgresql_where=IS_UNREAD,
    )
    op.create_index("ix_notification_user", "notification", ["user_id", "at", "id"])
    op.create_table(
        "muted_kind",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("user_id", types.Identity, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "kind"),
    )
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE import_item ADD COLUMN payment_id {kind} REFERENCES payment (id)")
    op.add_column("company", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
