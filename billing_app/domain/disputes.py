"""Disputes: a customer says of which lines of an invoice something is wrong, and staff decide.

A dispute is about quantities of lines. Staff answer, reject, or accept it into a credit note for
exactly these quantities; the customer may withdraw it until then. What one undecided dispute is
about, no other one is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from billing_app.domain.credit_limits import NOTHING, Asked, is_within
from billing_app.domain.crediting import Part, parts
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Refused
from billing_app.domain.permissions import Permission
from billing_app.domain.posting import Posting


class DisputeState(StrEnum):
    """How far a dispute is."""

    OPEN = "open"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state on a chip."""
        return self.value.capitalize()


class DisputeAction(StrEnum):
    """What leads from one state to the next."""

    ANSWER = "answer"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: where it leads, and the permission it takes."""

    to: DisputeState
    permission: Permission


UNDECIDED = (DisputeState.OPEN, DisputeState.ANSWERED)
_ROWS = {
    DisputeAction.ANSWER: Step(DisputeState.ANSWERED, Permission.INVOICE_REVERSE),
    DisputeAction.ACCEPT: Step(DisputeState.ACCEPTED, Permission.INVOICE_REVERSE),
    DisputeAction.REJECT: Step(DisputeState.REJECTED, Permission.INVOICE_REVERSE),
    DisputeAction.WITHDRAW: Step(DisputeState.WITHDRAWN, Permission.PORTAL_DISPUTE),
}
STEPS: Mapping[tuple[DisputeState, DisputeAction], Step] = MappingProxyType(
    {(state, action): row for state in UNDECIDED for action, row in _ROWS.items()}
)
"""What is decided stays as it is: no row begins at accepted, rejected or withdrawn."""


def step(state: DisputeState, action: DisputeAction) -> Step:
    """The row of the table. Raises: Refused for a dispute that is decided."""
    row = STEPS.get((state, action))
    if row is None:
        raise Refused(
            "This dispute is {state}. It stays as it is.", code="dispute.decided", state=state.value
        )
    return row


def refuse_undisputable(
    label: str, posting: Posting, direction: Direction, kind: DocumentKind
) -> None:
    """Raise Refused unless a document of this kind can be disputed now: a posted invoice."""
    if direction is not Direction.OUT or kind is not DocumentKind.INVOICE:
        raise Refused("{label} is no invoice. Only invoices can be disputed.", label=label)
    if posting is Posting.VOID:
        raise Refused("{label} is void: nothing of it is asked for.", label=label)
    if posting is not Posting.POSTED:
        raise Refused("{label} is being changed. Try again later.", label=label)


def disputable(rest: Mapping[int, Asked], taken: Iterable[Part]) -> dict[int, Asked]:
    """What of each line can still be disputed: what can be credited, less what is disputed.

    `rest` is what is left to credit, `taken` what undecided disputes are about. Lines of which
    nothing is left are not in it.
    """
    used: dict[int, Asked] = {}
    for part in taken:
        before = used.get(part.line_no, NOTHING)
        used[part.line_no] = Asked(before.quantity + part.quantity, before.amount + part.amount)
    found: dict[int, Asked] = {}
    for line_no, asked in rest.items():
        gone = used.get(line_no, NOTHING)
        quantity, amount = asked.quantity - gone.quantity, asked.amount - gone.amount
        if quantity * asked.quantity > 0:
            # a credit made meanwhile may have taken of the amount what a dispute is about
            found[line_no] = Asked(quantity, amount if is_within(amount, asked.amount) else 0)
    return found


def marked(
    rest: Mapping[int, Asked], wanted: Mapping[int, Decimal] | None, label: str
) -> tuple[Part, ...]:
    """What a dispute of these quantities is about; of everything that is left for None.

    Raises: Invalid at "lines.<line_no>.quantity" for more than is left, Refused where nothing is.
    """
    if not rest:
        raise Refused(
            "Nothing of {label} is left to dispute.", code="dispute.nothing_left", label=label
        )
    if wanted is None:
        wanted = {line_no: asked.quantity for line_no, asked in rest.items()}
    return parts(rest, wanted, "dispute")


def still_left(rest: Mapping[int, Asked], about: Iterable[Part]) -> bool:
    """Whether all that a dispute is about is still left to credit."""
    return all(
        part.line_no in rest and is_within_quantity(part.quantity, rest[part.line_no].quantity)
        for part in about
    )


def is_within_quantity(quantity: Decimal, whole: Decimal) -> bool:
    """Whether a quantity lies between nothing and the whole, on the whole's side."""
    return min(Decimal(0), whole) <= quantity <= max(Decimal(0), whole)
