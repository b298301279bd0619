"""What a mailer is given and what it may answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from billing_app.domain.errors import Refused, Unavailable


class MailRefused(Refused):
    """The server will not take this mail for this address; trying again does not help."""

    code = "mail.refused"
    message = "The mail server refused it: {answer}"


class MailDelayed(Unavailable):
    """It did not work this time; the mail is tried again."""

    code = "mail.delayed"
    message = "The mail server did not take it yet: {answer}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to leave: the same letter always becomes the same bytes.

    `message_key` is the part of its Message-ID before the sign.
    """

    message_key: str
    sender_name: str
    reply_to: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    at: datetime
    attachments: tuple[Attachment, ...] = ()
    is_automatic: bool = False


class Mailer(Protocol):
    """Hands letters over."""

    def send(self, letter: Letter, address: str) -> None:
        """Hand a letter over for one recipient; returns only when it was accepted.

        Raises: MailRefused for good, MailDelayed for now.
        """
        ...
