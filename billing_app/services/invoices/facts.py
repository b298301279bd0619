"""The plain values that the life cycle asks about an invoice, read from its rows."""

from collections.abc import Mapping

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from billing_app.domain.document_types import Direction, DocumentKind, SignRestriction
from billing_app.domain.lifecycle import InvoiceFacts, Posting
from billing_app.persistence.tables import (
    Allocation,
    Invoice,
    InvoiceLine,
    Payment,
    Voyage,
)
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.derived import document_id

CLOSED = "Closed"
RESTRICTION = "restrict_self_assembled_posting"
ENDED = (Posting.CANCELLED.value, Posting.VOID.value)
CORRECTIONS = (
    select(Invoice.label)
    .where(
        Invoice.credited_invoice_id == bindparam("invoice"),
        col(Invoice.deleted_at).is_(None),
        col(Invoice.posting_status).not_in(ENDED),
    )
    .order_by(col(Invoice.id))
)
"""The corrections of an invoice that count."""
ANY_ALLOCATION = select(Allocation.id).where(Allocation.invoice_id == bindparam("invoice")).limit(1)


def facts_of(
    session: Session,
    whole: Whole,
    chosen: Mapping[str, str],
    *,
    reason: str = "",
    confirmed: bool = False,
) -> InvoiceFacts:
    """What `lifecycle.move` needs to decide; `chosen` are the settings of its company."""
    invoice, document_type, lines = whole.invoice, whole.document_type, whole.lines
    return InvoiceFacts(
        status=Posting(invoice.posting_status),
        label=invoice.number or document_id(invoice.id),
        direction=Direction(document_type.direction),
        kind=DocumentKind(document_type.kind),
        sign_restriction=SignRestriction(document_type.sign_restriction),
        line_count=len(lines),
        any_zero_quantity=any(line.quantity == 0 for line in lines),
        total_minor=invoice.total_minor,
        has_positive_line=any(line.net_minor > 0 for line in lines),
        has_negative_line=any(line.net_minor < 0 for line in lines),
        document_date=invoice.document_date,
        due_on=invoice.due_on,
        closed_voyages=_closed_voyages(session, lines),
        allocated=_is_allocated(session, invoice),
        is_fully_paid=invoice.open_minor <= 0 and invoice.settled_minor > 0,
        corrections=_corrections(session, invoice),
        has_unrefunded_gateway=invoice.settled_minor > 0 and _has_gateway_charge(session, invoice),
        is_synced=invoice.accounting_status == "synced",
        imported_and_posted=invoice.origin == "imported" and invoice.posted_at is not None,
        assembled_by=invoice.assembled_by_id,
        created_by=invoice.created_by_id,
        restrict_self_assembled=chosen[RESTRICTION] == "on",
        reason=reason,
        confirmed=confirmed,
    )


def _closed_voyages(session: Session, lines: list[InvoiceLine]) -> tuple[str, ...]:
    ids = {line.voyage_id for line in lines if line.voyage_id is not None}
    if not ids:
        return ()
    closed = select(Voyage.reference).where(col(Voyage.id).in_(ids), Voyage.status == CLOSED)
    return tuple(sorted(session.exec(closed).all()))


def _is_allocated(session: Session, invoice: Invoice) -> bool:
    if invoice.settled_minor:
        return True
    return session.connection().execute(ANY_ALLOCATION, {"invoice": invoice.id}).first() is not None


def _corrections(session: Session, invoice: Invoice) -> tuple[str, ...]:
    if invoice.posting_status != Posting.POSTED:
        return ()
    rows = session.connection().execute(CORRECTIONS, {"invoice": invoice.id})
    return tuple(row[0] for row in rows)


def _has_gateway_charge(session: Session, invoice: Invoice) -> bool:
    """Whether more was charged by a payment gateway than was refunded."""
    charged = session.exec(
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .join(Payment)
        .where(
            Allocation.invoice_id == invoice.id,
            Payment.source == "gateway",
            Payment.kind != "refund",
            Payment.status == "COMPLETED",
            col(Payment.deleted_at).is_(None),
        )
    ).one()
    return int(charged) > invoice.refunded_minor
