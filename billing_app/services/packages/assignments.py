"""Who has which package: assigning, changing, removing (CXS-40, CXS-41)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid, NotFound, Refused
from billing_app.domain.packages import removable_from
from billing_app.domain.parsing import MAX_QUANTITY, QUANTITY_DIGITS
from billing_app.persistence.tables import Customer, Package, PackageAssignment, PackageCharge
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.customers import existing_customer
from billing_app.services.packages.catalog import FREE_MINUTES, existing_package
from billing_app.services.requests import answered, remember

MOST_MINUTES = 10_000_000
NAMES = ("quantity", "start_on", "end_on", "auto_decrement", "minutes")


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """What the assignment form says; minutes are per unit and the package's own period."""

    package_id: int
    quantity: Decimal
    start_on: date
    end_on: date | None = None
    auto_decrement: bool = False
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment with the names beside it."""

    assignment: PackageAssignment
    package: Package
    customer: Customer


def list_assignments(ctx: Context, *, customer_id: int = 0, package_id: int = 0) -> list[Assigned]:
    """The assignments of a customer or of a package that were not removed, newest first."""
    ctx.require(Permission.PACKAGE_VIEW)
    with ctx.read() as session:
        query = (
            select(PackageAssignment, Package, Customer)
            .join(Package, col(Package.id) == PackageAssignment.package_id)
            .join(Customer, col(Customer.id) == PackageAssignment.customer_id)
            .where(col(PackageAssignment.removed_at).is_(None))
            .order_by(col(PackageAssignment.start_on).desc(), col(PackageAssignment.id).desc())
            .limit(500)
        )
        if customer_id:
            query = query.where(PackageAssignment.customer_id == customer_id)
        if package_id:
            query = query.where(PackageAssignment.package_id == package_id)
        return [Assigned(*row) for row in session.exec(query).all()]


def get_assignment(ctx: Context, assignment_id: int) -> Assigned:
    """One assignment that was not removed. Raises: NotFound."""
    ctx.require(Permission.PACKAGE_VIEW)
    with ctx.read() as session:
        row = session.get(PackageAssignment, assignment_id)
        if row is None or row.removed_at is not None:
            raise NotFound("This assignment does not exist.")
        package = existing_package(session, row.package_id)
        return Assigned(row, package, session.get_one(Customer, row.customer_id))


def assign_package(ctx: Context, customer_id: int, facts: AssignmentFacts, *, key: str = "") -> int:
    """Give a customer a package; answers the assignment's id. Raises: Invalid, NotFound."""
    ctx.require(Permission.PACKAGE_EDIT)
    with ctx.write() as session:
        before = answered(session, ctx, key, "assign_package")
        if before is not None:
            return int(before["id"])
        existing_customer(session, customer_id)
        package = existing_package(session, facts.package_id)
        if not package.is_active:
            raise Refused("{name} is not active. Activate it first.", name=package.name)
        _check(facts, package)
        row = PackageAssignment(
            package_id=facts.package_id,
            customer_id=customer_id,
            **{name: getattr(facts, name) for name in NAMES},
        )
        session.add(row)
        session.flush()
        saved = row.id or 0
        after = {name: getattr(row, name) for name in NAMES} | {
            "package": package.name,
            "customer": customer_id,
        }
        record(session, ctx, entity="assignment", entity_id=saved, action="created", after=after)
        remember(session, ctx, key, "assign_package", {"id": saved})
        return saved


