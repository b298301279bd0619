"""Recurring invoices of the demo company: some drafts repeat, one of them with changes."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from billing_app.domain.periods import Frequency, recurrence_date
from billing_app.services.demo.stage import Stage
from billing_app.services.demo.stories import Story
from billing_app.services.recurrence.changes import OnceLine, add_once, move_repeat, skip_repeat
from billing_app.services.recurrence.plans import PlanFacts, make_plan

RHYTHMS = (
    (Frequency.MONTHLY, None),
    (Frequency.QUARTERLY, 8),
    (Frequency.WEEKLY, 26),
    (Frequency.ANNUALLY, None),
)


def repeat_some(stage: Stage, stories: Sequence[Story]) -> None:
    """Make plans of the drafts; the first skips a repeat, moves one and charges one thing once."""
    ctx = stage.at(stage.clock.instant, "billing")
    drafts = [story for story in stories if story.fate == "draft"]
    for story, (frequency, occurrences) in zip(drafts, RHYTHMS, strict=False):
        start_on = recurrence_date(story.draft.document_date, frequency, 1)
        facts = PlanFacts(str(frequency), start_on, occurrences=occurrences)
        plan = make_plan(ctx, story.invoice_id, facts)
        if frequency is Frequency.MONTHLY:
            days = [recurrence_date(story.draft.document_date, frequency, at) for at in range(1, 4)]
            skip_repeat(ctx, plan, days[1], is_skipped=True, version=1)
            move_repeat(ctx, plan, days[2], days[2] + timedelta(days=3), version=2)
            once = OnceLine("Annual inspection", unit_price=Decimal(240), tax_rate=Decimal(0))
            add_once(ctx, plan, days[2], once, version=3)
