"""The only arithmetic of a document: lines, discounts and tax to totals (SPEC 6.5, rules 1 to 5).

Everything is whole numbers: quantities, prices and rates are scaled, amounts are minor units.

Signs. Quantities and prices may be negative. A discount has the sign of the amount it reduces,
moves it towards zero and never across, so a negated document has negated totals.

Prices with tax. The amounts entered hold tax; it is taken out once per group, and every figure
that comes out is without tax, so that net + tax meets the amount entered exactly.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from billing_app.domain.apportion import split
from billing_app.domain.derivation import DerivationRow, DerivationStep, derivation
from billing_app.domain.errors import Invalid
from billing_app.domain.money import format_amount, half_up, max_minor
from billing_app.domain.tax_groups import (
    GroupKey,
    fixed_tax,
    group_key,
    header_rate,
    percent_of,
    shifted,
    tax_group,
)
from billing_app.domain.totals_lines import HUNDRED_PERCENT, Entered, discount_of, entered_amounts
from billing_app.domain.totals_model import (
    MAX_LINES,
    DiscountType,
    DocumentInput,
    LineInput,
    LineTotals,
    TaxGroup,
    TaxMode,
    Totals,
)

__all__ = [
    "MAX_LINES",
    "DerivationRow",
    "DerivationStep",
    "DiscountType",
    "DocumentInput",
    "LineInput",
    "LineTotals",
    "TaxGroup",
    "TaxMode",
    "Totals",
    "compute",
    "derivation",
]


def compute(doc: DocumentInput) -> Totals:
    """All totals of a document, in minor units of its currency.

    Lines come out in the order they went in; shares and ties follow the line number, so the order
    changes no amount. Raises: Invalid with a sentence for every field outside the limits.
    """
    numbers = [line.line_no for line in doc.lines]
    if len(numbers) > MAX_LINES:
        raise Invalid.of(
            "lines", f"An invoice has at most {MAX_LINES:,} lines; this one has {len(numbers):,}."
        )
    if numbers == sorted(set(numbers)):
        return _compute(doc)
    ordered = _compute(replace(doc, lines=_in_number_order(doc.lines)))
    by_number = {line.line_no: line for line in ordered.lines}
    return replace(ordered, lines=tuple(by_number[number] for number in numbers))


def _in_number_order(lines: Sequence[LineInput]) -> Sequence[LineInput]:
    ordered = sorted(lines, key=lambda line: line.line_no)
    for first, second in pairwise(ordered):
        if first.line_no == second.line_no:
            raise Invalid.of(
                f"lines.{first.line_no}.line_no", f"The line number {first.line_no} is used twice."
            )
    return ordered


def _compute(doc: DocumentInput) -> Totals:
    """The totals of a document whose lines stand in the order of their numbers."""
    digits = doc.currency.digits
    entered, keys = _enter(doc, header_rate(doc))
    nets = [line.net for line in entered]
    discount = discount_of(sum(nets), doc.discount_type, doc.discount_value, digits, "discount")
    shares = split(discount, nets) if discount else [0] * len(nets)
    if doc.tax_mode is TaxMode.FIXED:
        totals = _with_fixed_tax(doc, entered, shares)
    else:
        totals = _with_rates(doc, entered, shares, keys)
    _check_limits(totals)
    return totals


def _enter(doc: DocumentInput, header: int) -> tuple[list[Entered], list[GroupKey]]:
    digits = doc.currency.digits
    limit = max_minor(digits)
    try:
        return (
            [entered_amounts(line, digits, limit) for line in doc.lines],
            [group_key(line, header) for line in doc.lines],
        )
    except Invalid:
        raise Invalid.many(_problems(doc.lines, digits, header)) from None


def _problems(lines: Sequence[LineInput], digits: int, header: int) -> dict[str, str]:
    """Every line's problems, not only the first: the form shows them all at once."""
    problems: dict[str, str] = {}
    for line in lines:
        for check in (
            lambda line=line: entered_amounts(line, digits, max_minor(digits)),
            lambda line=line: group_key(line, header),
        ):
            try:
                check()
            except Invalid as error:
                problems |= error.fields
    return problems


