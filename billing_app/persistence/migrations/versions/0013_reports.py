"""Two indexes that hold all that the reports add up: what is owed by age, what months brought."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    is_posted = sa.text("status_rank BETWEEN 30 AND 60 AND deleted_at IS NULL")
    is_owing = sa.text("open_signed <> 0 AND status_rank BETWEEN 30 AND 60 AND deleted_at IS NULL")
    op.create_index(
        "ix_invoice_owing",
        "invoice",
        [
            "currency",
            "customer_id",
            "due_sort",
            "open_signed",
            "document_type_id",
            "company_id",
            "document_date",
            "status_rank",
            "deleted_at",
        ],
        sqlite_where=is_owing,
        postgresql_where=is_owing,
    )
    op.create_index(
        "ix_invoice_posted",
        "invoice",
        [
            "document_date",
            "currency",
            "document_type_id",
            "company_id",
            "due_sort",
            "sign",
            "total_minor",
            "tax_minor",
            "status_rank",
            "deleted_at",
        ],
        sqlite_where=is_posted,
        postgresql_where=is_posted,
    )
