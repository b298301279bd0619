"""A new draft with what an invoice says: duplicated by hand, or as a repeat of a plan."""

from dataclasses import replace
from datetime import date
from typing import Any

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.persistence.tables import Invoice
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.checks import checked
from billing_app.services.invoices.claims import lines_of
from billing_app.services.invoices.draft import Draft
from billing_app.services.invoices.drafts import add_draft, content_of
from billing_app.services.requests import answered, remember

BARE: dict[str, Any] = {
    "calls": None,
    "billed_s": None,
    "credited_line_no": None,
    "tax_shift_minor": 0,
}
"""What a line says of its own document and no copy repeats."""


def duplicate_invoice(ctx: Context, invoice_id: int, *, key: str = "") -> int:
    """Make a draft with today's date, the same lines and terms; answers its id.

    Number, orders, opportunity and credited invoice stay with the original. Raises: NotFound.
    """
    ctx.require(Permission.INVOICE_CREATE)
    with ctx.write() as session:
        verb = f"duplicate {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return int(before["id"])
        source = session.get(Invoice, invoice_id)
        if source is None or source.deleted_at is not None:
            raise NotFound("This invoice does not exist.")
        content = content_of(source, lines_of(session, invoice_id))
        made = add_draft(session, ctx, *checked(fresh(content, ctx.today())))
        after = {"copy_of": source.label}
        record(session, ctx, entity="invoice", entity_id=made, action="duplicated", after=after)
        remember(session, ctx, key, verb, {"id": made})
        return made


def fresh(content: Draft, on: date) -> Draft:
    """The content as a new document of a day, due after as many days as the original."""
    term = content.due_on - content.document_date if content.due_on else None
    return replace(
        content,
        document_date=on,
        due_on=on + term if term is not None else None,
        number="",
        external_document_no="",
        origin="manual",
        opportunity_id=None,
        credited_invoice_id=None,
        lines=tuple(replace(line, **BARE) for line in content.lines),
    )
