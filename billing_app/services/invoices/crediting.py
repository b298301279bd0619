"""Correcting a posted document: credited in full, by line or quantity, or reversed (SPEC T12).

The correction is a draft of the opposite type, linked to its original; posting settles both with
each other (SPEC 6.5, rule 6a). The original stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.credit_limits import Sums
from billing_app.domain.crediting import Part, credit_of, left, parts
from billing_app.domain.document_types import DocumentKind
from billing_app.domain.errors import Refused
from billing_app.domain.lifecycle import Action, Posting, move
from billing_app.domain.totals import DocumentInput, Totals, compute
from billing_app.persistence.tables import Invoice
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.checks import checked
from billing_app.services.invoices.claims import Whole, claim_whole, refuse_stale, whole
from billing_app.services.invoices.copying import BARE
from billing_app.services.invoices.credited import (
    Original,
    corrections_of,
    opposite_type_id,
    original_of,
)
from billing_app.services.invoices.draft import Draft
from billing_app.services.invoices.drafts import add_draft, content_of
from billing_app.services.invoices.facts import facts_of
from billing_app.services.requests import answered, remember
from billing_app.services.settings import Place, settings_at

ORIGIN = "reversal"
NO_TERMS: dict[str, Any] = {
    "due_on": None,
    "terms": "",
    "notes": "",
    "invoice_text": "",
    "internal_comment": "",
    "external_document_no": "",
    "number": "",
    "opportunity_id": None,
    "origin": ORIGIN,
}
"""What an original says and its correction does not repeat."""


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line that can be credited: its quantity, what of it is left, and for how much.

    The amount in minor units, as the line was entered: with tax where prices include it.
    """

    line_no: int
    description: str
    unit: str
    quantity: Decimal
    left: Decimal
    left_minor: int


@dataclass(frozen=True, slots=True)
class CreditDesk:
    """What lies on the desk when a document is to be corrected."""

    id: int
    version: int
    label: str
    currency: str
    is_credit: bool
    prices_include_tax: bool
    lines: tuple[CreditLine, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction that was made, and the draft that takes the original's place (0 for none)."""

    id: int
    label: str
    status: str
    draft_id: int = 0


def credit_desk(ctx: Context, invoice_id: int) -> CreditDesk:
    """What of a document can be corrected. Raises: Refused, Forbidden, NotFound."""
    with ctx.read() as session:
        found = whole(session, invoice_id)
        _require_correctable(session, ctx, found)
        rest = left(*_sums(original_of(session, found.invoice, found.lines)))
        lines = tuple(
            CreditLine(
                line.line_no,
                line.description,
                line.unit,
                line.quantity,
                rest[line.line_no].quantity,
                rest[line.line_no].amount,
            )
            for line in found.lines
            if line.line_no in rest
        )
        invoice = found.invoice
        is_credit = found.document_type.kind == DocumentKind.CREDIT
        return CreditDesk(
            invoice_id,
            invoice.version,
            invoice.label,
            invoice.currency,
            is_credit,
            invoice.prices_include_tax,
            lines,
        )


def reckon_credit(ctx: Context, invoice_id: int, wanted: Mapping[int, Decimal]) -> Totals:
    """What a credit of these quantities comes to; nothing is written. Raises: Invalid, Refused."""
    with ctx.read() as session:
        found = whole(session, invoice_id)
        _require_correctable(session, ctx, found)
        return compute(_credit(original_of(session, found.invoice, found.lines), wanted).doc)


def credit_invoice(
    ctx: Context,
    invoice_id: int,
    wanted: Mapping[int, Decimal] | None = None,
    *,
    version: int | None = None,
    reason: str = "",
    key: str = "",
) -> Corrected:
    """Make the opposite document as a draft, over these quantities of lines or all that is left.

    `reason` is printed. Raises: Invalid at "lines.<no>.quantity" beyond what is left, Refused
    where nothing is left or the life cycle refuses it, Conflict, NotFound.
    """
    with ctx.write() as session:
        verb = f"credit {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return Corrected(**before)
        found = claim_whole(session, invoice_id)
        refuse_stale(session, found.invoice, version)
        made = correct_within(session, ctx, found, wanted, reason)
        done = Corrected(made.id or 0, made.label, Posting(made.posting_status).label)
        remember(session, ctx, key, verb, answer_of(done))
        return done


class _Credit(NamedTuple):
    doc: DocumentInput
    of: tuple[Part, ...]


def _sums(original: Original) -> tuple[Sums, Sums]:
    return original.sums, original.taken


def _credit(original: Original, wanted: Mapping[int, Decimal] | None) -> _Credit:
    """The correction of these quantities, or of all that is left."""
    rest = left(*_sums(original))
    if wanted is None:
        wanted = {line_no: asked.quantity for line_no, asked in rest.items()}
    of = parts(rest, wanted)
    return _Credit(credit_of(original.doc, original.sums, original.taken, of), of)


def _require_correctable(session: Session, ctx: Context, found: Whole) -> None:
    """Raise unless this actor may correct this document now (T12)."""
    ctx.require(Permission.INVOICE_REVERSE)
    chosen = settings_at(session, Place(company_id=found.invoice.company_id))
    move(facts_of(session, found, chosen), Action.REVERSE, ctx.actor.facts)
    original = original_of(session, found.invoice, found.lines)
    if left(*_sums(original)):
        return
    made = corrections_of(session, found.invoice.id or 0)
    raise Refused(
        "Nothing of {label} is left to credit. It is corrected by {made}.",
        code="invoice.credited",
        label=found.invoice.label,
        made=", ".join(one.label for one in made) or "nothing, and asks for nothing",
    )


def correct_within(
    session: Session,
    ctx: Context,
    found: Whole,
    wanted: Mapping[int, Decimal] | None,
    reason: str,
) -> Invoice:
    """Write the correction of a document that is locked."""
    _require_correctable(session, ctx, found)
    original = original_of(session, found.invoice, found.lines)
    credit = _credit(original, wanted)
    content = _content(ctx, found, credit, reason)
    draft = replace(content, document_type_id=opposite_type_id(session, found.document_type))
    made = session.get_one(Invoice, add_draft(session, ctx, *checked(draft)))
    record(
        session,
        ctx,
        entity="invoice",
        entity_id=found.invoice.id or 0,
        action="reverse",
        after={"correction": made.label, "amount_minor": made.total_minor},
    )
    return made


def _content(ctx: Context, found: Whole, credit: _Credit, reason: str) -> Draft:
    """What the correction says: the original's words, the credited lines."""
    invoice = found.invoice
    content = content_of(invoice, found.lines)
    by_number = {row.line_no: line for row, line in zip(found.lines, content.lines, strict=True)}
    lines = tuple(
        replace(
            by_number[line.line_no],
            **BARE
            | {
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "discount_type": line.discount_type.value,
                "discount_value": line.discount_value,
                "credited_line_no": line.line_no,
            },
        )
        for line in credit.doc.lines
    )
    return replace(
        content,
        **NO_TERMS,
        lines=lines,
        document_date=ctx.today(),
        document_text=reason,
        discount_type=credit.doc.discount_type.value,
        discount_value=credit.doc.discount_value,
        tax_value=credit.doc.tax_value,
        credited_invoice_id=invoice.id,
    )


def answer_of(done: Corrected) -> dict[str, object]:
    """What a repeat of the request is answered."""
    return {"id": done.id, "label": done.label, "status": done.status, "draft_id": done.draft_id}
