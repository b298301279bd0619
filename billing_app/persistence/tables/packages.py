"""What is charged on a rhythm: packages, their assignments and what was charged (ConnexCS)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    bounded,
    identity,
    instant,
    minor,
    one_of,
    prose,
    refers_to,
    scaled,
    words,
)

IS_ONCE = text("kind <> 'free'")


class Package(SQLModel, table=True):
    """A recurring charge (CXS-36); its name, prices and rhythm are offered to new lines."""

    __tablename__ = "package"
    __table_args__ = (one_of("frequency", ["none", "daily", "weekly", "monthly"]),)
    id: int | None = identity()
    name: str = words(255)
    cost: Decimal = scaled(5)
    retail: Decimal = scaled(5)
    setup_cost: Decimal = scaled(5)
    setup_retail: Decimal = scaled(5)
    frequency: str = Field(default="monthly", max_length=16)
    frequency_match: str = words(128)
    description: str = prose()
    minimum_days: int = 0
    type: str = Field(default="none", max_length=16)
    destination_patterns: str = prose()
    minimum_spend: bool = False
    is_active: bool = True
    version: int = 1


class PackageAssignment(SQLModel, table=True):
    """That a customer has a package (CXS-41); `start_on` to `end_on`, both included."""

    __tablename__ = "package_assignment"
    id: int | None = identity()
    package_id: int = refers_to("package.id", index=True)
    customer_id: int = refers_to("customer.id", index=True)
    quantity: Decimal = scaled(3)
    start_on: date
    end_on: date | None = None
    auto_decrement: bool = False
    minutes: int | None = None
    removed_at: datetime | None = instant(optional=True)
    version: int = 1


class PackageCharge(SQLModel, table=True):
    """What an assignment was charged for a day, on an invoice or as a purchase; never twice.

    `free` rows count the seconds of an allowance that calls used up.
    """

    __tablename__ = "package_charge"
    __table_args__ = (
        one_of("kind", ["recurring", "setup", "top_up", "free"]),
        *bounded("amount_minor"),
        Index(
            "uq_package_charge",
            "assignment_id",
            "kind",
            "charged_on",
            unique=True,
            sqlite_where=IS_ONCE,
            postgresql_where=IS_ONCE,
        ),
        Index("ix_package_charge_customer", "customer_id", "charged_on"),
    )
    id: int | None = identity()
    assignment_id: int = refers_to("package_assignment.id", index=True)
    customer_id: int = refers_to("customer.id")
    kind: str = words(16)
    charged_on: date
    amount_minor: int = minor()
    seconds: int = 0
    invoice_id: int | None = refers_to("invoice.id", optional=True, index=True)
    payment_id: int | None = refers_to("payment.id", optional=True)
    made_at: datetime = instant()
