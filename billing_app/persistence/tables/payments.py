"""Money in and out, as rows that are only added: payments, allocations, applied credits."""

from datetime import date, datetime

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
    words,
)

HAS_REST = text("left_minor > 0 AND deleted_at IS NULL")


class Payment(SQLModel, table=True):
    """A payment document (DLY PMI/PMO, CXS payment)."""

    __tablename__ = "payment"
    __table_args__ = (
        one_of("direction", ["out", "in"]),
        one_of("kind", ["receipt", "payment", "refund", "purchase"]),
        one_of("status", ["PENDING", "COMPLETED", "CANCELLED"]),
        *bounded("total_minor", "fee_minor", "left_minor"),
        Index("ix_payment_paid_on", "paid_on", "id"),
        Index("ix_payment_rest", "customer_id", sqlite_where=HAS_REST, postgresql_where=HAS_REST),
        Index("ix_payment_refund_of", "refund_of_id"),
    )
    id: int | None = identity()
    number: str = words(64, unique=True)
    customer_id: int = refers_to("customer.id", index=True)
    direction: str = Field(default="out", max_length=8)
    kind: str = Field(default="receipt", max_length=16)
    currency: str = words(3)
    total_minor: int = minor()
    fee_minor: int = minor()  # for reference only
    paid_on: date
    method: str = Field(default="bank_transfer", max_length=32)
    reference: str = words(128)
    description: str = prose()  # what follows a # is for staff only
    status: str = Field(default="COMPLETED", max_length=16)
    source: str = Field(default="manual", max_length=16)
    gateway_ref: str = words(128)
    refund_of_id: int | None = refers_to("payment.id", optional=True)
    left_minor: int = minor()  # neither allocated nor given back; maintained, re-proved
    sends_confirmation: bool = False
    version: int = 1
    created_by_id: int = refers_to("app_user.id")
    created_at: datetime = instant()
    deleted_at: datetime | None = instant(optional=True)
    deleted_by_id: int | None = refers_to("app_user.id", optional=True)


class Allocation(SQLModel, table=True):
    """An amount of a payment that settles an invoice."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="ck_allocation_positive"),
        *bounded("amount_minor"),
    )
    id: int | None = identity()
    payment_id: int = refers_to("payment.id", index=True)
    invoice_id: int = refers_to("invoice.id", index=True)
    amount_minor: int = minor()
    created_by_id: int = refers_to("app_user.id")
    created_at: datetime = instant()


class PaymentInvoice(SQLModel, table=True):
    """The invoice made for a payment (CXS-26); the key that makes it happen once."""

    __tablename__ = "payment_invoice"
    payment_id: int = Field(primary_key=True, foreign_key="payment.id")
    invoice_id: int = Field(foreign_key="invoice.id", unique=True)


class CreditApplication(SQLModel, table=True):
    """An amount of a credit note that settles an invoice (SPEC 6.5 rule 6a)."""

    __tablename__ = "credit_application"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="ck_credit_application_positive"),
        *bounded("amount_minor"),
    )
    id: int | None = identity()
    credit_id: int = refers_to("invoice.id", index=True)
    invoice_id: int = refers_to("invoice.id", index=True)
    amount_minor: int = minor()
    created_by_id: int = refers_to("app_user.id")
    created_at: datetime = instant()
