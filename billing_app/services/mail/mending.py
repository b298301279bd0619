"""The queue as staff see it, and mending it: another address, another try, no mail after all."""

from dataclasses import dataclass, replace

from sqlmodel import Session, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Forbidden, Invalid, NotFound, Refused
from billing_app.domain.mail import MailState, parse_address
from billing_app.domain.notifications import Kind
from billing_app.persistence.queries.mail import MailLine, mail_counts, mail_line, mail_page
from billing_app.persistence.tables import MailMessage, MailRecipient
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.notifications.news import settle

PAGE = 50
HIDDEN = "Hidden"
OPEN_STATES = (MailState.WAITING, MailState.SENDING)
MENDABLE = (MailState.WAITING, MailState.FAILED, MailState.CANCELLED)


@dataclass(frozen=True, slots=True)
class MailPage:
    """A page of the queue; `total` counts what the view holds."""

    lines: tuple[MailLine, ...]
    total: int
    counts: dict[str, int]


def list_mail(ctx: Context, states: tuple[str, ...] = (), number: int = 1) -> MailPage:
    """Page `number` (from 1) of the mails in these states, the newest first."""
    ctx.require(Permission.INVOICE_SEND)
    with ctx.read() as session:
        counts = mail_counts(session)
        found = mail_page(session, states, limit=PAGE, offset=PAGE * (max(1, number) - 1))
    total = sum(count for state, count in counts.items() if not states or state in states)
    return MailPage(tuple(masked(ctx, line) for line in found), total, counts)


def get_mail(ctx: Context, recipient_id: int) -> tuple[MailLine, str]:
    """One recipient's mail and what it says. Raises: NotFound."""
    ctx.require(Permission.INVOICE_SEND)
    with ctx.read() as session:
        line = mail_line(session, recipient_id)
        if line is None:
            raise NotFound("This mail does not exist.")
        text = session.get_one(MailMessage, line.message_id).text
    return masked(ctx, line), text if ctx.actor.sees_partner else HIDDEN


def masked(ctx: Context, line: MailLine) -> MailLine:
    """A mail as the asker may see it: without the view of partners, nobody's name or address."""
    if ctx.actor.sees_partner:
        return line
    error = HIDDEN if line.error else ""
    return replace(line, address=HIDDEN, customer=HIDDEN, subject=HIDDEN, error=error)


def send_again(ctx: Context, recipient_id: int, address: str) -> None:
    """Queue a failed, cancelled or waiting mail anew, perhaps to another address.

    Raises: Invalid at address, Refused while it is being sent or when it was.
    """
    _may_mend(ctx)
    plain = parse_address(address, "address")
    with ctx.write() as session:
        row = _claimed(session, recipient_id)
        _refuse_double(session, row, plain)
        before = {"address": row.address, "state": row.state}
        row.address, row.state, row.error = plain, MailState.WAITING, ""
        row.tries, row.due_at = 0, ctx.now()
        session.add(row)
        after = {"address": plain, "state": str(MailState.WAITING)}
        settle(session, [Kind.MAIL_FAILED], recipient_id)
        _record(session, ctx, row, "mail queued again", before, after)


def cancel_mail(ctx: Context, recipient_id: int) -> None:
    """Do not send a waiting mail after all. Raises: Refused while it is being sent or was."""
    _may_mend(ctx)
    with ctx.write() as session:
        row = _claimed(session, recipient_id)
        before = {"address": row.address, "state": row.state}
        row.state = MailState.CANCELLED
        session.add(row)
        settle(session, [Kind.MAIL_FAILED], recipient_id)
        _record(session, ctx, row, "mail cancelled", before, {"state": str(MailState.CANCELLED)})


def _may_mend(ctx: Context) -> None:
    ctx.require(Permission.INVOICE_SEND)
    if not ctx.actor.sees_partner:
        raise Forbidden(
            "You do not see business partners, so you cannot write to them. "
            "An administrator grants the view."
        )


def _claimed(session: Session, recipient_id: int) -> MailRecipient:
    row = session.get(MailRecipient, recipient_id, with_for_update=True)
    if row is None:
        raise NotFound("This mail does not exist.")
    if row.state not in MENDABLE:
        is_sent = row.state == MailState.SENT
        raise Refused(
            "This mail was sent. Write a new one instead."
            if is_sent
            else "This mail is being sent at this moment. Look again in a minute."
        )
    return row


def _refuse_double(session: Session, row: MailRecipient, address: str) -> None:
    others = session.exec(
        select(MailRecipient.address).where(
            MailRecipient.message_id == row.message_id, MailRecipient.id != row.id
        )
    ).all()
    if any(one.casefold() == address.casefold() for one in others):
        raise Invalid.of("address", f"{address} gets this mail already.")


def _record(
    session: Session,
    ctx: Context,
    row: MailRecipient,
    action: str,
    before: dict[str, str],
    after: dict[str, str],
) -> None:
    message = session.get_one(MailMessage, row.message_id)
    entity, key = ("invoice", message.invoice_id) if message.invoice_id else ("mail", message.id)
    record(
        session, ctx, entity=entity, entity_id=key or 0, action=action, before=before, after=after
    )
