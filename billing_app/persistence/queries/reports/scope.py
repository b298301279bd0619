"""What a report covers, and the conditions that stand for it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, text
from sqlmodel import Session, col, func, select

from billing_app.persistence.inserting import table_of
from billing_app.persistence.tables import (
    Allocation,
    CreditApplication,
    Customer,
    DocumentType,
    Invoice,
    InvoiceLine,
    Payment,
)

ALLOCATIONS, APPLICATIONS = table_of(Allocation), table_of(CreditApplication)
CUSTOMERS, INVOICES, LINES = table_of(Customer), table_of(Invoice), table_of(InvoiceLine)
PAYMENTS = table_of(Payment)
STANDING = (30, 60)  # the ranks of documents that are posted and not void


@dataclass(frozen=True, slots=True)
class ReportScope:
    """Which documents: our own or the suppliers', of one company, customer, currency or of all."""

    direction: str = "out"
    company_id: int = 0
    customer_id: int = 0
    currency: str = ""


def type_ids(session: Session, scope: ReportScope) -> list[int]:
    """The document types of a report: invoices and credit notes, as on a statement of account."""
    query = select(DocumentType.id).where(
        DocumentType.direction == scope.direction,
        col(DocumentType.kind).in_(("invoice", "credit")),
    )
    return [key or 0 for key in session.exec(query)]


def within(scope: ReportScope, table: Any, types: list[int]) -> list[ColumnElement[bool]]:
    """The conditions a document meets to be in the scope; `table` is the invoices or an alias."""
    conditions = [table.c.document_type_id.in_(types)]
    for name in ("company_id", "customer_id", "currency"):
        value = getattr(scope, name)
        if value:
            conditions.append(table.c[name] == value)
    return conditions


def standing(table: Any) -> list[ColumnElement[bool]]:
    """Posted, also when set back to Ready for Posting, and not void.

    In the words of the indexes `ix_invoice_owing` and `ix_invoice_posted`, which SQLite takes
    only where a query repeats their condition.
    """
    name = table.name
    return [
        text(f"{name}.status_rank BETWEEN {STANDING[0]} AND {STANDING[1]}"),  # type: ignore[list-item]
        text(f"{name}.deleted_at IS NULL"),  # type: ignore[list-item]
    ]


def owing(table: Any) -> list[ColumnElement[bool]]:
    """Standing with something open."""
    return [text(f"{table.name}.open_signed <> 0"), *standing(table)]  # type: ignore[list-item]


def spell(days: tuple[date, date], column: ColumnElement[date]) -> ColumnElement[bool]:
    """Within days, both included."""
    first, last = days
    return column.between(first, last)


def currencies(session: Session) -> list[str]:
    """The currencies documents have, each found by one look into the index."""
    found: list[str] = []
    code: str | None = ""
    while code is not None:
        query = select(func.min(col(Invoice.currency))).where(
            col(Invoice.currency) > code, col(Invoice.deleted_at).is_(None)
        )
        code = session.exec(query).one()
        found += [code] if code else []
    return found
