"""Tax per VAT breakdown group: category and rate decide the group, each is rounded once.

EN 16931 BR-CO-17: group tax = base x rate / 100, rounded to the currency's digits.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from billing_app.domain.apportion import apportion
from billing_app.domain.errors import Invalid
from billing_app.domain.money import format_amount, half_up, max_minor
from billing_app.domain.scaling import scaled
from billing_app.domain.tax import TaxCategory, rate_problem
from billing_app.domain.totals_lines import HUNDRED_PERCENT, PERCENT_UNIT
from billing_app.domain.totals_model import DocumentInput, LineInput, TaxMode

_CODES = frozenset(str(category) for category in TaxCategory)
_STANDARD, _ZERO = str(TaxCategory.STANDARD), str(TaxCategory.ZERO)


class GroupKey(NamedTuple):
    """A category and a rate in hundredths of a percent."""

    category: str
    rate: int


class TaxedLines(NamedTuple):
    """A group's tax and base, and each line's tax and amount without tax, in minor units."""

    tax: int
    base: int
    taxes: list[int]


def header_rate(doc: DocumentInput) -> int:
    """The rate of lines without their own, in hundredths of a percent; 0 unless the mode is rate.

    Raises: Invalid at "tax".
    """
    if doc.tax_mode is not TaxMode.RATE:
        return 0
    if problem := rate_problem(_STANDARD, doc.tax_value):
        raise Invalid.of("tax", problem)
    return scaled(doc.tax_value, PERCENT_UNIT) or 0


def group_key(line: LineInput, header: int) -> GroupKey:
    """The group a line belongs to.

    The header's rate fills in for standard lines without a rate. Standard at 0 % is zero rated
    (BR-S-05: the standard rate is above zero). Raises: Invalid at the line's tax fields.
    """
    try:
        return _group_key(line.tax_category, line.tax_rate, header)
    except (Invalid, TypeError):  # TypeError: a signalling NaN has no hash
        field = "tax_rate" if line.tax_category in _CODES else "tax_category"
        problem = rate_problem(line.tax_category, line.tax_rate)
        raise Invalid.of(f"lines.{line.line_no}.{field}", problem) from None


# a few rates serve millions of lines
@lru_cache(maxsize=4096)
def _group_key(category: str, own: Decimal | None, header: int) -> GroupKey:
    if problem := rate_problem(category, own):
        raise Invalid.of("tax_rate", problem)
    if category != _STANDARD:
        return GroupKey(category, 0)
    rate = header if own is None else scaled(own, PERCENT_UNIT) or 0
    return GroupKey(_STANDARD if rate else _ZERO, rate)


def tax_group(amounts: Sequence[int], rate: int, *, included: bool) -> TaxedLines:
    """Tax one group of line amounts once, and spread the tax over its lines.

    Each line gets its exact tax, rounded so that the lines sum to the group (largest remainder).
    """
    amount = sum(amounts)
    if not rate:
        return TaxedLines(0, amount, [0] * len(amounts))
    whole = HUNDRED_PERCENT + rate if included else HUNDRED_PERCENT
    tax = half_up(amount * rate, whole)
    if len(amounts) == 1:
        return TaxedLines(tax, amount - tax if included else amount, [tax])
    taxes = apportion([part * rate for part in amounts], whole, tax)
    return TaxedLines(tax, amount - tax if included else amount, taxes)


def shifted(group: TaxedLines, shifts: Sequence[int], *, included: bool) -> TaxedLines:
    """A group taxed by some minor units more or less, which a correction takes of its original."""
    shift = sum(shifts)
    taxes = [tax + own for tax, own in zip(group.taxes, shifts, strict=True)]
    return TaxedLines(group.tax + shift, group.base - shift if included else group.base, taxes)


def fixed_tax(doc: DocumentInput, base: int) -> int:
    """The tax amount entered for the whole document, with the sign of its base.

    Raises: Invalid at "tax" below zero, above the limit, or where prices include tax.
    """
    digits = doc.currency.digits
    unit = 10**9
    exact = scaled(doc.tax_value, unit)
    tax = -1 if exact is None else half_up(exact * 10**digits, unit)
    limit = max_minor(digits)
    if not 0 <= tax <= limit:
        raise Invalid.of("tax", f"A tax amount lies between 0 and {format_amount(limit, digits)}.")
    if doc.prices_include_tax:
        raise Invalid.of("tax", "Prices that include tax need tax rates, not a tax amount.")
    return -tax if base < 0 else tax


@lru_cache(maxsize=1024)
def percent_of(rate: int) -> Decimal:
    """Hundredths of a percent as a percentage with two decimals."""
    return Decimal(rate).scaleb(-2)
