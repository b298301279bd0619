"""Mails as finished strings."""

from dataclasses import dataclass

from billing_app.domain.mail import MOST_TRIES, STATE_WORDS, MailState
from billing_app.kit.wording import moment
from billing_app.persistence.queries.mail import MailLine
from billing_app.services.mail.mending import MENDABLE

KINDS = {
    "invoice": "Invoice",
    "free": "E-mail",
    "receipt": "Payment confirmation",
    "notice": "Package charge",
}
ROLES = {"to": "", "cc": "CC", "bcc": "BCC"}


@dataclass(frozen=True)
class QueueRow:
    """A mail for one recipient."""

    id: int
    state: str
    note: str
    address: str
    role: str
    subject: str
    kind: str
    customer: str
    customer_href: str
    invoice: str
    invoice_href: str
    when: str
    error: str
    can_mend: bool
    can_cancel: bool


def queue_row(line: MailLine, zone: str, *, may_mend: bool) -> QueueRow:
    """One line of the queue."""
    return QueueRow(
        id=line.id,
        state=STATE_WORDS[line.state],
        note=_note(line, zone),
        address=line.address,
        role=ROLES[line.role],
        subject=line.subject,
        kind=f"{KINDS[line.kind]}, by {line.made_by}",
        customer=line.customer,
        customer_href=f"/customers/{line.customer_id}" if may_mend else "",
        invoice=line.invoice,
        invoice_href=f"/invoices?invoice={line.invoice_id}" if line.invoice_id else "",
        when=moment(line.sent_at or line.made_at, zone),
        error=line.error,
        can_mend=may_mend and line.state in MENDABLE,
        can_cancel=may_mend and line.state == MailState.WAITING,
    )


def _note(line: MailLine, zone: str) -> str:
    """What comes next, where something does."""
    if line.state == MailState.WAITING and line.tries:
        return f"try {line.tries + 1} of {MOST_TRIES}, {moment(line.due_at, zone)}"
    return ""
