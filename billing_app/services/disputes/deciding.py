"""What staff do: answer a dispute, reject it, or accept it into a credit note for exactly that.

Accepting goes the way of any credit by quantity (SPEC T12), so the tax comes out to the cent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from billing_app.domain.disputes import DisputeAction, DisputeState, step, still_left
from billing_app.domain.errors import Refused
from billing_app.domain.lifecycle import Action, Posting
from billing_app.domain.totals import Totals
from billing_app.persistence.tables import Dispute
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.disputes.rows import (
    claim_dispute,
    invoice_of,
    left_to_credit,
    parts_of,
    tell,
    words_of,
)
from billing_app.services.invoices.claims import Whole, claim_whole, whole
from billing_app.services.invoices.crediting import correct_within, reckon_credit
from billing_app.services.invoices.moves import move_within, offers_on
from billing_app.services.requests import answered, remember

NO_ANSWER = "Write what the customer shall read."
NO_REASON = "Give the reason; the customer reads it."


@dataclass(frozen=True, slots=True)
class Accepted:
    """The credit note that a dispute became, and how far it is."""

    credit_id: int
    label: str
    status: str


def answer_dispute(
    ctx: Context, dispute_id: int, answer: str, *, version: int | None = None, key: str = ""
) -> None:
    """Answer the customer; a later answer takes an earlier one's place, the log keeps both.

    Raises: Invalid at "answer", Refused where it is decided, Conflict, NotFound.
    """
    ctx.require(step(DisputeState.OPEN, DisputeAction.ANSWER).permission)
    answer = words_of(answer, "answer", NO_ANSWER)
    with ctx.write() as session:
        verb = f"answer dispute {dispute_id}"
        if answered(session, ctx, key, verb) is not None:
            return
        _, dispute = _claim(session, dispute_id, version)
        _move(dispute, DisputeAction.ANSWER)
        dispute.answer, dispute.answered_at = answer, ctx.now()
        dispute.answered_by_id = ctx.actor.user_id
        _keep(session, ctx, dispute, "dispute answered", {"reason": answer})
        remember(session, ctx, key, verb, {"id": dispute_id})


def reject_dispute(
    ctx: Context, dispute_id: int, reason: str, *, version: int | None = None, key: str = ""
) -> None:
    """Reject a dispute. Raises: Invalid at "reason", Refused, Conflict, NotFound."""
    ctx.require(step(DisputeState.OPEN, DisputeAction.REJECT).permission)
    reason = words_of(reason, "reason", NO_REASON)
    with ctx.write() as session:
        verb = f"reject dispute {dispute_id}"
        if answered(session, ctx, key, verb) is not None:
            return
        _, dispute = _claim(session, dispute_id, version)
        _move(dispute, DisputeAction.REJECT)
        dispute.end_reason = reason
        _end(ctx, dispute)
        _keep(session, ctx, dispute, "dispute rejected", {"reason": reason})
        remember(session, ctx, key, verb, {"id": dispute_id})


def accept_dispute(
    ctx: Context,
    dispute_id: int,
    *,
    printed: str = "",
    version: int | None = None,
    key: str = "",
) -> Accepted:
    """Make the credit note for exactly what is disputed, ready to post where the actor may.

    `printed` is the reason on its paper. Where a colleague has to release what the actor
    assembled, it waits as Assembled. Raises: Refused where it is decided, where less is left to
    credit than is disputed or the life cycle refuses a credit; Invalid, Conflict, NotFound.
    """
    ctx.require(step(DisputeState.OPEN, DisputeAction.ACCEPT).permission)
    with ctx.write() as session:
        verb = f"accept dispute {dispute_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return Accepted(**before)
        found, dispute = _claim(session, dispute_id, version)
        step(DisputeState(dispute.state), DisputeAction.ACCEPT)
        wanted = _wanted(session, found, dispute)
        credit = correct_within(session, ctx, found, wanted, printed)
        done = _forward(session, ctx, credit.id or 0)
        dispute.credit_id = done.credit_id
        _move(dispute, DisputeAction.ACCEPT)
        _end(ctx, dispute)
        _keep(session, ctx, dispute, "dispute accepted", {"correction": done.label})
        answer = {"credit_id": done.credit_id, "label": done.label, "status": done.status}
        remember(session, ctx, key, verb, answer)
        return done


def reckon_acceptance(ctx: Context, dispute_id: int) -> Totals:
    """What a credit note for a dispute comes to now; nothing is written. Raises: Refused."""
    ctx.require(step(DisputeState.OPEN, DisputeAction.ACCEPT).permission)
    with ctx.read() as session:
        found = whole(session, invoice_of(session, dispute_id))
        dispute = session.get_one(Dispute, dispute_id)
        step(DisputeState(dispute.state), DisputeAction.ACCEPT)
        wanted = _wanted(session, found, dispute)
    return reckon_credit(ctx, found.invoice.id or 0, wanted)


def _claim(session: Session, dispute_id: int, version: int | None) -> tuple[Whole, Dispute]:
    """The dispute and its invoice, both locked, the invoice first."""
    found = claim_whole(session, invoice_of(session, dispute_id))
    return found, claim_dispute(session, dispute_id, version)


def _move(dispute: Dispute, action: DisputeAction) -> None:
    dispute.state = step(DisputeState(dispute.state), action).to.value
    dispute.version += 1


def _end(ctx: Context, dispute: Dispute) -> None:
    dispute.ended_at, dispute.ended_by_id = ctx.now(), ctx.actor.user_id


def _keep(
    session: Session, ctx: Context, dispute: Dispute, happened: str, said: Mapping[str, object]
) -> None:
    session.add(dispute)
    session.flush()
    record(
        session,
        ctx,
        entity="invoice",
        entity_id=dispute.invoice_id,
        action=happened,
        after={"dispute": dispute.id, **said},
    )
    tell(session, ctx, dispute.id or 0)


def _wanted(session: Session, found: Whole, dispute: Dispute) -> dict[int, Decimal]:
    """The quantities by line. Raises: Refused where not all of it is left to credit."""
    about = parts_of(session, dispute)
    if not still_left(left_to_credit(session, found), about):
        raise Refused(
            "A correction of {label} has taken a part of what is disputed. "
            "Reject the dispute with a word about it.",
            label=found.invoice.label,
        )
    return {part.line_no: part.quantity for part in about}


def _forward(session: Session, ctx: Context, credit_id: int) -> Accepted:
    """Take the credit note as near to posting as the actor may."""
    found = claim_whole(session, credit_id)
    for action in (Action.ASSEMBLE, Action.READY):
        possible = {offer.action for offer in offers_on(session, ctx, found) if offer.allowed}
        if action not in possible:
            break
        move_within(session, ctx, found, action)
    invoice = found.invoice
    return Accepted(credit_id, invoice.label, Posting(invoice.posting_status).label)
