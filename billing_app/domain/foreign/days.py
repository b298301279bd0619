"""Days as other systems write them. Only "7/6/2019" needs to be told which way it is read."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.figures import Reading

LONGEST = 64
_TIME = r"(?:[T ,].*)?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{1,2}}){_TIME}")
_COMPACT = re.compile(r"((?:19|20|21)[0-9]{2})([0-9]{2})([0-9]{2})")
_NUMBERS = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}|[0-9]{{2}}){_TIME}")
_DAY_MONTH = re.compile(
    rf"(?:[^\W\d]+,?\s+)?([0-9]{{1,2}})(?:st|nd|rd|th)?[.]?[-/ ]+([^\W\d]{{3,9}})[.,]?[-/ ]+"
    rf"([0-9]{{4}}|[0-9]{{2}}){_TIME}"
)
_MONTH_DAY = re.compile(
    rf"(?:[^\W\d]+,\s+)?([^\W\d]{{3,9}})[.]?[- ]+([0-9]{{1,2}})(?:st|nd|rd|th)?,?[- ]+"
    rf"([0-9]{{4}}){_TIME}"
)
_EPOCH = re.compile(r"([0-9]{9,10})(?:[0-9]{3})?")
_TICKS = re.compile(r"/Date\((-?[0-9]{1,14})(?:[+-][0-9]{4})?\)/")
_MONTHS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "jan januar janvier enero", "feb februar février febrero",
            "mar mär mrz märz mars marzo",
            "apr april avril abril", "may mai mayo", "jun juni juin junio",
            "jul juli juillet julio", "aug august août agosto", "sep sept septembre septiembre",
            "oct okt oktober octobre octubre", "nov november novembre noviembre",
            "dec dez dezember décembre diciembre",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
_ENGLISH = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
            "october", "november", "december")  # fmt: skip
_NAMES = dict(_MONTHS) | {name: number for number, name in enumerate(_ENGLISH, 1)}
_CENTURY_BEGINS = 70  # "69" is 2069, "70" is 1970, as POSIX reads two digits
_TWELVE = 12


class DayStyle(StrEnum):
    """Which of two numbers is the day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"

    @property
    def label(self) -> str:
        """An example of it."""
        return "31/12/2026" if self is DayStyle.DAY_FIRST else "12/31/2026"


def is_day(text: str) -> bool:
    """Whether a cell can be read as a day in either style; a bare number is none."""
    plain = text.strip()
    if plain.isdigit() and not _COMPACT.fullmatch(plain):
        return False
    for style in DayStyle:
        try:
            return read_day(plain, style, field="day") is not None
        except Invalid:
            continue
    return False


def is_numbers(text: str) -> bool:
    """Whether a cell names day and month by numbers, the year last."""
    return _NUMBERS.fullmatch(text.strip()) is not None


def recognised(cells: Iterable[str]) -> tuple[DayStyle | None, Reading]:
    """The style of a column; None where a person has to say."""
    found: set[DayStyle] = set()
    any_open = False
    for cell in cells:
        numbers = _NUMBERS.fullmatch(cell.strip())
        if numbers is None:
            continue
        first, mark, second = int(numbers[1]), numbers[2], int(numbers[3])
        if first > _TWELVE or mark == ".":
            found.add(DayStyle.DAY_FIRST)
        elif second > _TWELVE:
            found.add(DayStyle.MONTH_FIRST)
        elif first != second:
            any_open = True
    if len(found) > 1:
        return None, Reading.MIXED
    if found:
        return found.pop(), Reading.CLEAR
    return (None, Reading.OPEN) if any_open else (DayStyle.DAY_FIRST, Reading.CLEAR)


def read_day(text: str, style: DayStyle, *, field: str) -> date | None:
    """The day of a cell, its time left out; None for an empty one.

    Seconds since 1970 are days in UTC. Raises: Invalid at `field` for what is no day.
    """
    plain = text.strip()
    if plain.lower() in {"", "-", "–", "—", "n/a", "none", "null"}:
        return None
    try:
        if len(plain) <= LONGEST:
            for pattern, make in _FORMS:
                if found := pattern.fullmatch(plain):
                    return make(found)
            if found := _NUMBERS.fullmatch(plain):
                return _of_numbers(found, style)
    except (ValueError, KeyError, OverflowError) as error:
        raise Invalid.of(field, f'"{plain[:LONGEST]}" is no day of the calendar') from error
    raise Invalid.of(field, f'"{plain[:LONGEST]}" is no day')


def _of_numbers(found: re.Match[str], style: DayStyle) -> date:
    first, second = int(found[1]), int(found[3])
    is_day_first = style is DayStyle.DAY_FIRST or found[2] == "."
    day, month = (first, second) if is_day_first else (second, first)
    return date(_year(found[4]), month, day)


def _year(text: str) -> int:
    if len(text) > 2:  # noqa: PLR2004  a year without its century has two digits
        return int(text)
    return int(text) + (2000 if int(text) < _CENTURY_BEGINS else 1900)


def _month(word: str) -> int:
    lowered = word.lower()
    return _NAMES[lowered] if lowered in _NAMES else _NAMES[lowered[:3]]


def _since_1970(seconds: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).date()


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date]], ...] = (
    (_YEAR_FIRST, lambda found: date(int(found[1]), int(found[2]), int(found[3]))),
    (_COMPACT, lambda found: date(int(found[1]), int(found[2]), int(found[3]))),
    (_DAY_MONTH, lambda found: date(_year(found[3]), _month(found[2]), int(found[1]))),
    (_MONTH_DAY, lambda found: date(int(found[3]), _month(found[1]), int(found[2]))),
    (_EPOCH, lambda found: _since_1970(int(found[1]))),
    (_TICKS, lambda found: _since_1970(int(found[1]) // 1000)),
)
