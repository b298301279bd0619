"""Of what people are told: what waits for them or went wrong, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from billing_app.domain.permissions import Permission

KEPT_READ, KEPT = timedelta(days=30), timedelta(days=90)
"""How long a notification stays once it is read, and at most."""


class Kind(StrEnum):
    """What happened."""

    READY = "ready"
    SENT_BACK = "sent_back"
    MAIL_FAILED = "mail_failed"
    JOB_FAILED = "job_failed"
    PAYMENT_CAME = "payment_came"
    PAYMENT_DOUBTED = "payment_doubted"
    IMPORT_DONE = "import_done"
    BULK_DONE = "bulk_done"
    PUSH_FAILED = "push_failed"


@dataclass(frozen=True, slots=True)
class KindFacts:
    """A kind: its switch, its sentence for one cause and for several, who is told at all.

    A detail that `may_name` somebody is shown to who sees business partners only.
    """

    label: str
    one: str
    several: str
    permission: Permission
    may_name: bool = False


KINDS: Mapping[Kind, KindFacts] = {
    Kind.READY: KindFacts(
        "An invoice is ready for posting",
        "{label} is ready for posting",
        "{label} is ready for posting",
        Permission.INVOICE_POST,
    ),
    Kind.SENT_BACK: KindFacts(
        "An invoice I wrote comes back",
        "{label} came back to you",
        "{label} came back to you {times} times",
        Permission.INVOICE_VIEW,
    ),
    Kind.MAIL_FAILED: KindFacts(
        "A mail is not delivered",
        "The mail about {label} was not delivered",
        "{times} mails about {label} were not delivered",
        Permission.INVOICE_SEND,
        may_name=True,
    ),
    Kind.JOB_FAILED: KindFacts(
        "A job fails",
        "{label} ran with failures",
        "{label} ran with failures {times} times",
        Permission.JOB_RUN,
        may_name=True,
    ),
    Kind.PAYMENT_CAME: KindFacts(
        "A payment comes in online",
        "{label} came in online",
        "{times} payments came in online, the latest is {label}",
        Permission.PAYMENT_RECORD,
    ),
    Kind.PAYMENT_DOUBTED: KindFacts(
        "An online payment is doubted",
        "A payment of {label} is doubted",
        "A payment of {label} is doubted",
        Permission.PAYMENT_RECORD,
    ),
    Kind.IMPORT_DONE: KindFacts(
        "An import of mine has ended",
        "{label} is brought in",
        "{label} is brought in",
        Permission.IMPORT_RUN,
    ),
    Kind.BULK_DONE: KindFacts(
        "A bulk action of mine has ended",
        "The bulk action “{label}” has ended",
        "The bulk action “{label}” has ended",
        Permission.INVOICE_VIEW,
    ),
    Kind.PUSH_FAILED: KindFacts(
        "A push to accounting fails",
        "{label} did not get into accounting",
        "{label} did not get into accounting, {times} times",
        Permission.ACCOUNTING_PUSH,
        may_name=True,
    ),
}


def sentence(kind: Kind, label: str, times: int) -> str:
    """What happened, for people: "INV-42 is ready for posting."."""
    facts = KINDS[kind]
    words = facts.one if times == 1 else facts.several
    return f"{words.format(label=label, times=f'{times:,}')}."


_PLACES: Mapping[Kind, str] = {
    Kind.JOB_FAILED: "/jobs?run=",
    Kind.PAYMENT_CAME: "/payments/",
    Kind.IMPORT_DONE: "/imports/",
    Kind.BULK_DONE: "/bulk/",
    Kind.MAIL_FAILED: "/mail?mail=",
}


def link_of(kind: Kind, record_id: int) -> str:
    """The address of the record; without one, of the list where what is left of it waits."""
    if not record_id:
        return "/pending"
    return f"{_PLACES.get(kind, '/invoices?invoice=')}{record_id}"
