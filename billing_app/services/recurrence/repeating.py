"""A plan's rows as the rules read them, and the draft that a repeat becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from billing_app.domain.errors import Conflict, NotFound, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.domain.periods import Frequency
from billing_app.domain.recurrence import (
    Change,
    Repeat,
    Rhythm,
    in_force,
    next_repeat,
    shifted,
)
from billing_app.persistence.tables import (
    Invoice,
    RecurrenceChange,
    RecurrenceExtra,
    RecurrencePlan,
    RecurrencePrice,
)
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.claims import lines_of
from billing_app.services.invoices.copying import fresh
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.invoices.drafts import content_of

ENDED = {Posting.CANCELLED, Posting.VOID}


@dataclass(frozen=True, slots=True)
class Known:
    """A plan with everything that decides about its repeats."""

    plan: RecurrencePlan
    rhythm: Rhythm
    changes: Mapping[date, Change]
    extras: Sequence[RecurrenceExtra]
    prices: Sequence[RecurrencePrice]
    source: Invoice
    content: Draft

    def next(self) -> Repeat | None:
        """The next repeat to make; None when the plan has ended."""
        return next_repeat(self.rhythm, self.changes, self.plan.next_at)


def known(session: Session, plan: RecurrencePlan) -> Known:
    """The plan with its rows and the source it copies."""
    changes = session.exec(
        select(RecurrenceChange).where(RecurrenceChange.plan_id == plan.id)
    ).all()
    extras = session.exec(
        select(RecurrenceExtra)
        .where(RecurrenceExtra.plan_id == plan.id)
        .order_by(col(RecurrenceExtra.id))
    ).all()
    prices = session.exec(
        select(RecurrencePrice)
        .where(RecurrencePrice.plan_id == plan.id)
        .order_by(col(RecurrencePrice.line_no), col(RecurrencePrice.from_on))
    ).all()
    source = session.get_one(Invoice, plan.source_invoice_id)
    return Known(
        plan=plan,
        rhythm=rhythm_of(plan),
        changes={row.due_on: Change(row.is_skipped, row.moved_to) for row in changes},
        extras=extras,
        prices=prices,
        source=source,
        content=content_of(source, lines_of(session, plan.source_invoice_id)),
    )


def rhythm_of(plan: RecurrencePlan) -> Rhythm:
    """The days of a plan."""
    return Rhythm(
        anchor_on=plan.anchor_on,
        frequency=Frequency(plan.frequency),
        offset=plan.first_step,
        end_on=plan.end_on,
        occurrences=plan.occurrences,
    )


def claim_plan(session: Session, plan_id: int, version: int | None = None) -> RecurrencePlan:
    """The plan, locked until the end of the transaction. Raises: NotFound, Conflict."""
    plan = session.get(RecurrencePlan, plan_id, with_for_update=True)
    if plan is None:
        raise NotFound("This plan does not exist.")
    if version is not None and plan.version != version:
        raise Conflict("Somebody else changed this plan meanwhile. Reload to see it.")
    return plan


def settle(
    session: Session, ctx: Context, plan: RecurrencePlan, action: str, **said: object
) -> int:
    """Find the plan's next day anew, audit what was done; answers the plan's new version."""
    session.flush()
    following = known(session, plan).next()
    plan.next_on = following.on if following else None
    plan.version += 1
    session.add(plan)
    session.flush()
    record(
        session, ctx, entity="recurrence_plan", entity_id=plan.id or 0, action=action, after=said
    )
    return plan.version


def draft_of(plan: Known, repeat: Repeat) -> Draft:
    """The draft that a repeat becomes: the source's lines with their days moved along.

    Raises: Refused when the source has ended, or a line whose price was changed is not there.
    """
    refuse_ended(plan.source)
    content = fresh(plan.content, repeat.on)
    frequency = plan.rhythm.frequency
    source_on = plan.content.document_date
    lines = []
    for at, line in enumerate(_priced(plan, content.lines, repeat.due_on)):
        first, last = plan.content.lines[at].date_from, plan.content.lines[at].date_to
        begins, ends = shifted(first, last, source_on, repeat.due_on, frequency)
        lines.append(replace(line, date_from=begins, date_to=ends))
    extras = [
        DraftLine(row.description, row.quantity, row.unit_price, tax_rate=row.tax_rate)
        for row in plan.extras
        if row.due_on == repeat.due_on
    ]
    return replace(content, origin="recurring", lines=(*lines, *extras))


def refuse_ended(source: Invoice) -> None:
    """Raise Refused where the invoice to repeat is deleted, cancelled or void."""
    if source.deleted_at is not None:
        raise Refused("{label} was deleted, so it repeats no more.", label=source.label)
    status = Posting(source.posting_status)
    if status in ENDED:
        raise Refused(
            "{label} is {status}, so it repeats no more. Make a plan from another invoice.",
            label=source.label,
            status=status.label,
        )


def _priced(plan: Known, lines: Sequence[DraftLine], due_on: date) -> list[DraftLine]:
    """The lines with the prices that count on a day."""
    priced = list(lines)
    for line_no in sorted({row.line_no for row in plan.prices}):
        mine = [row for row in plan.prices if row.line_no == line_no]
        at = line_no // 10 - 1
        if not 0 <= at < len(priced) or any(
            row.description != priced[at].description for row in mine
        ):
            raise Refused(
                "Line {line} of {label} changed after its price was set. Remove that price.",
                line=line_no,
                label=plan.source.label,
            )
        changes = [(row.from_on, row.unit_price) for row in mine]
        price = in_force(changes, due_on, priced[at].unit_price)
        priced[at] = replace(priced[at], unit_price=price)
    return priced
