"""Lines on their own again: what the document added to them becomes theirs (SPEC 6.3, T4)."""

from dataclasses import replace
from decimal import Decimal

from billing_app.domain.errors import Refused
from billing_app.domain.money import from_minor
from billing_app.domain.totals import DiscountType, DocumentInput, LineInput, TaxMode, compute


def lines_alone(doc: DocumentInput, label: str) -> tuple[LineInput, ...]:
    """The document's lines such that, together again, they come to the same total.

    Each takes its share of the document's discount as a fixed discount of its own, and the
    document's tax rate where it has none. Raises: Refused for a tax amount fixed on the document,
    which no line can carry.
    """
    if doc.tax_mode is TaxMode.FIXED:
        raise Refused(
            "The tax of {label} is one fixed amount, which pending lines cannot carry. Cancel it "
            "instead.",
            code="invoice.fixed_tax",
            label=label,
        )
    lines = doc.lines
    if doc.tax_mode is TaxMode.RATE:
        lines = [_with_rate(line, doc.tax_value) for line in lines]
    if doc.discount_type is DiscountType.NONE:
        return tuple(lines)
    # as entered: where prices hold tax, so do discounts
    entered = compute(replace(doc, prices_include_tax=False))
    digits = doc.currency.digits
    return tuple(
        replace(
            line,
            discount_type=DiscountType.FIXED,
            discount_value=from_minor(abs(amounts.discount + amounts.share), digits),
        )
        for line, amounts in zip(lines, entered.lines, strict=True)
    )


def _with_rate(line: LineInput, rate: Decimal) -> LineInput:
    if line.tax_rate is None and line.tax_category == "S":
        return replace(line, tax_rate=rate)
    return line
