"""Every status that is not stored: computed from facts and the clock (SPEC 6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billing_app.domain.document_types import DocumentKind, sign
from billing_app.domain.money import half_up
from billing_app.domain.payment_status import (
    REFUNDED,
    GatewayOutcome,
    PaymentStatus,
    PortalBadge,
    Settlement,
    payment_status,
    portal_badge,
)
from billing_app.domain.posting import Posting

__all__ = [
    "Aging",
    "Chip",
    "Delivery",
    "DeliveryFacts",
    "GatewayOutcome",
    "PaymentStatus",
    "PaymentTerm",
    "PortalBadge",
    "PortalWord",
    "Settlement",
    "aging",
    "delivery",
    "due_for_aging",
    "lifecycle_chip",
    "payment_status",
    "portal_badge",
    "portal_words",
    "sign",
]

DUE_SOON_DAYS = 7


class Delivery(StrEnum):
    """Whether the customer has the document."""

    NOT_SENT = "Not sent"
    SENT = "Sent"
    VIEWED = "Viewed"
    DOWNLOADED = "Downloaded"

    @property
    def is_delivered(self) -> bool:
        """The customer has it, one way or another."""
        return self is not Delivery.NOT_SENT


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """A delivery event: channel email, marked, portal_view or portal_download."""

    channel: str
    success: bool = True


def delivery(events: Sequence[DeliveryFacts]) -> Delivery:
    """The furthest a document came: downloaded, viewed, sent or not sent."""
    channels = {event.channel for event in events if event.success}
    if "portal_download" in channels:
        return Delivery.DOWNLOADED
    if "portal_view" in channels:
        return Delivery.VIEWED
    return Delivery.SENT if channels & {"email", "marked"} else Delivery.NOT_SENT


class Chip(StrEnum):
    """The life-cycle chip: the CRM's seven words and Posted (SPEC 6.16, point 2)."""

    DRAFT = "Draft"
    SENT = "Sent"
    PARTIALLY_PAID = "Partially Paid"
    PAID = "Paid"
    OVERDUE = "Overdue"
    CANCELLED = "Cancelled"
    VOID = "Void"
    POSTED = "Posted"


def lifecycle_chip(
    posting: Posting, settlement: Settlement, due_on: date | None, today: date, *, delivered: bool
) -> Chip:
    """The chip, first match (SPEC 6.4). `due_on` is the earliest unpaid due date."""
    before_posting = {
        Posting.CANCELLED: Chip.CANCELLED,
        Posting.VOID: Chip.VOID,
        Posting.DRAFT: Chip.DRAFT,
        Posting.ASSEMBLED: Chip.DRAFT,
    }
    if posting in before_posting:
        return before_posting[posting]
    if settlement.open <= 0 or payment_status(settlement) in REFUNDED:
        return Chip.PAID
    if delivered and due_on is not None and due_on < today:
        return Chip.OVERDUE
    if settlement.settled > 0:
        return Chip.PARTIALLY_PAID
    if delivered:
        return Chip.SENT
    return Chip.DRAFT if posting is Posting.READY else Chip.POSTED


@dataclass(frozen=True, slots=True)
class Aging:
    """Days past the due date (negative: until it) and the words for them."""

    days: int | None
    text: str


def aging(due_on: date | None, today: date, open_minor: int) -> Aging:
    """How old the debt is: "Settled", "no due date", "due in 5 days", "9 days overdue"."""
    if open_minor <= 0:
        return Aging(None, "Settled")
    if due_on is None:
        return Aging(None, "no due date")
    days = (today - due_on).days
    if not days:
        return Aging(0, "due today")
    counted = f"{abs(days):,} day{'' if abs(days) == 1 else 's'}"
    return Aging(days, f"due in {counted}" if days < 0 else f"{counted} overdue")


@dataclass(frozen=True, slots=True)
class PaymentTerm:
    """A part of the total with its own due date; an invoice has at most two (SPEC DLY-45)."""

    percentage: Decimal
    due_on: date


def due_for_aging(
    terms: Sequence[PaymentTerm], due_on: date | None, total: int, settled: int
) -> date | None:
    """The due date that aging and overdue use: the earliest term not yet paid.

    Payments settle the earliest term first. Without terms it is the document's own due date.
    """
    covered = Decimal(0)
    ordered = sorted(terms, key=lambda term: term.due_on)
    for term in ordered:
        covered += term.percentage
        numerator, denominator = covered.as_integer_ratio()
        if settled < half_up(total * numerator, 100 * denominator):
            return term.due_on
    return ordered[-1].due_on if ordered else due_on


class PortalWord(StrEnum):
    """The customer's word for a document's state (SPEC 6.16, point 10)."""

    OPEN = "Open"
    DUE_SOON = "Due soon"
    OVERDUE = "Overdue"
    PARTIALLY_PAID = "Partially paid"
    PAID = "Paid"
    CREDITED = "Credited"
    VOID = "Void"


def portal_words(
    posting: Posting, kind: DocumentKind, settlement: Settlement, age: Aging
) -> PortalWord:
    """The customer's word; never a posting word.

    Overdue goes by the day alone: who reads it in the portal has the document.
    """
    if posting is Posting.VOID:
        return PortalWord.VOID
    is_credit_note = kind is DocumentKind.CREDIT
    if settlement.open <= 0 or payment_status(settlement) in REFUNDED:
        by_credit = settlement.credits > 0 and settlement.paid <= 0
        return PortalWord.CREDITED if by_credit or is_credit_note else PortalWord.PAID
    return PortalWord.OPEN if is_credit_note else _word_of_debt(settlement, age)


def _word_of_debt(settlement: Settlement, age: Aging) -> PortalWord:
    if age.days is not None and age.days > 0:
        return PortalWord.OVERDUE
    if settlement.settled > 0:
        return PortalWord.PARTIALLY_PAID
    is_due_soon = age.days is not None and age.days >= -DUE_SOON_DAYS
    return PortalWord.DUE_SOON if is_due_soon else PortalWord.OPEN
