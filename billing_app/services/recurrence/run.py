"""The job that makes the drafts of recurring invoices (SPEC 6.9), and the button for one plan.

Once and only once: each draft is made in a transaction of its own, under the lock of its plan,
together with the row that says so; (plan, due day) is unique. A run that is killed goes on where
it stopped, and two at once share the work.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError
from billing_app.persistence.tables import Invoice, RecurrenceMade, RecurrencePlan
from billing_app.services.context import Context
from billing_app.services.invoices.checks import checked
from billing_app.services.invoices.drafts import add_draft
from billing_app.services.recurrence.repeating import claim_plan, draft_of, known, settle


@dataclass(slots=True)
class Ran:
    """What a run made: invoice ids, and the plans it could not go on with."""

    invoice_ids: list[int] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)  # invoice, sentence


def run_recurrence(
    ctx: Context, *, as_of: date | None = None, progress: Callable[[int], object] | None = None
) -> Ran:
    """Make every draft that is due up to a day, never after today; one failure stops no other."""
    ctx.require(Permission.JOB_RUN)
    until, ran = _until(ctx, as_of), Ran()
    for plan_id, label in due_plans(ctx, as_of=until):
        try:
            _make_due(ctx, plan_id, until, ran.invoice_ids)
        except BillingError as error:
            ran.failures.append((label, error.sentence))
        if progress is not None:
            progress(1)
    return ran


def run_due(ctx: Context, plan_id: int, as_of: date) -> list[int]:
    """Make the drafts of one plan that are due up to a day, for the clock; answers their ids."""
    ctx.require(Permission.JOB_RUN)
    made: list[int] = []
    _make_due(ctx, plan_id, _until(ctx, as_of), made)
    return made


def run_plan(ctx: Context, plan_id: int) -> list[int]:
    """Make the drafts of one plan that are due today; answers their ids.

    Raises: NotFound, Refused when its invoice has ended.
    """
    ctx.require(Permission.INVOICE_RECUR)
    made: list[int] = []
    _make_due(ctx, plan_id, ctx.today(), made)
    return made


def due_plans(ctx: Context, *, as_of: date | None = None) -> list[tuple[int, str]]:
    """The plans with a draft due up to a day: id, and how people know the invoice."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        rows = session.exec(
            select(RecurrencePlan.id, Invoice.label)
            .join(Invoice, col(Invoice.id) == RecurrencePlan.source_invoice_id)
            .where(
                col(RecurrencePlan.is_active),
                col(RecurrencePlan.next_on) <= _until(ctx, as_of),
            )
            .order_by(col(RecurrencePlan.id))
        ).all()
        return [(key or 0, label) for key, label in rows]


def _make_due(ctx: Context, plan_id: int, until: date, made: list[int]) -> None:
    """Make one draft after the other, oldest first, until none is due."""
    while invoice_id := _make_next(ctx, plan_id, until):
        made.append(invoice_id)


def _make_next(ctx: Context, plan_id: int, until: date) -> int:
    """Make the plan's next draft; 0 when none is due."""
    with ctx.write() as session:
        plan = claim_plan(session, plan_id)
        found = known(session, plan)
        repeat = found.next() if plan.is_active else None
        if repeat is None or repeat.on > until:
            return 0
        invoice_id = add_draft(session, ctx, *checked(draft_of(found, repeat)))
        session.add(
            RecurrenceMade(
                plan_id=plan_id, due_on=repeat.due_on, invoice_id=invoice_id, made_at=ctx.now()
            )
        )
        plan.next_at = repeat.at + 1
        settle(session, ctx, plan, "draft made", due_on=repeat.due_on, invoice=invoice_id)
        return invoice_id


def _until(ctx: Context, as_of: date | None) -> date:
    today = ctx.today()
    return min(as_of, today) if as_of else today
