"""What will be billed: charges that wait for a document, and the service orders behind them."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from billing_app.domain.charges import ChargeKind, ChargeStatus, PendingList
from billing_app.persistence.tables.columns import (
    bounded,
    identity,
    instant,
    minor,
    one_of,
    refers_to,
    scaled,
    words,
)

IS_PENDING = text("status = 'PENDING'")
IS_BILLED = text("invoice_id IS NOT NULL")
IS_ORDERED = text("service_order_id IS NOT NULL")
IS_SOLD = text("kind = 'order'")


def _pending(name: str, *columns: str) -> Index:
    """An index of what waits, that answers counts and sums of a group without its rows."""
    return Index(
        f"ix_charge_line_by_{name}",
        "pending_list",
        *columns,
        "currency",
        "id",
        "net_minor",
        sqlite_where=IS_PENDING,
        postgresql_where=IS_PENDING,
    )


class ServiceOrder(SQLModel, table=True):
    """What was ordered for a voyage, from a supplier or by a customer: it makes one charge."""

    __tablename__ = "service_order"
    __table_args__ = (
        one_of("pending_list", [str(one) for one in PendingList]),
        *bounded("net_minor"),
    )
    id: int | None = identity()
    reference: str = words(64, unique=True)
    voyage_id: int = refers_to("voyage.id", index=True)
    customer_id: int = refers_to("customer.id", index=True)
    pending_list: str = Field(default=str(PendingList.RECEIVABLE), max_length=16)
    text: str = words(1024)
    unit: str = words(32)
    quantity: Decimal = scaled(3, Decimal(1))
    unit_price: Decimal = scaled(5)
    tax_rate: Decimal | None = scaled(2, None)
    currency: str = words(3)
    date_from: date | None = None
    date_to: date | None = None
    net_minor: int = minor()
    version: int = 1


class ChargeLine(SQLModel, table=True):
    """A charge: pending until it is a line of a document (SPEC 6.2).

    A credit's line is stored positive on the document and negative here.
    """

    __tablename__ = "charge_line"
    __table_args__ = (
        one_of("direction", ["out", "in"]),
        one_of("pending_list", [str(one) for one in PendingList]),
        one_of("kind", [str(one) for one in ChargeKind]),
        one_of("status", [str(one) for one in ChargeStatus]),
        one_of("discount_type", ["none", "percent", "fixed"]),
        *bounded("net_minor"),
        _pending("voyage", "voyage_id", "customer_id"),
        _pending("vessel", "vessel_id", "customer_id"),
        _pending("partner", "customer_id"),
        Index(
            "ix_charge_line_billed",
            "invoice_id",
            "invoice_line_no",
            sqlite_where=IS_BILLED,
            postgresql_where=IS_BILLED,
        ),
        Index(
            "uq_charge_line_service_order",
            "service_order_id",
            unique=True,
            sqlite_where=IS_ORDERED,
            postgresql_where=IS_ORDERED,
        ),
        Index(
            "uq_charge_line_order",
            "order_id",
            unique=True,
            sqlite_where=IS_SOLD,
            postgresql_where=IS_SOLD,
        ),
    )
    id: int | None = identity()
    customer_id: int = refers_to("customer.id")
    company_id: int = refers_to("company.id")
    direction: str = Field(default="out", max_length=8)
    pending_list: str = Field(default=str(PendingList.RECEIVABLE), max_length=16)
    currency: str = words(3)
    voyage_id: int | None = refers_to("voyage.id", optional=True)
    vessel_id: int | None = refers_to("vessel.id", optional=True)
    order_id: int | None = refers_to("sales_order.id", optional=True)
    service_order_id: int | None = refers_to("service_order.id", optional=True)
    package_id: int | None = refers_to("package.id", optional=True)
    product_id: int | None = refers_to("product.id", optional=True)
    kind: str = Field(default=str(ChargeKind.MANUAL), max_length=16)
    text: str = words(1024)
    unit: str = words(32)
    quantity: Decimal = scaled(3, Decimal(1))
    unit_price: Decimal = scaled(5)
    discount_type: str = Field(default="none", max_length=8)
    discount_value: Decimal = scaled(5)
    tax_rate: Decimal | None = scaled(2, None)
    tax_category: str = Field(default="S", max_length=2)
    tax_description: str = words(128)
    prices_include_tax: bool = False
    date_from: date | None = None
    date_to: date | None = None
    account: str = words(64)
    ext_ref: str = words(64)
    status: str = Field(default=str(ChargeStatus.PENDING), max_length=8)
    invoice_id: int | None = refers_to("invoice.id", optional=True)
    invoice_line_no: int | None = None
    net_minor: int = minor()  # computed on save; without tax, or with it where prices include it
    is_edited: bool = False  # by hand, which Refresh undoes
    version: int = 1
    created_at: datetime = instant()
    created_by_id: int = refers_to("app_user.id")
