"""The packages themselves: list, one, saving (CXS-36)."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid, NotFound
from billing_app.domain.money import MAX_AMOUNT
from billing_app.domain.packages import MOST_MINIMUM_DAYS, Terms, read_matches, read_patterns
from billing_app.domain.parsing import UNIT_PRICE_DIGITS, clean_text
from billing_app.domain.periods import Schedule, period_of
from billing_app.persistence.tables import Package, PackageAssignment
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.invoices.draft import DraftLine
from billing_app.services.paging import page_of

PRICES = ("cost", "retail", "setup_cost", "setup_retail")
FREE_MINUTES = "free_minutes"


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """What the package form says; prices in the currency of whoever has it, 5 decimals."""

    name: str
    cost: Decimal = Decimal(0)
    retail: Decimal = Decimal(0)
    setup_cost: Decimal = Decimal(0)
    setup_retail: Decimal = Decimal(0)
    frequency: str = "monthly"
    frequency_match: str = ""
    description: str = ""
    minimum_days: int = 0
    type: str = "none"
    destination_patterns: str = ""
    minimum_spend: bool = False
    is_active: bool = True


NAMES = tuple(field.name for field in fields(PackageFacts))


@dataclass(frozen=True, slots=True)
class PackagePage:
    """One page of the packages list."""

    rows: tuple[Package, ...]
    count: int


def find_packages(ctx: Context, search: str = "", *, page: int = 1) -> PackagePage:
    """Packages by name, 50 a page."""
    ctx.require(Permission.PACKAGE_VIEW)
    with ctx.read() as session:
        order = (col(Package.name), col(Package.id))
        found, count = page_of(session, _matching(search), *order, page=page)
        return PackagePage(tuple(row for (row,) in found), count)


def list_packages(ctx: Context, search: str = "", *, active_only: bool = False) -> list[Package]:
    """Packages by name for pickers, at most 500."""
    ctx.require(Permission.PACKAGE_VIEW)
    with ctx.read() as session:
        query = _matching(search).order_by(col(Package.name), col(Package.id)).limit(500)
        if active_only:
            query = query.where(col(Package.is_active))
        return list(session.exec(query).all())


def _matching(search: str) -> SelectOfScalar[Package]:
    query = select(Package)
    if wanted := search.replace("\0", "").strip():
        query = query.where(col(Package.name).icontains(wanted, autoescape=True))
    return query


def get_package(ctx: Context, package_id: int) -> Package:
    """One package. Raises: NotFound."""
    ctx.require(Permission.PACKAGE_VIEW)
    with ctx.read() as session:
        return existing_package(session, package_id)


def save_package(ctx: Context, facts: PackageFacts, package_id: int = 0, version: int = 0) -> int:
    """Make or change a package; answers its id. Raises: Invalid, Conflict, NotFound.

    What was charged stays as it was; the change counts from the next charge on.
    """
    ctx.require(Permission.PACKAGE_EDIT)
    cleaned = _cleaned(facts)
    with ctx.write() as session:
        package = existing_package(session, package_id, lock=True) if package_id else Package()
        if package_id and package.version != version:
            raise Conflict("Somebody else changed this package meanwhile. Reload to see it.")
        before = {name: getattr(package, name) for name in NAMES} if package_id else {}
        for name, value in cleaned.items():
            setattr(package, name, value)
        package.version += 1 if package_id else 0
        session.add(package)
        session.flush()
        was, now = changes(before, cleaned)
        saved = package.id or 0
        action = "changed" if package_id else "created"
        record(
            session, ctx, entity="package", entity_id=saved, action=action, before=was, after=now
        )
        return saved


def existing_package(session: Session, package_id: int, *, lock: bool = False) -> Package:
    """The package. Raises: NotFound."""
    package = session.get(Package, package_id, with_for_update=lock)
    if package is None:
        raise NotFound("This package does not exist.")
    return package


def terms_of(package: Package, assignment: PackageAssignment) -> Terms:
    """What the rules ask about a package that a customer has."""
    frequency = Schedule(package.frequency)
    return Terms(
        retail=package.retail,
        setup_retail=package.setup_retail,
        quantity=assignment.quantity,
        start_on=assignment.start_on,
        end_on=assignment.end_on,
        frequency=frequency,
        matches=read_matches(package.frequency_match, frequency),
        is_minimum=package.minimum_spend,
    )


def package_line(package: Package, today: date) -> DraftLine:
    """What a package offers a line: its text, one at its price, the period it is in (CXS-7)."""
    frequency = Schedule(package.frequency)
    days = None if frequency is Schedule.NONE else period_of(frequency, today)
    return DraftLine(
        package.description or package.name,
        quantity=Decimal(1),
        unit_price=package.retail,
        package_id=package.id,
        date_from=days.first if days else None,
        date_to=days.last if days else None,
    )


def _cleaned(facts: PackageFacts) -> dict[str, object]:
    problems: dict[str, str] = {}
    cleaned: dict[str, object] = {name: getattr(facts, name) for name in NAMES}
    for name, maximum, multiline in (("name", 255, False), ("description", 1000, True)):
        try:
            cleaned[name] = clean_text(
                getattr(facts, name), field=name, maximum=maximum, multiline=multiline
            )
        except Invalid as error:
            problems |= error.fields
    if not cleaned["name"]:
        problems.setdefault("name", "Give the package a name.")
    for name in PRICES:
        price = getattr(facts, name)
        if not (
            price.is_finite()
            and 0 <= price <= MAX_AMOUNT
            and round(price, UNIT_PRICE_DIGITS) == price
        ):
            problems[name] = f"Give a price with at most {UNIT_PRICE_DIGITS} decimals, or 0."
    if not 0 <= facts.minimum_days <= MOST_MINIMUM_DAYS:
        problems["minimum_days"] = f"Give a number of days from 0 to {MOST_MINIMUM_DAYS}."
    problems |= _rhythm(facts, cleaned)
    if problems:
        raise Invalid.many(problems)
    return cleaned


def _rhythm(facts: PackageFacts, cleaned: dict[str, object]) -> dict[str, str]:
    """Reads frequency, its days and the destinations; what does not apply becomes empty."""
    if facts.frequency not in set(Schedule):
        return {"frequency": "Choose none, daily, weekly or monthly."}
    if facts.type not in {"none", FREE_MINUTES}:
        return {"type": "There is no such type."}
    frequency = Schedule(facts.frequency)
    problems: dict[str, str] = {}
    cleaned["frequency_match"] = cleaned["destination_patterns"] = ""
    try:
        if frequency in {Schedule.WEEKLY, Schedule.MONTHLY}:
            matches = read_matches(facts.frequency_match[:128], frequency)
            cleaned["frequency_match"] = ", ".join(map(str, matches))
    except Invalid as error:
        problems |= error.fields
    if facts.type == FREE_MINUTES:
        try:
            patterns = read_patterns(facts.destination_patterns[:4000])
            cleaned["destination_patterns"] = ", ".join(patterns)
            if not patterns:
                problems["destination_patterns"] = "Give the prefixes that are free, like 44."
        except Invalid as error:
            problems |= error.fields
    return problems
