"""Free minutes: what calls use up of an allowance, in the order in which they were made.

An allowance counts by the package's own period. A call that only partly fits is free for the
seconds that are left. The credit is a line of its own, so that usage still adds up call by call.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from billing_app.domain.packages import read_patterns, window_of
from billing_app.domain.periods import Period
from billing_app.persistence.tables import Package, PackageAssignment, PackageCharge, UsageRecord
from billing_app.services.generation.waiting import without_invoice
from billing_app.services.packages.catalog import FREE_MINUTES, terms_of
from billing_app.services.usage.cards import to_millionths


class Credit(NamedTuple):
    """What an assignment makes free: seconds by window, and the credit in millionths."""

    assignment: PackageAssignment
    package: Package
    seconds: dict[Period, int]
    amount: int


def free_minutes(
    session: Session,
    assignments: Sequence[tuple[PackageAssignment, Package]],
    customer_id: int,
    days: Sequence[date],
    freed: dict[tuple[int, date], int],
    dead: Sequence[int] = (),
) -> list[Credit]:
    """The credits for the unbilled calls of these days; each second is free once.

    `freed` counts what this run gave already, by assignment and window; it is added to. What
    `dead` invoices took and gave counts as neither taken nor given.
    """
    having = [
        (assignment, package)
        for assignment, package in assignments
        if package.type == FREE_MINUTES and assignment.minutes
    ]
    if not having or not days:
        return []
    calls = _calls(session, customer_id, days, dead)
    billed = {call.id: call.billed_s for call in calls}
    given = []

    def left_in(assignment: PackageAssignment, window: Period) -> int:
        allowed = int((assignment.minutes or 0) * 60 * assignment.quantity)
        before = freed.get((assignment.id or 0, window.first), 0)
        return allowed - before - _used_up(session, assignment, window, dead)

    for assignment, package in having:
        credit = _credit((assignment, package), calls, billed, left_in)
        for window, seconds in credit.seconds.items():
            key = (assignment.id or 0, window.first)
            freed[key] = freed.get(key, 0) + seconds
        if credit.seconds:
            given.append(credit)
    return given


def _credit(
    having: tuple[PackageAssignment, Package],
    calls: Sequence[UsageRecord],
    left_of: dict[int | None, int],
    left_in: Callable[[PackageAssignment, Period], int],
) -> Credit:
    assignment, package = having
    terms = terms_of(package, assignment)
    prefixes = read_patterns(package.destination_patterns)
    left: dict[Period, int] = {}
    seconds: dict[Period, int] = {}
    amount = 0
    for call in calls:
        inside = assignment.start_on <= call.used_on <= terms.last_on
        if not (inside and call.destination.lstrip("+").startswith(prefixes)):
            continue
        window = window_of(terms, call.used_on)
        if window not in left:
            left[window] = left_in(assignment, window)
        free = min(left_of[call.id], left[window])
        if free > 0:
            left[window] -= free
            left_of[call.id] -= free
            seconds[window] = seconds.get(window, 0) + free
            amount += to_millionths(call.charge) * free // call.billed_s
    return Credit(assignment, package, seconds, amount)


def _calls(
    session: Session, customer_id: int, days: Sequence[date], dead: Sequence[int]
) -> Sequence[UsageRecord]:
    """Charged calls without an invoice in the order of time."""
    wanted = set(days)
    rows = session.exec(
        select(UsageRecord)
        .where(
            UsageRecord.customer_id == customer_id,
            without_invoice(dead),
            col(UsageRecord.is_rated),
            UsageRecord.charge > Decimal(0),
            col(UsageRecord.used_on).between(min(wanted), max(wanted)),
        )
        .order_by(col(UsageRecord.started_at), col(UsageRecord.id))
    ).all()
    return [row for row in rows if row.used_on in wanted]


def _used_up(
    session: Session, assignment: PackageAssignment, window: Period, dead: Sequence[int]
) -> int:
    """The seconds that earlier invoices took from the allowance of a window."""
    taken = select(func.coalesce(func.sum(PackageCharge.seconds), 0)).where(
        PackageCharge.assignment_id == assignment.id,
        PackageCharge.kind == "free",
        PackageCharge.charged_on == window.first,
    )
    if dead:
        taken = taken.where(col(PackageCharge.invoice_id).not_in(dead))
    return int(session.exec(taken).one())
