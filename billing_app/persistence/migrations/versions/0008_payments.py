"""Payments get a version, what is left of them, and the wish for a confirmation by e-mail."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What a refund did not take from documents it took from the payment's rest.
LEFT = """
    UPDATE payment SET left_minor = total_minor
    - COALESCE((SELECT SUM(a.amount_minor) FROM allocation a WHERE a.payment_id = payment.id), 0)
    - COALESCE((
        SELECT SUM(r.total_minor - COALESCE(
            (SELECT SUM(ra.amount_minor) FROM allocation ra WHERE ra.payment_id = r.id), 0))
        FROM payment r
        WHERE r.refund_of_id = payment.id AND r.status = 'COMPLETED' AND r.deleted_at IS NULL
    ), 0)
    WHERE kind IN ('receipt', 'payment')
"""


def upgrade() -> None:
    """Apply."""
    bound = 99_999_999_999_999
    op.add_column(
        "payment",
        sa.Column(
            "left_minor",
            sa.BigInteger(),
            sa.CheckConstraint(f"left_minor BETWEEN -{bound} AND {bound}", name="ck_left_minor"),
            nullable=False,
            server_default="0",
        ),
    )
    op.add_column(
        "payment",
        sa.Column("sends_confirmation", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("payment", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_index(
        "ix_payment_refund_of", "payment", ["refund_of_id"]
    )  # the next statement needs it
    op.execute(LEFT)
    op.create_index("ix_payment_paid_on", "payment", ["paid_on", "id"])
    has_rest = sa.text("left_minor > 0 AND deleted_at IS NULL")
    op.create_index(
        "ix_payment_rest",
        "payment",
        ["customer_id"],
        sqlite_where=has_rest,
        postgresql_where=has_rest,
    )
