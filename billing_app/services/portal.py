"""What a customer asks for: the list with its sums, one document, what is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from billing_app.domain.access import ExternalRole, Permission
from billing_app.domain.errors import NotFound
from billing_app.domain.portal_tables import DUE, TABLES, View, first_view
from billing_app.persistence.queries.invoices.record import InvoiceRecord, invoice_record
from billing_app.persistence.queries.portal import (
    PortalRow,
    portal_page,
    portal_sums,
    visible_invoice,
)
from billing_app.persistence.queries.portal_sources import SOURCES
from billing_app.persistence.queries.portal_tables import look, rows_between
from billing_app.persistence.tables import Company, Customer, ExternalAccess
from billing_app.services.context import Context
from billing_app.services.papers import has_paper
from billing_app.services.scopes import hides_lines, may_download, portal_scope

PAGE = 50
SHOWN = 10


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
class DueInvoice:
    """One open invoice; what remains in minor units."""

    id: int
    number: str
    type_name: str
    due_on: date | None
    remaining_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PortalHome:
    """What is owed in all, the first invoices of it, and this month; None is not covered."""

    owed: tuple[tuple[str, int], ...]
    due_count: int
    overdue_count: int
    due: tuple[DueInvoice, ...]
    invoices_this_month: int | None
    orders_this_month: int | None


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
    """What is owed and what happened this month, as far as the role covers it (ERP-43)."""
    ctx.require(Permission.PORTAL_HOME)
    with ctx.read() as session:
        scope, today = portal_scope(session, ctx), ctx.today()
        month = (today.replace(day=1), today)
        recent = {
            page: rows_between(session, SOURCES[page](scope, today), *month)
            for page in ("invoices", "orders")
            if ctx.actor.may(TABLES[page].permission)
        }
        if not ctx.actor.may(Permission.PORTAL_DUE):
            return PortalHome((), 0, 0, (), recent.get("invoices"), recent.get("orders"))
        source = SOURCES["due"](scope, today)
        seen = look(session, source, DUE, first_view(DUE), SHOWN)
        late = View(DUE.shown, "due", filters=(("overdue.from", "1"),))
        overdue = look(session, source, DUE, late, 1).whole.count
    return PortalHome(
        owed=seen.whole.sums.get("remaining", ()),
        due_count=seen.whole.count,
        overdue_count=overdue,
        due=tuple(_due(row) for row in seen.rows),
        invoices_this_month=recent.get("invoices"),
        orders_this_month=recent.get("orders"),
    )


def _due(row: Mapping[str, Any]) -> DueInvoice:
    return DueInvoice(
        row["id"], row["number"], row["type"], row["due"], row["remaining"], row["currency"]
    )


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


def own_profile(ctx: Context) -> tuple[tuple[str, str], ...]:
    """What the seller keeps of the customer one works for, as labels and values (ERP-48)."""
    ctx.require(Permission.PORTAL_PROFILE)
    with ctx.read() as session:
        customer = session.get_one(Customer, portal_scope(session, ctx).customer_id)
    city = f"{customer.postcode} {customer.city}".strip()
    return (
        ("Company", customer.name),
        ("Customer number", customer.number),
        ("UIN", customer.uin),
        ("VAT number", customer.vat_no),
        ("Address", ", ".join(part for part in (customer.street, city, customer.country) if part)),
        ("E-mail", customer.email),
        ("Phone", customer.phone),
        ("Currency", customer.currency),
    )
