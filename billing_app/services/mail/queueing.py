"""Writing a mail into the queue: the mail and its recipients, with whatever causes them."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from billing_app.domain.mail import Checked
from billing_app.persistence.tables import Contact, Customer, MailMessage, MailRecipient
from billing_app.services.context import Context


@dataclass(frozen=True, slots=True)
class Cause:
    """What a mail is about; `origin` names its one cause, so that it is queued once."""

    origin: str
    kind: str  # invoice, free, receipt, notice
    customer_id: int
    invoice_id: int | None = None
    attaches_paper: bool = False


def queue(session: Session, ctx: Context, cause: Cause, mail: Checked) -> int:
    """Queue a mail in the running transaction; answers its id, for a repeat the first one's."""
    known = session.exec(select(MailMessage.id).where(MailMessage.origin == cause.origin)).first()
    if known is not None:
        return known
    now = ctx.now()
    message = MailMessage(
        origin=cause.origin,
        kind=cause.kind,
        invoice_id=cause.invoice_id,
        customer_id=cause.customer_id,
        subject=mail.subject,
        text=mail.text,
        attaches_paper=cause.attaches_paper,
        made_at=now,
        made_by_id=ctx.actor.user_id,
    )
    session.add(message)
    session.flush()
    session.add_all(
        MailRecipient(message_id=message.id or 0, role=one.role, address=one.address, due_at=now)
        for one in mail.recipients
    )
    session.flush()
    return message.id or 0


def billing_address(session: Session, customer: Customer) -> str:
    """The billing contact's address, else the customer's own, else any contact's; or empty."""
    contacts = session.exec(
        select(Contact)
        .where(Contact.customer_id == customer.id, Contact.email != "")
        .order_by(col(Contact.is_billing).desc(), col(Contact.id))
    ).all()
    first = contacts[0] if contacts else None
    if first is not None and (first.is_billing or not customer.email):
        return first.email
    return customer.email


def all_addresses(session: Session, customer: Customer) -> list[str]:
    """The addresses of all contacts; the customer's own where no contact has one."""
    found = session.exec(
        select(Contact.email)
        .where(Contact.customer_id == customer.id, Contact.email != "")
        .order_by(col(Contact.id))
    ).all()
    return list({one.casefold(): one for one in found}.values()) or (
        [customer.email] if customer.email else []
    )
