"""A line's own amounts as entered, before anything of the document touches it."""

from decimal import Decimal
from typing import NamedTuple

from billing_app.domain.errors import Invalid
from billing_app.domain.money import format_amount, half_up
from billing_app.domain.parsing import (
    MAX_QUANTITY,
    PERCENT_DIGITS,
    QUANTITY_DIGITS,
    UNIT_PRICE_DIGITS,
)
from billing_app.domain.scaling import scaled
from billing_app.domain.totals_model import DiscountType, LineInput

_QUANTITY_UNIT = 10**QUANTITY_DIGITS
_PRICE_UNIT = 10**UNIT_PRICE_DIGITS
_MAX_QUANTITY = int(MAX_QUANTITY) * _QUANTITY_UNIT
PERCENT_UNIT = 10**PERCENT_DIGITS
HUNDRED_PERCENT = 100 * PERCENT_UNIT
_FIXED_UNIT = 10**9


class Entered(NamedTuple):
    """A line's amounts in minor units, with tax where prices include it."""

    line_no: int
    gross: int
    discount: int
    net: int


def entered_amounts(line: LineInput, digits: int, limit: int) -> Entered:
    """Quantity x price and the line's discount, each rounded once.

    Raises: Invalid at "lines.<line_no>.<field>" for figures outside the limits.
    """
    quantity = scaled(line.quantity, _QUANTITY_UNIT)
    if quantity is None or not -_MAX_QUANTITY <= quantity <= _MAX_QUANTITY:
        raise Invalid.of(
            f"lines.{line.line_no}.quantity",
            f"A quantity has at most {QUANTITY_DIGITS} decimals and goes up to {MAX_QUANTITY:,}.",
        )
    price = scaled(line.unit_price, _PRICE_UNIT)
    if price is None:
        raise Invalid.of(
            f"lines.{line.line_no}.unit_price",
            f"A unit price has at most {UNIT_PRICE_DIGITS} decimals.",
        )
    gross = half_up(quantity * price * 10**digits, _QUANTITY_UNIT * _PRICE_UNIT)
    if not -limit <= gross <= limit:
        raise Invalid.of(
            f"lines.{line.line_no}.unit_price",
            f"A line goes up to {format_amount(limit, digits)}.",
        )
    if line.discount_type is DiscountType.NONE:
        return Entered(line.line_no, gross, 0, gross)
    field = f"lines.{line.line_no}.discount"
    discount = discount_of(gross, line.discount_type, line.discount_value, digits, field)
    return Entered(line.line_no, gross, discount, gross - discount)


def discount_of(  # the amount, the discount's two facts, and how to say no
    amount: int, kind: DiscountType, value: Decimal, digits: int, field: str
) -> int:
    """The discount on an amount in minor units, with the amount's sign.

    Raises: Invalid at `field` below zero, above 100 % or above the amount.
    """
    if kind is DiscountType.NONE:
        return 0
    if kind is DiscountType.PERCENT:
        percent = scaled(value, PERCENT_UNIT)
        if percent is None or not 0 <= percent <= HUNDRED_PERCENT:
            raise Invalid.of(
                field,
                f"A discount lies between 0 % and 100 % and has at most {PERCENT_DIGITS} decimals.",
            )
        return half_up(amount * percent, HUNDRED_PERCENT)
    fixed = scaled(value, _FIXED_UNIT)
    size = None if fixed is None else half_up(fixed * 10**digits, _FIXED_UNIT)
    if size is None or not 0 <= size <= abs(amount):
        raise Invalid.of(
            field, f"A discount lies between 0 and {format_amount(abs(amount), digits)}."
        )
    return -size if amount < 0 else size
