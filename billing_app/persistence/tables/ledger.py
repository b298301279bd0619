"""What happened, only ever added: audit, seals of posted documents, outbox, done requests."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import identity, instant, prose, refers_to, words


class AuditEntry(SQLModel, table=True):
    """Who did what to which record, with what it was before and after."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_record", "entity", "entity_id", "id"),
        Index("ix_audit_entry_actor", "actor_id", "id"),
        Index("ix_audit_entry_at", "at", "id"),
    )
    id: int | None = identity()
    at: datetime = instant()
    actor_id: int = refers_to("app_user.id")
    entity: str = words(32)
    entity_id: int = Field(sa_type=BigInteger)
    action: str = words(32)
    before: str = prose()
    after: str = prose()


class Seal(SQLModel, table=True):
    """A posted document's link in the hash chain: HMAC(key, previous seal, payload hash)."""

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("invoice_id"),)
    id: int | None = identity()
    company_id: int = refers_to("company.id")
    invoice_id: int = refers_to("invoice.id")
    payload_sha256: str = words(64)
    previous: str = words(80)
    seal: str = words(80, unique=True)
    made_at: datetime = instant()


class OutboxEvent(SQLModel, table=True):
    """Work that follows a transaction, written inside it and delivered at least once."""

    __tablename__ = "outbox_event"
    __table_args__ = (Index("ix_outbox_event_waiting", "done_at", "due_at"),)
    id: int | None = identity()
    topic: str = words(64)
    entity_id: int = Field(sa_type=BigInteger)
    payload: str = prose()
    made_at: datetime = instant()
    due_at: datetime = instant()
    done_at: datetime | None = instant(optional=True)
    tries: int = 0
    error: str = prose()


class DoneRequest(SQLModel, table=True):
    """A request's idempotency key and what it answered, so a repeat has the effect of one."""

    __tablename__ = "done_request"
    key: str = Field(primary_key=True, max_length=64)
    actor_id: int = refers_to("app_user.id")
    verb: str = words(64)
    answer: str = prose()
    at: datetime = instant()


class ImportedRecord(SQLModel, table=True):
    """A foreign record that was imported, so the same file twice changes nothing."""

    __tablename__ = "imported_record"
    __table_args__ = (UniqueConstraint("system", "kind", "external_id"),)
    id: int | None = identity()
    system: str = words(64)
    kind: str = words(32)
    external_id: str = words(128)
    record_id: int = Field(sa_type=BigInteger)
    content_sha256: str = words(64)
