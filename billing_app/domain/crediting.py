"""Crediting an invoice: in full, by line, by quantity, and never more than it asks for (SPEC T12).

An amount here is what a line asks for as it was entered, less its share of the invoice's
discount: without tax, or with it where prices include tax. Credits of one line, of one tax group
and of the whole never exceed the invoice's, and the last one takes what rounding left, so that
the parts of an invoice come to the invoice, net and tax, to the cent.

All of it holds for an invoice that reverses a credit note, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_UP, Decimal

from billing_app.domain.credit_limits import (
    NOTHING,
    ZERO,
    Asked,
    Sums,
    is_within,
    sums_of,
    tax_part,
    together,
    within,
)
from billing_app.domain.errors import Invalid
from billing_app.domain.money import from_minor, half_up, max_minor
from billing_app.domain.parsing import QUANTITY_DIGITS, UNIT_PRICE_DIGITS
from billing_app.domain.scaling import scaled
from billing_app.domain.totals import compute
from billing_app.domain.totals_lines import entered_amounts
from billing_app.domain.totals_model import DiscountType, DocumentInput, LineInput, TaxMode

_QUANTITY_UNIT = 10**QUANTITY_DIGITS


@dataclass(frozen=True, slots=True)
class Part:
    """What a credit takes of one line; the amount in minor units."""

    line_no: int
    quantity: Decimal
    amount: int


def left(invoice: Sums, credited: Sums) -> dict[int, Asked]:
    """What of each line can still be credited; lines of which nothing is left are not in it.

    A line whose price was credited, but not wholly, has the quantity 1 (or less) left.
    """
    rest: dict[int, Asked] = {}
    for line_no, asked in invoice.lines.items():
        used = credited.lines.get(line_no, NOTHING)
        quantity, amount = asked.quantity - used.quantity, asked.amount - used.amount
        if not quantity and amount:
            quantity = max(min(asked.quantity, Decimal(1)), Decimal(-1))
        if quantity * asked.quantity > 0 and (amount or not asked.amount):
            rest[line_no] = Asked(quantity, amount)
    return rest


def parts(
    rest: Mapping[int, Asked], wanted: Mapping[int, Decimal], verb: str = "credit"
) -> tuple[Part, ...]:
    """What a credit of these quantities takes of each line; the last one takes all that is left.

    `verb` is what the sentences say. Raises: Invalid at "lines.<line_no>.quantity" for more than
    is left.
    """
    problems: dict[str, str] = {}
    found = []
    for line_no, quantity in sorted(wanted.items()):
        asked = rest.get(line_no)
        if asked is None:
            problems[f"lines.{line_no}.quantity"] = f"Nothing of this line is left to {verb}."
            continue
        part, whole = scaled(quantity, _QUANTITY_UNIT), scaled(asked.quantity, _QUANTITY_UNIT)
        if part is None or whole is None or part * whole <= 0 or abs(part) > abs(whole):
            most = f"{asked.quantity.normalize():f}"
            problems[f"lines.{line_no}.quantity"] = (
                f"Enter a quantity up to {most}; no more is left."
            )
            continue
        amount = half_up(asked.amount * abs(part), abs(whole))
        found.append(Part(line_no, quantity, amount))
    if problems:
        raise Invalid.many(problems)
    if not found:
        raise Invalid.of("lines", f"Choose at least one line to {verb}.")
    return tuple(found)


def credit_of(
    doc: DocumentInput, invoice: Sums, credited: Sums, of: tuple[Part, ...]
) -> DocumentInput:
    """The credit that takes these parts of an invoice; its lines keep the invoice's numbers.

    A first credit of everything says what the invoice says. Any other says each line's amount,
    its share of the invoice's discount taken off.
    """
    is_whole = not credited.groups and _takes_all(doc, invoice, of)
    if is_whole:
        return within(
            doc, doc, invoice, credited, {line.line_no: line.line_no for line in doc.lines}
        )
    by_number = {line.line_no: line for line in doc.lines}
    lines = [_fitted(by_number[part.line_no], part, doc.currency.digits) for part in of]
    bare = replace(
        doc,
        lines=lines,
        discount_type=DiscountType.NONE,
        discount_value=ZERO,
        tax_value=doc.tax_value,
    )
    if doc.tax_mode is TaxMode.FIXED:
        bare = replace(bare, tax_value=_fixed_part(bare, invoice, credited))
    return within(bare, doc, invoice, credited, {part.line_no: part.line_no for part in of})


def _takes_all(doc: DocumentInput, invoice: Sums, of: tuple[Part, ...]) -> bool:
    taken = {part.line_no: part.quantity for part in of}
    return len(taken) == len(doc.lines) and all(
        taken.get(line_no) == asked.quantity for line_no, asked in invoice.lines.items()
    )


def _fitted(line: LineInput, part: Part, digits: int) -> LineInput:
    """The line in the part's quantity, with a price and a discount that give its very amount."""
    whole = part.quantity == line.quantity
    if not (line.discount_type is DiscountType.FIXED and not whole):
        same = replace(line, quantity=part.quantity)
        if _net(same, digits) == part.amount:
            return same
    bare = replace(
        line, quantity=part.quantity, discount_type=DiscountType.NONE, discount_value=ZERO
    )
    if is_within(part.amount, _net(bare, digits)):
        return _discounted(bare, part.amount, digits)
    step = Decimal(1).scaleb(-UNIT_PRICE_DIGITS)
    exact = from_minor(part.amount, digits) / part.quantity
    bare = replace(bare, unit_price=exact.quantize(step, ROUND_UP))
    return _discounted(bare, part.amount, digits)


def _discounted(bare: LineInput, amount: int, digits: int) -> LineInput:
    rest = abs(_net(bare, digits) - amount)
    if not rest:
        return bare
    return replace(bare, discount_type=DiscountType.FIXED, discount_value=from_minor(rest, digits))


def _net(line: LineInput, digits: int) -> int:
    return entered_amounts(replace(line, tax_shift=0), digits, max_minor(digits)).net


def _fixed_part(bare: DocumentInput, invoice: Sums, credited: Sums) -> Decimal:
    """The part of a tax amount that belongs to what this credit takes."""
    totals = compute(replace(bare, tax_value=ZERO))
    after = together(
        [credited, sums_of(bare, totals, {line.line_no: line.line_no for line in bare.lines})]
    )
    key = next(iter(invoice.groups))
    return from_minor(abs(tax_part(key, invoice, credited, after)), bare.currency.digits)
