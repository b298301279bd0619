"""What lies on the allocation page: a payment with the invoices it may settle, or the reverse.

Oldest first, at most 200 at once (SPEC CXS-29).
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import NotFound
from billing_app.domain.payments import PaymentMethod, PaymentState
from billing_app.domain.settlement import (
    RELEASED,
    OpenItem,
    Part,
    PaymentKind,
    payment_kind,
    suggest_oldest_first,
)
from billing_app.persistence.tables import Customer, DocumentType, Invoice, Payment
from billing_app.services.context import Context
from billing_app.services.payments.allocating import MOST
from billing_app.services.payments.claims import party_of
from billing_app.services.payments.listing import Settled, lines_of_payment


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be settled or settles; `left_minor` is open of it, or left of it."""

    id: int
    kind: str  # invoice, payment, credit
    label: str
    text: str
    on: date
    due_on: date | None
    total_minor: int
    left_minor: int
    status: str = ""


@dataclass(frozen=True, slots=True)
class PaymentDesk:
    """A payment, what it settles already and what it may settle."""

    payment: Payment
    customer_name: str
    lines: tuple[Settled, ...]
    choices: tuple[Choice, ...]
    suggestion: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class InvoiceDesk:
    """An invoice, and the payments and credit notes that may settle it."""

    invoice: Invoice
    customer_name: str
    choices: tuple[Choice, ...]


def payment_desk(ctx: Context, payment_id: int) -> PaymentDesk:
    """A payment with the open documents it may settle, oldest first. Raises: NotFound."""
    ctx.require(Permission.PAYMENT_ALLOCATE)
    with ctx.read() as session:
        payment = session.get(Payment, payment_id)
        if payment is None or payment.deleted_at is not None:
            raise NotFound("This payment does not exist. It may have been deleted.")
        rows = _open_documents(session, payment)
        items = [
            OpenItem(one.id or 0, one.open_minor, one.document_date, one.due_on) for one in rows
        ]
        return PaymentDesk(
            payment,
            session.get_one(Customer, payment.customer_id).name,
            lines_of_payment(session, payment_id),
            tuple(_document("invoice", one) for one in rows),
            suggest_oldest_first(payment.left_minor, items),
        )


def invoice_desk(ctx: Context, invoice_id: int) -> InvoiceDesk:
    """An invoice with what may settle it: payments first, then credit notes. Raises: NotFound."""
    ctx.require(Permission.PAYMENT_ALLOCATE)
    with ctx.read() as session:
        invoice = session.get(Invoice, invoice_id)
        if invoice is None or invoice.deleted_at is not None:
            raise NotFound("This invoice does not exist.")
        party, kind = party_of(session, invoice)
        payments = session.exec(
            select(Payment)
            .where(
                Payment.customer_id == invoice.customer_id,
                Payment.currency == invoice.currency,
                Payment.direction == party.direction.value,
                Payment.kind == payment_kind(party.direction, kind).value,
                Payment.status != PaymentState.CANCELLED.value,
                Payment.method != PaymentMethod.WRITE_OFF.value,
                Payment.left_minor > 0,
                col(Payment.deleted_at).is_(None),
            )
            .order_by(col(Payment.paid_on), col(Payment.id))
            .limit(MOST)
        ).all()
        choices = [_payment(one) for one in payments]
        if kind is DocumentKind.INVOICE:
            choices += [
                _document("credit", one)
                for one in _open_ones(session, invoice, party.direction, DocumentKind.CREDIT)
                if one.posting_status == "POSTED"
            ]
        name = session.get_one(Customer, invoice.customer_id).name
        return InvoiceDesk(invoice, name, tuple(choices[:MOST]))


def _open_documents(session: Session, payment: Payment) -> list[Invoice]:
    kind, direction = PaymentKind(payment.kind), Direction(payment.direction)
    wanted = [
        document
        for document in (DocumentKind.INVOICE, DocumentKind.CREDIT)
        if kind is payment_kind(direction, document)
    ]
    return _open_ones(session, payment, direction, wanted[0]) if wanted else []


def _open_ones(
    session: Session, of: Payment | Invoice, direction: Direction, kind: DocumentKind
) -> list[Invoice]:
    released: ColumnElement[bool] = or_(
        *(col(Invoice.posting_status) == status.value for status in RELEASED)
    )
    query = (
        select(Invoice)
        .join(DocumentType)
        .where(
            and_(
                col(Invoice.customer_id) == of.customer_id,
                col(Invoice.currency) == of.currency,
                col(Invoice.open_minor) > 0,
                col(Invoice.deleted_at).is_(None),
                released,
            ),
            DocumentType.direction == direction.value,
            DocumentType.kind == kind.value,
        )
        .order_by(col(Invoice.due_sort), col(Invoice.document_date), col(Invoice.id))
        .limit(MOST)
    )
    return list(session.exec(query).all())


def _document(kind: str, row: Invoice) -> Choice:
    return Choice(
        row.id or 0,
        kind,
        row.label,
        row.title,
        row.document_date,
        row.due_on,
        row.total_minor,
        row.open_minor,
    )


def _payment(row: Payment) -> Choice:
    return Choice(
        row.id or 0,
        "payment",
        row.number,
        row.reference,
        row.paid_on,
        None,
        row.total_minor,
        row.left_minor,
        row.status,
    )
