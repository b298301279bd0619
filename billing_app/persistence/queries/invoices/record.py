"""One invoice whole, as its drawer shows it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from billing_app.persistence.tables import (
    Allocation,
    AuditEntry,
    Company,
    Contact,
    CreditApplication,
    Customer,
    DocumentType,
    Invoice,
    InvoiceLine,
    InvoiceOrder,
    Office,
    Payment,
    PdfDocument,
    PrintLog,
    SalesOrder,
    Seal,
    StaffNote,
    User,
    Vessel,
    Voyage,
)

HISTORY = 50


@dataclass(frozen=True, slots=True)
class Settlement:
    """One row of "Receipts, Payments and Credit Notes"; the amount in minor units."""

    id: int
    kind: str  # receipt, payment, refund, credit
    number: str
    on: str
    method: str
    reference: str
    status: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of the history or the print log."""

    at: datetime
    who: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """An invoice with everything its drawer shows; rows are detached and only read."""

    invoice: Invoice
    document_type: DocumentType
    company: Company
    customer: Customer
    office: str
    contact: str
    created_by: str
    assembled_by: str
    posted_by: str
    lines: tuple[InvoiceLine, ...]
    voyages: dict[int, str]
    vessels: tuple[str, ...]
    orders: tuple[str, ...]
    settlements: tuple[Settlement, ...]
    notes: tuple[Happening, ...]
    history: tuple[Happening, ...]
    prints: tuple[Happening, ...]
    pdf_sha256: str
    seal: str
    credited: str


def invoice_record(session: Session, invoice_id: int) -> InvoiceRecord | None:
    """The invoice with everything, or None when there is none (or it was deleted)."""
    found = session.exec(
        select(Invoice, DocumentType, Company, Customer)
        .join(DocumentType)
        .join(Company, Company.id == Invoice.company_id)  # type: ignore[arg-type]
        .join(Customer, Customer.id == Invoice.customer_id)  # type: ignore[arg-type]
        .where(Invoice.id == invoice_id, col(Invoice.deleted_at).is_(None))
    ).first()
    if found is None:
        return None
    invoice, document_type, company, customer = found
    lines = tuple(
        session.exec(
            select(InvoiceLine)
            .where(InvoiceLine.invoice_id == invoice_id)
            .order_by(col(InvoiceLine.line_no))
        ).all()
    )
    voyages, vessels = _journeys(session, lines)
    people = _people(session, invoice)
    return InvoiceRecord(
        invoice=invoice,
        document_type=document_type,
        company=company,
        customer=customer,
        office=_name(session, Office, invoice.office_id),
        contact=_name(session, Contact, invoice.contact_id),
        created_by=people.get(invoice.created_by_id, ""),
        assembled_by=people.get(invoice.assembled_by_id or 0, ""),
        posted_by=people.get(invoice.posted_by_id or 0, ""),
        lines=lines,
        voyages=voyages,
        vessels=vessels,
        orders=_orders(session, invoice_id),
        settlements=settlements_of(session, invoice_id),
        notes=_notes(session, invoice_id),
        history=_history(session, invoice_id),
        prints=_prints(session, invoice_id),
        pdf_sha256=session.exec(
            select(PdfDocument.sha256).where(PdfDocument.invoice_id == invoice_id)
        ).first()
        or "",
        seal=session.exec(select(Seal.seal).where(Seal.invoice_id == invoice_id)).first() or "",
        credited=_name(session, Invoice, invoice.credited_invoice_id, "label"),
    )


def settlements_of(session: Session, invoice_id: int) -> tuple[Settlement, ...]:
    """What settles an invoice, oldest first."""
    rows = [*_payments(session, invoice_id), *_credits(session, invoice_id)]
    return tuple(sorted(rows, key=lambda row: row.on))


