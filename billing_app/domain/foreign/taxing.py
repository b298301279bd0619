"""How a document is taxed so that it comes to what its source states.

A source gives rates, or amounts, of lines or of the whole. Tried in this order: rates as stated,
rates that the amounts tell, the stated tax as one fixed amount. The first that meets the stated
total to the cent is taken; where none does, the first stays and the difference is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing_app.domain.currencies import Currency
from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.invoices import ForeignLine
from billing_app.domain.money import from_minor, half_up, to_minor
from billing_app.domain.tax import MAX_RATE, RATE_DIGITS
from billing_app.domain.totals import (
    DiscountType,
    DocumentInput,
    LineInput,
    TaxMode,
    Totals,
    compute,
)

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the source says about a document's money, in minor units; None for nothing."""

    currency: Currency
    lines: tuple[ForeignLine, ...]
    line_taxes: tuple[int | None, ...]
    discount: Decimal = ZERO
    includes_tax: bool = False
    net: int | None = None
    tax: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Taxed:
    """Lines with their rates, how the document is taxed, and what it comes to."""

    lines: tuple[ForeignLine, ...]
    mode: str
    value: Decimal
    totals: Totals


def taxed(stated: Stated) -> Taxed:
    """The document as it comes to the stated total, or its plainest reading. Raises: Invalid."""
    first: Taxed | None = None
    for lines, mode, value in _readings(stated):
        found = Taxed(lines, mode, value, _totals(stated, lines, mode, value))
        if stated.total is None or found.totals.total == stated.total:
            return found
        first = first or found
    if first is None:
        raise Invalid.of("tax", "its tax cannot be told")
    return first


def _readings(stated: Stated) -> Iterator[tuple[tuple[ForeignLine, ...], str, Decimal]]:
    lines = stated.lines
    has_rates = any(line.tax_rate is not None for line in lines)
    whole = _stated_tax(stated)
    if has_rates and all(_is_rate(line.tax_rate) for line in lines):
        yield tuple(_filled(line) for line in lines), "line", ZERO
    if any(tax is not None for tax in stated.line_taxes):
        rates = [_rate_of(stated, at) for at in range(len(lines))]
        if all(rate is not None for rate in rates):
            yield tuple(map(_with_rate, lines, rates)), "line", ZERO
    elif whole is not None:
        rate = _common_rate(stated, whole)
        if rate is not None:
            yield tuple(_with_rate(line, rate) for line in lines), "line", ZERO
    if whole is not None:
        plain = tuple(replace(line, tax_rate=None, tax_category="S") for line in lines)
        yield plain, "fixed", from_minor(whole, stated.currency.digits)
    if not has_rates and whole is None:
        yield tuple(_with_rate(line, ZERO) for line in lines), "line", ZERO


def _totals(stated: Stated, lines: Sequence[ForeignLine], mode: str, value: Decimal) -> Totals:
    return compute(
        DocumentInput(
            currency=stated.currency,
            lines=[
                LineInput(
                    line_no=10 * at,
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    discount_type=(
                        DiscountType.PERCENT if line.discount_percent else DiscountType.NONE
                    ),
                    discount_value=line.discount_percent,
                    tax_rate=line.tax_rate,
                    tax_category=line.tax_category,
                )
                for at, line in enumerate(lines, 1)
            ],
            discount_type=DiscountType.FIXED if stated.discount else DiscountType.NONE,
            discount_value=stated.discount,
            tax_mode=TaxMode(mode),
            tax_value=value,
            prices_include_tax=stated.includes_tax and mode != "fixed",
        )
    )


def _stated_tax(stated: Stated) -> int | None:
    """The tax of the whole document, from wherever it can be told."""
    if stated.tax is not None:
        return stated.tax
    taxes = [tax for tax in stated.line_taxes if tax is not None]
    if taxes:
        return sum(taxes)
    if not all(_is_rate(line.tax_rate) for line in stated.lines):
        return sum(_tax_at_rate(line, stated.currency.digits) for line in stated.lines)
    if stated.net is not None and stated.total is not None and not stated.includes_tax:
        return stated.total - stated.net
    return None


def _tax_at_rate(line: ForeignLine, digits: int) -> int:
    """The tax of a line whose rate has more decimals than a rate of ours can."""
    net = from_minor(net_of(line, digits), digits)
    return to_minor(net * (line.tax_rate or ZERO) / 100, digits)


def net_of(line: ForeignLine, digits: int) -> int:
    """A line's quantity times price less its discount, in minor units."""
    gross = to_minor(line.quantity * line.unit_price, digits)
    if not line.discount_percent:
        return gross
    hundredths = int(line.discount_percent * 100)
    return gross - half_up(gross * hundredths, 10_000)


def _rate_of(stated: Stated, at: int) -> Decimal | None:
    """The rate that a line's net and tax tell, the plainest first."""
    tax = stated.line_taxes[at] or 0
    base = net_of(stated.lines[at], stated.currency.digits)
    return rate_between(base - tax if stated.includes_tax else base, tax)


def _common_rate(stated: Stated, tax: int) -> Decimal | None:
    digits = stated.currency.digits
    base = sum(net_of(line, digits) for line in stated.lines)
    base -= to_minor(stated.discount, digits)
    return rate_between(base - tax if stated.includes_tax else base, tax)


def rate_between(net: int, tax: int) -> Decimal | None:
    """The rate with the fewest decimals that makes this tax of this net; None where none does."""
    if not tax:
        return ZERO
    if not net or (net < 0) != (tax < 0):
        return None
    for digits in range(RATE_DIGITS + 1):
        rate = round(Decimal(100 * tax) / net, digits)
        scaled = int(rate.scaleb(RATE_DIGITS))
        if rate <= MAX_RATE and half_up(net * scaled, 10_000) == tax:
            return rate
    return None


def _is_rate(rate: Decimal | None) -> bool:
    return rate is None or (ZERO <= rate <= MAX_RATE and rate == round(rate, RATE_DIGITS))


def _filled(line: ForeignLine) -> ForeignLine:
    return line if line.tax_rate is not None else _with_rate(line, ZERO)


def _with_rate(line: ForeignLine, rate: Decimal | None) -> ForeignLine:
    known = line.tax_category if not rate and line.tax_category != "S" else "Z"
    return replace(line, tax_rate=rate or ZERO, tax_category="S" if rate else known)
