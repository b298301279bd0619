"""Paying online: what was asked of a payment gateway, what it told us, and links for guests."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
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

IS_LIVE_CHARGE = text("action = 'charge' AND state NOT IN ('succeeded', 'canceled')")
HAS_REF = text("gateway_ref <> ''")
IS_LOOKED_AT = text("look_at IS NOT NULL")
IS_WAITING = text("done_at IS NULL")


class GatewayTransaction(SQLModel, table=True):
    """A charge or refund asked of a gateway; written before it is asked, so it is asked once.

    An invoice has at most one charge that is not over, whoever pays and however often.
    """

    __tablename__ = "gateway_transaction"
    __table_args__ = (
        one_of("action", ["charge", "refund"]),
        one_of("state", ["open", "authorized", "pending", "succeeded", "declined", "canceled"]),
        CheckConstraint("amount_minor > 0", name="ck_gateway_transaction_positive"),
        *bounded("amount_minor"),
        Index(
            "ix_gateway_transaction_live",
            "invoice_id",
            unique=True,
            sqlite_where=IS_LIVE_CHARGE,
            postgresql_where=IS_LIVE_CHARGE,
        ),
        Index(
            "ix_gateway_transaction_ref",
            "provider",
            "gateway_ref",
            unique=True,
            sqlite_where=HAS_REF,
            postgresql_where=HAS_REF,
        ),
        Index(
            "ix_gateway_transaction_look",
            "look_at",
            sqlite_where=IS_LOOKED_AT,
            postgresql_where=IS_LOOKED_AT,
        ),
    )
    id: int | None = identity()
    key: str = words(64, unique=True)  # what the gateway knows the request by
    action: str = words(8)
    provider: str = words(16)
    invoice_id: int | None = refers_to("invoice.id", optional=True, index=True)
    payment_id: int | None = refers_to("payment.id", optional=True, index=True)
    """The payment it became; of a refund, the payment it gives back."""
    refund_id: int | None = refers_to("payment.id", optional=True)
    amount_minor: int = minor()
    currency: str = words(3)
    state: str = Field(default="open", max_length=10)
    gateway_ref: str = words(128)
    reason: str = prose()
    error: str = prose()
    made_at: datetime = instant()
    made_by_id: int = refers_to("app_user.id")
    guest_link_id: int | None = refers_to("guest_link.id", optional=True)
    ended_at: datetime | None = instant(optional=True)
    look_at: datetime | None = instant(optional=True)
    looks: int = 0


class GatewayEvent(SQLModel, table=True):
    """A message of a gateway, kept once by its own id before anything is done with it."""

    __tablename__ = "gateway_event"
    __table_args__ = (
        UniqueConstraint("provider", "event_id"),
        Index(
            "ix_gateway_event_waiting",
            "due_at",
            sqlite_where=IS_WAITING,
            postgresql_where=IS_WAITING,
        ),
    )
    id: int | None = identity()
    provider: str = words(16)
    event_id: str = words(128)
    kind: str = words(64)
    object_ref: str = words(128)
    received_at: datetime = instant()
    due_at: datetime = instant()
    tries: int = 0
    error: str = prose()
    done_at: datetime | None = instant(optional=True)


class GuestLink(SQLModel, table=True):
    """A link that opens one invoice to whoever has it; only its hash is kept."""

    __tablename__ = "guest_link"
    id: int | None = identity()
    invoice_id: int = refers_to("invoice.id", index=True)
    token_hash: str = words(64, unique=True)
    made_at: datetime = instant()
    made_by_id: int = refers_to("app_user.id")
    expires_at: datetime = instant()
    revoked_at: datetime | None = instant(optional=True)
    revoked_by_id: int | None = refers_to("app_user.id", optional=True)


class GuestVisit(SQLModel, table=True):
    """That somebody used a guest link, and whether that counts as viewed."""

    __tablename__ = "guest_visit"
    __table_args__ = (
        one_of("kind", ["person", "staff", "scanner"]),
        one_of("what", ["opened", "pdf", "paid"]),
        Index("ix_guest_visit_link", "link_id", "id"),
    )
    id: int | None = identity()
    link_id: int = refers_to("guest_link.id")
    at: datetime = instant()
    kind: str = words(8)
    what: str = words(8)
    address: str = words(64)
    agent: str = words(255)
