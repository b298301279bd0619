"""What the life cycle asks about an invoice and about the person who acts."""

from dataclasses import dataclass
from datetime import date

from billing_app.domain.document_types import Direction, DocumentKind, SignRestriction
from billing_app.domain.levels import StaffLevel
from billing_app.domain.posting import Posting


@dataclass(frozen=True, slots=True)
class ActorFacts:
    """The person who acts."""

    user_id: int
    level: StaffLevel
    is_system: bool = False
    """A job or an import: the four-eyes rule bars nobody by what it assembled (SPEC 4.4h)."""


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """The invoice as it stands, read under the row's lock.

    Amounts are in minor units with the sign they are stored with (positive also on a credit note).
    """

    status: Posting
    label: str
    """How the person knows it: its number, or its document id before it has one."""
    direction: Direction = Direction.OUT
    kind: DocumentKind = DocumentKind.INVOICE
    sign_restriction: SignRestriction = SignRestriction.ANY
    line_count: int = 0
    any_zero_quantity: bool = False
    total_minor: int = 0
    has_positive_line: bool = False
    has_negative_line: bool = False
    document_date: date | None = None
    due_on: date | None = None
    closed_voyages: tuple[str, ...] = ()
    """References of the closed voyages among its lines."""
    allocated: bool = False
    """A payment or a credit is allocated to it."""
    is_fully_paid: bool = False
    corrections: tuple[str, ...] = ()
    """Labels of the credit notes, or the reversals, that count against it."""
    has_unrefunded_gateway: bool = False
    is_synced: bool = False
    """Accounting has taken it over."""
    imported_and_posted: bool = False
    assembled_by: int | None = None
    created_by: int | None = None
    restrict_self_assembled: bool = False
    """The setting restrict_self_assembled_posting."""
    reason: str = ""
    confirmed: bool = False
