"""What a period brought: revenue and taxes by document date, money by day, what fell due.

Sums come by day and are put together by month above: both databases count days the same way.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, literal, select
from sqlmodel import Session

from billing_app.persistence.queries.payment_list import IS_MONEY, ORIGINALS, SIGNED
from billing_app.persistence.queries.reports.scope import (
    CUSTOMERS,
    INVOICES,
    LINES,
    PAYMENTS,
    ReportScope,
    spell,
    standing,
    type_ids,
    within,
)

Days = tuple[date, date]


class DocumentDay(NamedTuple):
    """What was posted with one date; minor units, credits negative."""

    currency: str
    on: date
    documents: int
    total: int
    tax: int


class MoneyDay(NamedTuple):
    """An amount of one day, in minor units with its sign."""

    currency: str
    on: date
    minor: int


class TaxDay(NamedTuple):
    """One group of lines of one date: as entered, and what it comes to in minor units."""

    currency: str
    on: date
    mode: str
    category: str
    line_rate: Decimal | None
    header_rate: Decimal
    base: int
    tax: int


def document_days(session: Session, scope: ReportScope, days: Days) -> list[DocumentDay]:
    """Posted documents by date, credits negative."""
    sign = INVOICES.c.sign
    query = (
        select(
            INVOICES.c.currency,
            INVOICES.c.document_date,
            func.count(),
            func.sum(sign * INVOICES.c.total_minor),
            func.sum(sign * INVOICES.c.tax_minor),
        )
        .where(
            *within(scope, INVOICES, type_ids(session, scope)),
            *standing(INVOICES),
            spell(days, INVOICES.c.document_date),
        )
        .group_by(INVOICES.c.document_date, INVOICES.c.currency)
    )
    rows = session.connection().execute(query)
    return [DocumentDay(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in rows]


def due_days(session: Session, scope: ReportScope, days: Days) -> list[MoneyDay]:
    """What posted documents asked for, by due date, credits negative."""
    query = (
        select(
            INVOICES.c.currency,
            INVOICES.c.due_sort,
            func.sum(INVOICES.c.sign * INVOICES.c.total_minor),
        )
        .where(
            *within(scope, INVOICES, type_ids(session, scope)),
            *standing(INVOICES),
            spell(days, INVOICES.c.due_sort),
        )
        .group_by(INVOICES.c.due_sort, INVOICES.c.currency)
    )
    rows = session.connection().execute(query)
    return [MoneyDay(row[0], row[1], int(row[2])) for row in rows]


def cash_days(session: Session, scope: ReportScope, days: Days) -> list[MoneyDay]:
    """Money that moved, by day: in for our documents, out for the suppliers'.

    Given back is negative; write-offs and purchases from credit move no money. A payment has no
    company of its own, so its customer's counts.
    """
    way = 1 if scope.direction == "out" else -1
    query = (
        select(PAYMENTS.c.currency, PAYMENTS.c.paid_on, func.sum(literal(way) * SIGNED))
        .join(ORIGINALS, ORIGINALS.c.id == PAYMENTS.c.refund_of_id, isouter=True)
        .where(
            IS_MONEY,
            PAYMENTS.c.deleted_at.is_(None),
            PAYMENTS.c.direction == scope.direction,
            spell(days, PAYMENTS.c.paid_on),
        )
        .group_by(PAYMENTS.c.paid_on, PAYMENTS.c.currency)
    )
    if scope.currency:
        query = query.where(PAYMENTS.c.currency == scope.currency)
    if scope.customer_id:
        query = query.where(PAYMENTS.c.customer_id == scope.customer_id)
    if scope.company_id:
        query = query.join(CUSTOMERS, CUSTOMERS.c.id == PAYMENTS.c.customer_id).where(
            CUSTOMERS.c.company_id == scope.company_id
        )
    return [MoneyDay(row[0], row[1], int(row[2])) for row in session.connection().execute(query)]


def tax_days(session: Session, scope: ReportScope, days: Days) -> list[TaxDay]:
    """Lines of posted documents by date and how they are taxed; a line's tax is its group's part.

    A document with a fixed tax has it in no line: see `fixed_tax_days`.
    """
    keys = (
        INVOICES.c.currency,
        INVOICES.c.document_date,
        INVOICES.c.tax_mode,
        LINES.c.tax_category,
        LINES.c.tax_rate,
        INVOICES.c.tax_value,
    )
    base = func.sum(INVOICES.c.sign * (LINES.c.net_minor - LINES.c.share_minor))
    query = (
        select(*keys, base, func.sum(INVOICES.c.sign * LINES.c.tax_minor))
        .join(LINES, LINES.c.invoice_id == INVOICES.c.id)
        .where(
            *within(scope, INVOICES, type_ids(session, scope)),
            *standing(INVOICES),
            spell(days, INVOICES.c.document_date),
        )
        .group_by(*keys)
    )
    rows = session.connection().execute(query)
    return [TaxDay(*row[:6], int(row[6]), int(row[7])) for row in rows]


def fixed_tax_days(session: Session, scope: ReportScope, days: Days) -> list[MoneyDay]:
    """The tax of documents on which it was entered as one amount."""
    query = (
        select(
            INVOICES.c.currency,
            INVOICES.c.document_date,
            func.sum(INVOICES.c.sign * INVOICES.c.tax_minor),
        )
        .where(
            *within(scope, INVOICES, type_ids(session, scope)),
            *standing(INVOICES),
            INVOICES.c.tax_mode == "fixed",
            spell(days, INVOICES.c.document_date),
        )
        .group_by(INVOICES.c.document_date, INVOICES.c.currency)
    )
    return [MoneyDay(row[0], row[1], int(row[2])) for row in session.connection().execute(query)]