def _payments(session: Session, invoice_id: int) -> list[Settlement]:
    rows = session.exec(
        select(Allocation, Payment)
        .join(Payment)
        .where(Allocation.invoice_id == invoice_id, col(Payment.deleted_at).is_(None))
        .order_by(col(Payment.paid_on), col(Allocation.id))
    ).all()
    return [
        Settlement(
            id=payment.id or 0,
            kind=payment.kind,
            number=payment.number,
            on=payment.paid_on.isoformat(),
            method=payment.method,
            reference=payment.reference,
            status=payment.status,
            amount_minor=allocation.amount_minor,
        )
        for allocation, payment in rows
    ]


def _credits(session: Session, invoice_id: int) -> list[Settlement]:
    rows = session.exec(
        select(CreditApplication, Invoice)
        .join(Invoice, CreditApplication.credit_id == Invoice.id)  # type: ignore[arg-type]
        .where(CreditApplication.invoice_id == invoice_id)
        .order_by(col(CreditApplication.id))
    ).all()
    return [
        Settlement(
            id=credit.id or 0,
            kind="credit",
            number=credit.label,
            on=credit.document_date.isoformat(),
            method="",
            reference="",
            status="COMPLETED",
            amount_minor=application.amount_minor,
        )
        for application, credit in rows
    ]


def _people(session: Session, invoice: Invoice) -> dict[int, str]:
    ids = {invoice.created_by_id, invoice.assembled_by_id, invoice.posted_by_id} - {None}
    rows = session.exec(select(User.id, User.name).where(col(User.id).in_(ids))).all()
    return {key or 0: name for key, name in rows}


def _name(session: Session, table: type, key: int | None, field: str = "name") -> str:
    row = session.get(table, key) if key else None
    return str(getattr(row, field)) if row is not None else ""


def _journeys(
    session: Session, lines: tuple[InvoiceLine, ...]
) -> tuple[dict[int, str], tuple[str, ...]]:
    ids = {line.voyage_id for line in lines if line.voyage_id is not None}
    if not ids:
        return {}, ()
    rows = session.exec(
        select(Voyage.id, Voyage.reference, Vessel.name)
        .join(Vessel, isouter=True)
        .where(col(Voyage.id).in_(ids))
    ).all()
    return {row[0] or 0: row[1] for row in rows}, tuple(sorted({row[2] for row in rows if row[2]}))


def _orders(session: Session, invoice_id: int) -> tuple[str, ...]:
    return tuple(
        session.exec(
            select(SalesOrder.number)
            .join(InvoiceOrder)
            .where(InvoiceOrder.invoice_id == invoice_id)
            .order_by(col(SalesOrder.id))
        ).all()
    )


def _notes(session: Session, invoice_id: int) -> tuple[Happening, ...]:
    rows = session.exec(
        select(StaffNote.at, User.name, StaffNote.text)
        .join(User)
        .where(StaffNote.invoice_id == invoice_id)
        .order_by(col(StaffNote.id).desc())
    ).all()
    return tuple(Happening(*row) for row in rows)


def _history(session: Session, invoice_id: int) -> tuple[Happening, ...]:
    # SQLModel's `select` is typed for up to four columns.
    rows = session.exec(
        select(AuditEntry.at, User.name, AuditEntry.action, AuditEntry.before, AuditEntry.after)  # type: ignore[call-overload]
        .join(User)
        .where(AuditEntry.entity == "invoice", AuditEntry.entity_id == invoice_id)
        .order_by(col(AuditEntry.id).desc())
        .limit(HISTORY)
    ).all()
    return tuple(Happening(*row) for row in rows)


def _prints(session: Session, invoice_id: int) -> tuple[Happening, ...]:
    rows = session.exec(
        select(PrintLog.at, User.name, PrintLog.kind)
        .join(User)
        .where(PrintLog.invoice_id == invoice_id)
        .order_by(col(PrintLog.id).desc())
        .limit(HISTORY)
    ).all()
    return tuple(Happening(*row) for row in rows)
