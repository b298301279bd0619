"""Who pays: customers, their groups and contacts."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    identity,
    instant,
    minor,
    one_of,
    prose,
    refers_to,
    scaled,
    words,
)


class CustomerGroup(SQLModel, table=True):
    """Customers that share settings."""

    __tablename__ = "customer_group"
    id: int | None = identity()
    name: str = words(128, unique=True)


class Customer(SQLModel, table=True):
    """A customer (CXS account, CRM account, DLY business partner)."""

    __tablename__ = "customer"
    __table_args__ = (
        one_of("invoice_schedule", ["none", "daily", "weekly", "monthly"]),
        Index("ix_customer_name_id", "name", "id"),
    )
    id: int | None = identity()
    number: str = words(32, unique=True)
    name: str = words(255)
    street: str = words(255)
    postcode: str = words(32)
    city: str = words(128)
    county: str = words(128)
    country: str = words(2)
    email: str = words(255)
    phone: str = words(64)
    uin: str = words(64)
    vat_no: str = words(64)
    company_id: int = refers_to("company.id", index=True)
    group_id: int | None = refers_to("customer_group.id", optional=True)
    parent_id: int | None = refers_to("customer.id", optional=True, index=True)
    account_no: str = words(64)
    currency: str = words(3)
    tax_rate: Decimal = scaled(2)
    payment_term_days: int = Field(default=30)
    invoice_schedule: str = Field(default="none", max_length=16)
    create_invoice_on_payment: bool = False
    line_grouping: str = words(16)
    ext_accounting_id: str = words(64)
    debit_limit_minor: int = minor()
    language: str = Field(default="en", max_length=8)
    is_supplier: bool = False
    is_active: bool = True
    notes: str = prose()
    version: int = 1
    created_at: datetime = instant()


class Contact(SQLModel, table=True):
    """A person at a customer."""

    __tablename__ = "contact"
    id: int | None = identity()
    customer_id: int = refers_to("customer.id", index=True)
    name: str = words(255)
    email: str = words(255)
    phone: str = words(64)
    is_billing: bool = False
