"""Plans: made from a draft, turned off and on, ended elsewhere (CRM-31)."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from billing_app.domain.access import Permission
from billing_app.domain.editing import may_set_recurrence
from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.domain.periods import Frequency
from billing_app.domain.recurrence import check_end, repeats, rhythm_from
from billing_app.persistence.tables import (
    DocumentType,
    Invoice,
    RecurrencePlan,
)
from billing_app.services.context import Context
from billing_app.services.invoices.claims import claim
from billing_app.services.recurrence.repeating import (
    claim_plan,
    known,
    refuse_ended,
    settle,
)
from billing_app.services.requests import answered, remember


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What the dialog says; with neither end nor occurrences the plan goes on."""

    frequency: str
    start_on: date
    end_on: date | None = None
    occurrences: int | None = None


def make_plan(ctx: Context, invoice_id: int, facts: PlanFacts, *, key: str = "") -> int:
    """Make a draft recur; answers the plan's id.

    Raises: Invalid at the field, NotFound, Refused for what is no draft, no invoice or empty, or
    recurs already.
    """
    ctx.require(Permission.INVOICE_RECUR)
    with ctx.write() as session:
        before = answered(session, ctx, key, f"recur {invoice_id}")
        if before is not None:
            return int(before["id"])
        invoice = claim(session, invoice_id)
        _refuse_unfit(session, invoice)
        rhythm = rhythm_from(
            invoice.document_date,
            facts.start_on,
            _frequency(facts.frequency),
            end_on=facts.end_on,
            occurrences=facts.occurrences,
        )
        plan = RecurrencePlan(
            source_invoice_id=invoice_id,
            frequency=str(rhythm.frequency),
            start_on=facts.start_on,
            anchor_on=rhythm.anchor_on,
            first_step=rhythm.offset,
            end_on=facts.end_on,
            occurrences=facts.occurrences,
            created_by_id=ctx.actor.user_id,
            created_at=ctx.now(),
            version=0,
        )
        session.add(plan)
        settle(session, ctx, plan, "created", source=invoice.label, frequency=facts.frequency)
        remember(session, ctx, key, f"recur {invoice_id}", {"id": plan.id})
        return plan.id or 0


def set_active(ctx: Context, plan_id: int, *, on: bool, version: int) -> int:
    """Turn a plan off, or on again while its invoice is a draft (SPEC 6.6); answers its version.

    Days that passed while it was off are not made up for. Raises: Refused, Conflict, NotFound.
    """
    ctx.require(Permission.INVOICE_RECUR)
    with ctx.write() as session:
        plan = claim_plan(session, plan_id, version)
        if plan.is_active == on:
            return plan.version
        if on:
            _restart(session, ctx, plan)
        plan.is_active = on
        return settle(session, ctx, plan, "turned on" if on else "turned off")


def change_end(
    ctx: Context, plan_id: int, *, end_on: date | None, occurrences: int | None, version: int
) -> int:
    """Let a plan end elsewhere; answers its version. Raises: Invalid, Conflict, NotFound."""
    ctx.require(Permission.INVOICE_RECUR)
    with ctx.write() as session:
        plan = claim_plan(session, plan_id, version)
        check_end(plan.start_on, end_on, occurrences)
        plan.end_on, plan.occurrences = end_on, occurrences
        return settle(session, ctx, plan, "end changed", end=end_on, occurrences=occurrences)


def _refuse_unfit(session: Session, invoice: Invoice) -> None:
    status = Posting(invoice.posting_status)
    if not may_set_recurrence(status, on=True):
        raise Refused(
            "{label} is {status}; only drafts are made recurring. Duplicate it, then start there.",
            label=invoice.label,
            status=status.label,
        )
    if session.get_one(DocumentType, invoice.document_type_id).kind != "invoice":
        raise Refused("Only invoices recur.")
    if not invoice.line_count:
        raise Refused("{label} has no lines to repeat. Add one first.", label=invoice.label)
    twin = session.exec(
        select(RecurrencePlan.id).where(RecurrencePlan.source_invoice_id == invoice.id)
    ).first()
    if twin is not None:
        raise Refused("{label} recurs already. Change its plan instead.", label=invoice.label)


def _restart(session: Session, ctx: Context, plan: RecurrencePlan) -> None:
    """Go on from today: pass over the days that went by. Raises: Refused unless a draft."""
    found = known(session, plan)
    refuse_ended(found.source)
    status = Posting(found.source.posting_status)
    if not may_set_recurrence(status, on=True):
        raise Refused(
            "{label} is {status}: its recurrence can be turned off, not on again. "
            "Duplicate it and make the copy recurring.",
            label=found.source.label,
            status=status.label,
        )
    for repeat in repeats(found.rhythm, found.changes, plan.next_at):
        if repeat.on >= ctx.today():
            break
        plan.next_at = repeat.at + 1


def _frequency(text: str) -> Frequency:
    if text not in set(Frequency):
        raise Invalid.of("frequency", "Choose weekly, monthly, quarterly or annually.")
    return Frequency(text)
