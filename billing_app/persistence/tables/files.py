"""Files attached to invoices and customers, and their bytes."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    identity,
    instant,
    one_of,
    refers_to,
    words,
)
from billing_app.persistence.types import Identity


class FileAttachment(SQLModel, table=True):
    """A file of an invoice or a customer (ERP-22): exactly one of both; `size` in bytes."""

    __tablename__ = "file_attachment"
    __table_args__ = (
        one_of("access", ["CU", "IN", "EX"]),
        Index("ix_file_attachment_invoice", "invoice_id", "id"),
        Index("ix_file_attachment_customer", "customer_id", "id"),
    )
    id: int | None = identity()
    invoice_id: int | None = refers_to("invoice.id", optional=True)
    customer_id: int | None = refers_to("customer.id", optional=True)
    name: str = words(255)
    extension: str = words(8)
    size: int = 0
    sha256: str = words(64)
    access: str = Field(default="IN", max_length=2)
    uploaded_by_id: int = refers_to("app_user.id")
    uploaded_at: datetime = instant()


class FileContent(SQLModel, table=True):
    """A file's bytes, under nothing but its number; insert-only."""

    __tablename__ = "file_content"
    file_id: int = Field(primary_key=True, foreign_key="file_attachment.id", sa_type=Identity)
    content: bytes = Field(sa_type=LargeBinary, nullable=False)
