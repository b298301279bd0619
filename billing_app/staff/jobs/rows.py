"""Jobs, runs and rehearsals as finished strings."""

from dataclasses import dataclass

from billing_app.domain.rehearsal import change_percent
from billing_app.kit.wording import amount, count, day, moment, span
from billing_app.services.generation.rehearsal import Rehearsal
from billing_app.services.jobs.listing import ItemView, JobView, RunView

MOST_DRAFTS = 200


@dataclass(frozen=True)
class JobRow:
    """One job."""

    name: str
    label: str
    sentence: str
    next_run: str
    latest: str


@dataclass(frozen=True)
class RunRow:
    """One run; `percent` of its items are done."""

    id: int
    job: str
    as_of: str
    when: str
    asked_by: str
    state: str
    progress: str
    percent: int
    made: str
    failed: str
    is_open: bool


@dataclass(frozen=True)
class ItemRow:
    """What a run did for a customer or an invoice."""

    id: int
    customer: str
    customer_href: str
    invoice: str
    invoice_href: str
    sentence: str
    is_failed: bool


@dataclass(frozen=True)
class OddRow:
    """Something to look at before a run."""

    key: str
    kind: str
    customer: str
    href: str
    sentence: str


@dataclass(frozen=True)
class DraftRow:
    """One draft of a rehearsal, beside the period before."""

    key: str
    customer: str
    href: str
    period: str
    lines: str
    net: str
    before: str
    change: str


def job_row(view: JobView, zone: str, label: str) -> JobRow:
    """A job; `label` says its latest run."""
    when = moment(view.next_at, zone) if view.next_at else "By hand only"
    if view.facts.at is None:
        when = "Always running"
    return JobRow(view.facts.name, view.facts.label, view.facts.sentence, when, label)


def run_row(view: RunView, label: str, zone: str) -> RunRow:
    """A run."""
    run = view.run
    total = max(run.total, 1)
    return RunRow(
        id=run.id or 0,
        job=label,
        as_of=day(run.as_of),
        when=moment(run.started_at or run.asked_at, zone),
        asked_by=view.asked_by if run.is_by_hand else "By itself",
        state={"waiting": "Waiting", "running": "Running", "done": "Done"}[run.state],
        progress=f"{run.done:,} of {run.total:,}",
        percent=100 if run.state == "done" else 100 * run.done // total,
        made=f"{run.made:,}",
        failed=f"{run.failed:,}",
        is_open=run.state != "done",
    )


def item_row(view: ItemView) -> ItemRow:
    """An item."""
    item = view.item
    return ItemRow(
        id=item.id or 0,
        customer=view.customer,
        customer_href=f"/customers/{item.customer_id}" if item.customer_id else "",
        invoice=view.invoice,
        invoice_href=f"/invoices?invoice={item.invoice_id}" if item.invoice_id else "",
        sentence=item.sentence,
        is_failed=item.is_failed,
    )


def odd_rows(found: Rehearsal) -> list[OddRow]:
    """What is odd, the most pressing first."""
    return [
        OddRow(
            key=str(at),
            kind=odd.kind.label,
            customer=_named(found, odd.customer_id),
            href=f"/customers/{odd.customer_id}",
            sentence=odd.sentence,
        )
        for at, odd in enumerate(found.oddities[:MOST_DRAFTS])
    ]


def draft_rows(found: Rehearsal) -> list[DraftRow]:
    """The drafts, at most 200."""
    return [
        DraftRow(
            key=str(at),
            customer=_named(found, draft.customer_id),
            href=f"/customers/{draft.customer_id}",
            period=span(draft.period.first, draft.period.last),
            lines=f"{draft.lines:,}",
            net=f"{draft.currency} {amount(draft.net_minor, draft.currency)}",
            before="—"
            if draft.before_minor is None
            else amount(draft.before_minor, draft.currency),
            change=_change(draft.net_minor, draft.before_minor),
        )
        for at, draft in enumerate(found.drafts[:MOST_DRAFTS])
    ]


def summary(found: Rehearsal) -> str:
    """The rehearsal in one sentence."""
    sums = ", ".join(f"{code} {amount(minor, code)}" for code, minor in found.sums.items())
    drafts = count(len(found.drafts), "draft")
    purchases = count(len(found.purchases), "purchase")
    worth = f" worth {sums} with tax" if sums else ""
    said = f"As of {day(found.as_of)}: {drafts}{worth}, {purchases} from credit."
    is_cut = max(len(found.drafts), len(found.oddities)) > MOST_DRAFTS
    listed = f" The first {MOST_DRAFTS:,} of each table are listed." if is_cut else ""
    return f"{said}{listed} Nothing is written."


def _change(net: int, before: int | None) -> str:
    change = change_percent(net, before or 0)
    return "new" if change is None else f"{change:+,} %".replace("-", "\u2212")


def _named(found: Rehearsal, customer_id: int) -> str:
    number, name = found.names.get(customer_id, ("", ""))
    return f"{number} {name}".strip()
