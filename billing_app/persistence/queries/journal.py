"""What the journal says: of one document, of one payment, of a period."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlmodel import Session, col

from billing_app.domain.accounts import Role
from billing_app.domain.journal import JournalLine
from billing_app.persistence.tables import Company, Customer, Invoice, JournalEntry, Payment
from billing_app.persistence.tables import JournalLine as Line

AT_ONCE = 2_000
OF_DOCUMENT = (
    select(
        col(Line.role),
        col(Line.account),
        col(Line.amount_minor),
        col(Line.tax_category),
        col(Line.tax_rate),
    )
    .join(JournalEntry, col(JournalEntry.id) == Line.entry_id)
    .where(col(JournalEntry.invoice_id) == bindparam("invoice"))
    .where(col(JournalEntry.kind) == "document")
    .order_by(col(Line.line_no))
)
OF_PAYMENT = (
    select(col(Line.role), col(Line.account), func.sum(col(Line.amount_minor)))
    .join(JournalEntry, col(JournalEntry.id) == Line.entry_id)
    .where(col(JournalEntry.payment_id) == bindparam("payment"))
    .group_by(col(Line.role), col(Line.account))
)


def lines_of_document(session: Session, invoice_id: int) -> list[JournalLine]:
    """The lines with which a document was posted."""
    rows = session.connection().execute(OF_DOCUMENT, {"invoice": invoice_id})
    return [JournalLine(Role(row[0]), row[1], row[2], row[3], row[4]) for row in rows]


def booked_of_payment(session: Session, payment_id: int) -> dict[Role, JournalLine]:
    """Where a payment is booked, each role on the one account it was booked on first."""
    rows = session.connection().execute(OF_PAYMENT, {"payment": payment_id})
    return {Role(row[0]): JournalLine(Role(row[0]), row[1], int(row[2])) for row in rows}


class Slice(NamedTuple):
    """Which entries: both days included, each open where None; of one company or all (0)."""

    from_on: date | None = None
    to_on: date | None = None
    company_id: int = 0


class JournalRow(NamedTuple):
    """A line with what its entry says."""

    entry_id: int
    booked_on: date
    company: str
    kind: str
    number: str
    partner: str
    currency: str
    role: str
    account: str
    minor: int


def journal_rows(session: Session, wanted: Slice) -> Iterator[JournalRow]:
    """The lines of a period by day and entry, streamed."""
    query = (
        select(
            col(JournalEntry.id),
            col(JournalEntry.booked_on),
            col(Company.name),
            col(JournalEntry.kind),
            func.coalesce(col(Invoice.label), col(Payment.number)),
            func.coalesce(col(Invoice.customer_name), col(Customer.name)),
            col(JournalEntry.currency),
            col(Line.role),
            col(Line.account),
            col(Line.amount_minor),
        )
        .join(Line, col(Line.entry_id) == JournalEntry.id)
        .join(Company, col(Company.id) == JournalEntry.company_id)
        .outerjoin(Invoice, col(Invoice.id) == JournalEntry.invoice_id)
        .outerjoin(Payment, col(Payment.id) == JournalEntry.payment_id)
        .outerjoin(Customer, col(Customer.id) == Payment.customer_id)
        .where(*_within(wanted))
        .order_by(col(JournalEntry.booked_on), col(JournalEntry.id), col(Line.line_no))
        .execution_options(stream_results=True, yield_per=AT_ONCE)
    )
    return map(JournalRow._make, session.connection().execute(query))


def account_openings(session: Session, wanted: Slice) -> list[tuple[Any, ...]]:
    """Every role and account of a period with the first day it is used."""
    query = (
        select(col(Line.role), col(Line.account), func.min(col(JournalEntry.booked_on)))
        .join(JournalEntry, col(JournalEntry.id) == Line.entry_id)
        .where(*_within(wanted))
        .group_by(col(Line.role), col(Line.account))
    )
    return [tuple(row) for row in session.connection().execute(query)]


def _within(wanted: Slice) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.from_on:
        found.append(col(JournalEntry.booked_on) >= wanted.from_on)
    if wanted.to_on:
        found.append(col(JournalEntry.booked_on) <= wanted.to_on)
    if wanted.company_id:
        found.append(col(JournalEntry.company_id) == wanted.company_id)
    return found
