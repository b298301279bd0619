"""What waits today, and what happened last: a few counts, each along an index of its own."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from billing_app.persistence.queries.reports.scope import (
    INVOICES,
    ReportScope,
    owing,
    type_ids,
    within,
)
from billing_app.persistence.tables import (
    AuditEntry,
    ChargeLine,
    Invoice,
    JobItem,
    JobRun,
    OutboxEvent,
    Payment,
    User,
)

LOOKED_AT = 200
NO_CHANGE = ("changed", "text changed", "credit used")


class Happened(NamedTuple):
    """Something somebody did to an invoice."""

    invoice_id: int
    label: str
    action: str
    who: str
    at: datetime


def in_status(session: Session, status: str) -> int:
    """How many documents stand in a posting status."""
    query = select(func.count()).where(
        Invoice.posting_status == status, col(Invoice.deleted_at).is_(None)
    )
    return session.exec(query).one()


def pending_charges(session: Session) -> int:
    """How many charges wait to be assembled."""
    return session.exec(select(func.count()).where(ChargeLine.status == "PENDING")).one()


def due_between(session: Session, scope: ReportScope, first: date, last: date) -> int:
    """How many documents with something open fall due in these days."""
    query = (
        select(func.count())
        .select_from(INVOICES)
        .where(
            *within(scope, INVOICES, type_ids(session, scope)),
            *owing(INVOICES),
            INVOICES.c.due_sort.between(first, last),
        )
    )
    return session.exec(query).one()


def failed_deliveries(session: Session) -> int:
    """How many mails and other deliveries failed and are tried again."""
    query = select(func.count()).where(
        col(OutboxEvent.done_at).is_(None), OutboxEvent.tries > 0, OutboxEvent.error != ""
    )
    return session.exec(query).one()


def failed_items(session: Session) -> int:
    """How many customers or invoices the latest run of each job could not do."""
    latest = select(func.max(JobRun.id)).group_by(JobRun.job)
    query = select(func.count()).where(
        col(JobItem.run_id).in_(latest), col(JobItem.is_failed).is_(True)
    )
    return session.exec(query).one()


def unallocated_payments(session: Session) -> int:
    """How many completed payments have something left."""
    query = select(func.count()).where(
        Payment.left_minor > 0, col(Payment.deleted_at).is_(None), Payment.status == "COMPLETED"
    )
    return session.exec(query).one()


def last_happenings(session: Session, most: int) -> Sequence[Happened]:
    """What was done to invoices last, the newest first, one line for an invoice."""
    entries = session.exec(
        select(AuditEntry.entity_id, AuditEntry.action, User.name, AuditEntry.at)
        .join(User)
        .where(AuditEntry.entity == "invoice", col(AuditEntry.action).not_in(NO_CHANGE))
        .order_by(col(AuditEntry.id).desc())
        .limit(LOOKED_AT)
    ).all()
    newest = {row[0]: row for row in reversed(entries)}
    rows = session.exec(
        select(Invoice.id, Invoice.label).where(
            col(Invoice.id).in_(newest), col(Invoice.deleted_at).is_(None)
        )
    )
    labels = {key: label for key, label in rows if key is not None}
    ordered = [row for row in dict.fromkeys(row[0] for row in entries) if row in labels]
    return [Happened(key, labels[key], *newest[key][1:]) for key in ordered[:most]]
