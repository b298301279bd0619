"""What goes into the computation of totals and what comes out (SPEC 6.5, rules 1 to 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from billing_app.domain.currencies import Currency

MAX_LINES = 10_000


class DiscountType(StrEnum):
    """How a discount is given."""

    NONE = "none"
    PERCENT = "percent"
    FIXED = "fixed"


class TaxMode(StrEnum):
    """Where tax comes from: each line, one rate for lines without their own, or one amount."""

    LINE = "line"
    RATE = "rate"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class LineInput:
    """A line as entered. Price and fixed discount are in the document's currency."""

    line_no: int
    quantity: Decimal
    unit_price: Decimal
    discount_type: DiscountType = DiscountType.NONE
    discount_value: Decimal = Decimal(0)
    tax_rate: Decimal | None = None
    tax_category: str = "S"
    tax_shift: int = 0
    """Minor units by which its group is taxed beside the rule, so that credits meet an invoice."""


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """A document as entered; `tax_value` is a rate or an amount, as `tax_mode` says."""

    currency: Currency
    lines: Sequence[LineInput]
    discount_type: DiscountType = DiscountType.NONE
    discount_value: Decimal = Decimal(0)
    tax_mode: TaxMode = TaxMode.LINE
    tax_value: Decimal = Decimal(0)
    prices_include_tax: bool = False


class LineTotals(NamedTuple):
    """A line's amounts in minor units, without tax unless said otherwise.

    net = gross - discount; taxable = net - share; total = taxable + tax. Discount and share have
    the sign of the amount they reduce.
    """

    line_no: int
    gross: int
    discount: int
    net: int
    share: int
    """The line's part of the invoice discount."""
    taxable: int
    tax: int
    """The line's part of its group's tax."""
    total: int


class TaxGroup(NamedTuple):
    """One VAT breakdown: lines of one category and rate, taxed and rounded once (BR-CO-17)."""

    category: str
    rate: Decimal | None
    """Percent; None for a fixed tax amount."""
    base: int
    tax: int
    line_nos: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """A document's amounts in minor units of its currency.

    net = subtotal - line_discounts; discount_total = line_discounts + invoice_discount;
    total = net - invoice_discount + tax_total.
    """

    currency: Currency
    lines: tuple[LineTotals, ...]
    groups: tuple[TaxGroup, ...]
    subtotal: int
    line_discounts: int
    net: int
    invoice_discount: int
    discount_total: int
    tax_total: int
    total: int
