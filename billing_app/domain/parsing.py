"""The boundary of typed figures and dates: the only place where text becomes a number.

A pattern of ASCII digits decides before Decimal sees anything, so that NaN, 1e400, underscores,
full-width and Arabic digits never get in, and a huge exponent costs nothing.

How figures are read. A point or a comma may be the decimal mark. Where both occur, the last one
is; the other, a blank or an apostrophe separates thousands ("1.234,56", "1,234.56", "1 234,56").
One mark that occurs twice or more separates thousands ("1,234,567"). A single mark is the decimal
mark ("1.5", "1,5"), with one exception: a single comma before exactly three digits ("1,234").
Where the field has fewer than three decimals only the thousands make sense, so it is 1234. Where
it has three or more both readings make sense, so it is refused: a guess could be wrong by 1000.
"""

import re
from datetime import date
from decimal import Decimal

from billing_app.domain.errors import Invalid
from billing_app.domain.money import MAX_AMOUNT, MINUS, from_minor, max_minor
from billing_app.domain.texts import clean_text

__all__ = [
    "MAX_QUANTITY",
    "PERCENT_DIGITS",
    "QUANTITY_DIGITS",
    "UNIT_PRICE_DIGITS",
    "clean_text",
    "parse_amount",
    "parse_date",
    "parse_percent",
    "parse_quantity",
    "parse_unit_price",
]

MAX_QUANTITY = Decimal(10**9)
QUANTITY_DIGITS = 3
UNIT_PRICE_DIGITS = 5
PERCENT_DIGITS = 2

_LONGEST = 40
_PLAIN = re.compile(r"([0-9]{1,20})(?:[.,]([0-9]{1,20}))?")
_COMMA_GROUPS = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,20}))?")
_POINT_GROUPS = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]{1,20}))?")
_BLANK_GROUPS = re.compile(
    "([0-9]{1,3}(?:(?P<gap>[ '\u00a0\u202f\u2019])[0-9]{3})(?:(?P=gap)[0-9]{3})*)"
    r"(?:[.,]([0-9]{1,20}))?"
)
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_NO_DIGIT = re.compile(r"[^0-9]")

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_POINT_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_WORD_DATE = re.compile(r"([0-9]{1,2}) ([A-Za-z]{3,9}) ([0-9]{4})")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, 1)} | {
    name[:3]: number for number, name in enumerate(_MONTHS, 1)
}


def parse_amount(
    text: str,
    *,
    field: str,
    digits: int,
    allow_negative: bool = False,
    maximum: Decimal | None = None,
    code: str = "",
) -> Decimal:
    """Read an amount with at most the currency's `digits` decimals.

    `code` names the currency in the sentence. `maximum` defaults to the largest amount of any
    document. Raises: Invalid at `field`.
    """
    value = _figure(text, field=field, digits=digits, what=f"Amounts in {code}" if code else "")
    limit = from_minor(max_minor(digits), digits) if maximum is None else maximum
    return _bounded(value, field=field, limit=limit, allow_negative=allow_negative)


def parse_quantity(text: str, *, field: str) -> Decimal:
    """Read a quantity: three decimals, up to a thousand million either way; zero passes."""
    value = _figure(text, field=field, digits=QUANTITY_DIGITS, what="Quantities")
    return _bounded(value, field=field, limit=MAX_QUANTITY, allow_negative=True)


def parse_unit_price(text: str, *, field: str, allow_negative: bool = False) -> Decimal:
    """Read a unit price: five decimals. A negative line carries its sign on the quantity."""
    value = _figure(text, field=field, digits=UNIT_PRICE_DIGITS, what="Unit prices")
    return _bounded(value, field=field, limit=MAX_AMOUNT, allow_negative=allow_negative)


def parse_percent(text: str, *, field: str, maximum: Decimal | int = 100) -> Decimal:
    """Read a percentage: two decimals, from 0 to `maximum`; a trailing percent sign passes."""
    bare = text.strip(" ").removesuffix("%")
    value = _figure(bare, field=field, digits=PERCENT_DIGITS, what="Percentages")
    return _bounded(value, field=field, limit=Decimal(maximum), allow_negative=False)


def parse_date(text: str, *, field: str) -> date:
    """Read "2026-11-21", "21 Nov 2026", "21 November 2026" or "21.11.2026".

    Raises: Invalid for anything else, for days that do not exist and years outside 1900 to 2199.
    """
    year, month, day = _date_parts(text.strip(" "), field)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise Invalid.of(field, f"The year must lie between {_FIRST_YEAR} and {_LAST_YEAR}.")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Invalid.of(field, "There is no such day in the calendar.") from error


def _date_parts(text: str, field: str) -> tuple[int, int, int]:
    if found := _ISO_DATE.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _POINT_DATE.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    found = _WORD_DATE.fullmatch(text)
    if found and (month := _MONTH_NUMBERS.get(found[2].lower())):
        return int(found[3]), month, int(found[1])
    raise Invalid.of(field, "Enter a date such as 21 Nov 2026 or 2026-11-21.")


def _figure(text: str, *, field: str, digits: int, what: str) -> Decimal:
    """The figure, exact. `what` begins the sentence about decimals."""
    bare = text.strip(" ")
    if not bare:
        raise Invalid.of(field, "Enter a figure such as 1234.56." if digits else "Enter a figure.")
    negative = bare[0] in {"-", MINUS}
    whole, fraction = _parts(bare[1:] if negative else bare, field, digits)
    if len(fraction) > digits:
        raise Invalid.of(field, f"{what or 'Amounts'} have {_at_most(digits)}.")
    value = Decimal(f"{whole}.{fraction}" if fraction else whole)
    return value.copy_negate() if negative and value else value


def _parts(bare: str, field: str, digits: int) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    if len(bare) <= _LONGEST:
        if _AMBIGUOUS.fullmatch(bare):
            if digits < len("000"):
                return bare.replace(",", ""), ""
            plain, decimal = bare.replace(",", ""), bare.replace(",", ".")
            raise Invalid.of(field, f"{bare} can be read in two ways. Write {plain} or {decimal}.")
        for form in (_PLAIN, _COMMA_GROUPS, _POINT_GROUPS, _BLANK_GROUPS):
            if found := form.fullmatch(bare):
                return _NO_DIGIT.sub("", found[1]), found[found.re.groups] or ""
    raise Invalid.of(field, "This is not a figure. Write it like 1234.56.")


def _at_most(digits: int) -> str:
    if not digits:
        return "no decimals"
    return f"at most {digits} decimal{'s' if digits > 1 else ''}"


def _bounded(value: Decimal, *, field: str, limit: Decimal, allow_negative: bool) -> Decimal:
    if value < 0 and not allow_negative:
        raise Invalid.of(field, "This cannot be negative.")
    if value.copy_abs() > limit:
        raise Invalid.of(field, f"This goes up to {limit:,f}.")
    return value
