"""The journal, only ever added to: entries whose lines sum to zero."""

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
    refers_to,
    scaled,
    words,
)
from billing_app.persistence.types import Identity

OF_INVOICE = text("invoice_id IS NOT NULL")
OF_PAYMENT = text("payment_id IS NOT NULL")


class JournalEntry(SQLModel, table=True):
    """What was booked, for whom and on which day: a document, its void, a payment's change."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        one_of("kind", ["document", "void", "payment"]),
        Index(
            "uq_journal_entry_invoice",
            "invoice_id",
            "kind",
            unique=True,
            sqlite_where=OF_INVOICE,
            postgresql_where=OF_INVOICE,
        ),
        Index(
            "ix_journal_entry_payment",
            "payment_id",
            sqlite_where=OF_PAYMENT,
            postgresql_where=OF_PAYMENT,
        ),
        Index("ix_journal_entry_period", "company_id", "booked_on", "id"),
    )
    id: int | None = identity()
    company_id: int = refers_to("company.id")
    kind: str = words(8)
    invoice_id: int | None = refers_to("invoice.id", optional=True)
    payment_id: int | None = refers_to("payment.id", optional=True)
    currency: str = words(3)
    booked_on: date
    made_at: datetime = instant()
    made_by_id: int = refers_to("app_user.id")


class JournalLine(SQLModel, table=True):
    """A line of an entry: a debit is positive, a credit negative; `role` is what it is for."""

    __tablename__ = "journal_line"
    __table_args__ = (*bounded("amount_minor"),)
    entry_id: int = Field(primary_key=True, foreign_key="journal_entry.id", sa_type=Identity)
    line_no: int = Field(primary_key=True)
    role: str = words(16)
    account: str = words(32)
    amount_minor: int = minor()
    tax_category: str = words(2)
    tax_rate: Decimal | None = scaled(2, None)
