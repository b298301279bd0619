"""Plans and their repeats as finished strings."""

from dataclasses import dataclass, field

from billing_app.kit.wording import amount, count, day, number
from billing_app.services.recurrence.listing import CalendarDay, PlanRecord, PlanRow

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class PlanLine:
    """One plan, in the list and on its page."""

    id: int = 0
    source_id: int = 0
    source: str = ""
    title: str = ""
    customer_id: int = 0
    customer: str = ""
    frequency: str = ""
    start: str = ""
    ends: str = ""
    next: str = ""
    made: str = ""
    currency: str = ""
    amount: str = ""
    amount_minor: str = ""
    status: str = ""
    is_active: bool = False


@dataclass(frozen=True)
class ExtraRow:
    """A line that one repeat has."""

    id: int
    text: str


@dataclass(frozen=True)
class DayRow:
    """One repeat of the calendar."""

    key: str  # its due day
    menu: str
    label: str
    weekday: str
    note: str
    amount: str
    amount_minor: str
    chip: str
    is_skipped: bool
    problem: str
    extras: list[ExtraRow] = field(default_factory=list)


@dataclass(frozen=True)
class PriceRow:
    """A price from a day on."""

    id: int
    line: str
    since: str
    price: str


def plan_line(row: PlanRow) -> PlanLine:
    """One plan in words."""
    ends = "never"
    if row.end_on is not None:
        ends = day(row.end_on)
    elif row.occurrences is not None:
        ends = f"after {count(row.occurrences, 'repeat')}"
    return PlanLine(
        id=row.id,
        source_id=row.source_id,
        source=row.source,
        title=row.title or "—",
        customer_id=row.customer_id,
        customer=row.customer,
        frequency=row.frequency.value.capitalize(),
        start=day(row.start_on),
        ends=ends,
        next=day(row.next_on),
        made=count(row.made, "draft"),
        currency=row.currency,
        amount=amount(row.amount_minor, row.currency),
        amount_minor=str(row.amount_minor),
        status=row.status,
        is_active=row.status != "Paused",
    )


def day_rows(record: PlanRecord) -> list[DayRow]:
    """The calendar."""
    return [_day(one, record.plan.currency) for one in record.days]


def price_rows(record: PlanRecord) -> list[PriceRow]:
    """The prices that change."""
    return [
        PriceRow(
            id=row.id or 0,
            line=row.description,
            since=day(row.from_on),
            price=f"{record.plan.currency} {number(row.unit_price, 2)}",
        )
        for row in record.prices
    ]


def _day(one: CalendarDay, code: str) -> DayRow:
    repeat = one.repeat
    is_moved = repeat.on != repeat.due_on
    return DayRow(
        key=repeat.due_on.isoformat(),
        menu=f"repeat-{repeat.at}",
        label=day(repeat.on),
        weekday=WEEKDAYS[repeat.on.weekday()],
        note=f"moved from {day(repeat.due_on)}" if is_moved else "",
        amount="—" if one.problem else f"{code} {amount(one.amount_minor, code)}",
        amount_minor="" if one.problem else str(one.amount_minor),
        chip="Skipped" if repeat.is_skipped else "Moved" if is_moved else "",
        is_skipped=repeat.is_skipped,
        problem=one.problem,
        extras=[
            ExtraRow(row.id or 0, f"{number(row.quantity)} × {row.description}")
            for row in one.extras
        ],
    )
