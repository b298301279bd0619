"""The plan of a bulk action: per row what will happen, or why it is skipped; nothing is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from billing_app.domain.errors import BillingError, Invalid
from billing_app.services.bulk.verbs import Facts, Target, Verb, verb_named
from billing_app.services.context import Context
from billing_app.services.invoices.claims import wholes
from billing_app.services.settings import companies_off

MOST = 5_000
AT_ONCE = 500
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What will happen to one invoice, or why it will be skipped; the amount with its sign."""

    id: int
    version: int
    label: str
    customer: str
    amount_minor: int
    currency: str
    why_not: str

    @property
    def target(self) -> Target:
        """What the verb is done to."""
        return Target(self.id, self.version, self.label)


def plan(ctx: Context, name: str, ids: Sequence[int], facts: Facts = NOTHING) -> list[PlannedRow]:
    """What the verb would do to each invoice, in their order.

    Raises: Forbidden below the verb's level, Invalid for facts that cannot be and above 5,000.
    """
    verb = verb_named(name)
    ctx.require(verb.permission)
    if len(ids) > MOST:
        raise Invalid.of("rows", f"At most {MOST:,} invoices are changed at once.")
    rows = iter(dict.fromkeys(ids))
    found: list[PlannedRow] = []
    while chunk := list(islice(rows, AT_ONCE)):
        found += _planned(ctx, verb, chunk, facts)
    return found


def _planned(ctx: Context, verb: Verb, ids: Sequence[int], facts: Facts) -> Iterator[PlannedRow]:
    with ctx.read() as session:
        by_id, without = wholes(session, ids), companies_off(session)
        for key in ids:
            found = by_id.get(key)
            if found is None or found.invoice.company_id in without:
                continue
            invoice, why_not = found.invoice, ""
            try:
                verb.refuse(session, ctx, found, facts)
            except BillingError as error:
                why_not = error.sentence
            yield PlannedRow(
                id=key,
                version=invoice.version,
                label=invoice.label,
                customer=invoice.customer_name if ctx.actor.sees_partner else "Hidden",
                amount_minor=invoice.sign * invoice.total_minor,
                currency=invoice.currency,
                why_not=why_not,
            )


def do_row(
    ctx: Context, name: str, row: PlannedRow, facts: Facts = NOTHING, *, key: str
) -> tuple[str, bool]:
    """Do one planned row at once; answers what happened, and whether it was done.

    `key` names all rows that are asked for together, so that a repeat does each row once.
    """
    try:
        return verb_named(name).act(ctx, row.target, facts, f"{key}:{row.id}"), True
    except BillingError as error:
        return error.sentence, False
