"""Delivering: one recipient at a time, held under a lease, never sent without being accepted.

Claiming, handing over and noting are steps of their own. Whoever dies in between leaves a row that
is taken up when its lease has run out. What SMTP cannot prevent remains: a worker that dies after
the server accepted and before that is noted; the second copy has the same Message-ID.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, or_, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError
from billing_app.domain.mail import MailState, paper_name, parse_address, pause
from billing_app.persistence.tables import (
    Company,
    Customer,
    DeliveryEvent,
    Invoice,
    MailMessage,
    MailRecipient,
    PdfDocument,
    PrintLog,
)
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.claims import claim
from billing_app.services.mail.ports import Attachment, Letter
from billing_app.services.mail.sending import deliver
from billing_app.services.notifications.news import tell_mail_failed
from billing_app.services.papers import ensure_pdf

LEASE = timedelta(minutes=10)  # longer than a mailer takes for one letter
MOST_ERROR = 500
GIVEN_UP = "Given up after {tries} tries. {error}"
NOTING_TRIES = 5
ABOUT = {"receipt": "a payment", "notice": "a package charge", "free": "a customer"}


@dataclass(frozen=True, slots=True)
class Held:
    """A recipient's row that this worker holds."""

    id: int
    worker: str
    address: str
    letter: Letter


def claim_mail(ctx: Context, worker: str) -> Held | None:
    """Take up the mail that is due longest; None where none is."""
    ctx.require(Permission.JOB_RUN)
    with ctx.read() as session:
        if _due(session, ctx) is None:
            return None
    with ctx.write() as session:
        row = _due(session, ctx, lock=True)
        if row is None:
            return None
        row.state, row.worker = MailState.SENDING, worker
        row.lease_until, row.tries = ctx.now() + LEASE, row.tries + 1
        session.add(row)
        taken = (row.id or 0, row.message_id, row.address)
    try:
        return Held(taken[0], worker, taken[2], letter_of(ctx, taken[1]))
    except BillingError as error:
        note_delay(ctx, Held(taken[0], worker, taken[2], NO_LETTER), error.sentence, 0)
        return None


def letter_of(ctx: Context, message_id: int) -> Letter:
    """A queued mail as it leaves; its paper is the stored one."""
    with ctx.read() as session:
        message = session.get_one(MailMessage, message_id)
        rows = session.exec(
            select(MailRecipient)
            .where(MailRecipient.message_id == message_id)
            .order_by(col(MailRecipient.id))
        ).all()
        company = _company(session, message)
        invoice = session.get(Invoice, message.invoice_id) if message.invoice_id else None
    attachments: tuple[Attachment, ...] = ()
    if message.attaches_paper and invoice is not None:
        pdf = ensure_pdf(ctx, invoice.id or 0)
        attachments = (Attachment(paper_name(invoice.label), pdf.content),)
    return Letter(
        message_key=message_key(ctx, message.origin),
        sender_name=company.name,
        reply_to=_reply_to(company),
        to=tuple(row.address for row in rows if row.role == "to"),
        cc=tuple(row.address for row in rows if row.role == "cc"),
        subject=message.subject,
        text=message.text,
        at=message.made_at,
        attachments=attachments,
        is_automatic=message.kind in {"receipt", "notice"},
    )


def message_key(ctx: Context, origin: str) -> str:
    """The Message-ID's own part: the same for every try of the same mail, and not to be guessed."""
    return hmac.new(ctx.secret, f"mail {origin}".encode(), sha256).hexdigest()[:32]


def note_sent(ctx: Context, held: Held) -> None:
    """Note that the server accepted the mail, also if the lease ran out meanwhile."""
    for _ in range(NOTING_TRIES - 1):
        try:
            return _note_sent(ctx, held)
        except DBAPIError:  # accepted is accepted: it must not be sent again for a busy database
            continue
    return _note_sent(ctx, held)


def note_delay(ctx: Context, held: Held, error: str, chance: int) -> None:
    """Note that it did not work this time; given up after many tries."""
    with ctx.write() as session:
        row = _mine(session, held)
        if row is None:
            return
        wait = pause(row.tries, chance)
        row.lease_until, row.worker = None, ""
        if wait is None:
            _fail(session, ctx, row, GIVEN_UP.format(tries=row.tries, error=error))
        else:
            row.state, row.error = MailState.WAITING, error[:MOST_ERROR]
            row.due_at = ctx.now() + wait
            session.add(row)


