"""The invoices list as staff ask for it: a page, its sums, one record, the export."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from billing_app.documents.csv import Cell, csv_rows
from billing_app.domain.access import Permission
from billing_app.domain.document_types import DocumentKind
from billing_app.domain.errors import NotFound, Refused
from billing_app.domain.lifecycle import Offer, Posting
from billing_app.domain.money import currency, from_minor
from billing_app.domain.settlement import PAYABLE_KINDS, RELEASED
from billing_app.persistence.queries.invoices.filters import Asked, InvoiceFilter
from billing_app.persistence.queries.invoices.grid import GridRow, Order, Tally, page, tallies
from billing_app.persistence.queries.invoices.record import InvoiceRecord, invoice_record
from billing_app.persistence.queries.mail import MailLine, mails_of
from billing_app.persistence.search import Sight
from billing_app.persistence.tables import Company, DocumentType, User
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.moves import offers_on
from billing_app.services.papers import has_paper
from billing_app.services.settings import Place, companies_off, is_on, require_invoices

PAGE = 50
MAX_EXPORT = 200_000


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the few things that invoices refer to by id."""

    types: dict[int, tuple[str, str]]  # id -> (name, kind)
    companies: dict[int, str]
    people: dict[int, str]


@dataclass(frozen=True, slots=True)
class GridPage:
    """One page of the grid; there is a next one when `has_next`."""

    rows: tuple[GridRow, ...]
    has_next: bool


def list_invoices(
    ctx: Context, chosen: InvoiceFilter, order: Order, number: int = 1, total: int | None = None
) -> GridPage:
    """Page `number` (from 1) of the filtered set; `total` where the caller knows how many."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        rows = page(
            session,
            asked(session, ctx, chosen),
            order,
            limit=PAGE + 1,
            offset=PAGE * (max(1, number) - 1),
            total=total,
        )
    return GridPage(tuple(rows[:PAGE]), len(rows) > PAGE)


def tally_invoices(ctx: Context, chosen: InvoiceFilter) -> list[Tally]:
    """Counts and sums of the whole filtered set, by currency."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        return tallies(session, asked(session, ctx, chosen))


def get_invoice(ctx: Context, invoice_id: int) -> InvoiceRecord:
    """One invoice whole. Raises: NotFound."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        return _existing(session, invoice_id)


@dataclass(frozen=True, slots=True)
class Opened:
    """One invoice whole, and what may be done with it."""

    record: InvoiceRecord
    offers: tuple[Offer, ...]
    has_paper: bool
    is_payable: bool = False
    """Of a type and in a status in which payments may settle it (DLY-22, DLY-23)."""
    takes_payments: bool = False
    """Whether its payments have a section at all (ORO-5)."""
    mails: tuple[MailLine, ...] = ()


def open_invoice(ctx: Context, invoice_id: int) -> Opened:
    """One invoice as its drawer shows it. Raises: NotFound."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        record = _existing(session, invoice_id)
        at_hand = Whole(
            record.invoice,
            record.document_type,
            record.company,
            record.customer,
            list(record.lines),
        )
        is_made = bool(record.pdf_sha256) or has_paper(session, record.invoice)
        is_payable = _is_payable(record)
        place = Place(company_id=record.invoice.company_id)
        takes_payments = is_payable or is_on(session, "enable_invoice_payments", place)
        offers = offers_on(session, ctx, at_hand)
        mails = tuple(mails_of(session, invoice_id))
        return Opened(record, offers, is_made, is_payable, takes_payments, mails)


def _is_payable(record: InvoiceRecord) -> bool:
    is_released = Posting(record.invoice.posting_status) in RELEASED
    return is_released and DocumentKind(record.document_type.kind) in PAYABLE_KINDS


def _existing(session: Session, invoice_id: int) -> InvoiceRecord:
    record = invoice_record(session, invoice_id)
    if record is None:
        raise NotFound("This invoice does not exist.")
    require_invoices(session, record.invoice.company_id)
    return record


def names(ctx: Context) -> Names:
    """The names the grid shows beside ids."""
    with ctx.read() as session:
        types = session.exec(select(DocumentType)).all()
        companies = session.exec(select(Company.id, Company.name)).all()
        people = session.exec(select(User.id, User.name).where(col(User.kind) != "external")).all()
    return Names(
        types={row.id or 0: (row.name, row.kind) for row in types},
        companies={key or 0: name for key, name in companies},
        people={key or 0: name for key, name in people},
    )


def asked(session: Session, ctx: Context, chosen: InvoiceFilter) -> Asked:
    """The filter with the asker's day and sight, without companies that have no invoices."""
    sight = Sight(ctx.actor.sees_partner, ctx.actor.sees_vessel)
    return Asked(chosen, ctx.today(), sight, companies_off(session))


def found_amounts(ctx: Context, chosen: InvoiceFilter, limit: int) -> dict[int, tuple[str, int]]:
    """The first invoices that the filters find: each one's currency and signed amount."""
    ctx.require(Permission.INVOICE_VIEW)
    known = names(ctx)
    with ctx.read() as session:
        rows = page(session, asked(session, ctx, chosen), Order(), limit=limit)
    signs = {key: -1 if kind == "credit" else 1 for key, (_, kind) in known.types.items()}
    return {row.id: (row.currency, signs[row.document_type_id] * row.total_minor) for row in rows}


HEADER = (
    "Number", "Document ID", "Type", "Customer", "Title", "Status", "Payment status", "Date", "Due",
    "Amount", "Paid", "Open", "Currency", "PO number", "External document no.",
)  # fmt: skip


def export_csv(ctx: Context, chosen: InvoiceFilter, order: Order) -> Iterator[bytes]:
    """The filtered set as CSV, with signs. Raises: Refused above 200,000 rows."""
    ctx.require(Permission.INVOICE_EXPORT)
    with ctx.read() as session:
        rows = page(session, asked(session, ctx, chosen), order, limit=MAX_EXPORT + 1)
    if len(rows) > MAX_EXPORT:
        raise Refused(
            "More than {most} invoices match. Filter first, then export.", most=f"{MAX_EXPORT:,}"
        )
    known = names(ctx)
    return csv_rows(HEADER, (_csv_row(ctx, row, known) for row in rows))


def _csv_row(ctx: Context, row: GridRow, known: Names) -> list[Cell]:
    name, kind = known.types[row.document_type_id]
    digits = currency(row.currency).digits
    sign = -1 if kind == "credit" else 1
    return [
        row.number,
        f"D-{row.id:06d}",
        name,
        row.customer_name if ctx.actor.sees_partner else "",
        row.title,
        row.posting_status,
        row.payment_status,
        row.document_date,
        row.due_on,
        *(
            from_minor(sign * minor, digits)
            for minor in (row.total_minor, row.settled_minor, row.open_minor)
        ),
        row.currency,
        row.po_number,
        row.external_document_no,
    ]
