"""An invoice's rows for a use case: found, locked where they will change, and not stale."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session, col

from billing_app.domain.errors import Conflict, NotFound
from billing_app.persistence.tables import Company, Customer, DocumentType, Invoice, InvoiceLine
from billing_app.services.invoices.history import last_change
from billing_app.services.settings import require_invoices

# Built once: writing a statement anew takes as long as running it.
LINES = (
    select(InvoiceLine)
    .where(col(InvoiceLine.invoice_id) == bindparam("id"))
    .order_by(col(InvoiceLine.line_no))
)
WITH_ROWS = (
    select(Invoice, DocumentType, Company, Customer)
    .join(DocumentType, col(DocumentType.id) == Invoice.document_type_id)
    .join(Company, col(Company.id) == Invoice.company_id)
    .join(Customer, col(Customer.id) == Invoice.customer_id)
    .where(col(Invoice.id) == bindparam("id"))
)
MANY = (
    select(Invoice, DocumentType, Company, Customer)
    .join(DocumentType, col(DocumentType.id) == Invoice.document_type_id)
    .join(Company, col(Company.id) == Invoice.company_id)
    .join(Customer, col(Customer.id) == Invoice.customer_id)
    .where(col(Invoice.id).in_(bindparam("ids", expanding=True)), col(Invoice.deleted_at).is_(None))
)
LINES_OF_MANY = (
    select(InvoiceLine)
    .where(col(InvoiceLine.invoice_id).in_(bindparam("ids", expanding=True)))
    .order_by(col(InvoiceLine.invoice_id), col(InvoiceLine.line_no))
)
LOCKED = WITH_ROWS.with_for_update(of=Invoice)


class Whole(NamedTuple):
    """An invoice with the rows that its life cycle and its paper ask about."""

    invoice: Invoice
    document_type: DocumentType
    company: Company
    customer: Customer
    lines: list[InvoiceLine]


def claim(session: Session, invoice_id: int) -> Invoice:
    """The invoice, locked until the end of the transaction. Raises: NotFound."""
    invoice = session.get(Invoice, invoice_id, with_for_update=True)
    if invoice is None or invoice.deleted_at is not None:
        raise NotFound("This invoice does not exist.")
    require_invoices(session, invoice.company_id)
    return invoice


def claim_whole(session: Session, invoice_id: int) -> Whole:
    """The invoice, locked until the end of the transaction, and its rows. Raises: NotFound."""
    return _whole(session, invoice_id, LOCKED)


def whole(session: Session, invoice_id: int) -> Whole:
    """The invoice and its rows, to look at. Raises: NotFound."""
    return _whole(session, invoice_id, WITH_ROWS)


def wholes(session: Session, ids: Sequence[int]) -> dict[int, Whole]:
    """Many invoices with their rows, to look at; those that do not exist are not in it."""
    rows = session.execute(MANY, {"ids": list(ids)}).all()
    lines: dict[int, list[InvoiceLine]] = {row[0].id: [] for row in rows}
    for line in session.execute(LINES_OF_MANY, {"ids": list(lines)}).scalars():
        lines[line.invoice_id].append(line)
    return {row[0].id: Whole(row[0], row[1], row[2], row[3], lines[row[0].id]) for row in rows}


def refuse_stale(session: Session, invoice: Invoice, version: int | None) -> None:
    """Raise Conflict when somebody changed the invoice since `version` was read."""
    if version is None or invoice.version == version:
        return
    who, when = last_change(session, invoice.id or 0)
    raise Conflict(
        "{who} changed this invoice at {when}. Your version is kept here; reload to see theirs.",
        who=who,
        when=when,
    )


def lines_of(session: Session, invoice_id: int) -> list[InvoiceLine]:
    """The lines in their order."""
    return list(session.execute(LINES, {"id": invoice_id}).scalars())


def _whole(
    session: Session, invoice_id: int, statement: Select[Invoice, DocumentType, Company, Customer]
) -> Whole:
    found = session.execute(statement, {"id": invoice_id}).first()
    if found is None or found[0].deleted_at is not None:
        raise NotFound("This invoice does not exist.")
    invoice, document_type, company, customer = found
    require_invoices(session, invoice.company_id)
    return Whole(invoice, document_type, company, customer, lines_of(session, invoice_id))
