"""The posting life cycle as a table (SPEC 6.3): buttons, guards, documentation and tests read it.

T1 and T2 make an invoice and T12 makes its opposite; they are verbs of the services. Every other
row of the specification stands in TRANSITIONS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from billing_app.domain import guards
from billing_app.domain.errors import (
    Forbidden,
    IllegalTransition,
    PostingNotAllowed,
    Refused,
)
from billing_app.domain.guards import Guard
from billing_app.domain.levels import StaffLevel
from billing_app.domain.lifecycle_facts import ActorFacts, InvoiceFacts
from billing_app.domain.posting import Action, Posting

__all__ = [
    "TRANSITIONS",
    "Action",
    "ActorFacts",
    "InvoiceFacts",
    "Move",
    "Offer",
    "Posting",
    "available",
    "move",
]


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: where it leads, who may at least, and what must hold.

    `guards` look at facts, in the order they are told; `asks` look at what the person is asked
    in the dialog (reason, confirmation). A move that `removes` keeps the status and soft-deletes
    the invoice: dissolving and deleting.
    """

    to: Posting
    least: StaffLevel
    guards: tuple[Guard, ...] = ()
    asks: tuple[Guard, ...] = ()
    own_draft_least: StaffLevel | None = None
    removes: bool = False


COMPLETE: tuple[Guard, ...] = (
    guards.has_lines,
    guards.quantities_set,
    guards.sign_allowed,
    guards.due_not_before_date,
    guards.voyages_open,
)
"""What T3 checks; posting checks it again."""

_OPEN: tuple[Guard, ...] = (guards.voyages_open,)
_RELEASED: tuple[Guard, ...] = (guards.not_allocated, guards.voyages_open)
_S20, _S30, _S40 = StaffLevel.SALES, StaffLevel.BILLING, StaffLevel.ACCOUNTING
_D, _A, _R, _P = Posting.DRAFT, Posting.ASSEMBLED, Posting.READY, Posting.POSTED

_T3 = Move(_A, _S30, COMPLETE)
_T4 = Move(_A, _S30, (guards.voyages_open, guards.not_allocated), removes=True)
_T5 = Move(_R, _S40, (*COMPLETE, guards.four_eyes))
_T6 = Move(_P, _S40, (*COMPLETE, guards.four_eyes))
_T7 = Move(_P, _S40, _OPEN)
_T8 = Move(_R, _S40, _OPEN, asks=(guards.sync_confirmed,))
# T9 is T3 and T6 in one transaction: the four-eyes guard knows that the actor assembles it
_T9 = Move(_P, _S40, (*_T3.guards, guards.four_eyes))
_T10_DRAFT = Move(
    Posting.CANCELLED, _S30, _RELEASED, asks=(guards.reason_given,), own_draft_least=_S20
)
_T10 = Move(Posting.CANCELLED, _S30, _RELEASED, asks=(guards.reason_given,))
_T11 = Move(
    Posting.VOID,
    _S40,
    (
        guards.not_fully_paid,
        guards.not_corrected,
        guards.voyages_open,
        guards.gateway_refunded,
    ),
    asks=(guards.reason_given, guards.is_confirmed),
)
_T12 = Move(_P, _S40, (guards.voyages_open, guards.reversible_kind))
_T13_DRAFT = Move(_D, _S30, (guards.not_imported_and_posted,), own_draft_least=_S20, removes=True)
_T13 = Move(Posting.CANCELLED, _S30, (guards.not_imported_and_posted,), removes=True)

TRANSITIONS: Mapping[tuple[Posting, Action], Move] = MappingProxyType(
    {
        (_D, Action.ASSEMBLE): _T3,
        (_A, Action.DISSOLVE): _T4,
        (_A, Action.READY): _T5,
        (_A, Action.POST): _T6,
        (_R, Action.POST): _T7,
        (_P, Action.UNPOST): _T8,
        (_D, Action.POST): _T9,
        (_D, Action.CANCEL): _T10_DRAFT,
        (_A, Action.CANCEL): _T10,
        (_P, Action.VOID): _T11,
        (_P, Action.REVERSE): _T12,
        (_D, Action.DELETE): _T13_DRAFT,
        (Posting.CANCELLED, Action.DELETE): _T13,
    }
)

