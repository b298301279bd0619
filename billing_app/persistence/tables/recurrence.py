"""Recurring invoices: plans, what was decided about single repeats, what was made (CRM-31)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    identity,
    instant,
    one_of,
    refers_to,
    scaled,
    words,
)


class RecurrencePlan(SQLModel, table=True):
    """That an invoice recurs; its repeat number n falls `first_step + n` steps after `anchor_on`.

    `next_at` is the place of the first repeat not handled yet, `next_on` the day the next draft
    is due, empty once the plan has ended.
    """

    __tablename__ = "recurrence_plan"
    __table_args__ = (
        one_of("frequency", ["weekly", "monthly", "quarterly", "annually"]),
        CheckConstraint("next_at >= 0 AND first_step >= 0", name="ck_recurrence_places"),
        UniqueConstraint("source_invoice_id"),
    )
    id: int | None = identity()
    source_invoice_id: int = refers_to("invoice.id")
    frequency: str = Field(default="monthly", max_length=16)
    start_on: date
    anchor_on: date
    first_step: int = 0
    end_on: date | None = None
    occurrences: int | None = None
    next_at: int = 0
    next_on: date | None = Field(default=None, index=True)
    is_active: bool = True
    created_by_id: int = refers_to("app_user.id")
    created_at: datetime = instant()
    version: int = 1


class RecurrenceChange(SQLModel, table=True):
    """What a person decided about one repeat: skipped, or moved to another day."""

    __tablename__ = "recurrence_change"
    __table_args__ = (UniqueConstraint("plan_id", "due_on"),)
    id: int | None = identity()
    plan_id: int = refers_to("recurrence_plan.id")
    due_on: date
    is_skipped: bool = False
    moved_to: date | None = None


class RecurrenceExtra(SQLModel, table=True):
    """A line that one repeat has and no other."""

    __tablename__ = "recurrence_extra"
    id: int | None = identity()
    plan_id: int = refers_to("recurrence_plan.id", index=True)
    due_on: date
    description: str = words(1024)
    quantity: Decimal = scaled(3, Decimal(1))
    unit_price: Decimal = scaled(5)
    tax_rate: Decimal | None = scaled(2, None)


class RecurrencePrice(SQLModel, table=True):
    """The price of a line for repeats that fall due from a day on; `description` names the line."""

    __tablename__ = "recurrence_price"
    __table_args__ = (UniqueConstraint("plan_id", "line_no", "from_on"),)
    id: int | None = identity()
    plan_id: int = refers_to("recurrence_plan.id")
    line_no: int
    description: str = words(1024)
    from_on: date
    unit_price: Decimal = scaled(5)


class RecurrenceMade(SQLModel, table=True):
    """That a repeat has its draft; the key that makes it happen once."""

    __tablename__ = "recurrence_made"
    __table_args__ = (UniqueConstraint("plan_id", "due_on"),)
    id: int | None = identity()
    plan_id: int = refers_to("recurrence_plan.id")
    due_on: date
    invoice_id: int = refers_to("invoice.id", index=True)
    made_at: datetime = instant()
