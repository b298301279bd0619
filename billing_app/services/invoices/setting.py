"""Setting the same fields of many invoices, each as its status allows (SPEC 6.6)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.editing import may_edit
from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.domain.parsing import clean_text, parse_date
from billing_app.persistence.tables import Invoice
from billing_app.services.audit import record
from billing_app.services.charges.following import charges_by_line
from billing_app.services.context import Context
from billing_app.services.customers import existing_customer
from billing_app.services.invoices.checks import TEXTS, checked
from billing_app.services.invoices.claims import claim, lines_of, refuse_stale
from billing_app.services.invoices.derived import derive, make_findable
from billing_app.services.invoices.drafts import content_of, write_content
from billing_app.services.payments.releasing import lock_with_original
from billing_app.services.requests import answered, remember

OF_DRAFTS = ("due_on", "title", "po_number", "notes", "terms")
ALWAYS = ("external_document_no", "internal_comment")
SETTABLE = (*OF_DRAFTS, *ALWAYS)
RULES = {"due_on": "due_date"}
"""What the table of SPEC 6.6 calls a field."""
LABELS = {
    "due_on": "Due date",
    "title": "Title",
    "po_number": "PO number",
    "notes": "Notes",
    "terms": "Terms",
    "external_document_no": "External document no.",
    "internal_comment": "Internal comment",
}


def check_fields(ctx: Context, facts: Mapping[str, str]) -> None:
    """Check what is to be set everywhere. Raises: Invalid at the field, or "fields" for none."""
    del ctx
    if not _values(facts):
        raise Invalid.of("fields", "Choose a field to set.")


def refuse_unsettable(
    session: Session, ctx: Context, invoice: Invoice, facts: Mapping[str, str]
) -> None:
    """Raise Refused where this invoice cannot take these values."""
    del session
    ctx.require(Permission.INVOICE_TEXT)
    status = Posting(invoice.posting_status)
    values = _values(facts)
    for name in values:
        if not may_edit(RULES.get(name, name), status):
            raise Refused(
                "{label} is {status}, so its {field} is fixed.",
                label=invoice.label,
                status=status.label,
                field=LABELS[name].lower(),
            )
    due_on = values.get("due_on")
    if due_on is not None and due_on < invoice.document_date:
        raise Refused(
            "{label} would be due before its invoice date.",
            code="invoice.due_before_date",
            label=invoice.label,
        )
    if all(getattr(invoice, name) == value for name, value in values.items()):
        raise Refused("{label} says so already.", label=invoice.label)


def set_fields(
    ctx: Context, invoice_id: int, facts: Mapping[str, str], *, version: int, key: str = ""
) -> int:
    """Set these fields; answers the invoice's new version.

    Raises: Refused where its status fixes one of them, Conflict, Invalid, NotFound.
    """
    values = _values(facts)
    with ctx.write() as session:
        verb = f"set fields {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return int(before["version"])
        lock_with_original(session, invoice_id)
        invoice = claim(session, invoice_id)
        refuse_stale(session, invoice, version)
        refuse_unsettable(session, ctx, invoice, facts)
        was = {name: getattr(invoice, name) for name in values}
        _write(session, ctx, invoice, values)
        invoice.version += 1
        session.add(invoice)
        record(
            session,
            ctx,
            entity="invoice",
            entity_id=invoice_id,
            action="text changed",
            before=was,
            after=values,
        )
        session.flush()
        remember(session, ctx, key, verb, {"version": invoice.version})
        return invoice.version


def _write(session: Session, ctx: Context, invoice: Invoice, values: Mapping[str, Any]) -> None:
    """Write a draft by its own rules, and what is always open beside them."""
    lines = lines_of(session, invoice.id or 0)
    if invoice.posting_status == Posting.DRAFT:
        charges = charges_by_line(session, invoice.id or 0)
        draft, totals = checked(replace(content_of(invoice, lines, charges), **values))
        customer = existing_customer(session, invoice.customer_id)
        write_content(session, ctx, invoice, draft, totals, customer)
        return
    for name, value in values.items():
        setattr(invoice, name, value)
    invoice.updated_at = ctx.now()
    derive(invoice)
    make_findable(session, invoice, lines)


def _values(facts: Mapping[str, str]) -> dict[str, Any]:
    """The values by field; a field that is not given is not set. Raises: Invalid."""
    values: dict[str, Any] = {}
    for name in SETTABLE:
        if name not in facts:
            continue
        if name == "due_on":
            values[name] = parse_date(facts[name], field=name)
            continue
        maximum, multiline = TEXTS[name]
        values[name] = clean_text(facts[name], field=name, maximum=maximum, multiline=multiline)
    return values
