"""The rows of a bulk document, as plain columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from billing_app.domain.journal import (
    BookedLine,
    DocumentFacts,
    EntryKind,
    check_open,
    document_lines,
)
from billing_app.domain.lifecycle import Action, Posting
from billing_app.domain.money import currency
from billing_app.domain.totals import LineTotals
from billing_app.persistence.search import Searchable, searchable_amounts
from billing_app.services.audit import as_json
from billing_app.services.bulk_posting.documents import Document, Line
from billing_app.services.bulk_posting.papers import Paper
from billing_app.services.invoices.derived import derive, document_id
from billing_app.services.journal.keeping import Entry as Booking

if TYPE_CHECKING:
    from billing_app.persistence.tables import Invoice

SEARCHED_AMOUNTS, SEARCHED_LINES = 200, 500


@dataclass(slots=True)
class Kept:
    """What `derive` reads of an invoice, and what it writes beside it."""

    id: int
    number: str
    due_on: date | None
    total_minor: int
    settled_minor: int
    posting_status: str
    posted_at: datetime | None
    sign: int
    refunded_minor: int = 0
    forced_payment_status: str = ""
    gateway_outcome: str = ""
    open_minor: int = 0
    total_signed: int = 0
    settled_signed: int = 0
    open_signed: int = 0
    due_sort: date = date.max
    label: str = ""
    payment_status: str = ""
    status_rank: int = 0


class Entry(NamedTuple):
    """A document on its way into the tables."""

    id: int
    document: Document
    paper: Paper
    kept: Kept
    who: int


def kept_columns(invoice_id: int, document: Document, paper: Paper) -> Kept:
    """The columns kept beside the facts."""
    kept = Kept(
        id=invoice_id,
        number=document.number,
        due_on=document.due_on,
        total_minor=document.totals.total,
        settled_minor=document.settled_minor,
        posting_status=(Posting.POSTED if document.is_posted else Posting.DRAFT).value,
        posted_at=document.at if document.is_posted else None,
        sign=paper.sign,
    )
    derive(
        cast("Invoice", kept)
    )  # an Invoice costs 0.3 ms to make; these attributes are all it asks
    return kept


def invoice_row(entry: Entry) -> dict[str, Any]:
    """The invoice itself."""
    document, kept, totals = entry.document, entry.kept, entry.document.totals
    poster = entry.who if document.is_posted else None
    return {
        "id": entry.id,
        "number": document.number,
        "label": kept.label,
        "document_type_id": document.document_type_id,
        "company_id": entry.paper.company_id,
        "customer_id": document.customer_id,
        "customer_name": entry.paper.customer_name,
        "account_no": entry.paper.account_no,
        "owner_id": entry.who,
        "document_date": document.document_date,
        "due_on": document.due_on,
        "due_sort": kept.due_sort,
        "currency": document.currency,
        "period_from": document.period_from,
        "period_to": document.period_to,
        "posting_status": kept.posting_status,
        "created_at": document.at,
        "created_by_id": entry.who,
        "updated_at": document.at,
        "assembled_at": kept.posted_at,
        "assembled_by_id": poster,
        "posted_at": kept.posted_at,
        "posted_by_id": poster,
        "origin": document.origin,
        "external_system": document.external_system,
        "external_id": document.external_id,
        "subtotal_minor": totals.subtotal,
        "discount_minor": totals.discount_total,
        "tax_minor": totals.tax_total,
        "total_minor": totals.total,
        "line_count": len(totals.lines),
        "settled_minor": document.settled_minor,
        "open_minor": kept.open_minor,
        "sign": kept.sign,
        "total_signed": kept.total_signed,
        "settled_signed": kept.settled_signed,
        "open_signed": kept.open_signed,
        "payment_status": kept.payment_status,
        "is_delivered": document.is_delivered,
        "status_rank": kept.status_rank,
    }


def line_rows(entry: Entry) -> Iterator[dict[str, Any]]:
    """The lines with their amounts, without those that carry more."""
    for line, amounts in zip(entry.document.lines, entry.document.totals.lines, strict=True):
        if line.carried is None:
            yield _line_row(entry, line, amounts)


def carrying_rows(entry: Entry) -> Iterator[dict[str, Any]]:
    """The lines that carry what their charges say."""
    for line, amounts in zip(entry.document.lines, entry.document.totals.lines, strict=True):
        if line.carried is not None:
            discount = {"discount_minor": amounts.discount}
            yield _line_row(entry, line, amounts) | line.carried._asdict() | discount


def _line_row(entry: Entry, line: Line, amounts: LineTotals) -> dict[str, Any]:
    return {
        "invoice_id": entry.id,
        "line_no": amounts.line_no,
        "description": line.description,
        "unit": line.unit,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "tax_rate": line.tax_rate,
        "tax_category": line.tax_category,
        "package_id": line.package_id,
        "date_from": line.date_from,
        "date_to": line.date_to,
        "calls": line.calls,
        "billed_s": line.billed_s,
        "gross_minor": amounts.gross,
        "net_minor": amounts.net,
        "tax_minor": amounts.tax,
        "total_minor": amounts.total,
    }


def audit_row(entry: Entry) -> dict[str, Any]:
    """Who wrote it, as one entry."""
    document = entry.document
    after = {"posting_status": entry.kept.posting_status, "number": document.number}
    if document.origin != "manual":
        after["origin"] = f"{document.origin} {document.external_system}".strip()
    return {
        "at": document.at,
        "actor_id": entry.who,
        "entity": "invoice",
        "entity_id": entry.id,
        "action": str(Action.POST) if document.is_posted else "created",
        "before": "",
        "after": as_json(after) if document.is_posted else "",
    }


def journal_entry(entry: Entry) -> Booking:
    """How it is booked. Raises: Refused in a closed period."""
    document, books = entry.document, entry.paper.books
    check_open(books.closed_until, document.document_date, entry.kept.label)
    pairs = zip(document.lines, document.totals.lines, strict=True)
    facts = DocumentFacts(
        books.direction,
        books.kind,
        document.totals.total,
        document.totals.tax_total,
        [
            BookedLine(sums.taxable, sums.tax, line.tax_category, line.tax_rate)
            for line, sums in pairs
        ],
    )
    return Booking(
        entry.paper.company_id,
        EntryKind.DOCUMENT,
        document.currency,
        document.document_date,
        document_lines(facts, books.accounts),
        invoice_id=entry.id,
    )


def outbox_row(entry: Entry) -> dict[str, Any]:
    """What follows a posting; history that nobody waits for is done already."""
    at = entry.document.at
    return {
        "topic": "invoice.posted",
        "entity_id": entry.id,
        "made_at": at,
        "due_at": at,
        "done_at": at if entry.document.is_outbox_done else None,
    }


def searchable_row(entry: Entry) -> Searchable:
    """What it is found by: the same words as `derived.searchable` gives."""
    document, totals = entry.document, entry.document.totals
    amounts = [totals.total, entry.kept.open_minor]
    amounts += [line.net for line in totals.lines[:SEARCHED_AMOUNTS]]
    blanks = [""] * 6  # title, texts, external number, comment and order number
    words = [document.number, document_id(entry.id), *blanks]
    words.append(searchable_amounts(amounts, currency(document.currency).digits))
    words += [line.description for line in document.lines[:SEARCHED_LINES]]
    return Searchable(entry.id, " ".join(words), entry.paper.customer_name, "")
