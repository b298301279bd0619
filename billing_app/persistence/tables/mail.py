"""Mails that wait, were sent or failed, and the templates people changed."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    identity,
    instant,
    one_of,
    prose,
    refers_to,
    words,
)


class MailMessage(SQLModel, table=True):
    """One mail as it was written; never changed. Its origin makes it happen once."""

    __tablename__ = "mail_message"
    __table_args__ = (one_of("kind", ["invoice", "free", "receipt", "notice"]),)
    id: int | None = identity()
    origin: str = words(128, unique=True)
    kind: str = words(16)
    invoice_id: int | None = refers_to("invoice.id", optional=True, index=True)
    customer_id: int = refers_to("customer.id", index=True)
    subject: str = words(255)
    text: str = prose()
    attaches_paper: bool = False
    made_at: datetime = instant()
    made_by_id: int = refers_to("app_user.id")


class MailRecipient(SQLModel, table=True):
    """How far a mail has come for one address; who sends it holds it under a lease."""

    __tablename__ = "mail_recipient"
    __table_args__ = (
        one_of("role", ["to", "cc", "bcc"]),
        one_of("state", ["waiting", "sending", "sent", "failed", "cancelled"]),
        Index("ix_mail_recipient_due", "state", "due_at"),
    )
    id: int | None = identity()
    message_id: int = refers_to("mail_message.id", index=True)
    role: str = words(3)
    address: str = words(255)
    state: str = Field(default="waiting", max_length=9)
    tries: int = 0
    due_at: datetime = instant()
    worker: str = words(64)
    lease_until: datetime | None = instant(optional=True)
    sent_at: datetime | None = instant(optional=True)
    error: str = prose()


class MailTemplate(SQLModel, table=True):
    """A template as somebody changed it at one scope; without a row the stock one counts."""

    __tablename__ = "mail_template"
    __table_args__ = (
        UniqueConstraint("name", "scope", "scope_id"),
        one_of("scope", ["global", "company", "customer"]),
    )
    id: int | None = identity()
    name: str = words(64)
    scope: str = words(16)
    scope_id: int = 0
    subject: str = words(255)
    text: str = prose()
    version: int = 1
