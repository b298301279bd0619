"""How far credits of one document may go together: by line, by tax group, to the cent.

The cents of tax that rounding leaves are a shift of the line in whose group they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from billing_app.domain.errors import Invalid
from billing_app.domain.money import format_amount, half_up
from billing_app.domain.totals import compute
from billing_app.domain.totals_model import DocumentInput, TaxMode, Totals

ZERO = Decimal(0)


class Group(NamedTuple):
    """A tax group: the category, and the rate in percent (None for a fixed tax amount)."""

    category: str
    rate: Decimal | None


class Asked(NamedTuple):
    """What a line asks for, or what of it is credited: a quantity and an amount."""

    quantity: Decimal
    amount: int


class Taxed(NamedTuple):
    """What a tax group asks for: an amount, and the tax on it or in it."""

    amount: int
    tax: int


NOTHING, UNTAXED = Asked(ZERO, 0), Taxed(0, 0)


@dataclass(frozen=True, slots=True)
class Sums:
    """A document's amounts by line and by tax group, in minor units."""

    lines: Mapping[int, Asked]
    groups: Mapping[Group, Taxed]


def sums_of(doc: DocumentInput, totals: Totals, of: Mapping[int, int] | None = None) -> Sums:
    """A document by line and tax group; `of` names the credited line of each of its own lines.

    Without `of` the lines stand for themselves; with it, lines that credit none count in their
    groups only.
    """
    included = doc.prices_include_tax
    amounts = {line.line_no: line.total if included else line.taxable for line in totals.lines}
    lines: dict[int, Asked] = {}
    for line in doc.lines:
        target = line.line_no if of is None else of.get(line.line_no)
        if target is not None:
            before = lines.get(target, NOTHING)
            amount = before.amount + amounts[line.line_no]
            lines[target] = Asked(before.quantity + line.quantity, amount)
    groups = {
        Group(group.category, group.rate): Taxed(
            sum(amounts[line_no] for line_no in group.line_nos), group.tax
        )
        for group in totals.groups
    }
    return Sums(lines, groups)


def together(documents: Iterable[Sums]) -> Sums:
    """Several credits as one."""
    lines: dict[int, Asked] = {}
    groups: dict[Group, Taxed] = {}
    for one in documents:
        for line_no, (quantity, amount) in one.lines.items():
            before = lines.get(line_no, NOTHING)
            lines[line_no] = Asked(before.quantity + quantity, before.amount + amount)
        for key, (amount, tax) in one.groups.items():
            so_far = groups.get(key, UNTAXED)
            groups[key] = Taxed(so_far.amount + amount, so_far.tax + tax)
    return Sums(lines, groups)


def within(
    credit: DocumentInput,
    doc: DocumentInput,
    invoice: Sums,
    credited: Sums,
    of: Mapping[int, int],
) -> DocumentInput:
    """The credit with the cents of tax that make all credits together meet the invoice.

    `of` names the invoice's line of each of the credit's lines. Raises: Invalid where a line, a
    rate or the whole would be credited beyond the invoice, or prices do not mean the same.
    """
    if credit.prices_include_tax != doc.prices_include_tax:
        raise Invalid.of(
            "tax", "Prices of a correction include tax exactly where the original's do."
        )
    if (credit.tax_mode is TaxMode.FIXED) != (doc.tax_mode is TaxMode.FIXED):
        raise Invalid.of("tax", "A correction has a tax amount exactly where the original has one.")
    plain = replace(credit, lines=[replace(line, tax_shift=0) for line in credit.lines])
    totals = compute(plain)
    mine = sums_of(plain, totals, of)
    after = together([credited, mine])
    _check_lines(plain, invoice, mine, after)
    shifts: dict[int, int] = {}
    for group in totals.groups:
        key = Group(group.category, group.rate)
        _check_group(plain, key, invoice, after)
        if credit.tax_mode is TaxMode.FIXED:
            _check_fixed(plain, key, invoice, after)
            continue
        shift = tax_part(key, invoice, credited, after) - group.tax
        if shift:
            taxes = {line.line_no: abs(line.tax) for line in totals.lines}
            shifts[max(group.line_nos, key=taxes.__getitem__)] = shift
    return replace(
        plain,
        lines=[replace(line, tax_shift=shifts.get(line.line_no, 0)) for line in plain.lines],
    )


def is_within(amount: int, whole: int) -> bool:
    """Whether an amount lies between nothing and the whole, on the whole's side."""
    return min(0, whole) <= amount <= max(0, whole)


def tax_part(key: Group, invoice: Sums, credited: Sums, after: Sums) -> int:
    """What is due of a group's tax once so much of it is credited, less what was credited.

    In proportion to the amount, all of it with the last; never back and never beyond.
    """
    whole, before = invoice.groups.get(key, UNTAXED), credited.groups.get(key, UNTAXED)
    now = after.groups[key]
    if whole.amount:
        due = half_up(whole.tax * abs(now.amount), abs(whole.amount))
    else:
        done = all(
            after.lines.get(at, NOTHING).amount == one.amount for at, one in invoice.lines.items()
        )
        due = whole.tax if done else before.tax
    rest, part = whole.tax - before.tax, due - before.tax
    return max(0, min(part, rest)) if whole.tax > 0 else min(0, max(part, rest))


def _check_lines(credit: DocumentInput, invoice: Sums, mine: Sums, after: Sums) -> None:
    problems: dict[str, str] = {}
    for line_no, asked in mine.lines.items():
        whole = invoice.lines.get(line_no)
        if whole is None:
            problems["lines"] = f"The original has no line {line_no}."
        elif not is_within(after.lines[line_no].amount, whole.amount):
            rest = whole.amount - (after.lines[line_no].amount - asked.amount)
            said = format_amount(rest, credit.currency.digits)
            problems[f"lines.{line_no}.unit_price"] = (
                f"Of line {line_no} only {credit.currency.code} {said} is left to credit."
            )
        elif abs(asked.quantity) > abs(whole.quantity):
            problems[f"lines.{line_no}.quantity"] = (
                f"Line {line_no} has a quantity of {whole.quantity.normalize():f} only."
            )
    if problems:
        raise Invalid.many(problems)


def _check_group(credit: DocumentInput, key: Group, invoice: Sums, after: Sums) -> None:
    whole = invoice.groups.get(key, UNTAXED)
    now = after.groups[key]
    if is_within(now.amount, whole.amount):
        return
    digits, code = credit.currency.digits, credit.currency.code
    rate = "" if key.rate is None else f" at {key.rate.normalize():f} %"
    raise Invalid.of(
        "lines",
        f"All corrections together would come to {code} {format_amount(now.amount, digits)}{rate}; "
        f"the original has {code} {format_amount(whole.amount, digits)}{rate}.",
    )


def _check_fixed(credit: DocumentInput, key: Group, invoice: Sums, after: Sums) -> None:
    whole, now = invoice.groups[key].tax, after.groups[key].tax
    if not is_within(now, whole):
        said = format_amount(whole, credit.currency.digits)
        raise Invalid.of("tax", f"The original has only {credit.currency.code} {said} of tax.")
