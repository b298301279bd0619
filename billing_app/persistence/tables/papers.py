"""What was printed, delivered and frozen: snapshots, PDFs, print log, deliveries."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    identity,
    instant,
    one_of,
    prose,
    refers_to,
    words,
)


class Snapshot(SQLModel, table=True):
    """All that a posted document says, frozen at posting; its paper is drawn from it alone."""

    __tablename__ = "snapshot"
    invoice_id: int = Field(primary_key=True, foreign_key="invoice.id")
    content: str = prose()
    sha256: str = words(64)
    made_at: datetime = instant()


class PdfDocument(SQLModel, table=True):
    """A document's PDF, made once and never again (ORO-15)."""

    __tablename__ = "pdf_document"
    __table_args__ = (UniqueConstraint("invoice_id", "type"),)
    id: int | None = identity()
    invoice_id: int = refers_to("invoice.id")
    type: str = Field(default="invoice_default", max_length=32)
    content: bytes = Field(sa_type=LargeBinary, nullable=False)
    sha256: str = words(64)
    made_at: datetime = instant()
    made_by_id: int = refers_to("app_user.id")


class PrintLog(SQLModel, table=True):
    """One print or export of a document (ERP-29)."""

    __tablename__ = "print_log"
    __table_args__ = (
        one_of(
            "kind", ["preview", "staff_download", "portal_download", "email", "print", "export"]
        ),
        Index("ix_print_log_invoice", "invoice_id", "kind", "at"),
    )
    id: int | None = identity()
    invoice_id: int = refers_to("invoice.id")
    at: datetime = instant()
    user_id: int = refers_to("app_user.id")
    kind: str = words(16)
    is_original: bool = False
    pdf_id: int | None = refers_to("pdf_document.id", optional=True)


class DeliveryEvent(SQLModel, table=True):
    """That a document reached its customer, or failed to."""

    __tablename__ = "delivery_event"
    __table_args__ = (
        one_of("channel", ["email", "marked", "portal_view", "portal_download"]),
        Index("ix_delivery_event_invoice", "invoice_id", "at"),
    )
    id: int | None = identity()
    invoice_id: int = refers_to("invoice.id")
    at: datetime = instant()
    channel: str = words(16)
    recipient: str = words(255)
    is_success: bool = True
    error: str = prose()
