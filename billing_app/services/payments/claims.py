"""The rows a use case changes, locked in one order for all: invoices by id, then payments by id.

So two people at once never settle more than is open, nor spend more than a payment holds (SPEC
6.5, rule 13), and never wait for each other in a circle.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlmodel import Session, col, select

from billing_app.domain.currencies import currency
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Conflict, NotFound
from billing_app.domain.money import Money
from billing_app.domain.settlement import Party
from billing_app.persistence.tables import Allocation, DocumentType, Invoice, Payment


class Claimed(NamedTuple):
    """A payment with what it settles, all of it locked until the end of the transaction."""

    payment: Payment
    allocations: list[Allocation]
    invoices: dict[int, Invoice]


def claim_invoices(session: Session, ids: Iterable[int]) -> dict[int, Invoice]:
    """The invoices, locked in the order of their ids. Raises: NotFound."""
    wanted = sorted(set(ids))
    rows = session.exec(
        select(Invoice)
        .where(col(Invoice.id).in_(wanted), col(Invoice.deleted_at).is_(None))
        .order_by(col(Invoice.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.id or 0: row for row in rows}
    if len(found) < len(wanted):
        raise NotFound("This invoice does not exist.")
    return found


def claim_payments(session: Session, ids: Iterable[int]) -> dict[int, Payment]:
    """The payments, locked in the order of their ids, after their invoices. Raises: NotFound."""
    wanted = sorted(set(ids))
    rows = session.exec(
        select(Payment)
        .where(col(Payment.id).in_(wanted), col(Payment.deleted_at).is_(None))
        .order_by(col(Payment.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.id or 0: row for row in rows}
    if len(found) < len(wanted):
        raise NotFound("This payment does not exist. It may have been deleted.")
    return found


def claim_payment(session: Session, payment_id: int, version: int | None = None) -> Claimed:
    """A payment with its invoices and, of a refund, the payment it gives back.

    Raises: NotFound, Conflict where somebody changed it since `version` was read.
    """
    seen = _invoice_ids(session, payment_id)
    invoices = claim_invoices(session, seen)
    payment = claim_payments(session, {payment_id, *_refunded(session, payment_id)})[payment_id]
    refuse_stale_payment(payment, version)
    allocations = allocations_of(session, payment_id)
    if {row.invoice_id for row in allocations} != seen:
        raise Conflict("Somebody else allocated this payment just now. Reload to see it.")
    return Claimed(payment, allocations, invoices)


def allocations_of(session: Session, payment_id: int) -> list[Allocation]:
    """What a payment settles, in the order in which it was allocated."""
    query = select(Allocation).where(Allocation.payment_id == payment_id)
    return list(session.exec(query.order_by(col(Allocation.id))).all())


def refuse_stale_payment(payment: Payment, version: int | None) -> None:
    """Raise Conflict when somebody changed the payment since `version` was read."""
    if version is not None and payment.version != version:
        raise Conflict(
            "Somebody else changed {number} meanwhile. Reload to see it.", number=payment.number
        )


def party_of(session: Session, invoice: Invoice) -> tuple[Party, DocumentKind]:
    """What an invoice must share with what settles it, and what kind of document it is."""
    document_type = session.get_one(DocumentType, invoice.document_type_id)
    party = Party(
        invoice.customer_id, currency(invoice.currency), Direction(document_type.direction)
    )
    return party, DocumentKind(document_type.kind)


def open_of(invoice: Invoice) -> Money:
    """What is open of an invoice."""
    return Money(invoice.total_minor - invoice.settled_minor, currency(invoice.currency))


def _invoice_ids(session: Session, payment_id: int) -> set[int]:
    query = select(Allocation.invoice_id).where(Allocation.payment_id == payment_id)
    return set(session.exec(query).all())


def _refunded(session: Session, payment_id: int) -> set[int]:
    query = select(Payment.refund_of_id).where(
        Payment.id == payment_id, col(Payment.refund_of_id).is_not(None)
    )
    return {key for key in session.exec(query).all() if key is not None}
