"""Money: a whole number of minor units and a currency, and the one rounding.

Amounts round half up, away from zero when negative, so that a credit mirrors its invoice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import lcm
from typing import Self

from billing_app.domain.apportion import split
from billing_app.domain.currencies import CURRENCIES, Currency, currency
from billing_app.domain.errors import Invalid, MixedCurrencies

__all__ = [
    "CURRENCIES",
    "MAX_AMOUNT",
    "MAX_MINOR",
    "MINUS",
    "Currency",
    "Money",
    "currency",
    "format_amount",
    "format_minor",
    "from_minor",
    "half_up",
    "max_minor",
    "plain_amount",
    "round_half_up",
    "to_minor",
]

MAX_AMOUNT = Decimal("999999999999.99")
"""The largest amount of any document, in any currency."""

MAX_MINOR = 99_999_999_999_999
"""The largest number of minor units of any amount; one bound for every column and every client."""

MINUS = "\u2212"

# wide enough for every product the limits allow; the default 28 digits would round on the way
_EXACT = Context(prec=100)
_TENS = tuple(10**digits for digits in range(10))
_LIMITS = tuple(min(MAX_MINOR, int(MAX_AMOUNT * ten)) for ten in _TENS)


def max_minor(digits: int) -> int:
    """The largest number of minor units of a currency with so many digits.

    Never above 999,999,999,999.99 and never above MAX_MINOR: yen stop at 999,999,999,999, dinars
    of three digits at 99,999,999,999.999.
    """
    return _LIMITS[digits]


def half_up(numerator: int, denominator: int) -> int:
    """Divide whole numbers and round half up, away from zero; `denominator` is positive."""
    if numerator < 0:
        return -((denominator - 2 * numerator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def round_half_up(value: Decimal, digits: int) -> Decimal:
    """Round to so many decimals, half away from zero. `value` is finite and within the limits."""
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT)
    return rounded or rounded.copy_abs()  # no negative zero


def to_minor(value: Decimal, digits: int) -> int:
    """The amount in minor units, rounded half up. Raises: Invalid beyond the largest amount."""
    if not value.is_finite() or not -MAX_AMOUNT <= value <= MAX_AMOUNT:
        raise Invalid.of("amount", f"Amounts go up to {format_amount(max_minor(digits), digits)}.")
    minor = int(round_half_up(value, digits).scaleb(digits, _EXACT))
    if abs(minor) > max_minor(digits):
        raise Invalid.of("amount", f"Amounts go up to {format_amount(max_minor(digits), digits)}.")
    return minor


def from_minor(minor: int, digits: int) -> Decimal:
    """The amount of so many minor units, with exactly `digits` decimals."""
    return Decimal(minor).scaleb(-digits, _EXACT)


def format_minor(minor: int, digits: int) -> tuple[str, str]:
    """The two columns of an amount on a screen: ("1,234", "56"); a true minus when negative."""
    whole, fraction = divmod(abs(minor), _TENS[digits])
    sign = MINUS if minor < 0 else ""
    return f"{sign}{whole:,}", f"{fraction:0{digits}d}" if digits else ""


def format_amount(minor: int, digits: int) -> str:
    """An amount in a sentence or a cell: "1,234.56"; a true minus when negative."""
    whole, fraction = format_minor(minor, digits)
    return f"{whole}.{fraction}" if fraction else whole


def plain_amount(minor: int, digits: int) -> str:
    """An amount for machines: ASCII, no grouping, "-1234.56"."""
    whole, fraction = divmod(abs(minor), _TENS[digits])
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{fraction:0{digits}d}" if digits else f"{sign}{whole}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: minor units (cents, yen, fils) of one currency.

    Raises MixedCurrencies where two currencies meet.
    """

    minor: int
    currency: Currency

    @classmethod
    def of(cls, amount: Decimal, unit: Currency) -> Self:
        """An amount rounded half up to the currency's digits. Raises: Invalid beyond the limit."""
        return cls(to_minor(amount, unit.digits), unit)

    @classmethod
    def zero(cls, unit: Currency) -> Self:
        """Nothing, in this currency."""
        return cls(0, unit)

    @property
    def amount(self) -> Decimal:
        """The amount with the currency's decimals."""
        return from_minor(self.minor, self.currency.digits)

    def split(self, weights: Sequence[int | Decimal]) -> "tuple[Money, ...]":
        """Spread over parts by weight: largest remainder first, ties by position, sum exact.

        Weights may be negative; all zero means equal parts.
        """
        exact = [Fraction(weight) for weight in weights]
        common = lcm(*(weight.denominator for weight in exact))
        parts = split(self.minor, [int(weight * common) for weight in exact])
        return tuple(Money(part, self.currency) for part in parts)

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise MixedCurrencies(left=self.currency.code, right=other.currency.code)
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __str__(self) -> str:
        return f"{self.currency.code} {format_amount(self.minor, self.currency.digits)}"
