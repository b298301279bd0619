"""Charges before they are lines: their lists, and what may be assembled into one document (T2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Conflict, Refused
from billing_app.domain.periods import needs_second_confirmation
from billing_app.domain.voyages import VoyageStatus, why_not_billable

MAX_CHARGES = 10_000
"""As many as a document has lines at most (SPEC 6.16, point 11)."""


class ChargeStatus(StrEnum):
    """Whether a charge waits or stands on a document."""

    PENDING = "PENDING"
    BILLED = "BILLED"


class ChargeKind(StrEnum):
    """What made the charge (SPEC 6.2); hire is what we pay for a ship we chartered."""

    PACKAGE = "package"
    SETUP = "setup"
    USAGE = "usage"
    VOYAGE = "voyage"
    HIRE = "hire"
    ORDER = "order"
    MANUAL = "manual"


class PendingList(StrEnum):
    """The three lists of pending charges (SPEC DLY-26)."""

    RECEIVABLE = "receivable"
    PAYABLE = "payable"
    HIRE = "hire"

    @property
    def label(self) -> str:
        """The list's name on its tab."""
        return "Hire Payable" if self is PendingList.HIRE else self.value.capitalize()

    @property
    def direction(self) -> Direction:
        """Which way its documents go."""
        return Direction.OUT if self is PendingList.RECEIVABLE else Direction.IN

    @property
    def views(self) -> tuple["PendingView", ...]:
        """How it can be looked at: hire by business partner only (SPEC DLY-27)."""
        return (PendingView.PARTNER,) if self is PendingList.HIRE else tuple(PendingView)


class PendingView(StrEnum):
    """What a pending list is grouped by first (SPEC DLY-27)."""

    VOYAGE = "voyage"
    VESSEL = "vessel"
    PARTNER = "partner"

    @property
    def label(self) -> str:
        """The view's name on its button."""
        return "Business partner" if self is PendingView.PARTNER else self.value.capitalize()


class OldPostingDate(Refused):
    """The posting date lies before the previous accounting month: asked a second time (DLY-34)."""

    code = "charge.old_posting_date"
    message = (
        "{date} lies before the previous accounting month. Confirm once more to assemble with it, "
        "or choose a later date."
    )


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """What assembling asks about one charge, read under the row's lock."""

    customer_id: int
    company_id: int
    currency: str
    direction: Direction
    status: ChargeStatus = ChargeStatus.PENDING
    billed_in: str = ""
    """The label of the document it stands on already."""
    voyage_reference: str = ""
    voyage_status: VoyageStatus | None = None
    prices_include_tax: bool = False


@dataclass(frozen=True, slots=True)
class Assembly:
    """What shall become one document: its charges, its type, its date, and how they were listed."""

    charges: Sequence[ChargeFacts]
    direction: Direction
    kind: DocumentKind
    posted_on: date
    today: date
    view: PendingView = PendingView.PARTNER
    is_confirmed: bool = False


Check = Callable[[Assembly], Refused | Conflict | None]


def check_assembly(assembly: Assembly) -> None:
    """Check that the charges may become one document (SPEC 6.3, T2).

    Raises: Conflict where somebody billed one meanwhile, OldPostingDate where the date is to be
    confirmed, Refused with the sentence of the first other rule that fails.
    """
    obstacle = next((found for check in _CHECKS if (found := check(assembly))), None)
    if obstacle is not None:
        raise obstacle


def same_document(charges: Sequence[ChargeFacts], view: PendingView) -> str:
    """Why these charges cannot share a document; empty where they can (SPEC DLY-28, DLY-36)."""
    for name, values in (
        ("business partner", {charge.customer_id for charge in charges}),
        ("currency", {charge.currency for charge in charges}),
        ("direction", {charge.direction for charge in charges}),
        ("issuing company", {charge.company_id for charge in charges}),
    ):
        if len(values) > 1:
            return f"The lines of one document share their {name}. Untick those of the other one."
    if len({charge.prices_include_tax for charge in charges}) > 1:
        return "Some of these prices include VAT and some do not. Assemble them apart."
    if view is PendingView.VOYAGE and len({charge.voyage_reference for charge in charges}) > 1:
        return "By voyage, a document covers one voyage. Choose another view to bill several."
    return ""


def _some(assembly: Assembly) -> Refused | None:
    if not assembly.charges:
        return Refused("Nothing is ticked. Tick the lines to assemble.", code="charge.none")
    if len(assembly.charges) > MAX_CHARGES:
        return Refused(
            "A document has at most {most} lines. Tick fewer.",
            code="charge.too_many",
            most=f"{MAX_CHARGES:,}",
        )
    return None


def _pending(assembly: Assembly) -> Conflict | None:
    billed = [charge for charge in assembly.charges if charge.status is ChargeStatus.BILLED]
    if not billed:
        return None
    return Conflict(
        "{count} of these lines went into {label} meanwhile. Reload the list to see what is left.",
        code="charge.billed",
        count=len(billed),
        label=billed[0].billed_in,
    )


def _together(assembly: Assembly) -> Refused | None:
    sentence = same_document(assembly.charges, assembly.view)
    return Refused("{why}", code="charge.apart", why=sentence) if sentence else None


def _of_this_type(assembly: Assembly) -> Refused | None:
    fits = assembly.kind in {DocumentKind.INVOICE, DocumentKind.CREDIT}
    if fits and assembly.charges[0].direction is assembly.direction:
        return None
    return Refused(
        "This document type does not fit these lines. Choose another type.", code="charge.type"
    )


def _voyages_billable(assembly: Assembly) -> Refused | None:
    sentences = [
        why_not_billable(charge.voyage_reference, charge.voyage_status)
        for charge in assembly.charges
        if charge.voyage_status is not None
    ]
    why = next((sentence for sentence in sentences if sentence), "")
    return Refused("{why}", code="charge.voyage", why=why) if why else None


def _date_confirmed(assembly: Assembly) -> Refused | None:
    if assembly.is_confirmed:
        return None
    if not needs_second_confirmation(assembly.posted_on, assembly.today):
        return None
    return OldPostingDate(date=assembly.posted_on)


_CHECKS: tuple[Check, ...] = (
    _some,
    _pending,
    _together,
    _of_this_type,
    _voyages_billable,
    _date_confirmed,
)
