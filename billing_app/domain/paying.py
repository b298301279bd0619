"""Paying online: what may be paid, what the gateway said, and what follows (ORO-35 to ORO-45).

One document, its whole open amount, at once. Whatever a page or an address says, a payment counts
only when the gateway itself, asked for it, says that the money came.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Refused
from billing_app.domain.payment_status import GatewayOutcome, PaymentStatus
from billing_app.domain.posting import Posting
from billing_app.domain.settlement import PAYABLE_KINDS, RELEASED, PaymentKind, payment_kind

GUEST_LINK_LIVES = timedelta(days=90)
GUEST_LINK_RENEWED = timedelta(days=30)
"""A link with less time left is not handed out again; a new one is made."""

LOOKS = (
    timedelta(seconds=20),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""When the gateway is asked again by ourselves, should its message never come."""
LOOKED_AT_FOR = timedelta(days=30)


class Method(StrEnum):
    """The one method that is offered, as the setting says (ORO-36)."""

    NONE = "none"
    STRIPE = "stripe"
    DEMO = "demo"


class ChargeState(StrEnum):
    """How far the gateway is with a charge or a refund."""

    OPEN = "open"  # nothing was entered yet, or the bank asks the payer something
    AUTHORIZED = "authorized"
    PENDING = "pending"  # the bank is at work
    SUCCEEDED = "succeeded"
    DECLINED = "declined"  # another card may still be tried
    CANCELED = "canceled"

    @property
    def is_over(self) -> bool:
        """Nothing more will come of it."""
        return self in {ChargeState.SUCCEEDED, ChargeState.CANCELED}


OUTCOMES: Mapping[ChargeState, GatewayOutcome] = MappingProxyType(
    {
        ChargeState.SUCCEEDED: GatewayOutcome.SUCCEEDED,
        ChargeState.CANCELED: GatewayOutcome.CANCELED,
        ChargeState.DECLINED: GatewayOutcome.DECLINED,
    }
)


@dataclass(frozen=True, slots=True)
class Payable:
    """What decides whether a document can be paid online; `open_minor` in minor units."""

    label: str
    status: Posting
    kind: DocumentKind
    direction: Direction
    payment_status: PaymentStatus
    open_minor: int


def check_payable(facts: Payable) -> None:
    """Check that the whole open amount can be charged now (ORO-35, ORO-43).

    Raises: Refused by type or status, or where nothing is left to pay.
    """
    is_theirs = facts.direction is Direction.OUT and facts.kind in PAYABLE_KINDS
    if not is_theirs or payment_kind(facts.direction, facts.kind) is not PaymentKind.RECEIPT:
        raise Refused("{label} asks for no payment.", code="pay.kind", label=facts.label)
    if facts.payment_status.counts_as_paid or facts.open_minor <= 0:
        raise Refused(
            "{label} is {status}, so there is nothing to pay.",
            code="pay.paid",
            label=facts.label,
            status=facts.payment_status.label.lower(),
        )
    if facts.status not in RELEASED:
        raise Refused(
            "{label} is {status}, so it cannot be paid.",
            code="pay.not_released",
            label=facts.label,
            status=facts.status.label,
        )


def pay_address(external_page: str, guest_page: str, own_page: str) -> str:
    """Where a document is paid: its external page, else the guest page, else ours (ORO-38).

    Only a page over http counts; `guest_page` is empty for somebody who is signed in.
    """
    if external_page.startswith(("https://", "http://")):
        return external_page
    return guest_page or own_page


def counted_minor(charged: int, open_minor: int, status: Posting) -> int:
    """What of a charge settles its document: what is open by now; the rest is credit."""
    return max(0, min(charged, open_minor)) if status in RELEASED else 0


def next_look(age: timedelta, tries: int) -> timedelta | None:
    """How long until the gateway is asked again; None when it is not any more."""
    return None if age > LOOKED_AT_FOR else LOOKS[min(tries, len(LOOKS) - 1)]


_SCANNER = re.compile(
    r"bot|crawl|spider|scan|preview|fetch|curl|wget|python|headless|safelinks|proofpoint|"
    r"mimecast|barracuda",
    re.IGNORECASE,
)


def visitor_kind(agent: str, *, is_staff: bool) -> str:
    """Who opened a guest link: a person, our own staff, or a program that looks at mails.

    Only a person's visit counts as viewed.
    """
    if is_staff:
        return "staff"
    return "scanner" if not agent or _SCANNER.search(agent) else "person"
