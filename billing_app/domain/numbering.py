"""Invoice numbers and document ids: their formats and the series they count in (SPEC 6.16, 3)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing_app.domain.errors import Invalid
from billing_app.domain.texts import clean_text

COUNTER_WIDTH = 5
DOCUMENT_ID_WIDTH = 6
MAX_NUMBER_LENGTH = 50
LARGEST_START = 999_999_999
NO_NUMBER = "-"
"""Shown as the number of a document that has none yet (SPEC CXS-11)."""


class NumberGenerator(StrEnum):
    """How numbers are formed (SPEC ORO-26)."""

    MONTHLY = "monthly"
    ID = "id"


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """The series a number counts in: gapless within company, document type and period."""

    company_id: int
    document_type: str
    period: str
    """"2025-03" for a monthly series, "" for one that never starts again."""


def series_key(
    company_id: int,
    document_type: str,
    on: date,
    generator: NumberGenerator = NumberGenerator.MONTHLY,
) -> SeriesKey:
    """The series of a document posted with this date."""
    return SeriesKey(company_id, document_type, _period(on, generator))


def format_number(
    prefix: str,
    period: date,
    counter: int,
    generator: NumberGenerator = NumberGenerator.MONTHLY,
    width: int = COUNTER_WIDTH,
) -> str:
    """The number: INV-2025-03-00123, or INV-00123 without months.

    Above the padding it widens and does not fail (SPEC ORO-28).
    """
    if counter < 1:
        raise Invalid.of("counter", "Numbers count from 1.")
    month = _period(period, generator)
    return f"{prefix}{month}{'-' if month else ''}{counter:0{width}d}"


def check_start(current: int, wanted: int) -> None:
    """Check that a series may begin at `wanted`; `current` is the number it gives next.

    Only upward, so that no number comes twice; and only before the first number, as raising it
    later would leave a gap (DLY-46, SPEC 6.16, point 3). The latter is the caller's to know.
    Raises: Invalid at "start".
    """
    if not current <= wanted <= LARGEST_START:
        raise Invalid.of("start", f"Give a number from {current:,} to {LARGEST_START:,}.")


def document_id(counter: int) -> str:
    """The document's own id, given at creation and never changed: D-000123."""
    return f"D-{counter:0{DOCUMENT_ID_WIDTH}d}"


def validate_typed_number(text: str, *, field: str = "invoice_number") -> str:
    """A number typed by hand, kept as it is (SPEC CRM-14); empty asks for an automatic one.

    Raises: Invalid for control characters, overlength, and what looks like a document id or is
    the sign for "no number".
    """
    number = clean_text(text, field=field, maximum=MAX_NUMBER_LENGTH)
    if number == NO_NUMBER:
        raise Invalid.of(field, "Leave the number empty to have one given at posting.")
    if number[:2] == "D-" and number[2:].isdigit():
        raise Invalid.of(field, "Numbers like D-000123 are document ids. Choose another number.")
    return number


def is_in_series(
    number: str, prefix: str, generator: NumberGenerator = NumberGenerator.MONTHLY
) -> bool:
    """Whether a typed number has the form of the automatic series, which would then collide."""
    if not number.startswith(prefix):
        return False
    rest = number.removeprefix(prefix)
    if generator is NumberGenerator.MONTHLY:
        month, dash, rest = rest[:7], rest[7:8], rest[8:]
        has_month = month[:4].isdigit() and month[4:5] == "-" and month[5:].isdigit()
        if not has_month or dash != "-":
            return False
    return rest.isascii() and rest.isdigit() and len(rest) >= COUNTER_WIDTH


def _period(on: date, generator: NumberGenerator) -> str:
    return on.isoformat()[:7] if generator is NumberGenerator.MONTHLY else ""
