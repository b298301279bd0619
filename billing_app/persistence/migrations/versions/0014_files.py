"""Files attached to invoices and customers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "file_attachment",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=True),
        sa.Column("customer_id", types.Identity, nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("extension", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("access", sa.String(length=2), nullable=False),
        sa.Column("uploaded_by_id", types.Identity, nullable=False),
        sa.Column("uploaded_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("access IN ('CU', 'IN', 'EX')", name="ck_access"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_file_attachment_invoice", "file_attachment", ["invoice_id", "id"])
    op.create_index("ix_file_attachment_customer", "file_attachment", ["customer_id", "id"])
    op.create_table(
        "file_content",
        sa.Column("file_id", types.Identity, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file_attachment.id"]),
        sa.PrimaryKeyConstraint("file_id"),
    )
