"""Credit an invoice and open it again as a new draft: one action, one transaction."""

from dataclasses import replace

from sqlmodel import Session, select

from billing_app.domain.document_types import DocumentKind
from billing_app.domain.errors import Refused
from billing_app.domain.lifecycle import Action, Posting
from billing_app.persistence.tables import Invoice, InvoiceOrder
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.checks import checked
from billing_app.services.invoices.claims import Whole, claim_whole, refuse_stale
from billing_app.services.invoices.copying import fresh
from billing_app.services.invoices.crediting import Corrected, answer_of, correct_within
from billing_app.services.invoices.drafts import add_draft, content_of
from billing_app.services.invoices.moves import move_within, offers_on
from billing_app.services.requests import answered, remember


def credit_and_reopen(
    ctx: Context, invoice_id: int, *, version: int | None = None, reason: str = "", key: str = ""
) -> Corrected:
    """Credit all that is left of an invoice and open a new draft that says the same, at once.

    The credit is posted where the actor may; where a colleague has to post what the actor
    assembled, it waits for one. Raises: as `credit_invoice`; Refused for a credit note.
    """
    with ctx.write() as session:
        verb = f"reopen {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return Corrected(**before)
        found = claim_whole(session, invoice_id)
        refuse_stale(session, found.invoice, version)
        if found.document_type.kind != DocumentKind.INVOICE:
            raise Refused("{label} is no invoice. Reverse it instead.", label=found.invoice.label)
        credit = correct_within(session, ctx, found, None, reason)
        status = _forward(session, ctx, credit.id or 0)
        draft_id = _reopen(session, ctx, found)
        done = Corrected(credit.id or 0, credit.label, status, draft_id)
        remember(session, ctx, key, verb, answer_of(done))
        return done


def _forward(session: Session, ctx: Context, credit_id: int) -> str:
    """Post the credit, or assemble it where a colleague has to post it; answers its status."""
    found = claim_whole(session, credit_id)
    possible = {offer.action for offer in offers_on(session, ctx, found) if offer.allowed}
    for action in (Action.POST, Action.ASSEMBLE):
        if action in possible:
            move_within(session, ctx, found, action)
            break
    return Posting(found.invoice.posting_status).label


def _reopen(session: Session, ctx: Context, found: Whole) -> int:
    """A new draft with what the original says, its orders too; answers its id."""
    original = found.invoice
    content = fresh(content_of(original, found.lines), ctx.today())
    linked = select(InvoiceOrder.order_id).where(InvoiceOrder.invoice_id == original.id)
    orders = tuple(session.exec(linked).all())
    made = add_draft(session, ctx, *checked(replace(content, order_ids=orders)))
    row = session.get_one(Invoice, made)
    row.replaced_invoice_id = original.id
    session.add(row)
    session.flush()
    after = {"copy_of": original.label}
    record(session, ctx, entity="invoice", entity_id=made, action="reopened", after=after)
    return made
