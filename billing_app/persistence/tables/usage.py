"""What customers used: rate cards, calls with their charge, imports, and the periods invoiced."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    identity,
    instant,
    one_of,
    refers_to,
    scaled,
    words,
)

IS_WAITING = text("invoice_id IS NULL AND is_rated")
IS_UNRATED = text("NOT is_rated")
ROUNDINGS = ["full-up", "full-down", "half-up", "half-down"]


class RateCard(SQLModel, table=True):
    """A list of rates and how its calls are rounded."""

    __tablename__ = "rate_card"
    __table_args__ = (
        one_of("charge_rounding", ROUNDINGS),
        one_of("duration_rounding", ROUNDINGS),
        CheckConstraint("charge_digits BETWEEN 0 AND 6", name="ck_charge_digits"),
    )
    id: int | None = identity()
    code: str = words(32, unique=True)
    currency: str = words(3)
    charge_digits: int = 6
    charge_rounding: str = Field(default="half-up", max_length=16)
    duration_rounding: str = Field(default="full-up", max_length=16)
    updated_at: datetime = instant()


class Rate(SQLModel, table=True):
    """What calls to a prefix cost; a held one waits for somebody to look at its warning."""

    __tablename__ = "rate"
    __table_args__ = (UniqueConstraint("card_id", "prefix"),)
    id: int | None = identity()
    card_id: int = refers_to("rate_card.id")
    prefix: str = words(20)
    destination: str = words(128)
    per_minute: Decimal = scaled(6)
    minimum_s: int = 0
    increment_s: int = 1
    connect_cost: Decimal = scaled(6)
    is_held: bool = Field(default=False, index=True)
    warning: str = words(255)


class UsageImport(SQLModel, table=True):
    """A run that brought calls in, and what it counted."""

    __tablename__ = "usage_import"
    id: int | None = identity()
    name: str = words(255)
    at: datetime = instant()
    made_by_id: int = refers_to("app_user.id")
    calls: int = 0
    unrated: int = 0
    problems: int = 0
    charge: Decimal = scaled(6)


class UsageProblem(SQLModel, table=True):
    """A row that could not be used, kept as it stood with the reason."""

    __tablename__ = "usage_problem"
    id: int | None = identity()
    import_id: int = refers_to("usage_import.id", index=True)
    row_no: int
    reason: str = words(255)
    content: str = words(1024)
    content_sha256: str = words(64, unique=True)


class UsageRecord(SQLModel, table=True):
    """One call. `used_on` is the UTC day of its start; charge and rate in the card's currency."""

    __tablename__ = "usage_record"
    __table_args__ = (
        Index("ix_usage_record_customer", "customer_id", "used_on"),
        Index("ix_usage_record_started", "customer_id", "started_at"),
        Index(
            "ix_usage_record_waiting",
            "customer_id",
            "used_on",
            "id",
            sqlite_where=IS_WAITING,
            postgresql_where=IS_WAITING,
        ),
        Index(
            "ix_usage_record_unrated",
            "card_id",
            "id",
            sqlite_where=IS_UNRATED,
            postgresql_where=IS_UNRATED,
        ),
    )
    id: int | None = identity()
    call_id: str = words(64, unique=True)
    customer_id: int = refers_to("customer.id")
    card_id: int = refers_to("rate_card.id")
    import_id: int = refers_to("usage_import.id", index=True)
    started_at: datetime = instant()
    used_on: date
    source: str = words(64)
    destination: str = words(64)
    duration_ms: int = Field(default=0, sa_type=BigInteger)
    is_rated: bool = False
    destination_code: str = words(20)
    destination_name: str = words(128)
    billed_s: int = 0
    per_minute: Decimal = scaled(6)
    connect_cost: Decimal = scaled(6)
    charge: Decimal = scaled(6)
    cost: Decimal = scaled(6)
    invoice_id: int | None = refers_to("invoice.id", optional=True, index=True)


class InvoicedPeriod(SQLModel, table=True):
    """That a customer's period has its invoice; the key that makes generation happen once."""

    __tablename__ = "invoiced_period"
    __table_args__ = (
        one_of("schedule", ["daily", "weekly", "monthly"]),
        UniqueConstraint("customer_id", "schedule", "first_on"),
    )
    id: int | None = identity()
    customer_id: int = refers_to("customer.id")
    schedule: str = words(16)
    first_on: date
    last_on: date
    invoice_id: int = refers_to("invoice.id", index=True)
