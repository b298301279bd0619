"""Undoing an import, invoice by invoice, until something depends on it.

A draft it made is deleted and gives its number back; a draft it changed says again what it said;
a document it posted is void, since a posted one never goes away and its number is not used twice.
What somebody changed, settled or delivered since stays, with the reason.
"""

import json
from dataclasses import dataclass

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Refused
from billing_app.domain.lifecycle import Action, Posting
from billing_app.persistence.tables import Customer, ImportBatch, ImportItem, Invoice
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.foreign.batches import existing_batch, recount
from billing_app.services.foreign.deciding import record_of
from billing_app.services.foreign.drafts import from_json
from billing_app.services.foreign.paid import give_payment_back, own_minor
from billing_app.services.invoices.checks import checked
from billing_app.services.invoices.claims import claim_whole
from billing_app.services.invoices.derived import derive
from billing_app.services.invoices.drafts import write_content
from billing_app.services.invoices.moves import move_within

REASON = "The import it came with was undone."


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: how many are back as they were, how many stay; where to go on."""

    undone: int
    kept: int
    after: int
    is_finished: bool


def undo(ctx: Context, batch_id: int, *, after: int = 0, most: int = 50) -> Undone:
    """Undo the next items of a batch behind position `after`; what cannot be, says why and stays.

    Raises: Forbidden below Accounting, NotFound, Refused for a batch that is not brought in.
    """
    ctx.require(Permission.IMPORT_RUN)
    ctx.require(Permission.INVOICE_VOID)
    with ctx.read() as session:
        batch = existing_batch(session, batch_id)
        if batch.state not in {"running", "done"} or batch.report:
            raise Refused("There is nothing of this file that an undo could take back.")
        waiting = select(ImportItem.id, ImportItem.position).where(
            ImportItem.batch_id == batch_id,
            ImportItem.state == "done",
            col(ImportItem.position) > after,
        )
        rows = session.exec(waiting.order_by(col(ImportItem.position)).limit(most)).all()
    results = [_undo_one(ctx, item_id or 0) for item_id, _ in rows]
    is_finished = len(rows) < most
    if is_finished:
        _end(ctx, batch_id)
    last = rows[-1][1] if rows else after
    return Undone(results.count(True), results.count(False), last, is_finished)


def _end(ctx: Context, batch_id: int) -> None:
    with ctx.write() as session:
        batch = existing_batch(session, batch_id, lock=True)
        recount(session, batch)
        batch.state = "done" if batch.done else "undone"
        batch.undone_at = ctx.now()
        session.add(batch)
        record(
            session,
            ctx,
            entity="import_batch",
            entity_id=batch_id,
            action="undone",
            after={"source": batch.source, "kept": batch.done},
        )


def _undo_one(ctx: Context, item_id: int) -> bool:
    try:
        with ctx.write() as session:
            item = session.get_one(ImportItem, item_id, with_for_update=True)
            if item.state == "done":
                _give_back(session, ctx, item)
                item.state, item.reason = "undone", ""
                session.add(item)
    except BillingError as error:
        with ctx.write() as session:
            item = session.get_one(ImportItem, item_id, with_for_update=True)
            item.reason = f"Stays: {error.sentence}"
            session.add(item)
        return False
    return True


def _give_back(session: Session, ctx: Context, item: ImportItem) -> None:
    batch = existing_batch(session, item.batch_id)
    found = claim_whole(session, item.invoice_id or 0)
    invoice = found.invoice
    _refuse_dependents(invoice, item, own_minor(session, item))
    give_payment_back(session, ctx, item)
    before = json.loads(item.before) if item.before else None
    was_draft = invoice.posting_status == Posting.DRAFT
    if before is not None and was_draft:
        _restore(session, ctx, invoice, before["draft"])
    elif before is None and was_draft:
        invoice.number = ""  # it was never issued here, so it may come in again
        derive(invoice)
        session.flush()
        move_within(session, ctx, found, Action.DELETE)
    elif before is None or _was_posted_by(item, invoice):
        move_within(session, ctx, found, Action.VOID, REASON, confirmed=True)
    if before is not None:
        invoice.external_payment_page = before["page"]
        invoice.version += 1
        session.add(invoice)
    _forget(session, batch, item, before["sha256"] if before else "")
    session.flush()


def _refuse_dependents(invoice: Invoice, item: ImportItem, own_minor: int) -> None:
    """Raise Refused where somebody built on the invoice since it came in with its own payment."""
    is_earlier = bool(item.before) and item.payment_id is not None
    if (invoice.settled_minor != own_minor and not is_earlier) or invoice.refunded_minor:
        raise Refused("A payment or a credit settles {label}.", label=invoice.label)
    if invoice.is_delivered:
        raise Refused("{label} was sent to its customer.", label=invoice.label)
    if invoice.version != item.version:
        raise Refused("{label} was changed here since.", label=invoice.label)


def _was_posted_by(item: ImportItem, invoice: Invoice) -> bool:
    """Whether this very import posted a draft of an earlier one."""
    return invoice.posting_status == Posting.POSTED and "Draft → Posted" in item.reason


def _restore(session: Session, ctx: Context, invoice: Invoice, kept: str) -> None:
    draft, totals = checked(from_json(kept))
    customer = session.get_one(Customer, draft.customer_id)
    invoice.customer_id, invoice.company_id = draft.customer_id, draft.company_id
    invoice.document_type_id = draft.document_type_id
    write_content(session, ctx, invoice, draft, totals, customer)
    record(
        session,
        ctx,
        entity="invoice",
        entity_id=invoice.id or 0,
        action="changed",
        after={"reason": "An import was undone."},
    )


def _forget(session: Session, batch: ImportBatch, item: ImportItem, sha256: str) -> None:
    """The source's invoice is unknown again, or as it was known before."""
    known = record_of(session, batch.source, item.external_id)
    if known is None:
        return
    if sha256:
        known.content_sha256 = sha256
        session.add(known)
    else:
        session.delete(known)
