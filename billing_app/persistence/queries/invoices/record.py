"""One invoice whole, as its drawer shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam, literal, select
from sqlmodel import Session, col

from billing_app.persistence.inserting import table_of
from billing_app.persistence.queries.invoices.links import LINKS, Link
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
    Opportunity,
    Payment,
    PdfDocument,
    PrintLog,
    RecurrenceMade,
    RecurrencePlan,
    SalesOrder,
    Seal,
    StaffNote,
    User,
    Vessel,
    Voyage,
)

HISTORY = 50
ALLOCATIONS = table_of(Allocation)
APPLICATIONS = table_of(CreditApplication)
AUDIT = table_of(AuditEntry)
INVOICES = table_of(Invoice)
INVOICE_ORDERS = table_of(InvoiceOrder)
PAYMENTS = table_of(Payment)
PDFS = table_of(PdfDocument)
PLAN = table_of(RecurrencePlan)
PRINT_LOG = table_of(PrintLog)
REPEATS = table_of(RecurrenceMade)
SALES_ORDERS = table_of(SalesOrder)
SEALS = table_of(Seal)
STAFF_NOTES = table_of(StaffNote)
USERS = table_of(User)
VESSELS = table_of(Vessel)
VOYAGES = table_of(Voyage)
# Built once: writing a statement anew takes as long as running it.
THIS: BindParameter[int] = bindparam("invoice")
IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
INVOICE = (
    select(
        Invoice,
        DocumentType,
        Company,
        Customer,
        select(col(PdfDocument.sha256))
        .where(col(PdfDocument.invoice_id) == THIS)
        .scalar_subquery(),
        select(SEALS.c.seal).where(SEALS.c.invoice_id == THIS).scalar_subquery(),
    )
    .join(DocumentType, col(DocumentType.id) == Invoice.document_type_id)
    .join(Company, col(Company.id) == Invoice.company_id)
    .join(Customer, col(Customer.id) == Invoice.customer_id)
    .where(col(Invoice.id) == THIS, col(Invoice.deleted_at).is_(None))
)
LINES = (
    select(InvoiceLine)
    .where(col(InvoiceLine.invoice_id) == THIS)
    .order_by(col(InvoiceLine.line_no))
)
PEOPLE = select(USERS.c.id, USERS.c.name).where(USERS.c.id.in_(IDS))
JOURNEYS = (
    select(VOYAGES.c.id, VOYAGES.c.reference, VESSELS.c.name)
    .join(VESSELS, VESSELS.c.id == VOYAGES.c.vessel_id, isouter=True)
    .where(VOYAGES.c.id.in_(IDS))
)
ORDERS = (
    select(SALES_ORDERS.c.id, SALES_ORDERS.c.number)
    .join(INVOICE_ORDERS)
    .where(INVOICE_ORDERS.c.invoice_id == THIS)
    .order_by(SALES_ORDERS.c.id)
)
PAID = (
    select(
        PAYMENTS.c.id,
        PAYMENTS.c.kind,
        PAYMENTS.c.number,
        PAYMENTS.c.paid_on,
        PAYMENTS.c.method,
        PAYMENTS.c.reference,
        PAYMENTS.c.status,
        ALLOCATIONS.c.amount_minor,
        PAYMENTS.c.source,
    )
    .join(ALLOCATIONS)
    .where(ALLOCATIONS.c.invoice_id == THIS, PAYMENTS.c.deleted_at.is_(None))
    .order_by(PAYMENTS.c.paid_on, ALLOCATIONS.c.id)
)
CREDITED = (
    select(
        INVOICES.c.id,
        literal("credit"),
        INVOICES.c.label,
        INVOICES.c.document_date,
        literal(""),
        literal(""),
        literal("COMPLETED"),
        APPLICATIONS.c.amount_minor,
    )
    .join(APPLICATIONS, APPLICATIONS.c.credit_id == INVOICES.c.id)
    .where(APPLICATIONS.c.invoice_id == THIS)
    .order_by(APPLICATIONS.c.id)
)
USED = (
    select(
        INVOICES.c.id,
        literal("used"),
        INVOICES.c.label,
        INVOICES.c.document_date,
        literal(""),
        literal(""),
        literal("COMPLETED"),
        APPLICATIONS.c.amount_minor,
    )
    .join(APPLICATIONS, APPLICATIONS.c.invoice_id == INVOICES.c.id)
    .where(APPLICATIONS.c.credit_id == THIS)
    .order_by(APPLICATIONS.c.id)
)
PLANS = (
    select(PLAN.c.id, literal(1))
    .where(PLAN.c.source_invoice_id == THIS)
    .union_all(select(REPEATS.c.plan_id, literal(0)).where(REPEATS.c.invoice_id == THIS))
)
NOTES = (
    select(STAFF_NOTES.c.at, USERS.c.name, STAFF_NOTES.c.text)
    .join(USERS)
    .where(STAFF_NOTES.c.invoice_id == THIS)
    .order_by(STAFF_NOTES.c.id.desc())
)
CHANGES = (
    select(AUDIT.c.at, USERS.c.name, AUDIT.c.action, AUDIT.c.before, AUDIT.c.after)
    .join(USERS)
    .where(AUDIT.c.entity == "invoice", AUDIT.c.entity_id == THIS)
    .order_by(AUDIT.c.id.desc())
    .limit(HISTORY)
)
PRINTS = (
    select(PRINT_LOG.c.at, USERS.c.name, PRINT_LOG.c.kind)
    .join(USERS)
    .where(PRINT_LOG.c.invoice_id == THIS)
    .order_by(PRINT_LOG.c.id.desc())
    .limit(HISTORY)
)


@dataclass(frozen=True, slots=True)
class Settlement:
    """One row of "Receipts, Payments and Credit Notes"; the amount in minor units."""

    id: int
    kind: str  # receipt, payment, refund, credit; used: what a credit note settles
    number: str
    on: str
    method: str
    reference: str
    status: str
    amount_minor: int
    source: str = ""


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
    orders: tuple[tuple[int, str], ...]  # id and number
    opportunity: tuple[int, str] | None  # id and title
    plan: tuple[int, bool] | None  # id, and whether the invoice is its source
    settlements: tuple[Settlement, ...]
    notes: tuple[Happening, ...]
    history: tuple[Happening, ...]
    prints: tuple[Happening, ...]
    pdf_sha256: str
    seal: str
    links: tuple[Link, ...]


def invoice_record(session: Session, invoice_id: int) -> InvoiceRecord | None:
    """The invoice with everything, or None when there is none (or it was deleted)."""
    asked = {"invoice": invoice_id}
    found = session.execute(INVOICE, asked).first()
    if found is None:
        return None
    invoice, document_type, company, customer, sha256, seal = found
    lines = tuple(session.execute(LINES, asked).scalars())
    voyages, vessels = _journeys(session, lines)
    people = _people(session, invoice)

    def rows(statement: Select[Any] | CompoundSelect[Any]) -> list[Any]:
        return list(session.connection().execute(statement, asked))

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
        orders=tuple((row[0], row[1]) for row in rows(ORDERS)),
        opportunity=_opportunity(session, invoice),
        plan=next(((row[0], bool(row[1])) for row in rows(PLANS)), None),
        settlements=_settlements([*rows(PAID), *rows(CREDITED), *rows(USED)]),
        notes=tuple(Happening(*row) for row in rows(NOTES)),
        history=tuple(Happening(*row) for row in rows(CHANGES)),
        prints=tuple(Happening(*row) for row in rows(PRINTS)),
        pdf_sha256=sha256 or "",
        seal=seal or "",
        links=tuple(Link(*row) for row in rows(LINKS)),
    )


def _settlements(rows: list[Any]) -> tuple[Settlement, ...]:
    """What settles an invoice, oldest first."""
    found = [
        Settlement(key, kind, number, on.isoformat(), *rest)
        for key, kind, number, on, *rest in rows
    ]
    return tuple(sorted(found, key=lambda row: row.on))


def _people(session: Session, invoice: Invoice) -> dict[int, str]:
    ids = {invoice.created_by_id, invoice.assembled_by_id, invoice.posted_by_id} - {None}
    rows = session.connection().execute(PEOPLE, {"ids": list(ids)})
    return {row[0]: row[1] for row in rows}


def _name(session: Session, table: type, key: int | None, field: str = "name") -> str:
    row = session.get(table, key) if key else None
    return str(getattr(row, field)) if row is not None else ""


def _opportunity(session: Session, invoice: Invoice) -> tuple[int, str] | None:
    if invoice.opportunity_id is None:
        return None
    return invoice.opportunity_id, _name(session, Opportunity, invoice.opportunity_id, "title")


def _journeys(
    session: Session, lines: tuple[InvoiceLine, ...]
) -> tuple[dict[int, str], tuple[str, ...]]:
    ids = {line.voyage_id for line in lines if line.voyage_id is not None}
    if not ids:
        return {}, ()
    rows = session.connection().execute(JOURNEYS, {"ids": list(ids)}).all()
    return {row[0]: row[1] for row in rows}, tuple(sorted({row[2] for row in rows if row[2]}))
