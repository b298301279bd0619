"""Charging packages outside the schedule: the customer's credit, and Run Package (CXS-42, CXS-43).

An auto-decrement assignment books a `purchase`, a payment with a negative total (CXS-34), and is
left out of invoices. Any other charge that is run by hand becomes a draft of its own.
"""

from collections.abc import Callable, Sequence
from datetime import date

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, NotFound
from billing_app.persistence.tables import Customer, Package, PackageAssignment
from billing_app.services.context import Context
from billing_app.services.generation.release import dead_invoices, release_dead
from billing_app.services.generation.waiting import Owed, assignments_of, owed_charges
from billing_app.services.packages.booking import Booking, Charged
from billing_app.services.settings import require_invoices


def run_package(ctx: Context, assignment_id: int, until: date, *, simulate: bool) -> list[Charged]:
    """What an assignment owes up to a day: reported only, or charged (CXS-43).

    What was charged before is not charged again. Raises: NotFound, Forbidden.
    """
    ctx.require(Permission.CHARGE_GENERATE)
    with ctx.read() if simulate else ctx.write() as session:
        found = select(PackageAssignment.customer_id).where(
            PackageAssignment.id == assignment_id, col(PackageAssignment.removed_at).is_(None)
        )
        customer_id = session.exec(found).first()
        if customer_id is None:
            raise NotFound("This assignment does not exist.")
        return _ran(session, ctx, customer_id, until, simulate=simulate, only=assignment_id)


def run_packages(ctx: Context, customer_id: int, until: date, *, simulate: bool) -> list[Charged]:
    """What all packages of a customer owe up to a day: reported only, or charged (CXS-43).

    Assignments that are paid from credit book purchases, all others share one draft; removed ones
    owe what fell due before they ended. What was charged before is not charged again. Raises:
    NotFound, Forbidden.
    """
    ctx.require(Permission.CHARGE_GENERATE)
    with ctx.read() if simulate else ctx.write() as session:
        return _ran(session, ctx, customer_id, until, simulate=simulate)


def _ran(
    session: Session,
    ctx: Context,
    customer_id: int,
    until: date,
    *,
    simulate: bool,
    only: int | None = None,
) -> list[Charged]:
    """Charge, or say what charging would do now: both look at the very same facts.

    The customer is locked before anything is looked at, so two runs at once charge once.
    """
    customer = session.get(Customer, customer_id, with_for_update=None if simulate else True)
    if customer is None:
        raise NotFound("This customer does not exist.")
    require_invoices(session, customer.company_id)
    if not simulate:
        release_dead(session, customer_id)
    dead = dead_invoices(session, customer_id)
    until = min(until, ctx.now().date())
    pairs = [pair for pair in assignments_of(session, customer_id) if only in {None, pair[0].id}]
    owed = [
        one
        for is_credit in (True, False)
        for one in owed_charges(session, pairs, until, auto_decrement=is_credit, dead=dead)
    ]
    owed.sort(key=lambda one: (one.due.on, one.assignment.id or 0))
    booking = Booking(session, ctx, customer)
    return booking.simulated(owed) if simulate else booking.run(owed, until)


def charge_packages(
    ctx: Context, *, as_of: date | None = None, progress: Callable[[int], object] | None = None
) -> tuple[int, list[tuple[int, str]]]:
    """Book what auto-decrement assignments owe up to a day; answers how many purchases.

    The daily job (SPEC 6.9). Each customer in a transaction of its own; one that fails is told
    with its id and stops no other.
    """
    ctx.require(Permission.JOB_RUN)
    today = ctx.now().date()
    until, made = min(as_of or today, today), 0
    failures: list[tuple[int, str]] = []
    for customer_id in credit_customers(ctx):
        try:
            made += charge_credit(ctx, customer_id, until)
        except BillingError as error:
            failures.append((customer_id, error.sentence))
        if progress is not None:
            progress(1)
    return made, failures


def purchases_due(session: Session, ctx: Context, customer_id: int, until: date) -> list[Charged]:
    """What a customer's credit would be charged up to a day; nothing is booked."""
    customer = session.get_one(Customer, customer_id)
    owed = _credit_owed(session, customer_id, until)
    return Booking(session, ctx, customer).simulated(owed)


def charge_credit(
    ctx: Context,
    customer_id: int,
    until: date,
    after: Callable[[Session, Sequence[Charged]], None] | None = None,
) -> int:
    """Book what one customer's credit owes up to a day; answers how many purchases.

    `after` is called in the same transaction where something was booked.
    """
    ctx.require(Permission.JOB_RUN)
    until = min(until, ctx.now().date())
    with ctx.write() as session:
        customer = session.get_one(Customer, customer_id, with_for_update=True)
        owed = _credit_owed(session, customer_id, until)
        booked = Booking(session, ctx, customer).purchased(owed)
        if after is not None and booked:
            after(session, booked)
        return len(booked)


def _credit_owed(session: Session, customer_id: int, until: date) -> list[Owed]:
    """What assignments that are paid from credit owe up to a day."""
    rows = session.exec(
        select(PackageAssignment, Package)
        .join(Package, col(Package.id) == PackageAssignment.package_id)
        .where(
            PackageAssignment.customer_id == customer_id,
            col(PackageAssignment.auto_decrement),
        )
        .order_by(col(PackageAssignment.id))
    ).all()
    pairs = [(assignment, package) for assignment, package in rows]
    return owed_charges(session, pairs, until, auto_decrement=True)


def credit_customers(ctx: Context) -> list[int]:
    """The customers with a package that is paid from their credit."""
    ctx.require(Permission.JOB_RUN)
    with ctx.read() as session:
        query = (
            select(PackageAssignment.customer_id)
            .where(col(PackageAssignment.auto_decrement))
            .distinct()
            .order_by(col(PackageAssignment.customer_id))
        )
        return list(session.exec(query).all())
