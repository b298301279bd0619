"""A rehearsal as the operator reads it: oddities first, then each draft, then the sums."""

from collections.abc import Iterator

from billing_app.domain.money import currency, format_amount
from billing_app.domain.rehearsal import change_percent
from billing_app.services.generation.rehearsal import ComingDraft, Rehearsal


def report(found: Rehearsal) -> str:
    """The whole rehearsal as text."""
    return "\n".join(_lines(found))


def _lines(found: Rehearsal) -> Iterator[str]:
    yield f"Rehearsed as of {found.as_of}. Nothing was written."
    if found.oddities:
        yield f"{len(found.oddities):,} to look at first:"
    for odd in found.oddities:
        yield f"  {odd.kind.label}: {_named(found, odd.customer_id)}: {odd.sentence}"
    for draft in found.drafts:
        yield f"  {_named(found, draft.customer_id)}, {_draft(draft)}"
    for customer_id, one in found.purchases:
        amount = _money(one.amount_minor, one.currency)
        yield f"  {_named(found, customer_id)}, {one.on}: {amount} from credit for {one.text}"
    sums = ", ".join(_money(minor, code) for code, minor in found.sums.items())
    yield f"{len(found.drafts):,} drafts{f', with tax {sums}' if sums else ''}."
    yield f"{len(found.purchases):,} purchases from customers' credit."


def _draft(draft: ComingDraft) -> str:
    """One draft with what the period before came to."""
    period = f"{draft.period.first} to {draft.period.last}"
    text = f"{period}: {draft.lines:,} lines, net {_money(draft.net_minor, draft.currency)}"
    if draft.before_minor is None:
        return f"{text}, the first one"
    change = change_percent(draft.net_minor, draft.before_minor)
    said = "" if change is None else f" ({change:+,} %)"
    return f"{text} after {_money(draft.before_minor, draft.currency)}{said}"


def _money(minor: int, code: str) -> str:
    return f"{code} {format_amount(minor, currency(code).digits)}"


def _named(found: Rehearsal, customer_id: int) -> str:
    return " ".join(found.names.get(customer_id, (f"Customer {customer_id}",)))
