"""Where invoices come from in sales: orders and opportunities."""

from datetime import date
from decimal import Decimal

from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    bounded,
    identity,
    minor,
    prose,
    refers_to,
    scaled,
    words,
)


class SalesOrder(SQLModel, table=True):
    """An order; many orders and many invoices may belong together (ORO-18)."""

    __tablename__ = "sales_order"
    __table_args__ = bounded("amount_minor")
    id: int | None = identity()
    number: str = words(64, unique=True)
    ordered_on: date
    type_name: str = words(64)
    customer_id: int = refers_to("customer.id", index=True)
    currency: str = words(3)
    amount_minor: int = minor()
    status: str = words(32)
    notes: str = prose()
    version: int = 1


class SalesOrderLine(SQLModel, table=True):
    """A line of an order; its price holds the VAT, as the order's amount does."""

    __tablename__ = "sales_order_line"
    id: int | None = identity()
    order_id: int = refers_to("sales_order.id", index=True)
    product_id: int | None = refers_to("product.id", optional=True)
    description: str = words(1024)
    quantity: Decimal = scaled(3)
    unit_price: Decimal = scaled(5)


class InvoiceOrder(SQLModel, table=True):
    """That an invoice came from an order."""

    __tablename__ = "invoice_order"
    invoice_id: int = Field(primary_key=True, foreign_key="invoice.id")
    order_id: int = Field(primary_key=True, foreign_key="sales_order.id", index=True)


class Opportunity(SQLModel, table=True):
    """A sale in the making (CRM)."""

    __tablename__ = "opportunity"
    __table_args__ = bounded("value_minor")
    id: int | None = identity()
    title: str = words(255)
    customer_id: int = refers_to("customer.id", index=True)
    contact_id: int | None = refers_to("contact.id", optional=True)
    value_minor: int = minor()
    currency: str = words(3)
    stage: str = words(32)
    version: int = 1


class OpportunityLine(SQLModel, table=True):
    """A product of an opportunity."""

    __tablename__ = "opportunity_line"
    id: int | None = identity()
    opportunity_id: int = refers_to("opportunity.id", index=True)
    product_id: int | None = refers_to("product.id", optional=True)
    description: str = words(1024)
    quantity: Decimal = scaled(3)
    unit_price: Decimal = scaled(5)
