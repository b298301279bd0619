"""Why a total is what it is: each one opens into its rows, as the editor shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from billing_app.domain.money import MINUS, format_amount
from billing_app.domain.totals_model import (
    DiscountType,
    DocumentInput,
    LineInput,
    LineTotals,
    TaxGroup,
    Totals,
)


@dataclass(frozen=True, slots=True)
class DerivationRow:
    """One row of a derivation; `minor` in minor units, `is_sum` for a row under a rule."""

    label: str
    minor: int
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class DerivationStep:
    """A total with what leads to it: a sentence, and rows."""

    label: str
    minor: int
    sentence: str
    rows: tuple[DerivationRow, ...]


def derivation(
    totals: Totals, doc: DocumentInput, tax_words: Mapping[str, str] | None = None
) -> tuple[DerivationStep, ...]:
    """The steps from Subtotal to Total, with amounts as printed: discounts are negative.

    `tax_words` gives a category its word, such as {"E": "sea transport"}. Steps without an
    amount to explain (no line discount, no invoice discount) are left out; several taxes are
    followed by their sum, "Tax".
    """
    entered = {line.line_no: line for line in doc.lines}
    steps = [_subtotal(totals, doc, entered)]
    if any(line.discount for line in totals.lines):
        steps.append(_line_discounts(totals, entered))
    if doc.discount_type is not DiscountType.NONE:
        steps.append(_invoice_discount(totals, doc))
    taxes = [_tax(group, totals, doc, tax_words or {}) for group in totals.groups]
    above = tuple(DerivationRow(step.label, step.minor) for step in (*steps, *taxes))
    if len(taxes) > 1:
        each = tuple(DerivationRow(step.label, step.minor) for step in taxes)
        taxes.append(DerivationStep("Tax", totals.tax_total, "Sum of the taxes above.", each))
    label = f"Total {totals.currency.code}"
    total = DerivationStep(label, totals.total, "Subtotal, discounts and taxes together.", above)
    return (*steps, *taxes, total)


def _subtotal(
    totals: Totals, doc: DocumentInput, entered: Mapping[int, LineInput]
) -> DerivationStep:
    sentence = "Quantity × unit price of all lines, before discounts and tax."
    if doc.prices_include_tax:
        sentence = "Quantity × unit price of all lines, before discounts, less the tax included."
    rows = tuple(
        DerivationRow(f"Line {line.line_no}, {_product(entered[line.line_no])}", line.gross)
        for line in totals.lines
    )
    return DerivationStep("Subtotal", totals.subtotal, sentence, rows)


def _line_discounts(totals: Totals, entered: Mapping[int, LineInput]) -> DerivationStep:
    discounted = [line for line in totals.lines if line.discount]
    rows = tuple(
        DerivationRow(
            f"Line {line.line_no}, {_discount_words(line, entered[line.line_no], totals)}",
            -line.discount,
        )
        for line in discounted
    )
    sentence = f"{len(discounted)} lines have a discount of their own."
    if len(discounted) == 1:
        line = discounted[0]
        words = _discount_words(line, entered[line.line_no], totals)
        sentence = f"{words} on line {line.line_no}."
    return DerivationStep("Line discounts", -totals.line_discounts, sentence, rows)


def _invoice_discount(totals: Totals, doc: DocumentInput) -> DerivationStep:
    amount = format_amount(totals.net, totals.currency.digits)
    percent = _percent_of(doc)
    sentence = f"{percent} of {amount}" if percent else f"A fixed amount off {amount}"
    rows = tuple(DerivationRow(f"Line {line.line_no}, share", -line.share) for line in totals.lines)
    return DerivationStep(
        f"Invoice discount {percent}".rstrip(),
        -totals.invoice_discount,
        f"{sentence}, spread over the lines by net amount.",
        rows,
    )


def _tax(
    group: TaxGroup, totals: Totals, doc: DocumentInput, tax_words: Mapping[str, str]
) -> DerivationStep:
    members = set(group.line_nos)
    lines = [line for line in totals.lines if line.line_no in members]
    rows = [DerivationRow(f"Line {line.line_no}, net", line.net) for line in lines]
    share = sum(line.share for line in lines)
    shift = sum(line.tax_shift for line in doc.lines if line.line_no in members)
    if doc.discount_type is not DiscountType.NONE:
        percent = _percent_of(doc)
        of_what = f"the {percent} invoice discount" if percent else "the invoice discount"
        rows.append(DerivationRow(f"Share of {of_what}", -share))
    rows += [
        DerivationRow("Base", group.base, is_sum=True),
        DerivationRow(_rule(group, totals, doc), group.tax - shift),
    ]
    if shift:
        rows.append(DerivationRow("So that all corrections meet the original", shift))
    label = _tax_label(group, tax_words)
    return DerivationStep(label, group.tax, _base(group, totals), tuple(rows))


def _tax_label(group: TaxGroup, tax_words: Mapping[str, str]) -> str:
    if group.rate is None:
        return "Tax, fixed amount"
    word = tax_words.get(group.category, "")
    return f"Tax {_percent(group.rate)}" + (f", {word}" if word else "")


def _rule(group: TaxGroup, totals: Totals, doc: DocumentInput) -> str:
    if group.rate is None:
        return "Fixed tax amount"
    if not doc.prices_include_tax:
        return f"× {_percent(group.rate)}, rounded once, half up"
    with_tax = format_amount(group.base + group.tax, totals.currency.digits)
    parts = f"{_bare(group.rate)} ÷ {_bare(100 + group.rate)}"
    return f"{parts} of {with_tax}, rounded once, half up"


def _base(group: TaxGroup, totals: Totals) -> str:
    base = format_amount(group.base, totals.currency.digits)
    if group.rate is not None and not group.rate and group.category != "Z":
        return f"Base {base}, exempt."
    return f"Base {base}."


def _product(line: LineInput) -> str:
    return f"{_bare(line.quantity)} × {_bare(line.unit_price)}"


def _discount_words(line: LineTotals, entered: LineInput, totals: Totals) -> str:
    digits = totals.currency.digits
    if entered.discount_type is DiscountType.PERCENT:
        return f"{_percent(entered.discount_value)} of {format_amount(line.gross, digits)}"
    return f"{format_amount(abs(line.discount), digits)} off {format_amount(line.gross, digits)}"


def _percent_of(doc: DocumentInput) -> str:
    return _percent(doc.discount_value) if doc.discount_type is DiscountType.PERCENT else ""


def _percent(value: Decimal) -> str:
    return f"{_bare(value)} %"


def _bare(value: Decimal) -> str:
    """A decimal without the zeros that say nothing: 19.00 is 19, 389.50 is 389.5."""
    text = f"{value:,f}"
    bare = text.rstrip("0").rstrip(".") if "." in text else text
    return bare.replace("-", MINUS)
