"""What of a document its corrections have taken, and that no correction takes more (SPEC T12).

A correction is a document with an original: a credit note of an invoice, or the invoice that
reverses a credit note. Drafts count: what one of them takes, no other one can.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlmodel import Session, col, select

from billing_app.domain.credit_limits import Sums, sums_of, together, within
from billing_app.domain.document_types import DocumentKind, opposite
from billing_app.domain.errors import Invalid
from billing_app.domain.lifecycle import Posting
from billing_app.domain.settlement import RELEASED
from billing_app.domain.totals import DocumentInput, Totals, compute
from billing_app.persistence.tables import DocumentType, Invoice, InvoiceLine
from billing_app.services.invoices.claims import claim, lines_of
from billing_app.services.invoices.draft import Draft, document_input
from billing_app.services.invoices.facts import ENDED
from billing_app.services.invoices.freeze import entered


class Original(NamedTuple):
    """A document as it was entered, what it asks for, and what is taken of it."""

    doc: DocumentInput
    sums: Sums
    taken: Sums


def corrections_of(session: Session, original_id: int, but: int | None = None) -> list[Invoice]:
    """The corrections of a document that count: neither cancelled, void nor deleted."""
    query = select(Invoice).where(
        Invoice.credited_invoice_id == original_id,
        col(Invoice.deleted_at).is_(None),
        col(Invoice.posting_status).not_in(ENDED),
    )
    return [one for one in session.exec(query.order_by(col(Invoice.id))) if one.id != but]


def original_of(
    session: Session,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    *,
    but: int | None = None,
) -> Original:
    """A document with what its corrections took of it, one of them left out."""
    doc = entered(invoice, lines)
    taken = together(_taken(session, one) for one in corrections_of(session, invoice.id or 0, but))
    return Original(doc, sums_of(doc, compute(doc)), taken)


def lock_original(session: Session, draft: Draft) -> None:
    """Lock the document that a draft corrects, before the draft: it has the lower id."""
    if draft.credited_invoice_id is not None:
        claim(session, draft.credited_invoice_id)


def within_original(
    session: Session, invoice: Invoice, draft: Draft, totals: Totals
) -> tuple[Draft, Totals]:
    """A correction with the cents of tax that are its own; any other draft without such.

    Locks the original. Raises: Invalid where the correction goes beyond its original, or is for
    another customer, company, currency or kind; NotFound.
    """
    if draft.credited_invoice_id is None:
        if not any(line.credited_line_no or line.tax_shift_minor for line in draft.lines):
            return draft, totals
        lines = (replace(line, credited_line_no=None, tax_shift_minor=0) for line in draft.lines)
        plain = replace(draft, lines=tuple(lines))
        return plain, compute(document_input(plain))
    original = claim(session, draft.credited_invoice_id)
    _refuse_stranger(session, original, invoice, draft)
    whole = original_of(session, original, lines_of(session, original.id or 0), but=invoice.id)
    of = {
        10 * at: line.credited_line_no
        for at, line in enumerate(draft.lines, start=1)
        if line.credited_line_no is not None
    }
    doc = within(document_input(draft), whole.doc, whole.sums, whole.taken, of)
    shifts = [line.tax_shift for line in doc.lines]
    lines = (
        replace(line, tax_shift_minor=shift)
        for line, shift in zip(draft.lines, shifts, strict=True)
    )
    return replace(draft, lines=tuple(lines)), compute(doc)


def opposite_type_id(session: Session, document_type: DocumentType) -> int:
    """The type that reverses this one: CRO for INO, CRI for INI, and back. Raises: Invalid."""
    kind = opposite(DocumentKind(document_type.kind))
    query = select(DocumentType.id).where(
        DocumentType.direction == document_type.direction, DocumentType.kind == kind.value
    )
    found = session.exec(query.order_by(col(DocumentType.id)).limit(1)).first()
    if found is None:
        raise Invalid.of("document_type", f"There is no document type of the kind {kind}.")
    return found


def _taken(session: Session, correction: Invoice) -> Sums:
    lines = lines_of(session, correction.id or 0)
    doc = entered(correction, lines)
    of = {
        10 * at: line.credited_line_no
        for at, line in enumerate(lines, start=1)
        if line.credited_line_no is not None
    }
    return sums_of(doc, compute(doc), of)


def _refuse_stranger(session: Session, original: Invoice, invoice: Invoice, draft: Draft) -> None:
    """Raise Invalid unless a draft can correct this document."""
    mine = session.get_one(DocumentType, invoice.document_type_id)
    theirs = session.get_one(DocumentType, original.document_type_id)
    problems: dict[str, str] = {}
    if Posting(original.posting_status) not in RELEASED or original.posted_at is None:
        problems["credited_invoice"] = f"{original.label} is not posted, so it cannot be corrected."
    if theirs.kind not in {DocumentKind.INVOICE, DocumentKind.CREDIT} or (
        (mine.direction, mine.kind) != (theirs.direction, opposite(DocumentKind(theirs.kind)))
    ):
        problems["document_type"] = (
            f"This corrects {original.label}, which is a document of the opposite kind. "
            "Choose the type that reverses it."
        )
    if draft.customer_id != original.customer_id:
        problems["customer"] = f"{original.label} belongs to another customer."
    if draft.currency != original.currency:
        problems["currency"] = f"{original.label} is in {original.currency}."
    if invoice.company_id != original.company_id:
        problems["company"] = f"{original.label} was issued by another company."
    if problems:
        raise Invalid.many(problems)
