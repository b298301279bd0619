"""Handing documents over to accounting: the states of it, and what may be handed over (CRM-32)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from billing_app.domain.document_types import DocumentKind
from billing_app.domain.errors import Refused
from billing_app.domain.posting import Posting
from billing_app.domain.settlement import PAYABLE_KINDS, RELEASED

MOST_TRIES = 8
"""So often a push is tried before somebody has to look: about a day with the outbox's pauses."""


class Sync(StrEnum):
    """Where a document's push stands."""

    NONE = "none"
    QUEUED = "queued"
    SYNCED = "synced"
    ERROR = "error"

    @property
    def label(self) -> str:
        """The state in words."""
        return _LABELS[self]


_LABELS: Mapping[Sync, str] = MappingProxyType(
    {
        Sync.NONE: "Not in accounting",
        Sync.QUEUED: "On its way to accounting",
        Sync.SYNCED: "In accounting",
        Sync.ERROR: "Accounting failed",
    }
)


def check_push(status: Posting, kind: DocumentKind, sync: Sync, label: str) -> None:
    """Check that a document may be pushed. Raises: Refused by status, type or sync state."""
    facts = {"label": label, "status": status.label}
    if status not in RELEASED:
        raise Refused(
            "{label} is {status}. Only what is ready for posting or posted goes to accounting.",
            code="accounting.not_released",
            **facts,
        )
    if kind not in PAYABLE_KINDS:
        raise Refused(
            "Only invoices and credit notes go to accounting.", code="accounting.kind", **facts
        )
    if sync is Sync.SYNCED:
        raise Refused("{label} is in accounting already.", code="accounting.synced", **facts)
    if sync is Sync.QUEUED:
        raise Refused(
            "{label} is on its way to accounting already.", code="accounting.queued", **facts
        )