def note_refusal(ctx: Context, held: Held, error: str) -> None:
    """Note that the server refuses it for good."""
    with ctx.write() as session:
        row = _mine(session, held)
        if row is not None:
            row.lease_until, row.worker = None, ""
            _fail(session, ctx, row, error)


def _due(session: Session, ctx: Context, *, lock: bool = False) -> MailRecipient | None:
    now = ctx.now()
    waiting = (col(MailRecipient.state) == MailState.WAITING) & (col(MailRecipient.due_at) <= now)
    lapsed = (col(MailRecipient.state) == MailState.SENDING) & (
        col(MailRecipient.lease_until) < now
    )
    query = select(MailRecipient).where(or_(waiting, lapsed))
    query = query.order_by(col(MailRecipient.due_at), col(MailRecipient.id)).limit(1)
    return session.exec(query.with_for_update(skip_locked=True) if lock else query).first()


def _mine(session: Session, held: Held) -> MailRecipient | None:
    """The row, unless somebody else took it over."""
    row = session.get_one(MailRecipient, held.id, with_for_update=True)
    return row if row.worker == held.worker and row.state == MailState.SENDING else None


def _note_sent(ctx: Context, held: Held) -> None:
    with ctx.write() as session:
        row = session.get_one(MailRecipient, held.id, with_for_update=True)
        if row.state == MailState.SENT:
            return
        row.state, row.sent_at, row.error = MailState.SENT, ctx.now(), ""
        row.lease_until, row.worker = None, ""
        session.add(row)
        message = session.get_one(MailMessage, row.message_id)
        if message.invoice_id is None:
            return
        after = {"to": row.address, "subject": message.subject}
        _record(session, ctx, message.invoice_id, "mailed", after)
        if message.kind == "invoice" and row.role != "bcc":
            _note_delivery(session, ctx, message.invoice_id, row)


def _note_delivery(session: Session, ctx: Context, invoice_id: int, row: MailRecipient) -> None:
    session.add(
        DeliveryEvent(invoice_id=invoice_id, at=ctx.now(), channel="email", recipient=row.address)
    )
    pdf = session.exec(select(PdfDocument.id).where(PdfDocument.invoice_id == invoice_id)).first()
    if pdf is not None:
        session.add(
            PrintLog(
                invoice_id=invoice_id,
                at=ctx.now(),
                user_id=ctx.actor.user_id,
                kind="email",
                is_original=True,
                pdf_id=pdf,
            )
        )
    deliver(session, claim(session, invoice_id))


def _fail(session: Session, ctx: Context, row: MailRecipient, error: str) -> None:
    row.state, row.error = MailState.FAILED, error[:MOST_ERROR]
    session.add(row)
    message = session.get_one(MailMessage, row.message_id)
    invoice = session.get(Invoice, message.invoice_id) if message.invoice_id else None
    about = invoice.label if invoice else ABOUT[message.kind]
    tell_mail_failed(session, ctx, row.id or 0, about, row.error, by=message.made_by_id)
    if message.invoice_id is None:
        return
    after = {"to": row.address, "reason": row.error}
    _record(session, ctx, message.invoice_id, "mail failed", after)
    if message.kind == "invoice" and row.role != "bcc":
        session.add(
            DeliveryEvent(
                invoice_id=message.invoice_id,
                at=ctx.now(),
                channel="email",
                recipient=row.address,
                is_success=False,
                error=row.error,
            )
        )


def _record(
    session: Session, ctx: Context, invoice_id: int, action: str, after: dict[str, str]
) -> None:
    record(session, ctx, entity="invoice", entity_id=invoice_id, action=action, after=after)


def _company(session: Session, message: MailMessage) -> Company:
    invoice = session.get(Invoice, message.invoice_id) if message.invoice_id else None
    customer = session.get_one(Customer, message.customer_id)
    return session.get_one(Company, invoice.company_id if invoice else customer.company_id)


def _reply_to(company: Company) -> str:
    try:
        return parse_address(company.email, "email") if company.email else ""
    except BillingError:
        return ""


NO_LETTER = Letter("", "", "", (), (), "", "", at=None)  # type: ignore[arg-type]
