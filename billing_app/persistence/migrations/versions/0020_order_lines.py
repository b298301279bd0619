"""Orders are made and changed here: their lines, and a version for who saves second."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    version = sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    op.add_column("sales_order", version)
    op.create_table(
        "sales_order_line",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("order_id", types.Identity, nullable=False),
        sa.Column("product_id", types.Identity, nullable=True),
        sa.Column("description", sa.String(length=1024), nullable=False),
        sa.Column("quantity", types.ScaledDecimal(3), nullable=False),
        sa.Column("unit_price", types.ScaledDecimal(5), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"]),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sales_order_line_order_id", "sales_order_line", ["order_id"])
