"""Moving an invoice through its life cycle: one body for each button, bulk action and command.

The table of `domain.lifecycle` decides; here the row is locked, the facts are read, the move and
all that belongs to it are written in one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.lifecycle import Action, Offer, Posting, available, move
from billing_app.domain.parsing import clean_text
from billing_app.persistence.search import drop
from billing_app.persistence.tables import DocumentType, Invoice, InvoiceLine, OutboxEvent
from billing_app.services.audit import record
from billing_app.services.context import SYSTEM_USER_ID, Context
from billing_app.services.invoices.derived import derive, make_findable
from billing_app.services.invoices.drafts import claim, lines_of, refuse_stale
from billing_app.services.invoices.facts import facts_of
from billing_app.services.invoices.freeze import freeze
from billing_app.services.invoices.numbers import next_number
from billing_app.services.requests import answered, remember
from billing_app.services.settings import Place, is_on, settings_at

MAX_REASON = 500
RESTRICTION = "restrict_self_assembled_posting"
DONE = {
    Action.ASSEMBLE: "assembled",
    Action.READY: "ready for posting",
    Action.POST: "posted",
    Action.UNPOST: "back to Ready for Posting",
    Action.CANCEL: "cancelled",
    Action.VOID: "void",
    Action.DELETE: "deleted",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move led to."""

    id: int
    label: str
    status: str
    version: int

    @property
    def sentence(self) -> str:
        """What happened, for people."""
        return f"{self.label} is {self.status}."


def move_invoice(
    ctx: Context,
    invoice_id: int,
    action: Action,
    *,
    version: int | None = None,
    key: str = "",
    reason: str = "",
    confirmed: bool = False,
) -> Moved:
    """Move an invoice by one action of SPEC 6.3.

    Raises: NotFound, Conflict (somebody was faster), Refused or Forbidden with the sentence of
    the first guard that fails.
    """
    reason = clean_text(reason, field="reason", maximum=MAX_REASON, multiline=True)
    with ctx.write() as session:
        verb = f"{action} {invoice_id}"  # one key stands for one action on one invoice
        before = answered(session, ctx, key, verb)
        if before is not None:
            return Moved(**before)
        invoice = claim(session, invoice_id)
        refuse_stale(session, invoice, version)
        moved = _move(session, ctx, invoice, action, reason, confirmed=confirmed)
        remember(
            session,
            ctx,
            key,
            verb,
            {
                "id": moved.id,
                "label": moved.label,
                "status": moved.status,
                "version": moved.version,
            },
        )
        return moved


def offers(ctx: Context, invoice_id: int) -> tuple[Offer, ...]:
    """Every action for the chip's menu: whether it is possible, and why not."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        invoice = claim(session, invoice_id)
        lines = lines_of(session, invoice_id)
        document_type = session.get_one(DocumentType, invoice.document_type_id)
        facts = facts_of(
            session,
            invoice,
            lines,
            document_type,
            restrict_self_assembled=is_on(session, RESTRICTION),
            reason="given",
            confirmed=True,
        )
        return available(facts, ctx.actor.facts)


def _move(
    session: Session,
    ctx: Context,
    invoice: Invoice,
    action: Action,
    reason: str,
    *,
    confirmed: bool,
) -> Moved:
    lines = lines_of(session, invoice.id or 0)
    document_type = session.get_one(DocumentType, invoice.document_type_id)
    chosen = settings_at(session, Place(company_id=invoice.company_id))
    facts = facts_of(
        session,
        invoice,
        lines,
        document_type,
        restrict_self_assembled=chosen[RESTRICTION] == "on",
        reason=reason,
        confirmed=confirmed,
    )
    target = move(facts, action, ctx.actor.facts)
    if action not in DONE:
        raise Refused("{label} cannot be {done} here.", label=invoice.label, done=action.done)
    was = invoice.posting_status
    if action == Action.DELETE:
        _delete(session, ctx, invoice)
    else:
        _apply(session, ctx, invoice, lines, target, reason, chosen=chosen)
    invoice.version += 1
    invoice.updated_at = ctx.now()
    session.add(invoice)
    session.flush()
    after = {"posting_status": str(target), "number": invoice.number}
    after |= {"reason": reason} if reason else {}
    _record(session, ctx, invoice, action, was=was, after=after)
    return Moved(invoice.id or 0, invoice.label, DONE[action], invoice.version)


def _record(
    session: Session,
    ctx: Context,
    invoice: Invoice,
    action: Action,
    *,
    was: str,
    after: Mapping[str, str],
) -> None:
    record(
        session,
        ctx,
        entity="invoice",
        entity_id=invoice.id or 0,
        action=str(action),
        before={"posting_status": was},
        after=after,
    )


def _apply(
    session: Session,
    ctx: Context,
    invoice: Invoice,
    lines: list[InvoiceLine],
    target: Posting,
    reason: str,
    *,
    chosen: Mapping[str, str],
) -> None:
    now, who = ctx.now(), ctx.actor.user_id
    from_draft = invoice.posting_status == Posting.DRAFT
    invoice.posting_status = target.value
    if target in {Posting.ASSEMBLED, Posting.POSTED} and from_draft:
        invoice.assembled_at, invoice.assembled_by_id = now, who
    if target == Posting.POSTED and invoice.posted_at is None:
        _post_first_time(session, ctx, invoice, lines, chosen)
    elif target == Posting.CANCELLED:
        invoice.cancelled_at, invoice.cancelled_by_id, invoice.end_reason = now, who, reason
    elif target == Posting.VOID:
        invoice.voided_at, invoice.voided_by_id, invoice.end_reason = now, who, reason
    derive(invoice)


def _post_first_time(
    session: Session,
    ctx: Context,
    invoice: Invoice,
    lines: list[InvoiceLine],
    chosen: Mapping[str, str],
) -> None:
    """Number, snapshot, seal and outbox row: all of it with the posting, or none of it."""
    if not invoice.number:
        invoice.number = next_number(session, invoice, invoice.document_date, chosen)
    invoice.posted_at, invoice.posted_by_id = ctx.now(), ctx.actor.user_id
    derive(invoice)
    freeze(session, ctx, invoice, lines)
    make_findable(session, invoice, lines)
    session.add(
        OutboxEvent(
            topic="invoice.posted", entity_id=invoice.id or 0, made_at=ctx.now(), due_at=ctx.now()
        )
    )


def _delete(session: Session, ctx: Context, invoice: Invoice) -> None:
    invoice.deleted_at = ctx.now()
    drop(session, invoice.id or 0)


def require_reason(action: Action, reason: str) -> None:
    """Raise Invalid where an action needs a reason and has none; for forms."""
    if action in {Action.CANCEL, Action.VOID} and not reason.strip():
        raise Invalid.of("reason", "Give a reason; it is kept with the invoice.")


__all__ = ["SYSTEM_USER_ID", "Moved", "move_invoice", "offers", "require_reason"]
