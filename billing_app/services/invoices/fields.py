"""Changing one field of an invoice in its drawer, as its status allows (SPEC 6.6)."""

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.editing import may_edit
from billing_app.domain.errors import Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.domain.parsing import clean_text
from billing_app.persistence.tables import Invoice, InvoiceLine
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.claims import claim, lines_of, refuse_stale
from billing_app.services.invoices.derived import make_findable

# field -> (longest, several lines, the permission it needs)
FIELDS = {
    "external_document_no": (64, False, Permission.INVOICE_TEXT),
    "internal_comment": (20_000, True, Permission.INVOICE_TEXT),
    "document_text": (512, True, Permission.INVOICE_TEXT),
    "invoice_text": (20_000, True, Permission.INVOICE_TEXT),
}
MAX_LINE_TEXT = 1024


def edit_field(ctx: Context, invoice_id: int, field: str, value: str, *, version: int) -> int:
    """Set one text field; answers the new version. Raises: Refused, Conflict, Invalid."""
    if field not in FIELDS:
        raise Invalid.of("field", "This field cannot be edited here.")
    maximum, multiline, permission = FIELDS[field]
    ctx.require(permission)
    text = clean_text(value, field=field, maximum=maximum, multiline=multiline)
    with ctx.write() as session:
        invoice = claim(session, invoice_id)
        _refuse_locked(invoice, field)
        before = getattr(invoice, field)
        if before == text:
            return invoice.version
        refuse_stale(session, invoice, version)
        setattr(invoice, field, text)
        return _saved(session, ctx, invoice, {field: before}, {field: text})


def edit_line_text(ctx: Context, invoice_id: int, line_no: int, value: str, *, version: int) -> int:
    """Set a line's text while Assembled (DLY-19); answers the invoice's new version."""
    ctx.require(Permission.INVOICE_TEXT)
    field = f"lines.{line_no}.description"
    text = clean_text(value, field=field, maximum=MAX_LINE_TEXT, multiline=True)
    with ctx.write() as session:
        invoice = claim(session, invoice_id)
        if invoice.posting_status != Posting.ASSEMBLED:
            raise Refused("Line texts can be edited while the invoice is Assembled.")
        refuse_stale(session, invoice, version)
        line = next((row for row in lines_of(session, invoice_id) if row.line_no == line_no), None)
        if line is None:
            raise NotFound("This line does not exist.")
        before, line.description = line.description, text
        session.add(line)
        return _saved(session, ctx, invoice, {field: before}, {field: text})


def _refuse_locked(invoice: Invoice, field: str) -> None:
    status = Posting(invoice.posting_status)
    if not may_edit(field, status):
        raise Refused(
            "{label} is {status}; this text can be edited while it is a draft or Assembled.",
            label=invoice.label,
            status=status.label,
        )


def _saved(
    session: Session, ctx: Context, invoice: Invoice, before: dict[str, str], after: dict[str, str]
) -> int:
    invoice.version += 1
    invoice.updated_at = ctx.now()
    session.add(invoice)
    record(
        session,
        ctx,
        entity="invoice",
        entity_id=invoice.id or 0,
        action="text changed",
        before=before,
        after=after,
    )
    session.flush()
    lines: list[InvoiceLine] = lines_of(session, invoice.id or 0)
    make_findable(session, invoice, lines)
    return invoice.version
