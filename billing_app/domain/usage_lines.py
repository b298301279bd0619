"""Usage as invoice lines: one a day or one a destination, with the same total (CXS-25, V7)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from billing_app.domain.apportion import apportion
from billing_app.domain.money import half_up
from billing_app.domain.periods import Period
from billing_app.domain.rating import CHARGE_DIGITS

OTHER_DESTINATIONS = "Other destinations"


class Grouping(StrEnum):
    """What one usage line stands for."""

    DAY = "day"
    DESTINATION = "destination"


class Used(NamedTuple):
    """Usage of one day to one destination; the charge in millionths."""

    on: date
    destination: str
    calls: int
    billed_s: int
    charge: int


class UsageLine(NamedTuple):
    """A line of usage: its text, its days, what it counts, its amount in minor units."""

    text: str
    period: Period
    calls: int
    billed_s: int
    amount_minor: int


def usage_lines(
    used: Iterable[Used], grouping: Grouping, period: Period, digits: int
) -> list[UsageLine]:
    """Charges summed exactly, rounded once over all, and spread by largest remainder.

    So the lines of either grouping add up to the same total, to the cent. Groups that cost
    nothing are left out. A day names itself, a destination carries the whole period.
    """
    by_day = grouping is Grouping.DAY
    groups: dict[date | str, list[Used]] = {}
    for one in sorted(used):
        key = one.on if by_day else one.destination or OTHER_DESTINATIONS
        groups.setdefault(key, []).append(one)
    costly = {key: rows for key, rows in sorted(groups.items(), key=_key) if _charge(rows)}
    exact = [_charge(rows) for rows in costly.values()]
    unit = 10 ** (CHARGE_DIGITS - digits)
    amounts = apportion(exact, unit, half_up(sum(exact), unit))
    return [
        UsageLine(
            text=str(key),
            period=Period(key, key) if isinstance(key, date) else period,
            calls=sum(row.calls for row in rows),
            billed_s=sum(row.billed_s for row in rows),
            amount_minor=amount,
        )
        for (key, rows), amount in zip(costly.items(), amounts, strict=True)
    ]


def _charge(rows: Iterable[Used]) -> int:
    return sum(row.charge for row in rows)


def _key(group: tuple[date | str, list[Used]]) -> str:
    return str(group[0])
