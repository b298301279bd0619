"""How figures, days and moments are written on screens (UX: Type)."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from billing_app.domain.money import currency, format_minor

UNKNOWN = "—"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(when: date | None) -> str:
    """A day like "21 Nov 2026"; the dash for none."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}" if when else UNKNOWN


def moment(when: datetime | None, zone: str = "UTC") -> str:
    """An instant in a zone like "21 Nov 2026, 14:05"; the dash for none."""
    if when is None:
        return UNKNOWN
    there = when.astimezone(ZoneInfo(zone))
    return f"{day(there.date())}, {there:%H:%M}"


def span(start: date | None, end: date | None) -> str:
    """A range of days like "1 – 30 Nov 2026"; empty for none."""
    if start is None and end is None:
        return ""
    if start is None or end is None or start == end:
        return day(start or end)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} – {day(end)}"
    return f"{day(start)} – {day(end)}"


def amount(minor: int, code: str) -> str:
    """An amount like "1,234.50" with the currency's digits."""
    whole, fraction = parts(minor, code)
    return whole + fraction


def parts(minor: int, code: str) -> tuple[str, str]:
    """The amount in two parts, so that decimals can stand in line: ("1,234", ".50")."""
    whole, fraction = format_minor(minor, currency(code).digits)
    return whole, f".{fraction}" if fraction else ""


def number(value: Decimal, least: int = 0) -> str:
    """A quantity or price without trailing zeros, with at least `least` decimals."""
    text = f"{value.normalize():,f}".replace("-", "\u2212")
    whole, _, fraction = text.partition(".")
    fraction = fraction.ljust(least, "0")
    return f"{whole}.{fraction}" if fraction else whole


def percent(rate: Decimal | None) -> str:
    """A rate like "19 %"; the dash for none."""
    return UNKNOWN if rate is None else f"{number(rate)} %"


def count(how_many: int, noun: str, plural: str = "") -> str:
    """A count with its noun: "1 invoice", "68 invoices"."""
    return f"{how_many:,} {noun if how_many == 1 else plural or noun + 's'}"


def page_range(page: int, size: int, shown: int, total: int | None = None) -> str:
    """Which rows a page shows: "51–100 of 1,204"; empty for no rows."""
    if not shown:
        return ""
    first = size * (page - 1) + 1
    of = "" if total is None else f" of {total:,}"
    return f"{first:,}–{first + shown - 1:,}{of}"