def change_assignment(
    ctx: Context, assignment_id: int, facts: AssignmentFacts, *, version: int
) -> int:
    """Change an assignment; answers its new version.

    What was charged stays; package and start are fixed once something was charged.
    Raises: Invalid, Conflict, Refused.
    """
    ctx.require(Permission.PACKAGE_EDIT)
    with ctx.write() as session:
        row = existing_assignment(session, assignment_id)
        if row.version != version:
            raise Conflict("Somebody else changed this assignment meanwhile. Reload to see it.")
        package = existing_package(session, row.package_id)
        _check(facts, package)
        is_moved = (facts.package_id, facts.start_on) != (row.package_id, row.start_on)
        if is_moved and _is_charged(session, assignment_id):
            raise Refused("Package and start are fixed: this assignment was charged already.")
        if facts.package_id != row.package_id:
            raise Refused("Assign the other package anew.")
        if facts.end_on is not None:
            _refuse_early(package, row.start_on, facts.end_on)
        before = {name: getattr(row, name) for name in NAMES}
        for name in NAMES:
            setattr(row, name, getattr(facts, name))
        row.version += 1
        session.add(row)
        was, now = changes(before, {name: getattr(row, name) for name in NAMES})
        record(
            session,
            ctx,
            entity="assignment",
            entity_id=assignment_id,
            action="changed",
            before=was,
            after=now,
        )
        return row.version


def remove_assignment(ctx: Context, assignment_id: int) -> None:
    """Take a package away from today on; a repeat changes nothing.

    What it owes up to today is still charged. Raises: Refused before the minimum days
    have passed (CXS-40).
    """
    ctx.require(Permission.PACKAGE_EDIT)
    with ctx.write() as session:
        row = session.get(PackageAssignment, assignment_id, with_for_update=True)
        if row is None:
            raise NotFound("This assignment does not exist.")
        if row.removed_at is not None:
            return
        package = existing_package(session, row.package_id)
        today = ctx.now().date()
        _refuse_early(package, row.start_on, today)
        before = {"end_on": row.end_on}
        row.end_on = max(row.start_on, min(row.end_on or today, today))
        row.removed_at = ctx.now()
        row.version += 1
        session.add(row)
        record(
            session,
            ctx,
            entity="assignment",
            entity_id=assignment_id,
            action="removed",
            before=before,
            after={"end_on": row.end_on},
        )


def existing_assignment(session: Session, assignment_id: int) -> PackageAssignment:
    """The assignment, locked until the end of the transaction. Raises: NotFound.

    Its customer is locked first, as whoever charges does: nothing is charged meanwhile.
    """
    found = session.get(PackageAssignment, assignment_id)
    if found is not None:
        session.get(Customer, found.customer_id, with_for_update={"key_share": True})
    row = session.get(PackageAssignment, assignment_id, with_for_update=True)
    if row is None or row.removed_at is not None:
        raise NotFound("This assignment does not exist.")
    return row


def _refuse_early(package: Package, start_on: date, end_on: date) -> None:
    first = removable_from(start_on, package.minimum_days)
    if end_on < first:
        raise Refused(
            "{name} stays for at least {days} days: it can end on {first} or later.",
            name=package.name,
            days=package.minimum_days,
            first=first.isoformat(),
        )


def _is_charged(session: Session, assignment_id: int) -> bool:
    found = select(PackageCharge.id).where(PackageCharge.assignment_id == assignment_id).limit(1)
    return session.exec(found).first() is not None


def _check(facts: AssignmentFacts, package: Package) -> None:
    problems: dict[str, str] = {}
    quantity = facts.quantity
    if not (
        quantity.is_finite()
        and 0 < quantity <= MAX_QUANTITY
        and round(quantity, QUANTITY_DIGITS) == quantity
    ):
        problems["quantity"] = "Give a quantity above 0 with at most 3 decimals."
    if facts.end_on is not None and facts.end_on < facts.start_on:
        problems["end_on"] = "The end is before the start."
    if package.type == FREE_MINUTES and not facts.minutes:
        problems["minutes"] = "Say how many minutes are free."
    if facts.minutes is not None and not 0 <= facts.minutes <= MOST_MINUTES:
        problems["minutes"] = f"Give a number of minutes up to {MOST_MINUTES:,}."
    if problems:
        raise Invalid.many(problems)
