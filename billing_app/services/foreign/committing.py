"""Bringing a checked batch in: each invoice once, in its own transaction, as drafts and posting do.

An interrupted run goes on where it stopped: what is in is recognised by its source and id.
"""

import json
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Invalid, Refused
from billing_app.domain.foreign.invoices import ForeignInvoice
from billing_app.domain.lifecycle import Action, Posting
from billing_app.domain.notifications import Kind
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import (
    Customer,
    ImportBatch,
    ImportedRecord,
    ImportItem,
    Invoice,
)
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.foreign.batches import existing_batch, recount
from billing_app.services.foreign.deciding import (
    CHANGED,
    NEW,
    REFUSED,
    Decision,
    content_now,
    decide,
    record_of,
)
from billing_app.services.foreign.drafts import checked_page, draft_of, to_json
from billing_app.services.foreign.paid import take_payment
from billing_app.services.foreign.parties import take_customer
from billing_app.services.invoices.claims import claim, claim_whole
from billing_app.services.invoices.drafts import add_draft, write_content
from billing_app.services.invoices.moves import move_within
from billing_app.services.notifications.news import News, tell_person


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is."""

    done: int
    total: int

    @property
    def is_finished(self) -> bool:
        """Whether nothing waits any more."""
        return self.done >= self.total


def bring_in(ctx: Context, batch_id: int, most: int = 20) -> Progress:
    """Bring in the next invoices of a batch; call it until it is finished.

    What cannot be brought in after all becomes refused, with the reason; the rest comes in.
    Raises: Forbidden below Accounting, NotFound, Refused for a batch that is not checked.
    """
    ctx.require(Permission.IMPORT_RUN)
    _begin(ctx, batch_id)
    with ctx.read() as session:
        waiting = select(ImportItem.id).where(*_waiting(batch_id))
        ids = session.exec(waiting.order_by(col(ImportItem.position)).limit(most)).all()
    for item_id in ids:
        _bring_one(ctx, item_id or 0)
    with ctx.write() as session:
        batch = existing_batch(session, batch_id, lock=True)
        left = session.exec(
            select(func.count()).select_from(ImportItem).where(*_waiting(batch_id))
        ).one()
        recount(session, batch)
        if not left and batch.state == "running":
            batch.state, batch.done_at = "done", ctx.now()
            _record(session, ctx, batch, "brought in")
            said = f"{batch.done:,} brought in, {batch.refused:,} refused"
            news = News(Kind.IMPORT_DONE, batch_id, batch.name, said)
            tell_person(session, ctx, news, ctx.actor.user_id)
        return Progress(batch.done, batch.done + left)


def _waiting(batch_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ImportItem.batch_id) == batch_id,
        col(ImportItem.action).in_([NEW, CHANGED]),
        col(ImportItem.state) == "waiting",
    )


def _begin(ctx: Context, batch_id: int) -> None:
    with ctx.write() as session:
        batch = existing_batch(session, batch_id, lock=True)
        if batch.state == "new":
            raise Refused("Compare the file with what is here first.")
        if batch.state == "undone":
            raise Refused("This import is undone. Upload the file again.")
        if batch.state == "checked":
            batch.state = "running"
            session.add(batch)
            _record(session, ctx, batch, "begun")


def _bring_one(ctx: Context, item_id: int) -> None:
    """Bring one invoice in; a refusal becomes its reason, and nothing of it stays."""
    try:
        with ctx.write() as session:
            _take(session, ctx, item_id)
    except BillingError as error:
        _refuse(ctx, item_id, _sentence(error))
    except IntegrityError:
        with ctx.write() as session:  # another import was faster with the same invoice
            item = session.get_one(ImportItem, item_id, with_for_update=True)
            batch = existing_batch(session, item.batch_id)
            _apply(session, item, decide(session, batch.source, _told(item)))
            if item.action in {NEW, CHANGED}:
                _apply(session, item, Decision(REFUSED, "Another import was faster. Try again."))


def _take(session: Session, ctx: Context, item_id: int) -> None:
    item = session.get_one(ImportItem, item_id, with_for_update=True)
    if item.state != "waiting":
        return
    batch = existing_batch(session, item.batch_id)
    told = _told(item)
    decision = decide(session, batch.source, told)  # the world may have moved since
    _apply(session, item, decision)
    if decision.action == NEW:
        _make(session, ctx, batch, item, told)
    elif decision.action == CHANGED:
        _change(session, ctx, batch, item, told)
    session.flush()


def _make(
    session: Session, ctx: Context, batch: ImportBatch, item: ImportItem, told: ForeignInvoice
) -> None:
    customer_id = take_customer(session, ctx, batch.source, told)
    invoice_id = add_draft(session, ctx, *draft_of(session, told, customer_id))
    invoice = session.get_one(Invoice, invoice_id)
    invoice.external_system, invoice.external_id = batch.source, told.external_id
    invoice.external_payment_page = checked_page(told.payment_page)
    session.add(invoice)
    session.flush()
    _finish(session, ctx, batch, item, told, invoice)


def _change(
    session: Session, ctx: Context, batch: ImportBatch, item: ImportItem, told: ForeignInvoice
) -> None:
    """Give an invoice what the file says now; a posted one only what may change after posting."""
    invoice = claim(session, item.invoice_id or 0)
    known = record_of(session, batch.source, told.external_id)
    before = {
        "draft": to_json(content_now(session, invoice)),
        "page": invoice.external_payment_page,
        "sha256": known.content_sha256 if known else "",
    }
    item.before = json.dumps(before, ensure_ascii=False)
    if invoice.posting_status == Posting.DRAFT:
        customer_id = take_customer(session, ctx, batch.source, told)
        draft, totals = draft_of(session, told, customer_id)
        customer = session.get_one(Customer, customer_id)
        invoice.customer_id, invoice.company_id = customer_id, customer.company_id
        invoice.document_type_id = draft.document_type_id
        write_content(session, ctx, invoice, draft, totals, customer)
    invoice.external_payment_page = checked_page(told.payment_page)
    invoice.version += 1
    invoice.updated_at = ctx.now()
    session.add(invoice)
    session.flush()
    is_posted = invoice.posting_status != Posting.DRAFT
    record(
        session,
        ctx,
        entity="invoice",
        entity_id=invoice.id or 0,
        action="changed after posting" if is_posted else "changed",
        after={"import": item.batch_id, "what": item.reason},
    )
    _finish(session, ctx, batch, item, told, invoice)


def _finish(
    session: Session,
    ctx: Context,
    batch: ImportBatch,
    item: ImportItem,
    told: ForeignInvoice,
    invoice: Invoice,
) -> None:
    """Post and settle it where the file says so, and remember what of the source it is."""
    if told.is_posted and invoice.posting_status == Posting.DRAFT:
        # An import bars nobody by what it assembled (SPEC 4.4h).
        importer = ctx.acting_as(replace(ctx.actor, kind="system"))
        move_within(session, importer, claim_whole(session, invoice.id or 0), Action.POST)
    take_payment(session, ctx, item, invoice, told)
    known = record_of(session, batch.source, told.external_id)
    if known is None:
        facts = {
            "system": batch.source,
            "kind": "invoice",
            "external_id": told.external_id,
            "record_id": invoice.id,
            "content_sha256": told.sha256,
        }
        add(session, ImportedRecord, [facts])
    else:
        known.record_id, known.content_sha256 = invoice.id or 0, told.sha256
        session.add(known)
    item.invoice_id, item.version, item.state = invoice.id, invoice.version, "done"
    session.add(item)


def _refuse(ctx: Context, item_id: int, sentence: str) -> None:
    with ctx.write() as session:
        item = session.get_one(ImportItem, item_id, with_for_update=True)
        if item.state == "waiting":
            _apply(session, item, Decision(REFUSED, sentence, item.invoice_id))


def _apply(session: Session, item: ImportItem, decision: Decision) -> None:
    item.action, item.invoice_id = decision.action, decision.invoice_id
    item.reason = decision.reason
    session.add(item)
    session.flush()


def _told(item: ImportItem) -> ForeignInvoice:
    return ForeignInvoice.from_json(item.content)


def _sentence(error: BillingError) -> str:
    if isinstance(error, Invalid) and error.fields:
        return " ".join(dict.fromkeys(error.fields.values()))
    return error.sentence


def _record(session: Session, ctx: Context, batch: ImportBatch, action: str) -> None:
    after = {"source": batch.source, "brought_in": batch.done, "refused": batch.refused}
    record(session, ctx, entity="import_batch", entity_id=batch.id or 0, action=action, after=after)