# what to do instead, where the table has no row (SPEC 2.4c, DLY-3)
_INSTEAD: Mapping[tuple[Posting, Action], str] = {
    (_A, Action.DELETE): "Dissolve it instead.",
    (_R, Action.DELETE): "Void or credit it instead.",
    (_P, Action.DELETE): "Void or credit it instead.",
    (Posting.VOID, Action.DELETE): "It stays on record.",
    (_R, Action.CANCEL): "Post it, then void or credit it instead.",
    (_P, Action.CANCEL): "Void or credit it instead.",
    (_R, Action.DISSOLVE): "Dissolving is possible while Assembled only.",
    (_P, Action.DISSOLVE): "Dissolving is possible while Assembled only.",
    (_D, Action.VOID): "Cancel it instead.",
    (_A, Action.VOID): "Cancel it instead.",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One entry of the chip's menu: an action, where it leads, and why not if not."""

    action: Action
    to: Posting | None
    """Where it leads; None where the table has no such move."""
    allowed: bool
    why: str = ""
    needs_reason: bool = False
    needs_confirmation: bool = False
    is_four_eyes: bool = False
    """Refused by the four-eyes rule, which explains itself in a dialog (SPEC DLY-6)."""


def move(facts: InvoiceFacts, action: Action, actor: ActorFacts) -> Posting:
    """The status that `action` leads to; the same one where the invoice is removed.

    Raises: IllegalTransition outside the table, Forbidden below the least level, PostingNotAllowed
    by the four-eyes rule, Refused with the sentence of the first other guard that fails.
    """
    row = TRANSITIONS.get((facts.status, action))
    if row is None:
        raise _illegal(facts, action)
    obstacle = _obstacle(row, facts, actor, (*row.guards, *row.asks))
    if obstacle is not None:
        raise obstacle
    return row.to


def available(facts: InvoiceFacts, actor: ActorFacts) -> tuple[Offer, ...]:
    """Every action for the chip's menu, the impossible ones with their sentence.

    A missing reason or confirmation does not close an offer: the dialog asks for it.
    """
    return tuple(_offer(facts, action, actor) for action in Action)


def _offer(facts: InvoiceFacts, action: Action, actor: ActorFacts) -> Offer:
    row = TRANSITIONS.get((facts.status, action))
    if row is None:
        return Offer(action, None, allowed=False, why=_illegal(facts, action).sentence)
    obstacle = _obstacle(row, facts, actor, row.guards)
    needs_sync_confirmation = guards.sync_confirmed in row.asks and facts.is_synced
    return Offer(
        action,
        row.to,
        allowed=obstacle is None,
        why=obstacle.sentence if obstacle else "",
        needs_reason=guards.reason_given in row.asks,
        needs_confirmation=guards.is_confirmed in row.asks or needs_sync_confirmation,
        is_four_eyes=isinstance(obstacle, PostingNotAllowed),
    )


def _obstacle(
    row: Move, facts: InvoiceFacts, actor: ActorFacts, checks: tuple[Guard, ...]
) -> Refused | Forbidden | None:
    if actor.level < _least(row, facts, actor):
        return Forbidden(
            "This needs the level {level}. Ask an administrator to grant it.",
            level=row.least.label,
            label=facts.label,
        )
    return next((refusal for guard in checks if (refusal := guard(facts, actor))), None)


def _least(row: Move, facts: InvoiceFacts, actor: ActorFacts) -> StaffLevel:
    if row.own_draft_least is not None and facts.created_by == actor.user_id:
        return row.own_draft_least
    return row.least


def _illegal(facts: InvoiceFacts, action: Action) -> IllegalTransition:
    named = {"label": facts.label, "status": facts.status.label, "done": action.done}
    instead = _INSTEAD.get((facts.status, action))
    if instead is None:
        return IllegalTransition(**named)
    return IllegalTransition(f"{IllegalTransition.message} {instead}", **named)
