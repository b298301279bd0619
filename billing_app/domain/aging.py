"""How old a debt is on a day: five ages by days past the due date, and the days each one holds."""

from datetime import date, timedelta
from enum import StrEnum

LONGEST_DAYS = 90
_DAY = timedelta(days=1)


class Age(StrEnum):
    """An age of receivables; a document without a due date is not due yet."""

    NOT_DUE = "not_due"
    TO_30 = "to_30"
    TO_60 = "to_60"
    TO_90 = "to_90"
    OVER_90 = "over_90"

    @property
    def label(self) -> str:
        """The age on screens and in files."""
        return _LABELS[self]

    @property
    def is_overdue(self) -> bool:
        """Past the due date."""
        return self is not Age.NOT_DUE


_LABELS = {
    Age.NOT_DUE: "Not due yet",
    Age.TO_30: "1–30 days",
    Age.TO_60: "31–60 days",
    Age.TO_90: "61–90 days",
    Age.OVER_90: "Over 90 days",
}
_MOST_DAYS = {Age.TO_30: 30, Age.TO_60: 60, Age.TO_90: LONGEST_DAYS}


def age_of(due_on: date | None, as_of: date) -> Age:
    """The age of a debt on a day; due on that very day is not overdue (SPEC CRM-6)."""
    if due_on is None or due_on >= as_of:
        return Age.NOT_DUE
    late = (as_of - due_on).days
    return next((age for age, most in _MOST_DAYS.items() if late <= most), Age.OVER_90)


def first_due(age: Age, as_of: date) -> date | None:
    """The earliest due date of an age on a day; None where there is none."""
    if age is Age.NOT_DUE:
        return as_of
    most = _MOST_DAYS.get(age)
    return None if most is None else as_of - timedelta(days=most)


def last_due(age: Age, as_of: date) -> date | None:
    """The latest due date of an age on a day; None where there is none."""
    if age is Age.NOT_DUE:
        return None
    younger = list(Age)[list(Age).index(age) - 1]
    earliest = first_due(younger, as_of)
    return earliest - _DAY if earliest else None
