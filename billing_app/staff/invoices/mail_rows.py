"""An invoice's mails as finished strings."""

from dataclasses import dataclass

from billing_app.domain.mail import STATE_WORDS, MailState
from billing_app.kit.wording import moment
from billing_app.persistence.queries.mail import MailLine
from billing_app.staff.invoices.rows import HIDDEN, Sight

ROLES = {"to": "", "cc": "CC", "bcc": "BCC"}


@dataclass(frozen=True)
class MailRow:
    """A mail of the invoice for one recipient."""

    id: int
    state: str
    address: str
    detail: str
    when: str
    error: str
    is_open: bool
    """Whether something can still be done about it on the Mail page."""


def mail_row(line: MailLine, sight: Sight) -> MailRow:
    """One recipient; names and addresses as the viewer may see them."""
    subject = line.subject if sight.partner else HIDDEN
    return MailRow(
        id=line.id,
        state=STATE_WORDS[line.state],
        address=line.address if sight.partner else HIDDEN,
        detail=" · ".join(bit for bit in (ROLES[line.role], subject, line.made_by) if bit),
        when=moment(line.sent_at or line.made_at, sight.zone),
        error=line.error if sight.partner else "",
        is_open=line.state in {MailState.WAITING, MailState.FAILED},
    )
