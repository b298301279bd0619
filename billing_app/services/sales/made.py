"""The invoices made from an order or an opportunity, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from billing_app.domain.lifecycle import Posting
from billing_app.domain.status import lifecycle_chip
from billing_app.persistence.tables import Invoice, InvoiceOrder
from billing_app.services.context import Context
from billing_app.services.invoices.derived import settlement_of
from billing_app.services.settings import companies_off

MOST = 500
ENDED = {Posting.CANCELLED, Posting.VOID}


@dataclass(frozen=True, slots=True)
class Made:
    """One invoice of an order or an opportunity; amounts signed, in minor units."""

    id: int
    label: str
    title: str
    document_date: date
    due_on: date | None
    posting: Posting
    chip: str
    currency: str
    total_minor: int
    open_minor: int


def of_order(session: Session, ctx: Context, order_id: int) -> tuple[Made, ...]:
    """The invoices linked to an order, the newest first (ORO-17)."""
    linked = select(InvoiceOrder.invoice_id).where(InvoiceOrder.order_id == order_id)
    return documents(session, ctx, col(Invoice.id).in_(linked))


def of_opportunity(session: Session, ctx: Context, opportunity_id: int) -> tuple[Made, ...]:
    """The invoices made from an opportunity, the newest first (CRM-13)."""
    return documents(session, ctx, col(Invoice.opportunity_id) == opportunity_id)


def billed(rows: Sequence[Made], code: str) -> int:
    """What live invoices in this currency ask for, credit notes taken off, in minor units."""
    return sum(row.total_minor for row in rows if row.currency == code and row.posting not in ENDED)


def documents(session: Session, ctx: Context, chosen: ColumnElement[bool]) -> tuple[Made, ...]:
    """The chosen invoices that are not deleted or off, the newest first, at most 500."""
    is_shown = col(Invoice.company_id).not_in(companies_off(session))
    rows = session.exec(
        select(Invoice)
        .where(chosen, col(Invoice.deleted_at).is_(None), is_shown)
        .order_by(col(Invoice.id).desc())
        .limit(MOST)
    ).all()
    today = ctx.today()
    return tuple(_row(row, today) for row in rows)


def _row(row: Invoice, today: date) -> Made:
    posting = Posting(row.posting_status)
    chip = lifecycle_chip(
        posting, settlement_of(row), row.due_on, today, delivered=row.is_delivered
    )
    return Made(
        id=row.id or 0,
        label=row.label,
        title=row.title,
        document_date=row.document_date,
        due_on=row.due_on,
        posting=posting,
        chip=chip.value,
        currency=row.currency,
        total_minor=row.total_signed,
        open_minor=row.open_signed,
    )
