"""What a customer asks for: the list with its sums, one document, what is due."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from billing_app.domain.access import ExternalRole, Permission
from billing_app.domain.errors import NotFound
from billing_app.persistence.queries.invoices.record import InvoiceRecord, invoice_record
from billing_app.persistence.queries.portal import (
    PortalRow,
    due_invoices,
    portal_page,
    portal_sums,
    visible_invoice,
)
from billing_app.persistence.tables import Company, Customer, ExternalAccess
from billing_app.services.context import Context
from billing_app.services.papers import has_paper
from billing_app.services.scopes import hides_lines, may_download, portal_scope

PAGE = 50


@dataclass(frozen=True, slots=True)
class PortalList:
    """One page of documents with count and sums over all pages."""

    rows: tuple[PortalRow, ...]
    count: int
    sums: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PortalDocument:
    """One document as its customer sees it."""

    record: InvoiceRecord
    hides_lines: bool
    may_download: bool


@dataclass(frozen=True, slots=True)
class PortalHome:
    """What is owed, and how much happened this month."""

    owed: tuple[tuple[str, int], ...]
    due: tuple[PortalRow, ...]
    invoices_this_month: int


@dataclass(frozen=True, slots=True)
class Seat:
    """For whom the person works now, and for whom else."""

    customer: str
    language: str
    seller: str
    seller_email: str
    customers: tuple[tuple[int, str, str], ...]  # id, name, role


def list_documents(ctx: Context, number: int = 1, search: str = "") -> PortalList:
    """Page `number` of the documents the customer may see."""
    ctx.require(Permission.PORTAL_INVOICES)
    with ctx.read() as session:
        scope, today = portal_scope(session, ctx), ctx.today()
        rows = portal_page(
            session, scope, today, limit=PAGE, offset=PAGE * (max(1, number) - 1), search=search
        )
        sums = portal_sums(session, scope, today, search)
    return PortalList(
        tuple(rows), sum(row[1] for row in sums), tuple((row[0], row[2]) for row in sums)
    )


def get_document(ctx: Context, invoice_id: int) -> PortalDocument:
    """One document. Raises: NotFound for whatever the customer may not see."""
    ctx.require(Permission.PORTAL_INVOICES)
    with ctx.read() as session:
        found = visible_invoice(session, portal_scope(session, ctx), ctx.today(), invoice_id)
        record = invoice_record(session, invoice_id) if found else None
        if found is None or record is None:
            raise NotFound("This document does not exist.")
        return PortalDocument(
            record,
            hides_lines(session, ctx),
            may_download(session, ctx) and has_paper(session, found),
        )


def home(ctx: Context) -> PortalHome:
    """What is owed; empty below the role Billing."""
    ctx.require(Permission.PORTAL_HOME)
    if not ctx.actor.may(Permission.PORTAL_INVOICES):
        return PortalHome((), (), 0)
    with ctx.read() as session:
        scope, today = portal_scope(session, ctx), ctx.today()
        due = due_invoices(session, scope, today)
        recent = portal_page(session, scope, today, limit=500)
    owed: dict[str, int] = {}
    for row in due:
        owed[row.currency] = owed.get(row.currency, 0) + row.open_minor
    month = [row for row in recent if _is_this_month(row.document_date, today)]
    return PortalHome(tuple(owed.items()), tuple(due), len(month))


def seat(ctx: Context) -> Seat:
    """Who the person works for; without any access to the site: nobody (CC010)."""
    with ctx.read() as session:
        rows = session.exec(
            select(Customer.id, Customer.name, ExternalAccess.role, Customer.language)
            .join(ExternalAccess)
            .where(ExternalAccess.user_id == ctx.actor.user_id)
            .order_by(Customer.name)
        ).all()
        company = _seller(session, ctx)
    current = next((row for row in rows if row[0] == ctx.actor.customer_id), None)
    return Seat(
        customer=current[1] if current else "",
        language=current[3] if current else "en",
        seller=company.name if company else "",
        seller_email=company.email if company else "",
        customers=tuple((key or 0, name, ExternalRole(role).label) for key, name, role, _ in rows),
    )


def _seller(session: Session, ctx: Context) -> Company | None:
    customer = session.get(Customer, ctx.actor.customer_id) if ctx.actor.customer_id else None
    if customer is None:
        return session.exec(select(Company).order_by(col(Company.id))).first()
    return session.get(Company, customer.company_id)


def _is_this_month(when: date, today: date) -> bool:
    return (when.year, when.month) == (today.year, today.month)
