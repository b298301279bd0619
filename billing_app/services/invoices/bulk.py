"""Bulk actions: first a plan row by row, then each row once, in its own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, NotFound
from billing_app.domain.lifecycle import Action, move
from billing_app.services.context import Context
from billing_app.services.invoices.claims import whole
from billing_app.services.invoices.derived import document_id
from billing_app.services.invoices.facts import facts_of
from billing_app.services.invoices.moves import Moved, move_invoice
from billing_app.services.settings import Place, settings_at

MOST = 5_000


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What will happen to one invoice, or why it will be skipped."""

    id: int
    version: int
    label: str
    customer: str
    amount_minor: int
    currency: str
    why_not: str


@dataclass(frozen=True, slots=True)
class DoneRow:
    """What happened to one invoice."""

    id: int
    label: str
    sentence: str
    is_done: bool


def plan(
    ctx: Context, ids: Sequence[int], action: Action, reason: str = "given"
) -> list[PlannedRow]:
    """What the action would do to each invoice; nothing is written."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        rows = (_planned(session, ctx, invoice_id, action, reason) for invoice_id in ids[:MOST])
        return [row for row in rows if row is not None]


def run_row(
    ctx: Context, row: PlannedRow, action: Action, *, key: str, reason: str = ""
) -> DoneRow:
    """Do it to one invoice; a refusal is an answer, not an end of the run.

    `key` names the whole run, so a run started again does each row once.
    """
    try:
        moved: Moved = move_invoice(
            ctx,
            row.id,
            action,
            version=row.version,
            key=f"{key}:{row.id}",
            reason=reason,
            confirmed=True,
        )
    except BillingError as error:
        return DoneRow(row.id, row.label, error.sentence, is_done=False)
    return DoneRow(row.id, moved.label, moved.sentence, is_done=True)


def _planned(
    session: Session, ctx: Context, invoice_id: int, action: Action, reason: str
) -> PlannedRow | None:
    try:
        found = whole(session, invoice_id)
    except NotFound:
        return None
    invoice = found.invoice
    chosen = settings_at(session, Place(company_id=invoice.company_id))
    facts = facts_of(session, found, chosen, reason=reason, confirmed=True)
    why_not = ""
    try:
        move(facts, action, ctx.actor.facts)
    except BillingError as error:
        why_not = error.sentence
    sign = -1 if found.document_type.kind == "credit" else 1
    return PlannedRow(
        id=invoice_id,
        version=invoice.version,
        label=invoice.number or document_id(invoice_id),
        customer=invoice.customer_name if ctx.actor.sees_partner else "Hidden",
        amount_minor=sign * invoice.total_minor,
        currency=invoice.currency,
        why_not=why_not,
    )
