"""Booking documents: when they are posted, and their mirror when they are voided."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlmodel import Session, col, select

from billing_app.domain.accounts import accounts_of
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.journal import (
    BookedLine,
    DocumentFacts,
    EntryKind,
    document_lines,
    mirror,
)
from billing_app.persistence.queries.journal import lines_of_document
from billing_app.persistence.tables import Invoice, InvoiceLine, Product
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole
from billing_app.services.journal.keeping import Entry, book


def book_posting(session: Session, ctx: Context, whole: Whole, chosen: Mapping[str, str]) -> None:
    """Book a document that is being posted, on its own date. Raises: Refused in a closed period."""
    invoice, document_type = whole.invoice, whole.document_type
    accounts = accounts_of(chosen)
    skus = skus_of(session, whole.lines) if accounts.revenue_by_product else {}
    facts = DocumentFacts(
        Direction(document_type.direction),
        DocumentKind(document_type.kind),
        invoice.total_minor,
        invoice.tax_minor,
        [_booked(invoice, line, skus) for line in whole.lines],
    )
    entry = Entry(
        invoice.company_id,
        EntryKind.DOCUMENT,
        invoice.currency,
        invoice.document_date,
        document_lines(facts, accounts),
        invoice_id=invoice.id,
    )
    book(session, ctx, entry, chosen, invoice.label)


def book_void(session: Session, ctx: Context, invoice: Invoice, chosen: Mapping[str, str]) -> None:
    """Book the mirror of a document, today. Raises: Refused in a closed period."""
    entry = Entry(
        invoice.company_id,
        EntryKind.VOID,
        invoice.currency,
        ctx.today(),
        mirror(lines_of_document(session, invoice.id or 0)),
        invoice_id=invoice.id,
    )
    book(session, ctx, entry, chosen, invoice.label)


def _booked(invoice: Invoice, line: InvoiceLine, skus: Mapping[int, str]) -> BookedLine:
    return BookedLine(
        line.net_minor - line.share_minor,
        line.tax_minor,
        line.tax_category,
        rate_of(invoice, line),
        skus.get(line.product_id or 0, ""),
    )


def rate_of(invoice: Invoice, line: InvoiceLine) -> Decimal | None:
    """The line's rate, or the document's where it fills in for lines without their own."""
    fills_in = invoice.tax_mode == "rate" and line.tax_category == "S"
    return invoice.tax_value if line.tax_rate is None and fills_in else line.tax_rate


def skus_of(session: Session, lines: Sequence[InvoiceLine]) -> dict[int, str]:
    """The SKUs of the products that lines have, by the product's id."""
    ids = {line.product_id for line in lines if line.product_id is not None}
    if not ids:
        return {}
    rows = session.exec(select(Product.id, Product.sku).where(col(Product.id).in_(ids)))
    return {key or 0: sku for key, sku in rows}
