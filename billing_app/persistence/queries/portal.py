"""What a customer may see: one condition that guards list, document, PDF and every other way.

It mirrors `domain.access.portal_sees` in SQL; a property test holds the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, false, func, or_, true
from sqlmodel import Session, col, select

from billing_app.domain.access import (
    PORTAL_KINDS,
    AccessScope,
    ExternalRole,
    PortalScope,
    earliest_visible,
)
from billing_app.domain.lifecycle import Posting
from billing_app.persistence.tables import Customer, DocumentType, Invoice, PrintLog

MAX_DIGITS = 16


@dataclass(frozen=True, slots=True)
class PortalRow:
    """One document in the customer's list; the amount in minor units with its sign."""

    id: int
    number: str
    last_download: datetime | None
    type_name: str
    document_date: date
    amount_minor: int
    currency: str
    posting_status: str
    payment_status: str
    open_minor: int
    due_on: date | None
    kind: str


def sees(scope: PortalScope, today: date) -> ColumnElement[bool]:
    """The condition under which a customer sees an invoice (SPEC 6.7)."""
    if scope.role < ExternalRole.BILLING or not scope.is_section_on:
        return false()
    conditions: list[ColumnElement[bool]] = [
        col(Invoice.deleted_at).is_(None),
        col(DocumentType.direction) == "out",
        col(DocumentType.kind).in_(sorted(PORTAL_KINDS)),
        or_(
            col(Invoice.posting_status) == Posting.POSTED.value,
            and_(
                col(Invoice.posted_at).is_not(None),
                col(Invoice.posting_status).in_([Posting.READY.value, Posting.VOID.value]),
            ),
        ),
        _belongs(scope),
    ]
    first = earliest_visible(today, scope.days_back)
    if first is not None:
        conditions.append(col(Invoice.document_date) >= first)
    if scope.document_type_ids is not None:
        ids = [
            int(key)
            for key in scope.document_type_ids
            if key.isascii() and key.isdigit() and len(key) < MAX_DIGITS
        ]
        conditions.append(col(DocumentType.id).in_(ids))
    return and_(*conditions)


def sub_customers(session: Session, customer_id: int) -> frozenset[int]:
    """The customers below this one, at any depth."""
    tree = select(Customer.id).where(Customer.parent_id == customer_id).cte("tree", recursive=True)
    tree = tree.union(select(Customer.id).join(tree, Customer.parent_id == tree.c.id))  # type: ignore[arg-type]
    return frozenset(session.exec(select(tree.c.id)).all())


def visible_invoice(
    session: Session, scope: PortalScope, today: date, invoice_id: int
) -> Invoice | None:
    """One invoice if the customer may see it; None otherwise, whatever the reason."""
    return session.exec(
        select(Invoice).join(DocumentType).where(Invoice.id == invoice_id, sees(scope, today))
    ).first()


def visible_invoices(
    session: Session, scope: PortalScope, today: date, ids: Sequence[int]
) -> Sequence[Invoice]:
    """Those of these invoices that the customer may see."""
    query = select(Invoice).join(DocumentType).where(col(Invoice.id).in_(ids))
    return session.exec(query.where(sees(scope, today))).all()


def portal_page(
    session: Session,
    scope: PortalScope,
    today: date,
    *,
    limit: int,
    offset: int = 0,
    search: str = "",
) -> list[PortalRow]:
    """The documents the customer may see, newest date first."""
    last = (
        select(func.max(PrintLog.at))
        .where(PrintLog.invoice_id == Invoice.id, PrintLog.kind == "portal_download")
        .correlate(Invoice)
        .scalar_subquery()
    )
    rows = session.exec(
        select(Invoice, DocumentType, last)
        .join(DocumentType)
        .where(sees(scope, today), _named(search))
        .order_by(col(Invoice.document_date).desc(), col(Invoice.id).desc())
        .limit(limit)
        .offset(offset)
    ).all()
    return [_row(*row) for row in rows]


def portal_sums(
    session: Session, scope: PortalScope, today: date, search: str = ""
) -> list[tuple[str, int, int, int]]:
    """Per currency: count, sum of amounts and of open amounts, over all pages, with sign."""
    sign = case((col(DocumentType.kind) == "credit", -1), else_=1)
    is_void = col(Invoice.posting_status) == Posting.VOID.value
    rows = session.exec(
        select(
            Invoice.currency,
            func.count(),
            func.sum(case((is_void, 0), else_=sign * Invoice.total_minor)),
            func.sum(case((is_void, 0), else_=sign * Invoice.open_minor)),
        )
        .join(DocumentType)
        .where(sees(scope, today), _named(search))
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    ).all()
    return [(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows]


def _named(search: str) -> ColumnElement[bool]:
    wanted = search.replace("\0", "").strip()
    if not wanted:
        return true()
    escaped = wanted.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    like = f"%{escaped}%"
    return or_(
        col(Invoice.number).ilike(like, escape="!"), col(DocumentType.name).ilike(like, escape="!")
    )


def _row(invoice: Invoice, document_type: DocumentType, last: datetime | None) -> PortalRow:
    sign = -1 if document_type.kind == "credit" else 1
    return PortalRow(
        id=invoice.id or 0,
        number=invoice.number,
        last_download=last,
        type_name="Invoice" if document_type.is_default else document_type.name,
        document_date=invoice.document_date,
        amount_minor=sign * invoice.total_minor,
        currency=invoice.currency,
        posting_status=invoice.posting_status,
        payment_status=invoice.payment_status,
        open_minor=sign * invoice.open_minor,
        due_on=invoice.due_on,
        kind=document_type.kind,
    )


def _belongs(scope: PortalScope) -> ColumnElement[bool]:
    own = col(Invoice.customer_id) == scope.customer_id
    if scope.scope is AccessScope.OWN:
        return and_(own, col(Invoice.customer_user_id) == scope.user_id)
    if scope.scope is AccessScope.CORPORATE and scope.sub_customer_ids:
        return or_(own, col(Invoice.customer_id).in_(scope.sub_customer_ids))
    return own
