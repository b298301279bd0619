"""Decimals as whole numbers of a unit, exactly or not at all."""

from decimal import Decimal

# outside lies nothing the limits allow; a huge exponent would cost seconds and gigabytes
_LOWEST_EXPONENT, _HIGHEST_EXPONENT = -20, 20


def scaled(value: Decimal, unit: int) -> int | None:
    """`value` x `unit` as a whole number; None where it is not one, or is not finite.

    Fast and safe for any decimal: 1E+9999999 is refused before it is expanded.
    """
    if not _LOWEST_EXPONENT < value.adjusted() < _HIGHEST_EXPONENT:
        return None
    try:
        numerator, denominator = value.as_integer_ratio()
    except (OverflowError, ValueError):  # infinite, not a number
        return None
    factor, rest = divmod(unit, denominator)
    return None if rest else numerator * factor
