"""What another system says was paid: one payment of each imported document, undone with its import.

A later file that tells of more makes a payment of the difference; money that was recorded here
meanwhile is not recorded again.
"""

from collections.abc import Iterator

from sqlmodel import Session, col, func, select

from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.foreign.invoices import ForeignInvoice
from billing_app.domain.money import Money, currency, format_amount
from billing_app.domain.payments import PaymentMethod, PaymentState
from billing_app.domain.posting import Posting
from billing_app.domain.settlement import PaymentKind, PaymentSource, payment_kind
from billing_app.persistence.queries.payments import refunded_minor
from billing_app.persistence.tables import DocumentType, ImportItem, Invoice, Payment
from billing_app.services.context import Context
from billing_app.services.payments.claims import claim_payment
from billing_app.services.payments.keeping import (
    allocation_row,
    apply_effect,
    find_again,
    keep_payment,
)
from billing_app.services.payments.recording import MAX_REFERENCE, blank_payment, said
from billing_app.services.payments.states import remove


def paid_words(invoice: ForeignInvoice) -> str:
    """What is said of a new document's paid amount; nothing where none is stated."""
    if not invoice.paid_minor:
        return ""
    paid = format_amount(invoice.paid_minor, currency(invoice.currency).digits)
    return f"Paid {paid}" if invoice.is_posted else f"Paid {paid}; a draft takes no payment"


def paid_changes(session: Session, ours: Invoice, told: ForeignInvoice) -> Iterator[str]:
    """How the paid amount of a document that is here grows, for people.

    Raises: Invalid where the source says less than it said before.
    """
    imported = _imported_minor(session, ours.id or 0)
    digits = currency(told.currency).digits
    if told.paid_minor < imported:
        raise Invalid.of(
            "paid",
            f"An earlier file said that {format_amount(imported, digits)} of {ours.label} was "
            f"paid, this one says {format_amount(told.paid_minor, digits)}. Delete its payment.",
        )
    known = max(imported, ours.settled_minor)
    if told.paid_minor > known:
        was, now = format_amount(known, digits), format_amount(told.paid_minor, digits)
        yield f"Paid {was} → {now}"


def take_payment(
    session: Session, ctx: Context, item: ImportItem, invoice: Invoice, told: ForeignInvoice
) -> None:
    """Make the payment that a document's file tells of; its row is locked, and it is posted.

    What is more than its open amount is left as the customer's credit. Raises: Invalid for a day
    to come, Refused where the books of the day are closed.
    """
    known = _imported_minor(session, invoice.id or 0)
    if item.action == "changed":
        known = max(known, invoice.settled_minor)
    minor = told.paid_minor - known
    if minor <= 0 or invoice.posting_status != Posting.POSTED:
        return
    payment = _payment(session, ctx, item, invoice, (told, minor))
    counted = min(payment.total_minor, invoice.open_minor)
    session.add(payment)
    session.flush()
    rows = [(invoice, counted)] if counted > 0 else []
    session.add_all([allocation_row(ctx, payment, one, part) for one, part in rows])
    after = said(payment) | {"invoice": invoice.label, "import": item.batch_id}
    keep_payment(session, ctx, payment, "created", after=after)
    apply_effect(session, ctx, payment, rows, action="paid")
    find_again(session, [invoice])
    item.payment_id = payment.id
    session.add(item)


def own_minor(session: Session, item: ImportItem) -> int:
    """How much of its document the payment of an item settles, 0 where it is gone already.

    Raises: Refused where somebody used the payment otherwise since.
    """
    payment = session.get(Payment, item.payment_id) if item.payment_id else None
    if payment is None or payment.deleted_at is not None:
        return 0
    claimed = claim_payment(session, payment.id or 0)
    is_whole = payment.status == PaymentState.COMPLETED and not refunded_minor(
        session, payment.id or 0
    )
    if not is_whole or {row.invoice_id for row in claimed.allocations} - {item.invoice_id}:
        raise Refused("{number} was used otherwise since.", number=payment.number)
    return sum(row.amount_minor for row in claimed.allocations)


def give_payment_back(session: Session, ctx: Context, item: ImportItem) -> None:
    """Delete the payment of an item, unless somebody did; its document is locked."""
    payment = session.get(Payment, item.payment_id) if item.payment_id else None
    if payment is not None and payment.deleted_at is None:
        remove(session, ctx, claim_payment(session, payment.id or 0))


def _payment(
    session: Session,
    ctx: Context,
    item: ImportItem,
    invoice: Invoice,
    paid: tuple[ForeignInvoice, int],
) -> Payment:
    """The payment, not written yet: dated by the file, else by the document."""
    told, minor = paid
    on = told.paid_on or min(told.document_date, ctx.today())
    if on > ctx.today():
        raise Invalid.of("paid_on", f"The file says it was paid on {on}, which is still to come.")
    document = session.get_one(DocumentType, invoice.document_type_id)
    direction, kind = Direction(document.direction), DocumentKind(document.kind)
    way = payment_kind(direction, kind)
    if way is not PaymentKind.RECEIPT:
        minor = min(minor, invoice.open_minor)  # what went out is nobody's credit
    payment = blank_payment(session, ctx, way, Money(minor, currency(invoice.currency)), on)
    payment.customer_id, payment.direction = invoice.customer_id, direction.value
    payment.method = PaymentMethod.IMPORTED.value
    payment.source = PaymentSource.IMPORT.value
    payment.reference = f"{invoice.external_system} {item.external_id}"[:MAX_REFERENCE]
    return payment


def _imported_minor(session: Session, invoice_id: int) -> int:
    """What earlier files said was paid of a document, as far as it still counts."""
    total = select(func.coalesce(func.sum(Payment.total_minor), 0)).where(
        col(Payment.id).in_(
            select(ImportItem.payment_id).where(
                ImportItem.invoice_id == invoice_id, col(ImportItem.payment_id).is_not(None)
            )
        ),
        col(Payment.deleted_at).is_(None),
        Payment.status == PaymentState.COMPLETED.value,
    )
    return int(session.exec(total).one())
