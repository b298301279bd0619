"""Staff notes on an invoice (ORO-6): added at any time, never changed, never in the portal."""

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.parsing import clean_text
from billing_app.persistence.tables import Invoice, StaffNote
from billing_app.services.audit import record
from billing_app.services.context import Context

MAX_NOTE = 4_000


def add_note(ctx: Context, invoice_id: int, text: str) -> None:
    """Add a note. Raises: Invalid when empty, NotFound."""
    ctx.require(Permission.INVOICE_NOTE)
    note = clean_text(text, field="note", maximum=MAX_NOTE, multiline=True)
    if not note:
        raise Invalid.of("note", "Write the note first.")
    with ctx.write() as session:
        invoice = session.get(Invoice, invoice_id)
        if invoice is None or invoice.deleted_at is not None:
            raise NotFound("This invoice does not exist.")
        session.add(
            StaffNote(invoice_id=invoice_id, author_id=ctx.actor.user_id, at=ctx.now(), text=note)
        )
        record(session, ctx, entity="invoice", entity_id=invoice_id, action="noted")
