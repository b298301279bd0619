"""When a package is charged, and how much: match dates, setup, minimum spend, free minutes.

A charge belongs to its match date and is whole (SPEC 3.4j). A minimum spend and an allowance of
minutes are settled by the package's own period: the day, week or month of its frequency, whatever
the schedule on which the customer is invoiced (docs/adr/0007-usage-and-generation.md).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from billing_app.domain.errors import Invalid
from billing_app.domain.periods import Period, Schedule, match_dates, period_of

MOST_MINIMUM_DAYS = 3650
_NUMBERS = re.compile(r"[0-9]{1,2}(?:[ ,;]+[0-9]{1,2})*")
_PATTERN = re.compile(r"\+?[0-9]{1,20}\*?")
_HIGHEST = {Schedule.WEEKLY: 7, Schedule.MONTHLY: 31}


class ChargeKind(StrEnum):
    """What an assignment is charged for."""

    RECURRING = "recurring"
    SETUP = "setup"
    TOP_UP = "top_up"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a package and its assignment say; prices in the customer's currency."""

    retail: Decimal
    quantity: Decimal
    start_on: date
    end_on: date | None = None
    setup_retail: Decimal = Decimal(0)
    frequency: Schedule = Schedule.MONTHLY
    matches: Sequence[int] = ()
    is_minimum: bool = False

    @property
    def last_on(self) -> date:
        """The last day of the assignment."""
        return self.end_on or date.max


class Due(NamedTuple):
    """A charge that falls due: per unit, on a day. A top-up is less what was spent in `window`."""

    kind: ChargeKind
    on: date
    quantity: Decimal
    unit_price: Decimal
    window: Period | None = None


def charges_due(terms: Terms, period: Period) -> list[Due]:
    """What falls due inside a period and the assignment, in the order of days (CXS-37 to CXS-41).

    Setup falls on the day the assignment starts, once. With a minimum spend each of the package's
    own periods falls due on its last day, for as many match dates as it has.
    """
    due = []
    if terms.setup_retail and terms.start_on in period:
        due.append(Due(ChargeKind.SETUP, terms.start_on, terms.quantity, terms.setup_retail))
    if terms.retail:
        due += _minimums(terms, period) if terms.is_minimum else _recurring(terms, period)
    return sorted(due, key=lambda one: (one.on, one.kind != ChargeKind.SETUP))


def top_up(minimum: int, spent: int) -> int:
    """What is missing to a minimum spend; both in the same unit (CXS-39, vector V5)."""
    return max(0, minimum - spent)


def window_of(terms: Terms, day: date) -> Period:
    """The package's own period around a day; the whole assignment without a frequency."""
    if terms.frequency is Schedule.NONE:
        return Period(terms.start_on, terms.last_on)
    return period_of(terms.frequency, day)


def removable_from(start_on: date, minimum_days: int) -> date:
    """The first day on which an assignment may be removed (CXS-40)."""
    return start_on + timedelta(days=minimum_days)


def read_matches(text: str, frequency: Schedule) -> tuple[int, ...]:
    """Days to charge on, like "15, 31": rising, duplicates merged. Raises: Invalid.

    Weekly 1 to 7 from Monday on, monthly 1 to 31; other frequencies have none (CXS-36).
    """
    bare = text.strip()
    if not bare:
        return ()
    highest = _HIGHEST.get(frequency)
    if highest is None:
        raise Invalid.of("frequency_match", "Only weekly and monthly packages have days to match.")
    numbers = [int(part) for part in re.split(r"[ ,;]+", bare)] if _NUMBERS.fullmatch(bare) else [0]
    if not all(1 <= number <= highest for number in numbers):
        raise Invalid.of("frequency_match", f"Give days from 1 to {highest}, like 1, {highest}.")
    return tuple(sorted(set(numbers)))


def read_patterns(text: str) -> tuple[str, ...]:
    """Destination prefixes, like "44, 4420*", as digits. Raises: Invalid."""
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    for part in parts:
        if not _PATTERN.fullmatch(part):
            raise Invalid.of("destination_patterns", f"{part} is no prefix. Give digits like 44.")
    return tuple(dict.fromkeys(part.strip("+*") for part in parts))


def _recurring(terms: Terms, period: Period) -> Iterator[Due]:
    for day in _dates(terms, period):
        yield Due(ChargeKind.RECURRING, day, terms.quantity, terms.retail)


def _minimums(terms: Terms, period: Period) -> Iterator[Due]:
    """The package's periods that end in this one and have a match date in the assignment."""
    if terms.frequency is Schedule.NONE:
        if terms.start_on in period:
            whole = Due(ChargeKind.TOP_UP, terms.start_on, terms.quantity, terms.retail, period)
            yield whole
        return
    window = period_of(terms.frequency, max(period.first, terms.start_on))
    while window.last <= period.last and window.first <= terms.last_on:
        times = len(_dates(terms, window))
        if times:
            quantity = terms.quantity * times
            yield Due(ChargeKind.TOP_UP, window.last, quantity, terms.retail, window)
        window = period_of(terms.frequency, window.last + timedelta(days=1))


def _dates(terms: Terms, period: Period) -> tuple[date, ...]:
    """The match dates inside both the period and the assignment."""
    first, last = max(period.first, terms.start_on), min(period.last, terms.last_on)
    if last < first:
        return ()
    return match_dates(terms.frequency, terms.matches, Period(first, last), terms.start_on)
