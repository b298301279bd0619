"""Charges that wait for a document, the service orders behind them, and versions of voyages."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LISTS = "pending_list IN ('receivable', 'payable', 'hire')"
NET = "net_minor BETWEEN -99999999999999 AND 99999999999999"
KINDS = "kind IN ('package', 'setup', 'usage', 'voyage', 'hire', 'order', 'manual')"


def upgrade() -> None:
    """Apply."""
    op.add_column("voyage", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "service_order",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("voyage_id", types.Identity, nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("pending_list", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=1024), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("quantity", types.ScaledDecimal(3), nullable=False),
        sa.Column("unit_price", types.ScaledDecimal(5), nullable=False),
        sa.Column("tax_rate", types.ScaledDecimal(2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("date_from", sa.Date(), nullable=True),
        sa.Column("date_to", sa.Date(), nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(LISTS, name="ck_pending_list"),
        sa.CheckConstraint(NET, name="ck_net_minor"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["voyage_id"], ["voyage.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_service_order_voyage_id", "service_order", ["voyage_id"])
    op.create_index("ix_service_order_customer_id", "service_order", ["customer_id"])
    op.create_table("charge_line", *_columns(), *_constraints())
    _index_charges()


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("company_id", types.Identity, nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("pending_list", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("voyage_id", types.Identity, nullable=True),
        sa.Column("vessel_id", types.Identity, nullable=True),
        sa.Column("order_id", types.Identity, nullable=True),
        sa.Column("service_order_id", types.Identity, nullable=True),
        sa.Column("package_id", types.Identity, nullable=True),
        sa.Column("product_id", types.Identity, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=1024), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("quantity", types.ScaledDecimal(3), nullable=False),
        sa.Column("unit_price", types.ScaledDecimal(5), nullable=False),
        sa.Column("discount_type", sa.String(length=8), nullable=False),
        sa.Column("discount_value", types.ScaledDecimal(5), nullable=False),
        sa.Column("tax_rate", types.ScaledDecimal(2), nullable=True),
        sa.Column("tax_category", sa.String(length=2), nullable=False),
        sa.Column("tax_description", sa.String(length=128), nullable=False),
        sa.Column("prices_include_tax", sa.Boolean(), nullable=False),
        sa.Column("date_from", sa.Date(), nullable=True),
        sa.Column("date_to", sa.Date(), nullable=True),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("ext_ref", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=True),
        sa.Column("invoice_line_no", sa.Integer(), nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_edited", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by_id", types.Identity, nullable=False),
    ]


def _constraints() -> list[sa.Constraint]:
    targets = {
        "customer_id": "customer",
        "company_id": "company",
        "voyage_id": "voyage",
        "vessel_id": "vessel",
        "order_id": "sales_order",
        "service_order_id": "service_order",
        "package_id": "package",
        "product_id": "product",
        "invoice_id": "invoice",
        "created_by_id": "app_user",
    }
    return [
        sa.CheckConstraint("direction IN ('out', 'in')", name="ck_direction"),
        sa.CheckConstraint(LISTS, name="ck_pending_list"),
        sa.CheckConstraint(KINDS, name="ck_kind"),
        sa.CheckConstraint("status IN ('PENDING', 'BILLED')", name="ck_status"),
        sa.CheckConstraint(
            "discount_type IN ('none', 'percent', 'fixed')", name="ck_discount_type"
        ),
        sa.CheckConstraint(NET, name="ck_net_minor"),
        *(sa.ForeignKeyConstraint([name], [f"{table}.id"]) for name, table in targets.items()),
        sa.PrimaryKeyConstraint("id"),
    ]


def _index_charges() -> None:
    pending = sa.text("status = 'PENDING'")
    billed = sa.text("invoice_id IS NOT NULL")
    ordered = sa.text("service_order_id IS NOT NULL")
    sold = sa.text("kind = 'order'")
    grouped = {
        "voyage": ["voyage_id", "customer_id"],
        "vessel": ["vessel_id", "customer_id"],
        "partner": ["customer_id"],
    }
    for name, columns in grouped.items():
        op.create_index(
            f"ix_charge_line_by_{name}",
            "charge_line",
            ["pending_list", *columns, "currency", "id", "net_minor"],
            sqlite_where=pending,
            postgresql_where=pending,
        )
    for name, one_column, where in (
        ("uq_charge_line_service_order", "service_order_id", ordered),
        ("uq_charge_line_order", "order_id", sold),
    ):
        op.create_index(
            name,
            "charge_line",
            [one_column],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_index(
        "ix_charge_line_billed",
        "charge_line",
        ["invoice_id", "invoice_line_no"],
        sqlite_where=billed,
        postgresql_where=billed,
    )