def _with_rates(
    doc: DocumentInput, entered: list[Entered], shares: list[int], keys: list[GroupKey]
) -> Totals:
    included = doc.prices_include_tax
    members: dict[GroupKey, list[int]] = {}
    for position, key in enumerate(keys):
        members.setdefault(key, []).append(position)
    taxes = [0] * len(entered)
    groups = []
    shifts = [line.tax_shift for line in doc.lines]
    for key in sorted(members, key=_rate_falling):
        positions = members[key]
        amounts = [entered[at].net - shares[at] for at in positions]
        group = tax_group(amounts, key.rate, included=included)
        if any(shifts[at] for at in positions):
            group = shifted(group, [shifts[at] for at in positions], included=included)
        for at, tax in zip(positions, group.taxes, strict=True):
            taxes[at] = tax
        numbers = tuple([entered[at].line_no for at in positions])
        groups.append(TaxGroup(key.category, percent_of(key.rate), group.base, group.tax, numbers))
    if included:
        lines = list(map(_without_tax, entered, shares, taxes, keys))
    else:
        lines = list(map(_line, entered, shares, taxes))
    return _sum_up(doc, lines, groups)


def _with_fixed_tax(doc: DocumentInput, entered: list[Entered], shares: list[int]) -> Totals:
    lines = list(map(_line, entered, shares, [0] * len(entered)))
    base = sum([line.taxable for line in lines])
    numbers = tuple([line.line_no for line in lines])
    group = TaxGroup("S", None, base, fixed_tax(doc, base), numbers)
    return _sum_up(doc, lines, [group])


def _rate_falling(key: GroupKey) -> tuple[int, str]:
    return -key.rate, key.category


def _line(entered: Entered, share: int, tax: int) -> LineTotals:
    line_no, gross, discount, net = entered
    taxable = net - share
    return LineTotals(line_no, gross, discount, net, share, taxable, tax, taxable + tax)


def _without_tax(entered: Entered, share: int, tax: int, key: GroupKey) -> LineTotals:
    """Take the tax out of a line's amounts.

    The taxable amount is what the group's tax leaves; discount and share lose their own tax, and
    net and gross follow by addition, so every sum still holds to the cent.
    """
    whole = HUNDRED_PERCENT + key.rate
    total = entered.net - share
    taxable = total - tax
    net_share = share - half_up(share * key.rate, whole)
    discount = entered.discount - half_up(entered.discount * key.rate, whole)
    net = taxable + net_share
    return LineTotals(
        entered.line_no, net + discount, discount, net, net_share, taxable, tax, total
    )


def _sum_up(doc: DocumentInput, lines: list[LineTotals], groups: list[TaxGroup]) -> Totals:
    subtotal = sum([line.gross for line in lines])
    line_discounts = sum([line.discount for line in lines])
    net = subtotal - line_discounts
    invoice_discount = sum([line.share for line in lines])
    tax_total = sum([group.tax for group in groups])
    return Totals(
        currency=doc.currency,
        lines=tuple(lines),
        groups=tuple(groups),
        subtotal=subtotal,
        line_discounts=line_discounts,
        net=net,
        invoice_discount=invoice_discount,
        discount_total=line_discounts + invoice_discount,
        tax_total=tax_total,
        total=net - invoice_discount + tax_total,
    )


def _check_limits(totals: Totals) -> None:
    """No total and no group beyond the largest amount."""
    digits = totals.currency.digits
    limit = max_minor(digits)
    amounts = [totals.subtotal, totals.net, totals.discount_total, totals.tax_total, totals.total]
    amounts += [group.base for group in totals.groups]
    if not -limit <= min(amounts) <= max(amounts) <= limit:
        raise Invalid.of("total", f"A total goes up to {format_amount(limit, digits)}.")
