"""The columns kept beside an invoice's facts so that lists of a million are quick.

Maintained in the transaction that changes a fact, re-proved by `billing verify`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sqlmodel import Session, select

from billing_app.domain.lifecycle import Posting
from billing_app.domain.money import currency
from billing_app.domain.numbering import document_id as numbered
from billing_app.domain.status import GatewayOutcome, PaymentStatus, Settlement, payment_status
from billing_app.persistence.search import Searchable, put, searchable_amounts
from billing_app.persistence.tables import Invoice, InvoiceLine, Vessel, Voyage
from billing_app.persistence.tables.invoices import NO_DUE_DATE

RANKS: Mapping[str, int] = MappingProxyType(
    {
        Posting.DRAFT: 10,
        Posting.ASSEMBLED: 20,
        Posting.READY: 25,
        Posting.CANCELLED: 70,
        Posting.VOID: 80,
    }
)
POSTED_RANKS: Mapping[str, int] = MappingProxyType({"partially": 50, "full": 60, "refunded": 60})
READY_AGAIN = 30
AUTHORIZED = "authorized"
_OUTCOMES = {str(one): one for one in GatewayOutcome}
POSTED_OPEN = 40


def derive(invoice: Invoice) -> None:
    """Bring every kept column up to its facts."""
    invoice.open_minor = invoice.total_minor - invoice.settled_minor
    invoice.total_signed = invoice.sign * invoice.total_minor
    invoice.settled_signed = invoice.sign * invoice.settled_minor
    invoice.open_signed = invoice.sign * invoice.open_minor
    invoice.due_sort = invoice.due_on or NO_DUE_DATE
    invoice.label = invoice.number or document_id(invoice.id)
    invoice.payment_status = payment_status(settlement_of(invoice)).value
    invoice.status_rank = _rank(invoice)


def settlement_of(invoice: Invoice) -> Settlement:
    """What settles the invoice, as its kept columns say."""
    return Settlement(
        total=invoice.total_minor,
        paid=invoice.settled_minor,
        refunds=invoice.refunded_minor,
        is_posted=invoice.posted_at is not None,
        has_open_authorization=invoice.gateway_outcome == AUTHORIZED,
        last_gateway=_OUTCOMES.get(invoice.gateway_outcome, GatewayOutcome.NONE),
        forced=(
            PaymentStatus(invoice.forced_payment_status) if invoice.forced_payment_status else None
        ),
    )


def make_findable(session: Session, invoice: Invoice, lines: list[InvoiceLine]) -> None:
    """Bring the search up to what the invoice says now."""
    put(session, [searchable(session, invoice, lines)])


def searchable(session: Session, invoice: Invoice, lines: list[InvoiceLine]) -> Searchable:
    """What the invoice can be found by: SPEC DLY-38, amounts and line texts."""
    voyages, vessels = _journeys(session, lines)
    digits = currency(invoice.currency).digits
    amounts = [invoice.total_minor, invoice.open_minor, *(line.net_minor for line in lines[:200])]
    return Searchable(
        invoice_id=invoice.id or 0,
        words=" ".join(
            (
                invoice.number,
                document_id(invoice.id),
                invoice.title,
                invoice.document_text,
                invoice.external_document_no,
                invoice.internal_comment,
                invoice.invoice_text,
                invoice.po_number,
                searchable_amounts(amounts, digits),
                *voyages,
                *(line.description for line in lines[:500]),
            )
        ),
        partner=invoice.customer_name,
        vessel=" ".join(vessels),
    )


def document_id(invoice_id: int | None) -> str:
    """The id people read before there is a number, like D-000123."""
    return numbered(invoice_id or 0)


def _rank(invoice: Invoice) -> int:
    if invoice.posting_status == Posting.POSTED:
        return POSTED_RANKS.get(invoice.payment_status, POSTED_OPEN)
    if invoice.posting_status == Posting.READY and invoice.posted_at is not None:
        return READY_AGAIN
    return RANKS[invoice.posting_status]


def _journeys(session: Session, lines: list[InvoiceLine]) -> tuple[list[str], list[str]]:
    ids = {line.voyage_id for line in lines if line.voyage_id is not None}
    if not ids:
        return [], []
    rows = session.exec(
        select(Voyage.reference, Vessel.name).join(Vessel, isouter=True).where(Voyage.id.in_(ids))  # type: ignore[union-attr]
    ).all()
    return [row[0] for row in rows], sorted({row[1] for row in rows if row[1]})
