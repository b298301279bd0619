"""Mailing an invoice as its template says, without anybody who reads the mail first.

A missing PDF, which a person is told of and may accept, is a reason not to send here.
"""

from sqlmodel import Session, col, select

from billing_app.domain.errors import Refused
from billing_app.domain.mail import MailFacts, MailState
from billing_app.persistence.tables import MailMessage, MailRecipient
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole, whole
from billing_app.services.mail.queueing import billing_address
from billing_app.services.mail.sending import compose_mail, origin_of, refuse_unwritable, send_mail
from billing_app.services.papers import has_paper

ARRIVING = (MailState.WAITING, MailState.SENDING, MailState.SENT)


def refuse_unsendable(session: Session, ctx: Context, found: Whole) -> None:
    """Check that the invoice can go to its customer as it is.

    Raises: Forbidden, Refused where it is not posted, has no recipient or no PDF, or where the
    same recipient has it already.
    """
    refuse_unwritable(ctx, found)
    label, address = found.invoice.label, billing_address(session, found.customer)
    if not address:
        raise Refused(
            "{customer} has no e-mail address, so {label} has no recipient.",
            customer=found.customer.name,
            label=label,
        )
    if not has_paper(session, found.invoice):
        raise Refused(
            "{label} has no PDF. Accounting can create it in the invoice's options.", label=label
        )
    if _has_it(session, found.invoice.id or 0, address):
        raise Refused("{label} was mailed to {address} already.", label=label, address=address)


def send_by_template(ctx: Context, invoice_id: int, *, key: str) -> str:
    """Queue the mail of an invoice; answers what happens. A repeat with the same key says so again.

    Raises: what `refuse_unsendable` raises, Refused for a template that cannot be used.
    """
    with ctx.read() as session:
        found = whole(session, invoice_id)
        origin = origin_of(invoice_id, key)
        is_queued = select(MailMessage.id).where(MailMessage.origin == origin)
        if session.exec(is_queued).first() is None:
            refuse_unsendable(session, ctx, found)
    mail = compose_mail(ctx, invoice_id)
    send_mail(ctx, invoice_id, MailFacts(mail.to, mail.subject, mail.text), key=key)
    return f"{found.invoice.label} is on its way to {mail.to}."


def _has_it(session: Session, invoice_id: int, address: str) -> bool:
    """Whether a mail of the invoice reached this address, or still may."""
    listed = session.exec(
        select(MailRecipient.address)
        .join(MailMessage, col(MailMessage.id) == MailRecipient.message_id)
        .where(
            MailMessage.invoice_id == invoice_id,
            MailMessage.kind == "invoice",
            col(MailRecipient.state).in_(ARRIVING),
        )
    ).all()
    return address.casefold() in {one.casefold() for one in listed}
