"""Pushing what is queued: at least once, with the effect of once; what comes of it is noted."""

from datetime import timedelta

from sqlmodel import Session

from billing_app.domain.accounting import MOST_TRIES, Sync
from billing_app.domain.lifecycle import Action, Posting
from billing_app.domain.notifications import Kind
from billing_app.domain.setting_facts import ON
from billing_app.persistence.tables import Customer
from billing_app.services.accounting.documents import pushed_document
from billing_app.services.accounting.ports import (
    AccountingDelayed,
    AccountingRefused,
    Ledger,
    PushedDocument,
    Taken,
)
from billing_app.services.accounting.queueing import PUSH, note_sync
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole, claim_whole, whole
from billing_app.services.invoices.moves import move_within
from billing_app.services.notifications.news import News, tell_people
from billing_app.services.outbox import Waiting, finish, postpone, waiting
from billing_app.services.settings import Place, settings_at

AT_ONCE = 20
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 240, 360))


def push_waiting(ctx: Context) -> int:
    """Push what is due; answers how many left the queue. Nothing where none is connected."""
    ledger = ctx.accounting
    if ledger is None:
        return 0
    return sum(_push_one(ctx, ledger, event) for event in waiting(ctx, AT_ONCE, [PUSH]))


def _push_one(ctx: Context, ledger: Ledger, event: Waiting) -> bool:
    with ctx.read() as session:
        found = whole(session, event.entity_id)
        document = pushed_document(session, found) if _is_wanted(found) else None
    if document is None:
        finish(ctx, event.id)
        return True
    try:
        taken = ledger.push(document)
    except AccountingRefused as error:
        _note_failure(ctx, event.entity_id, error.sentence)
    except AccountingDelayed as error:
        return _put_off(ctx, event, error)
    else:
        _note_taken(ctx, event.entity_id, document, taken)
    finish(ctx, event.id)
    return True


def _is_wanted(found: Whole) -> bool:
    """Whether it still waits: another worker may have pushed it, or it was voided meanwhile."""
    status = Posting(found.invoice.posting_status)
    is_released = status in {Posting.READY, Posting.POSTED}
    return is_released and found.invoice.accounting_status == Sync.QUEUED


def _put_off(ctx: Context, event: Waiting, error: AccountingDelayed) -> bool:
    """Try again later; after the last time it has failed. Answers whether it left the queue."""
    if event.tries + 1 >= MOST_TRIES:
        _note_failure(ctx, event.entity_id, error.sentence)
        finish(ctx, event.id)
        return True
    pause = max(PAUSES[min(event.tries, len(PAUSES) - 1)], error.after)
    postpone(ctx, event.id, error.sentence, pause)
    with ctx.write() as session:  # shown while it waits; a state that stays is no history
        invoice = claim_whole(session, event.entity_id).invoice
        invoice.accounting_error = error.sentence
        session.add(invoice)
    return False


def _note_failure(ctx: Context, invoice_id: int, sentence: str) -> None:
    with ctx.write() as session:
        invoice = claim_whole(session, invoice_id).invoice
        if invoice.accounting_status == Sync.QUEUED:
            note_sync(session, ctx, invoice, Sync.ERROR, "push failed", sentence)
            news = News(Kind.PUSH_FAILED, invoice_id, invoice.label, sentence)
            tell_people(session, ctx, news)


def _note_taken(ctx: Context, invoice_id: int, document: PushedDocument, taken: Taken) -> None:
    """Keep accounting's ids; a document that waits for it is posted in the same transaction."""
    with ctx.write() as session:
        found = claim_whole(session, invoice_id)
        invoice = found.invoice
        if invoice.accounting_status != Sync.QUEUED:
            return
        invoice.accounting_id = taken.document_id
        if not document.contact.external_id and taken.contact_id:
            _keep_contact(session, found.customer, taken.contact_id)
        note_sync(session, ctx, invoice, Sync.SYNCED, "pushed")
        chosen = settings_at(session, Place(company_id=invoice.company_id))
        if invoice.posting_status == Posting.READY and chosen["accounting_posts"] == ON:
            move_within(session, ctx, found, Action.POST)


def _keep_contact(session: Session, customer: Customer, contact_id: str) -> None:
    """The key that leads to the contact there (CXS-27)."""
    customer.ext_accounting_id = contact_id
    session.add(customer)
