"""Lines of a correction name the line they correct; a new draft names what it replaces."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

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
