"""The statuses of a voyage and what they allow (SPEC DLY-33, DLY-48)."""

from enum import StrEnum

from billing_app.domain.errors import Forbidden, Refused


class VoyageStatus(StrEnum):
    """How far a voyage is, in the order of its life."""

    ESTIMATE = "Estimate"
    UNALLOCATED = "Unallocated"
    ALLOCATED = "Allocated"
    NOMINATED = "Nominated"
    OPERATIONAL = "Operational"
    OPERATIONALLY_CLOSED = "Operationally Closed"
    INVOICED = "Invoiced"
    CLOSED = "Closed"

    @property
    def has_charges(self) -> bool:
        """Whether a voyage this far has charges at all: from Nominated on."""
        return _ORDER.index(self) >= _ORDER.index(VoyageStatus.NOMINATED)

    @property
    def is_locked(self) -> bool:
        """Whether nothing of the voyage may be assembled, dissolved or moved any more."""
        return self is VoyageStatus.CLOSED


_ORDER = tuple(VoyageStatus)


def why_not_billable(reference: str, status: VoyageStatus) -> str:
    """Why no charge of this voyage can be assembled; empty where it can."""
    if status.is_locked:
        return f"Voyage {reference} is Closed. Reopen it first."
    if not status.has_charges:
        return f"Voyage {reference} is {status}. It can be billed from Nominated on."
    return ""


def check_voyage_move(
    reference: str, current: VoyageStatus, wanted: VoyageStatus, *, may_reopen: bool
) -> None:
    """Check that a voyage may go from one status to another.

    Open voyages go anywhere, back and forth; a Closed one goes back to Invoiced only. Raises:
    Forbidden for who may not reopen, Refused for any other way out of Closed.
    """
    if current is not VoyageStatus.CLOSED or wanted is VoyageStatus.CLOSED:
        return
    if not may_reopen:
        raise Forbidden(
            "Voyage {reference} is Closed. An administrator can reopen it.", reference=reference
        )
    if wanted is not VoyageStatus.INVOICED:
        raise Refused(
            "Voyage {reference} is Closed; it can be reopened to Invoiced only.",
            code="voyage.reopened_elsewhere",
            reference=reference,
        )
