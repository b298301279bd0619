"""What a mail may say and to whom, and when a failed one is tried again (SPEC 6.11).

Everything that ends in a header is one line without control characters, and a field for an address
holds one address: nothing typed can add a header, a recipient or a path.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import clean_text

MOST_COPIES = 20
LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
LONGEST_SUBJECT = 200
LONGEST_TEXT = 20_000
MOST_TRIES = 12
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_BETWEEN = re.compile(r"[,;\n]")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))


class MailState(StrEnum):
    """How far a mail has come for one recipient."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address: in To, CC or BCC."""

    role: str  # to, cc, bcc
    address: str


@dataclass(frozen=True, slots=True)
class MailFacts:
    """A mail as typed: CC and BCC may hold several addresses with commas between them."""

    to: str
    subject: str
    text: str
    cc: str = ""
    bcc: str = ""
    attaches_paper: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """A mail that may be queued."""

    recipients: tuple[Recipient, ...]
    subject: str
    text: str


def check(facts: MailFacts) -> Checked:
    """The mail with every address, its subject and text in order.

    Raises: Invalid with a sentence for each field that is not.
    """
    problems: dict[str, str] = {}
    found: list[Recipient] = []
    for role, typed in (("to", facts.to), ("cc", facts.cc), ("bcc", facts.bcc)):
        try:
            listed = [parse_address(typed, role)] if role == "to" else parse_copies(typed, role)
            for address in listed:
                _refuse_double(found, address, role)
                found.append(Recipient(role, address))
        except Invalid as error:
            problems |= error.fields
    texts = {}
    for name, typed, longest in (
        ("subject", facts.subject, LONGEST_SUBJECT),
        ("text", facts.text, LONGEST_TEXT),
    ):
        try:
            texts[name] = clean_text(typed, field=name, maximum=longest, multiline=name == "text")
            if not texts[name]:
                problems[name] = "Write something here."
        except Invalid as error:
            problems |= error.fields
    if problems:
        raise Invalid.many(problems)
    return Checked(tuple(found), texts["subject"], texts["text"])


def parse_address(typed: str, field: str) -> str:
    """One bare address, its domain in lower case ASCII. Raises: Invalid."""
    text = clean_text(typed, field=field, maximum=LONGEST_ADDRESS)
    if not text:
        raise Invalid.of(field, "Give an e-mail address.")
    if text.count("@") > 1 or _BETWEEN.search(text):
        raise Invalid.of(field, "Give one address here; more belong in CC, with commas between.")
    local, _, domain = text.partition("@")
    try:
        plain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        plain = ""
    labels = plain.split(".")
    is_good = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    if not (is_good and len(local) <= 64 and _LOCAL.fullmatch(local)):  # noqa: PLR2004  RFC 5321 4.5.3.1.1
        raise Invalid.of(field, f"{text} is no e-mail address. Write it like anna@company.example.")
    return f"{local}@{plain}"


def parse_copies(typed: str, field: str) -> list[str]:
    """Several addresses with commas, semicolons or line breaks between them. Raises: Invalid."""
    parts = [part for part in _BETWEEN.split(typed) if part.strip()]
    if len(parts) > MOST_COPIES:
        raise Invalid.of(field, f"At most {MOST_COPIES} addresses; these are {len(parts)}.")
    return [parse_address(part, field) for part in parts]


def _refuse_double(found: Sequence[Recipient], address: str, field: str) -> None:
    if any(one.address.casefold() == address.casefold() for one in found):
        raise Invalid.of(field, f"{address} stands here twice. Leave it once.")


def paper_name(label: str) -> str:
    """The name of a document's file, made from its number: no path, no sign that misleads."""
    return f"{_UNSAFE.sub('-', label).strip('-')[:60] or 'document'}.pdf"


def pause(tries: int, chance: int) -> timedelta | None:
    """How long to wait after so many tries, a fifth longer at most; None when it is given up.

    `chance` is 0 to 999, so that mails that failed together do not come back together.
    """
    if tries >= MOST_TRIES:
        return None
    base = _PAUSES[min(max(tries, 1), len(_PAUSES)) - 1]
    return base + base * chance // 5_000


STATE_WORDS: Mapping[str, str] = {
    MailState.WAITING: "Queued",
    MailState.SENDING: "Sending",
    MailState.SENT: "Sent",
    MailState.FAILED: "Mail failed",
    MailState.CANCELLED: "Cancelled",
}
"""What a state is called on screens."""
