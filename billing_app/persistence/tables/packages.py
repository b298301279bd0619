"""What is charged on a rhythm: packages and their assignments (ConnexCS)."""

from datetime import date
from decimal import Decimal

from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import identity, one_of, prose, refers_to, scaled, words


class Package(SQLModel, table=True):
    """A recurring charge (CXS-36)."""

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


class PackageAssignment(SQLModel, table=True):
    """That a customer has a package (CXS-41)."""

    __tablename__ = "package_assignment"
    id: int | None = identity()
    package_id: int = refers_to("package.id", index=True)
    customer_id: int = refers_to("customer.id", index=True)
    quantity: Decimal = scaled(3)
    start_on: date
    end_on: date | None = None
    auto_decrement: bool = False
    minutes: int | None = None
