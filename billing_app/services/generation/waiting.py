"""What a customer has that waits for an invoice: usage by day, and what packages charge."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, or_
from sqlalchemy import select as rows_of
from sqlmodel import Session, col, func

from billing_app.domain.packages import Due, charges_due
from billing_app.domain.periods import Period, Schedule, period_of
from billing_app.domain.usage_lines import Used
from billing_app.persistence.tables import (
    Invoice,
    InvoicedPeriod,
    Package,
    PackageAssignment,
    PackageCharge,
    UsageRecord,
)
from billing_app.services.packages.catalog import terms_of
from billing_app.services.usage.cards import to_millionths


class Owed(NamedTuple):
    """A charge of an assignment that is due."""

    assignment: PackageAssignment
    package: Package
    due: Due


class Claim(NamedTuple):
    """A period that has its invoice."""

    schedule: str
    period: Period
    invoice_id: int


# Built once: writing a statement anew takes as long as running it.
USED = (
    rows_of(
        col(UsageRecord.used_on),
        col(UsageRecord.destination_name),
        func.count(),
        func.sum(UsageRecord.billed_s),
        func.sum(UsageRecord.charge),
    )
    .where(
        col(UsageRecord.customer_id) == bindparam("customer"),
        col(UsageRecord.is_rated),
        col(UsageRecord.used_on) <= bindparam("last_on"),
    )
    .group_by(col(UsageRecord.used_on), col(UsageRecord.destination_name))
    .order_by(col(UsageRecord.used_on), col(UsageRecord.destination_name))
)
UNBILLED = USED.where(col(UsageRecord.invoice_id).is_(None))
ASSIGNED = (
    rows_of(PackageAssignment, Package)
    .join(Package, col(Package.id) == PackageAssignment.package_id)
    .where(col(PackageAssignment.customer_id) == bindparam("customer"))
    .order_by(col(PackageAssignment.id))
)
CHARGED = rows_of(
    col(PackageCharge.assignment_id),
    col(PackageCharge.kind),
    col(PackageCharge.charged_on),
    col(PackageCharge.invoice_id),
).where(col(PackageCharge.customer_id) == bindparam("customer"))
CLAIMS = (
    rows_of(
        col(InvoicedPeriod.schedule),
        col(InvoicedPeriod.first_on),
        col(InvoicedPeriod.last_on),
        col(InvoicedPeriod.invoice_id),
    )
    .join(Invoice, col(Invoice.id) == InvoicedPeriod.invoice_id)
    .where(
        col(InvoicedPeriod.customer_id) == bindparam("customer"),
        col(Invoice.deleted_at).is_(None),
        col(Invoice.posting_status) != "CANCELLED",
    )
)


def unbilled_usage(
    session: Session, customer_id: int, last_on: date, dead: Sequence[int] = ()
) -> list[Used]:
    """Rated usage up to a day without an invoice, or on a dead one, by day and destination."""
    statement = USED.where(without_invoice(dead)) if dead else UNBILLED
    found = session.execute(statement, {"customer": customer_id, "last_on": last_on})
    return [
        Used(on, destination, calls, int(billed), to_millionths(charge))
        for on, destination, calls, billed, charge in found
    ]


def without_invoice(dead: Sequence[int]) -> ColumnElement[bool]:
    """That a call has no invoice, or one of these that are about to give back what they took."""
    free = col(UsageRecord.invoice_id).is_(None)
    return or_(free, col(UsageRecord.invoice_id).in_(dead)) if dead else free


def spent_by_day(session: Session, customer_id: int) -> dict[date, int]:
    """The charge of all rated usage by day in millionths, invoiced or not."""
    found = session.execute(
        rows_of(col(UsageRecord.used_on), func.sum(UsageRecord.charge))
        .where(col(UsageRecord.customer_id) == customer_id, col(UsageRecord.is_rated))
        .group_by(col(UsageRecord.used_on))
    )
    return {on: to_millionths(charge) for on, charge in found}


def assignments_of(session: Session, customer_id: int) -> list[tuple[PackageAssignment, Package]]:
    """Every assignment, also a removed one, with its package, oldest first."""
    found = session.execute(ASSIGNED, {"customer": customer_id})
    return [(assignment, package) for assignment, package in found]


def owed_charges(
    session: Session,
    assignments: Sequence[tuple[PackageAssignment, Package]],
    last_on: date,
    *,
    auto_decrement: bool,
    dead: Sequence[int] = (),
) -> list[Owed]:
    """What assignments owe up to a day and were not charged, in the order of days.

    What `dead` invoices charged counts as not charged.
    """
    chosen = [pair for pair in assignments if pair[0].auto_decrement is auto_decrement]
    done = _charged(session, {assignment.customer_id for assignment, _ in chosen}, dead)
    owed = [
        Owed(assignment, package, due)
        for assignment, package in chosen
        if assignment.start_on <= last_on
        for due in charges_due(terms_of(package, assignment), Period(assignment.start_on, last_on))
        if (assignment.id, due.kind, due.on) not in done
    ]
    return sorted(owed, key=lambda one: (one.due.on, one.assignment.id or 0))


def _charged(
    session: Session, customers: set[int], dead: Sequence[int]
) -> set[tuple[int, str, date]]:
    return {
        (assignment, kind, on)
        for customer_id in customers
        for assignment, kind, on, invoice_id in session.execute(CHARGED, {"customer": customer_id})
        if invoice_id not in dead
    }


def claims_of(session: Session, customer_id: int) -> list[Claim]:
    """The customer's periods that have a living invoice."""
    return [
        Claim(schedule, Period(first, last), invoice_id)
        for schedule, first, last, invoice_id in session.execute(CLAIMS, {"customer": customer_id})
    ]


class Covered:
    """Which days lie in a period that has its invoice already."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        """Remember the first days by schedule: asking for a day is then three look-ups."""
        self._firsts: Mapping[str, set[date]] = defaultdict(set)
        for claim in claims:
            self._firsts[claim.schedule].add(claim.period.first)

    def add(self, schedule: Schedule, period: Period) -> None:
        """One more period has its invoice."""
        self._firsts[schedule].add(period.first)

    def has(self, schedule: Schedule, period: Period) -> bool:
        """Whether this very period has its invoice."""
        return period.first in self._firsts[schedule]

    def __contains__(self, day: date) -> bool:
        return any(
            period_of(Schedule(schedule), day).first in firsts
            for schedule, firsts in self._firsts.items()
            if firsts
        )
