"""A customer's statement of account: on the page, as CSV and on paper (SPEC DLY-43)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, select

from billing_app.documents.csv import Cell, csv_rows
from billing_app.documents.pdf import render_statement
from billing_app.documents.statement import StatementPaper
from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency, from_minor
from billing_app.domain.settlement import customer_credit
from billing_app.domain.statement import Account, Entry, EntryKind, accounts
from billing_app.persistence.queries.statement import statement_lines
from billing_app.persistence.tables import Company, Customer, Payment
from billing_app.services.context import Context
from billing_app.services.customers import existing_customer

HIDDEN = "Hidden"
LABELS = {
    EntryKind.INVOICE: "Invoice",
    EntryKind.CREDIT: "Credit note",
    EntryKind.RECEIPT: "Receipt",
    EntryKind.PAYMENT: "Payment",
    EntryKind.REFUND: "Refund",
    EntryKind.PURCHASE: "Purchase",
    EntryKind.WRITE_OFF: "Write-off",
}
HEADER = ("Currency", "Date", "Kind", "Number", "Text", "Amount", "Balance")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement from one day to another, each open where None."""

    customer_id: int
    customer_number: str
    customer_name: str
    from_on: date | None
    to_on: date | None
    accounts: tuple[Account, ...]
    credits: tuple[tuple[str, int], ...]
    """The customer's credit by currency: what was received and is neither allocated nor spent."""


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A statement as a file."""

    name: str
    content: bytes


def statement_of(
    ctx: Context, customer_id: int, from_on: date | None = None, to_on: date | None = None
) -> Statement:
    """The statement of a customer. Raises: Invalid where the days are the wrong way round."""
    ctx.require(Permission.STATEMENT_VIEW)
    if from_on and to_on and from_on > to_on:
        raise Invalid.of("to_on", "The last day lies before the first.")
    with ctx.read() as session:
        customer = existing_customer(session, customer_id)
        return _statement(session, ctx, customer, from_on, to_on)


def statement_csv(
    ctx: Context, customer_id: int, from_on: date | None, to_on: date | None
) -> StatementFile:
    """The statement as CSV; amounts with their sign."""
    return csv_file(statement_of(ctx, customer_id, from_on, to_on))


def statement_pdf(
    ctx: Context, customer_id: int, from_on: date | None, to_on: date | None
) -> StatementFile:
    """The statement on paper."""
    found = statement_of(ctx, customer_id, from_on, to_on)
    with ctx.read() as session:
        return pdf_file(session, ctx, found, existing_customer(session, customer_id))


def csv_file(found: Statement) -> StatementFile:
    """A statement as CSV."""
    return StatementFile(_name(found, "csv"), b"".join(csv_rows(HEADER, _csv(found))))


def pdf_file(session: Session, ctx: Context, found: Statement, customer: Customer) -> StatementFile:
    """A statement of this customer, drawn in the customer's language."""
    company = session.get_one(Company, customer.company_id)
    place = (customer.street, f"{customer.postcode} {customer.city}".strip(), customer.country)
    paper = StatementPaper(
        seller=company.name,
        seller_line=" · ".join(
            part for part in (company.street, f"{company.postcode} {company.city}".strip()) if part
        ),
        buyer=found.customer_name,
        buyer_lines=tuple(line for line in place if line) if ctx.actor.sees_partner else (),
        buyer_number=customer.number,
        language=customer.language,
        dated=ctx.today(),
        from_on=found.from_on,
        to_on=found.to_on,
        accounts=found.accounts,
    )
    return StatementFile(_name(found, "pdf"), render_statement(paper))


def _statement(
    session: Session, ctx: Context, customer: Customer, from_on: date | None, to_on: date | None
) -> Statement:
    entries = [
        Entry(row.on, EntryKind(row.kind), *row[2:])
        for row in statement_lines(session, customer.id or 0)
    ]
    return Statement(
        customer_id=customer.id or 0,
        customer_number=customer.number,
        customer_name=customer.name if ctx.actor.sees_partner else HIDDEN,
        from_on=from_on,
        to_on=to_on,
        accounts=accounts(entries, from_on, to_on),
        credits=credits_of(session, customer.id or 0),
    )


def credits_of(session: Session, customer_id: int) -> tuple[tuple[str, int], ...]:
    """A customer's credit by currency, in minor units (SPEC 6.5, rule 14)."""
    completed = (
        Payment.customer_id == customer_id,
        Payment.status == "COMPLETED",
        Payment.direction == "out",
        col(Payment.deleted_at).is_(None),
    )
    left = select(Payment.currency, func.sum(Payment.left_minor)).where(
        *completed, Payment.kind == "receipt"
    )
    spent = select(Payment.currency, func.sum(-Payment.total_minor)).where(
        *completed, Payment.kind == "purchase"
    )
    receipts = dict(session.exec(left.group_by(Payment.currency)).all())
    purchases = dict(session.exec(spent.group_by(Payment.currency)).all())
    codes = sorted(set(receipts) | set(purchases))
    found = [
        (code, customer_credit([int(receipts.get(code, 0))], [int(purchases.get(code, 0))]))
        for code in codes
    ]
    return tuple((code, minor) for code, minor in found if minor)


def _csv(found: Statement) -> Iterator[list[Cell]]:
    for account in found.accounts:
        digits = currency(account.currency).digits
        opening = from_minor(account.opening_minor, digits)
        yield [account.currency, found.from_on, "Opening balance", "", "", None, opening]
        for row in account.rows:
            entry = row.entry
            yield [
                account.currency,
                entry.on,
                LABELS[entry.kind],
                entry.number,
                entry.text,
                from_minor(entry.amount_minor, digits),
                from_minor(row.balance_minor, digits),
            ]


def _name(found: Statement, ending: str) -> str:
    return f"statement-{found.customer_number}.{ending}"
