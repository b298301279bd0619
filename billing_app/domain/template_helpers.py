"""What a template's helpers make of values: dates, numbers, amounts, sums (CXS-45)."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal, DecimalException
from html import escape

from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency, round_half_up

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_DIGITS = 6
WIDEST = 30  # digits before the point of any figure
_SUMS = Context(prec=40)
_DATE_PART = re.compile(r"YYYY|YY|MMMM|MMM|MM|M|DDDD|DDD|DD|D|HH|mm|ss")


class Markup(str):
    """A text that is markup already, and is not escaped again."""

    __slots__ = ()


def shown(value: object) -> str:
    """A value as text; nothing for what is unknown or has no text of its own."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case Decimal() if value.is_finite() and abs(value.adjusted()) < WIDEST:
            return f"{value:f}"
        case int() if abs(value) < 10**WIDEST:
            return str(value)
        case date():
            return value.isoformat()
    return ""


def called(helper: str, values: Sequence[object], *, markup: bool) -> object:
    """What a helper answers; nothing where the values are not of its kind."""
    if helper == "nl2br":
        return _with_breaks(shown(values[0]), markup=markup)
    return _HELPERS[helper](*values)


def member(value: object, name: str) -> object:
    """A part of a value: by name, or by its place in a list; nothing else can be reached."""
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list | tuple) and name.isascii() and name.isdigit():
        at = int(name)
        return value[at] if at < len(value) else None
    return None


def _lookup(value: object, name: object) -> object:
    return member(value, shown(name))


def _date_format(value: object, form: object = "D MMM YYYY") -> str:
    if not isinstance(value, date):
        return shown(value)
    day: date = value
    at = value if isinstance(value, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001  only its digits are read
    month, weekday = MONTHS[day.month - 1], DAYS[day.weekday()]
    parts = {
        "YYYY": f"{day.year:04d}",
        "YY": f"{day.year % 100:02d}",
        "MMMM": month,
        "MMM": month[:3],
        "MM": f"{day.month:02d}",
        "M": str(day.month),
        "DDDD": weekday,
        "DDD": weekday[:3],
        "DD": f"{day.day:02d}",
        "D": str(day.day),
        "HH": f"{at.hour:02d}",
        "mm": f"{at.minute:02d}",
        "ss": f"{at.second:02d}",
    }
    return _DATE_PART.sub(lambda part: parts[part[0]], shown(form))


def _number_format(value: object, digits: object = 2) -> str:
    number, places = _number(value), _number(digits)
    if number is None or places is None:
        return ""
    return f"{round_half_up(number, max(0, min(MOST_DIGITS, int(places)))):,f}"


def _currency_format(value: object, code: object = "") -> str:
    number, unit = _number(value), shown(code)
    if number is None:
        return ""
    try:
        digits = currency(unit).digits if unit else 2
    except Invalid:
        return ""
    return f"{unit} {round_half_up(number, digits):,f}".strip()


def _minutes(value: object) -> str:
    number = _number(value)
    if number is None:
        return ""
    minutes, seconds = divmod(abs(int(number)), 60)
    return f"{'-' if number < 0 else ''}{minutes}:{seconds:02d}"


def _math(left: object, sign: object, right: object) -> Decimal | None:
    """Two numbers added, subtracted, multiplied, divided; nothing for what has no answer."""
    a, b = _number(left), _number(right)
    way = _WAYS.get(shown(sign))
    if a is None or b is None or way is None:
        return None
    try:
        return _number(way(a, b))
    except DecimalException:
        return None


def _divided(a: Decimal, b: Decimal) -> Decimal:
    return round_half_up(_SUMS.divide(a, b), 10).normalize()


_WAYS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": _SUMS.add,
    "-": _SUMS.subtract,
    "*": _SUMS.multiply,
    "/": _divided,
    "%": _SUMS.remainder,
}


def _number(value: object) -> Decimal | None:
    """A value as a number of a size that can be written."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        number = Decimal(value if not isinstance(value, str) else value[: WIDEST * 2])
    except DecimalException:
        return None
    is_fit = number.is_finite() and (not number or abs(number.adjusted()) < WIDEST)
    return number if is_fit else None


def _with_breaks(text: str, *, markup: bool) -> str:
    return Markup(escape(text).replace("\n", "<br>\n")) if markup else text


_HELPERS: Mapping[str, Callable[..., object]] = {
    "lookup": _lookup,
    "dateFormat": _date_format,
    "numberFormat": _number_format,
    "currencyFormat": _currency_format,
    "sec2min": _minutes,
    "math": _math,
}
