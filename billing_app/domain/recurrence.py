"""Recurring invoices: on which days they fall, and what a repeat says (SPEC CRM-31, 6.9).

A plan's days are counted from an anchor, never from the day before, so a month's end comes back:
31 January, 28 February, 31 March. Each of its days, its *due day*, is a repeat; a person may skip
one or move it between its neighbours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.periods import Frequency, add_months, month_end, recurrence_date

MOST_OCCURRENCES = 1_200
_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUALLY: 12}
_A_YEAR = 12
_FIRST = 1


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A plan's days: the repeat number n falls `offset + n` steps after the anchor, from 0 on."""

    anchor_on: date
    frequency: Frequency
    offset: int = 0
    end_on: date | None = None
    occurrences: int | None = None

    def due_on(self, at: int) -> date:
        """The due day of a repeat, whether the plan gets that far or not."""
        return recurrence_date(self.anchor_on, self.frequency, self.offset + at)

    def has(self, at: int) -> bool:
        """Whether the plan gets as far as this repeat."""
        if self.occurrences is not None and at >= self.occurrences:
            return False
        return self.end_on is None or self.due_on(at) <= self.end_on

    def place_of(self, due_on: date) -> int:
        """Which repeat falls due on a day. Raises: Refused when none does."""
        at = 0
        while self.has(at) and self.due_on(at) <= due_on:
            if self.due_on(at) == due_on:
                return at
            at += 1
        raise Refused("The plan has no repeat on this day. Reload to see its calendar.")


@dataclass(frozen=True, slots=True)
class Change:
    """What a person decided about one repeat."""

    is_skipped: bool = False
    moved_to: date | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """One repeat: its place, its due day, and the day its invoice carries."""

    at: int
    due_on: date
    on: date
    is_skipped: bool = False


def rhythm_from(
    source_on: date,
    start_on: date,
    frequency: Frequency,
    *,
    end_on: date | None = None,
    occurrences: int | None = None,
) -> Rhythm:
    """The days of a plan whose first repeat falls on `start_on`, after the source's own date.

    Where the start is a day of the source's own series, the source is the anchor: a source of
    31 January with its first repeat on 28 February goes on to 31 March. Raises: Invalid.
    """
    if start_on <= source_on:
        raise Invalid.of("start", "The first repeat comes after the date of the invoice itself.")
    check_end(start_on, end_on, occurrences)
    offset = _steps_between(source_on, start_on, frequency)
    anchor = source_on if offset else start_on
    return Rhythm(anchor, frequency, offset, end_on, occurrences)


def check_end(start_on: date, end_on: date | None, occurrences: int | None) -> None:
    """Check where a plan ends: on a day, after so many repeats, or never. Raises: Invalid."""
    problems: dict[str, str] = {}
    if end_on is not None and end_on < start_on:
        problems["end"] = "The end is before the first repeat."
    if occurrences is not None and not 1 <= occurrences <= MOST_OCCURRENCES:
        problems["occurrences"] = f"Give 1 to {MOST_OCCURRENCES:,} repeats."
    if end_on is not None and occurrences is not None:
        problems["occurrences"] = "Give an end or a number of repeats, not both."
    if problems:
        raise Invalid.many(problems)


def repeats(
    rhythm: Rhythm, changes: Mapping[date, Change], since: int = 0, most: int | None = None
) -> Iterator[Repeat]:
    """The repeats from a place on, with what was decided about each; at most `most`."""
    at = since
    while rhythm.has(at) and (most is None or at < since + most):
        due_on = rhythm.due_on(at)
        change = changes.get(due_on, Change())
        yield Repeat(at, due_on, change.moved_to or due_on, change.is_skipped)
        at += 1


def next_repeat(rhythm: Rhythm, changes: Mapping[date, Change], since: int) -> Repeat | None:
    """The first repeat from a place on that is not skipped; None when the plan has ended."""
    return next((one for one in repeats(rhythm, changes, since) if not one.is_skipped), None)


def check_move(rhythm: Rhythm, changes: Mapping[date, Change], at: int, to: date) -> None:
    """Check that a repeat stays between its neighbours. Raises: Invalid at "moved_to"."""

    def day_of(place: int) -> date:
        due_on = rhythm.due_on(place)
        return changes.get(due_on, Change()).moved_to or due_on

    before = day_of(at - 1) if at else rhythm.anchor_on - timedelta(days=1)
    after = day_of(at + 1)
    if not before < to < after:
        raise Invalid.of("moved_to", "Choose a day between the repeat before and the one after.")


def shifted(
    first: date | None, last: date | None, source_on: date, due_on: date, frequency: Frequency
) -> tuple[date | None, date | None]:
    """A line's days, moved as far as the repeat is from the source.

    Whole months stay whole: 1 to 28 February becomes 1 to 31 March.
    """
    if frequency is Frequency.WEEKLY:
        by = due_on - source_on
        return (first + by if first else None), (last + by if last else None)
    months = _A_YEAR * (due_on.year - source_on.year) + due_on.month - source_on.month
    is_whole = bool(first and last and first.day == _FIRST and last == month_end(last))
    moved_first = add_months(first, months) if first else None
    moved_last = add_months(last, months) if last else None
    return moved_first, month_end(moved_last) if is_whole and moved_last else moved_last


def in_force(changes: Sequence[tuple[date, Decimal]], due_on: date, otherwise: Decimal) -> Decimal:
    """What counts on a day: the newest change from a day not after it."""
    known = [(since, value) for since, value in changes if since <= due_on]
    return max(known, key=lambda one: one[0])[1] if known else otherwise


def _steps_between(source_on: date, start_on: date, frequency: Frequency) -> int:
    """How many steps of the source's series lead to the start; 0 where it is no day of it."""
    if frequency is Frequency.WEEKLY:
        steps, rest = divmod((start_on - source_on).days, 7)
    else:
        months = _A_YEAR * (start_on.year - source_on.year) + start_on.month - source_on.month
        steps, rest = divmod(months, _MONTHS[frequency])
    fits = not rest and recurrence_date(source_on, frequency, steps) == start_on
    return steps if fits else 0
