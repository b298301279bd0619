"""Disputes of invoices by their customers, and the quantities of lines they are about."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, text
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
)

IS_UNDECIDED = text("state IN ('open', 'answered')")


class Dispute(SQLModel, table=True):
    """That a customer says something is wrong with an invoice, and what came of it."""

    __tablename__ = "dispute"
    __table_args__ = (
        one_of("state", ["open", "answered", "accepted", "rejected", "withdrawn"]),
        CheckConstraint(
            "(state = 'accepted') = (credit_id IS NOT NULL)", name="ck_dispute_accepted"
        ),
        *bounded("total_minor"),
        Index("ix_dispute_invoice", "invoice_id", "id"),
        Index(
            "ix_dispute_undecided",
            "invoice_id",
            sqlite_where=IS_UNDECIDED,
            postgresql_where=IS_UNDECIDED,
        ),
        Index("ix_dispute_credit", "credit_id", unique=True),
    )
    id: int | None = identity()
    invoice_id: int = refers_to("invoice.id")
    state: str = Field(default="open", max_length=10)
    is_whole: bool = False  # everything that was left, without naming lines
    total_minor: int = minor()  # what a credit note for it came to when it was opened
    reason: str = prose()
    opened_at: datetime = instant()
    opened_by_id: int = refers_to("app_user.id")
    answer: str = prose()
    answered_at: datetime | None = instant(optional=True)
    answered_by_id: int | None = refers_to("app_user.id", optional=True)
    ended_at: datetime | None = instant(optional=True)
    ended_by_id: int | None = refers_to("app_user.id", optional=True)
    end_reason: str = prose()  # why it was rejected
    credit_id: int | None = refers_to("invoice.id", optional=True)
    version: int = 1


class DisputeLine(SQLModel, table=True):
    """How much of one line a dispute is about."""

    __tablename__ = "dispute_line"
    __table_args__ = (
        *bounded("amount_minor"),
        Index("ix_dispute_line_dispute", "dispute_id", "line_no", unique=True),
    )
    id: int | None = identity()
    dispute_id: int = refers_to("dispute.id")
    line_no: int
    quantity: Decimal = scaled(3)
    amount_minor: int = minor()  # as the line was entered: with tax where prices include it
