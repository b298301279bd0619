"""Calendar arithmetic of billing: due dates, schedules, recurrence, month ends. UTC days, no clock.

A week runs from Monday to Sunday, a month is a calendar month, and both ends of a period count.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from billing_app.domain.errors import Invalid

LONGEST_TERM_DAYS = 3650
_DAY = timedelta(days=1)
_MONTHS_A_YEAR = 12
_LAST_WEEKDAY, _LAST_MONTH_DAY = 7, 31


class Schedule(StrEnum):
    """How often usage is invoiced (SPEC CXS-15)."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Frequency(StrEnum):
    """How often an invoice recurs (SPEC CRM-31)."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUALLY = "annually"


_MONTHS_BETWEEN = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUALLY: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def invoice_date(self) -> date:
        """A finished period is invoiced on the day after its end (SPEC 3.4d)."""
        return self.last + _DAY


def due_date(document_date: date, term_days: int) -> date:
    """The document date and the term's days (SPEC ERP-51). Raises: Invalid at "due_date"."""
    if not 0 <= term_days <= LONGEST_TERM_DAYS:
        raise Invalid.of("due_date", f"A term has 0 to {LONGEST_TERM_DAYS} days.")
    return document_date + timedelta(days=term_days)


def month_end(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(anchor: date, months: int) -> date:
    """The anchor's day so many months on, clamped to the month's end.

    Always counted from the anchor: 31 Jan gives 28 Feb and then 31 Mar, not 28 Mar.
    """
    years, month = divmod(anchor.month - 1 + months, _MONTHS_A_YEAR)
    first = date(anchor.year + years, month + 1, 1)
    return first.replace(day=min(anchor.day, month_end(first).day))


def period_of(schedule: Schedule, day: date) -> Period:
    """The period a day lies in. Raises: Invalid at "invoice_schedule" when there is none."""
    if schedule is Schedule.DAILY:
        return Period(day, day)
    if schedule is Schedule.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    if schedule is Schedule.MONTHLY:
        return Period(day.replace(day=1), month_end(day))
    raise Invalid.of("invoice_schedule", "Choose a schedule: daily, weekly or monthly.")


def finished_periods(schedule: Schedule, since: date, today: date) -> Iterator[Period]:
    """Every period from the one of `since` that ended before today, oldest first (SPEC CXS-17)."""
    if schedule is Schedule.NONE:
        return
    period = period_of(schedule, since)
    while period.last < today:
        yield period
        period = period_of(schedule, period.last + _DAY)


def match_dates(
    schedule: Schedule, matches: Sequence[int], period: Period, started_on: date
) -> tuple[date, ...]:
    """The days inside a period on which a package is charged (SPEC CXS-36, CXS-37).

    Weekly matches are 1 to 7 (Monday to Sunday), monthly ones 1 to 31 clamped to the month's end,
    duplicates merged. Without matches it is the day the assignment started on. A package without
    frequency is charged on that one day. Raises: Invalid at "frequency_match".
    """
    if schedule is Schedule.NONE:
        return (started_on,) if started_on in period else ()
    days = _days_of(period)
    if schedule is Schedule.DAILY:
        return tuple(days)
    if schedule is Schedule.WEEKLY:
        wanted = _checked(matches or [started_on.isoweekday()], _LAST_WEEKDAY)
        return tuple(day for day in days if day.isoweekday() in wanted)
    wanted = _checked(matches or [started_on.day], _LAST_MONTH_DAY)
    return tuple(day for day in days if _matches_month_day(day, wanted))


def recurrence_date(start: date, frequency: Frequency, count: int) -> date:
    """The date of the invoice number `count` of a plan, 0 being the start itself."""
    if frequency is Frequency.WEEKLY:
        return start + timedelta(weeks=count)
    return add_months(start, count * _MONTHS_BETWEEN[frequency])


def recurrence_dates(
    start: date,
    frequency: Frequency,
    today: date,
    *,
    end: date | None = None,
    occurrences: int | None = None,
) -> Iterator[date]:
    """Every date of a plan up to today, oldest first; stops at its end or its occurrences."""
    count = 0
    while occurrences is None or count < occurrences:
        due = recurrence_date(start, frequency, count)
        if due > today or (end is not None and due > end):
            return
        yield due
        count += 1


def needs_second_confirmation(document_date: date, today: date) -> bool:
    """A date before the previous month is asked twice (SPEC DLY-34)."""
    return document_date < add_months(today.replace(day=1), -1)


def _checked(matches: Sequence[int], highest: int) -> frozenset[int]:
    if any(not 1 <= match <= highest for match in matches):
        raise Invalid.of("frequency_match", f"Days to charge on lie between 1 and {highest}.")
    return frozenset(matches)


def _matches_month_day(day: date, wanted: frozenset[int]) -> bool:
    if day.day in wanted:
        return True
    return day == month_end(day) and max(wanted) > day.day


def _days_of(period: Period) -> Iterator[date]:
    day = period.first
    while day <= period.last:
        yield day
        day += _DAY
