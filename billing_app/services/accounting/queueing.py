"""Queueing a push: by hand, or because posting goes through accounting (DLY-10)."""

from collections.abc import Mapping

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.accounting import Sync, check_push
from billing_app.domain.document_types import DocumentKind
from billing_app.domain.errors import NotFound, Refused
from billing_app.domain.notifications import Kind
from billing_app.domain.posting import Posting
from billing_app.domain.setting_facts import ON
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import DocumentType, Invoice, OutboxEvent
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole, claim, refuse_stale
from billing_app.services.notifications.telling import settle
from billing_app.services.requests import answered, remember

PUSH = "accounting.push"
ABSENT = "No accounting program is connected."


def push_to_accounting(
    ctx: Context, invoice_id: int, *, version: int | None = None, key: str = ""
) -> str:
    """Queue the push of a document; answers what happens, in a sentence (CRM-32).

    Raises: NotFound where accounting is not connected, Refused by status, type or sync state,
    Conflict.
    """
    ctx.require(Permission.ACCOUNTING_PUSH)
    if ctx.accounting is None:
        raise NotFound(ABSENT)
    with ctx.write() as session:
        verb = f"push {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return str(before["said"])
        invoice = claim(session, invoice_id)
        refuse_stale(session, invoice, version)
        _check(invoice, session.get_one(DocumentType, invoice.document_type_id))
        queue_push(session, ctx, invoice)
        said = f"{invoice.label} is on its way to accounting."
        remember(session, ctx, key, verb, {"said": said})
        return said


def refuse_unpushable(ctx: Context, found: Whole) -> None:
    """Raise Refused where a document cannot be pushed: not connected, by status, type or state."""
    if ctx.accounting is None:
        raise Refused(ABSENT)
    _check(found.invoice, found.document_type)


def _check(invoice: Invoice, document_type: DocumentType) -> None:
    status, sync = Posting(invoice.posting_status), Sync(invoice.accounting_status)
    check_push(status, DocumentKind(document_type.kind), sync, invoice.label)


def queue_push(session: Session, ctx: Context, invoice: Invoice) -> None:
    """Queue the push of an invoice that is locked."""
    note_sync(session, ctx, invoice, Sync.QUEUED, "push queued")
    now = ctx.now()
    event = {"topic": PUSH, "entity_id": invoice.id, "made_at": now, "due_at": now}
    add(session, OutboxEvent, [event])


def note_sync(
    session: Session, ctx: Context, invoice: Invoice, sync: Sync, action: str, error: str = ""
) -> None:
    """Keep where the push of a locked invoice stands, with its history."""
    if invoice.accounting_status == Sync.ERROR:
        settle(session, [Kind.PUSH_FAILED], invoice.id or 0)
    invoice.accounting_status, invoice.accounting_error = sync.value, error
    invoice.version += 1
    invoice.updated_at = ctx.now()
    session.add(invoice)
    session.flush()
    after = {"accounting_id": invoice.accounting_id} if sync is Sync.SYNCED else {}
    after |= {"reason": error} if error else {}
    entity_id = invoice.id or 0
    record(session, ctx, entity="invoice", entity_id=entity_id, action=action, after=after)


def posts_through_accounting(ctx: Context, chosen: Mapping[str, str]) -> bool:
    """Whether posting waits for accounting here (DLY-10); machines and the integration post."""
    is_person = ctx.actor.kind == "staff"
    return is_person and ctx.accounting is not None and chosen["accounting_posts"] == ON
