"""Moving an invoice through its life cycle: one body for each button, bulk action and command.

The table of `domain.lifecycle` decides; here the row is locked, the facts are read, the move and
all that belongs to it are written in one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.journal import check_open
from billing_app.domain.lifecycle import Action, Offer, Posting, available, move
from billing_app.domain.notifications import Kind
from billing_app.domain.parsing import clean_text
from billing_app.domain.setting_accounts import CLOSED_UNTIL
from billing_app.persistence.inserting import add
from billing_app.persistence.search import drop
from billing_app.persistence.tables import Invoice, OutboxEvent
from billing_app.services.accounting.queueing import posts_through_accounting, queue_push
from billing_app.services.audit import record
from billing_app.services.charges.returning import dissolve, give_back
from billing_app.services.context import SYSTEM_USER_ID, Context
from billing_app.services.generation.on_payment import allocate_on_posting
from billing_app.services.generation.release import open_period, release_invoice
from billing_app.services.invoices.claims import Whole, claim_whole, refuse_stale, whole
from billing_app.services.invoices.derived import derive, make_findable
from billing_app.services.invoices.facts import facts_of
from billing_app.services.invoices.freeze import freeze
from billing_app.services.invoices.numbers import next_number
from billing_app.services.journal.documents import book_posting, book_void
from billing_app.services.notifications.news import settle, tell_move
from billing_app.services.payments.credits import apply_on_posting
from billing_app.services.payments.releasing import (
    lock_with_original,
    lock_with_settlers,
    release_all,
)
from billing_app.services.requests import answered, remember
from billing_app.services.settings import Place, settings_at

MAX_REASON = 500
DONE = {
    Action.ASSEMBLE: "assembled",
    Action.READY: "ready for posting",
    Action.POST: "posted",
    Action.UNPOST: "back to Ready for Posting",
    Action.CANCEL: "cancelled",
    Action.VOID: "void",
    Action.DELETE: "deleted",
    Action.DISSOLVE: "dissolved; its lines are pending again",
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
    frees_charges: bool = False,
) -> Moved:
    """Move an invoice by one action of SPEC 6.3.

    `frees_charges`: voiding gives the charges behind its lines back to the pending list, and the
    usage and the period back that a generated invoice took.
    Raises: NotFound, Conflict (somebody was faster), Refused or Forbidden with the sentence of
    the first guard that fails.
    """
    reason = clean_text(reason, field="reason", maximum=MAX_REASON, multiline=True)
    with ctx.write() as session:
        verb = f"{action} {invoice_id}"  # one key stands for one action on one invoice
        before = answered(session, ctx, key, verb)
        if before is not None:
            return Moved(**before)
        if action == Action.VOID:
            lock_with_settlers(session, invoice_id)
        elif action == Action.POST:
            lock_with_original(session, invoice_id)
        found = claim_whole(session, invoice_id)
        refuse_stale(session, found.invoice, version)
        moved = move_within(
            session, ctx, found, action, reason, confirmed=confirmed, frees_charges=frees_charges
        )
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
        return offers_on(session, ctx, whole(session, invoice_id))


def offers_on(session: Session, ctx: Context, found: Whole) -> tuple[Offer, ...]:
    """Every action on an invoice that is at hand already."""
    chosen = settings_at(session, Place(company_id=found.invoice.company_id))
    facts = facts_of(session, found, chosen, reason="given", confirmed=True)
    return available(facts, ctx.actor.facts)


def move_within(
    session: Session,
    ctx: Context,
    found: Whole,
    action: Action,
    reason: str = "",
    *,
    confirmed: bool = False,
    frees_charges: bool = False,
) -> Moved:
    """Move an invoice in the running transaction, in which its row is locked or new."""
    invoice = found.invoice
    chosen = settings_at(session, Place(company_id=invoice.company_id))
    if action == Action.POST and _waits_for_accounting(ctx, invoice, chosen):
        return _hand_over(session, ctx, found, chosen)
    facts = facts_of(session, found, chosen, reason=reason, confirmed=confirmed)
    target = move(facts, action, ctx.actor.facts)
    if action not in DONE:
        raise Refused("{label} cannot be {done} here.", label=invoice.label, done=action.done)
    was = invoice.posting_status
    freed = _free(session, ctx, found, action, also_voided=frees_charges)
    if action in {Action.DELETE, Action.DISSOLVE}:
        _delete(session, ctx, invoice)
    else:
        _apply(session, ctx, found, target, reason, chosen=chosen)
    invoice.version += 1
    invoice.updated_at = ctx.now()
    session.add(invoice)
    session.flush()
    after = {"posting_status": str(target), "number": invoice.number}
    after |= {"reason": reason} if reason else {}
    after |= {"charges": str(freed)} if freed else {}
    _record(session, ctx, invoice, action, was=was, after=after)
    tell_move(session, ctx, invoice, action, was=was, reason=reason)
    return Moved(invoice.id or 0, invoice.label, DONE[action], invoice.version)


def _waits_for_accounting(ctx: Context, invoice: Invoice, chosen: Mapping[str, str]) -> bool:
    """From Ready for Posting it is posted by hand: that is how accounting is skipped."""
    is_first = invoice.posting_status in {Posting.DRAFT, Posting.ASSEMBLED}
    return is_first and posts_through_accounting(ctx, chosen)


def _hand_over(session: Session, ctx: Context, found: Whole, chosen: Mapping[str, str]) -> Moved:
    """Make it Ready for Posting, with its number, and queue it; the integration posts (DLY-10)."""
    invoice = found.invoice
    check_open(chosen[CLOSED_UNTIL], invoice.document_date, invoice.label)
    if invoice.posting_status == Posting.DRAFT:
        move_within(session, ctx, found, Action.ASSEMBLE)
    move_within(session, ctx, found, Action.READY)
    if not invoice.number:
        invoice.number = next_number(
            session, invoice, found.document_type.code, invoice.document_date, chosen
        )
        derive(invoice)
        make_findable(session, invoice, found.lines)
    queue_push(session, ctx, invoice)
    settle(session, [Kind.READY], invoice.id or 0)  # it waits for accounting, not for people
    done = "ready for posting and on its way to accounting"
    return Moved(invoice.id or 0, invoice.label, done, invoice.version)


def _free(
    session: Session, ctx: Context, found: Whole, action: Action, *, also_voided: bool
) -> int:
    """Give charges back to the pending list where the action does so; answers how many."""
    if action == Action.DISSOLVE:
        open_period(session, found.invoice)
        return dissolve(session, ctx, found)
    if action == Action.VOID and also_voided:
        release_invoice(session, found.invoice)
    if action in {Action.CANCEL, Action.DELETE} or (action == Action.VOID and also_voided):
        return give_back(session, found)
    return 0


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
    found: Whole,
    target: Posting,
    reason: str,
    *,
    chosen: Mapping[str, str],
) -> None:
    invoice = found.invoice
    now, who = ctx.now(), ctx.actor.user_id
    from_draft = invoice.posting_status == Posting.DRAFT
    invoice.posting_status = target.value
    if target in {Posting.ASSEMBLED, Posting.POSTED} and from_draft:
        invoice.assembled_at, invoice.assembled_by_id = now, who
    if target == Posting.POSTED and invoice.posted_at is None:
        _post_first_time(session, ctx, found, chosen)
    elif target == Posting.CANCELLED:
        invoice.cancelled_at, invoice.cancelled_by_id, invoice.end_reason = now, who, reason
    elif target == Posting.VOID:
        invoice.voided_at, invoice.voided_by_id, invoice.end_reason = now, who, reason
        release_all(session, ctx, invoice)
        book_void(session, ctx, invoice, chosen)
    derive(invoice)


def _post_first_time(
    session: Session, ctx: Context, found: Whole, chosen: Mapping[str, str]
) -> None:
    """Number, snapshot, seal and outbox row: all of it with the posting, or none of it."""
    invoice = found.invoice
    if not invoice.number:
        invoice.number = next_number(
            session, invoice, found.document_type.code, invoice.document_date, chosen
        )
    invoice.posted_at, invoice.posted_by_id = ctx.now(), ctx.actor.user_id
    allocate_on_posting(session, ctx, invoice)
    apply_on_posting(session, ctx, invoice)
    derive(invoice)
    freeze(session, ctx, found)
    book_posting(session, ctx, found, chosen)
    make_findable(session, invoice, found.lines)
    now = ctx.now()
    event = {"topic": "invoice.posted", "entity_id": invoice.id, "made_at": now, "due_at": now}
    add(session, OutboxEvent, [event])


def _delete(session: Session, ctx: Context, invoice: Invoice) -> None:
    invoice.deleted_at = ctx.now()
    drop(session, invoice.id or 0)


def require_reason(action: Action, reason: str) -> None:
    """Raise Invalid where an action needs a reason and has none; for forms."""
    if action in {Action.CANCEL, Action.VOID} and not reason.strip():
        raise Invalid.of("reason", "Give a reason; it is kept with the invoice.")


__all__ = ["SYSTEM_USER_ID", "Moved", "move_invoice", "offers", "require_reason"]
