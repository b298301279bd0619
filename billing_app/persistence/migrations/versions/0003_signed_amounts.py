"""Lists sort amounts with their sign, and filter by origin along an index."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AMOUNTS = ("total", "settled", "open")
BACKFILL = (
    "UPDATE invoice SET sign = -1 WHERE document_type_id IN "
    "(SELECT id FROM document_type WHERE kind = 'credit')",
    "UPDATE invoice SET total_signed = sign * total_minor, settled_signed = sign * settled_minor, "
    "open_signed = sign * open_minor",
)


def upgrade() -> None:
    """Apply."""
    kept = sa.text("deleted_at IS NULL")
    op.add_column("invoice", sa.Column("sign", sa.Integer(), nullable=False, server_default="1"))
    for amount in AMOUNTS:
        signed = sa.Column(f"{amount}_signed", sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("invoice", signed)
    for statement in BACKFILL:
        op.execute(statement)
    for amount in AMOUNTS:
        op.drop_index(f"ix_invoice_by_{amount}_minor", "invoice")
    indexes = {
        "ix_invoice_origin": ["origin"],
        "ix_invoice_currency_total": ["currency", "total_signed"],
        "ix_invoice_currency_open": ["currency", "open_signed"],
        **{f"ix_invoice_by_{amount}_signed": [f"{amount}_signed"] for amount in AMOUNTS},
    }
    for name, columns in indexes.items():
        op.create_index(name, "invoice", [*columns, "id"], sqlite_where=kept, postgresql_where=kept)
