"""What a call costs: the longest prefix, whole seconds, minimum and increment, one rounding a call.

Everything is whole numbers: durations in milliseconds, rates and charges in millionths of the
card's currency. Each call is rounded by its card and then summed (CXS-23); a total is never
minutes times a rate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from billing_app.domain.errors import Invalid

CHARGE_DIGITS = 6
MILLION = 10**CHARGE_DIGITS
MOST_SECONDS = 31 * 24 * 3600
MOST_STEP = 3600
ABSURD_PER_MINUTE = 10 * MILLION
_SECONDS_A_MINUTE = 60
_MILLISECONDS = 1000


class Rounding(StrEnum):
    """How a figure between two steps is rounded; no figure here is negative."""

    UP = "full-up"
    DOWN = "full-down"
    HALF_UP = "half-up"
    HALF_DOWN = "half-down"


class Price(NamedTuple):
    """What calls to a prefix cost; rate and connection cost in millionths."""

    prefix: str
    destination: str
    rate: int  # a minute
    minimum_s: int
    increment_s: int
    connect_cost: int = 0


@dataclass(frozen=True, slots=True)
class CardRules:
    """How a rate card rounds durations to seconds and charges to `digits` decimals."""

    digits: int = CHARGE_DIGITS
    charges: Rounding = Rounding.HALF_UP
    durations: Rounding = Rounding.UP

    def __post_init__(self) -> None:
        """Raises: Invalid at "precision" outside 0 to 6."""
        if not 0 <= self.digits <= CHARGE_DIGITS:
            raise Invalid.of("precision", f"Charges have 0 to {CHARGE_DIGITS} decimals.")


class Rated(NamedTuple):
    """A call's billed seconds and its charge in millionths."""

    billed_s: int
    charge: int


class Prefixes:
    """Finds the price of the longest prefix that a destination begins with."""

    def __init__(self, prices: Iterable[Price]) -> None:
        """Of two prices of one prefix the last counts; `warnings` tells of them before."""
        self._by_prefix = {price.prefix: price for price in prices}
        self._lengths = sorted({len(prefix) for prefix in self._by_prefix}, reverse=True)

    def __len__(self) -> int:
        return len(self._by_prefix)

    def find(self, destination: str) -> Price | None:
        """The price of the longest matching prefix; None where none matches."""
        for length in self._lengths:
            found = self._by_prefix.get(destination[:length])
            if found is not None:
                return found
        return None


def rated(rules: CardRules, price: Price, duration_ms: int) -> Rated:
    """What one call costs (CXS-23, CXS-24, vector V6).

    A duration that rounds to no second is not charged, not even its connection.
    """
    seconds = divided(duration_ms, _MILLISECONDS, rules.durations)
    if not seconds:
        return Rated(0, 0)
    billed = billed_seconds(seconds, price.minimum_s, price.increment_s)
    exact = price.connect_cost * _SECONDS_A_MINUTE + price.rate * billed
    step = 10 ** (CHARGE_DIGITS - rules.digits)
    return Rated(billed, step * divided(exact, _SECONDS_A_MINUTE * step, rules.charges))


def billed_seconds(seconds: int, minimum_s: int, increment_s: int) -> int:
    """The minimum, then whole increments: 60/6 makes of 10, 61 and 67 s 60, 66 and 72 s."""
    if seconds <= minimum_s:
        return minimum_s
    return minimum_s + -(-(seconds - minimum_s) // increment_s) * increment_s


def divided(amount: int, unit: int, rounding: Rounding) -> int:
    """Whole units of an amount that is not negative."""
    whole, rest = divmod(amount, unit)
    if not rest or rounding is Rounding.DOWN:
        return whole
    if rounding is Rounding.UP:
        return whole + 1
    return whole + (2 * rest > unit or (2 * rest == unit and rounding is Rounding.HALF_UP))


def price_problem(price: Price) -> str:
    """Why a price cannot be used, as a sentence; empty where it can."""
    if not (price.prefix.isascii() and price.prefix.isdigit()):
        return "The prefix has to be digits."
    if price.rate < 0 or price.connect_cost < 0:
        return "A rate cannot be negative."
    if not 0 <= price.minimum_s <= MOST_STEP or not 1 <= price.increment_s <= MOST_STEP:
        return f"The minimum is 0 to {MOST_STEP:,} seconds, the increment 1 to {MOST_STEP:,}."
    return ""


def price_warning(price: Price, twin: Price | None = None) -> str:
    """Why a person should look at a price before it bills; empty where nothing is odd.

    `twin` is another price of the same prefix on the same card.
    """
    if twin is not None and twin != price:
        return (
            f"The prefix {price.prefix} has two prices: {shown(twin.rate)} and {shown(price.rate)}."
        )
    if price.rate > ABSURD_PER_MINUTE:
        return f"{shown(price.rate)} a minute is more than {shown(ABSURD_PER_MINUTE)}."
    if price.connect_cost > ABSURD_PER_MINUTE:
        return f"{shown(price.connect_cost)} a connection is more than {shown(ABSURD_PER_MINUTE)}."
    return ""


def shown(millionths: int) -> str:
    """A figure of millionths with the decimals it has, at least two."""
    whole, rest = divmod(millionths, MILLION)
    return f"{whole:,}.{f'{rest:06d}'.rstrip('0'):0<2}"
