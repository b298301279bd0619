"""The mail queue: a page of it, its counts, and the mails of one invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from billing_app.persistence.tables import Customer, Invoice, MailMessage, MailRecipient, User

MOST_OF_ONE = 50


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail as it stands for one recipient."""

    id: int
    message_id: int
    kind: str
    role: str
    address: str
    state: str
    tries: int
    due_at: datetime
    sent_at: datetime | None
    error: str
    subject: str
    made_at: datetime
    made_by: str
    customer_id: int
    customer: str
    invoice_id: int | None
    invoice: str


LINES = cast(
    "Select[Any]",
    select(
        col(MailRecipient.id),
        col(MailRecipient.message_id),
        col(MailMessage.kind),
        col(MailRecipient.role),
        col(MailRecipient.address),
        col(MailRecipient.state),
        col(MailRecipient.tries),
        col(MailRecipient.due_at),
        col(MailRecipient.sent_at),
        col(MailRecipient.error),
        col(MailMessage.subject),
        col(MailMessage.made_at),
        col(User.name),
        col(MailMessage.customer_id),
        col(Customer.name),
        col(MailMessage.invoice_id),
        func.coalesce(col(Invoice.label), ""),
    )
    .join(MailMessage, col(MailMessage.id) == col(MailRecipient.message_id))
    .join(User, col(User.id) == col(MailMessage.made_by_id))
    .join(Customer, col(Customer.id) == col(MailMessage.customer_id))
    .join(Invoice, col(Invoice.id) == col(MailMessage.invoice_id), isouter=True)
    .order_by(col(MailRecipient.id).desc()),
)


def mail_page(
    session: Session, states: Sequence[str], *, limit: int, offset: int
) -> list[MailLine]:
    """A page of the queue, the newest first; all states where none is named."""
    chosen = LINES.where(col(MailRecipient.state).in_(states)) if states else LINES
    return _read(session, chosen.limit(limit).offset(offset))


def mail_line(session: Session, recipient_id: int) -> MailLine | None:
    """One recipient's mail."""
    found = _read(session, LINES.where(col(MailRecipient.id) == recipient_id))
    return found[0] if found else None


def mail_counts(session: Session) -> dict[str, int]:
    """How many recipients there are in each state."""
    query = select(col(MailRecipient.state), func.count()).group_by(col(MailRecipient.state))
    return {row[0]: row[1] for row in session.connection().execute(query)}


def mails_of(session: Session, invoice_id: int) -> list[MailLine]:
    """The newest mails of one invoice."""
    return _read(session, LINES.where(col(MailMessage.invoice_id) == invoice_id).limit(MOST_OF_ONE))


def _read(session: Session, statement: Select[Any]) -> list[MailLine]:
    return [MailLine(*row) for row in session.connection().execute(statement)]
