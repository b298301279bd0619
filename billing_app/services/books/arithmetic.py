"""The figures of a document, computed anew in whole numbers (SPEC 6.5, rules 1 to 5).

It answers what is wrong with a document's stored figures; it is no second way to make them.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from billing_app.persistence.queries.books.facts import Head, Line

QUANTITY, PRICE, RATE, VALUE = 10**3, 10**5, 10**2, 10**5  # the scales of what is stored


class Wrong(NamedTuple):
    """A figure that is not what its facts give; minor units."""

    what: str
    found: int
    expected: int


def wrong_figures(head: Head, lines: Sequence[Line], digits: int) -> Iterator[Wrong]:
    """Every figure of a document that its own lines do not give."""
    if head.line_count != len(lines):
        yield Wrong("the number of its lines is", head.line_count, len(lines))
    entered = [_entered(line, digits) for line in lines]
    nets = [gross - discount for gross, discount in entered]
    shares = _spread(_reduction(head, sum(nets), digits), nets)
    taxes = _taxes(head, lines, nets, shares)
    for line, (gross, discount), net, share, tax in zip(
        lines, entered, nets, shares, taxes, strict=True
    ):
        given = (gross, discount, share, net, tax)
        if head.prices_include_tax:
            given = _without_tax(head, line, given)
        yield from _wrong_line(line, given)
    yield from _wrong_sums(head, lines, sum(taxes) if head.tax_mode != "fixed" else None, digits)


def _wrong_line(line: Line, given: tuple[int, int, int, int, int]) -> Iterator[Wrong]:
    gross, discount, share, net, tax = given
    named = (
        ("gross", line.gross, gross),
        ("discount", line.discount, discount),
        ("share of the discount", line.share, share),
        ("net", line.net, net),
        ("tax", line.tax, tax),
        ("total", line.total, net - share + tax),
    )
    for name, found, expected in named:
        if found != expected:
            yield Wrong(f"line {line.line_no}, {name} is", found, expected)


def _wrong_sums(head: Head, lines: Sequence[Line], tax: int | None, digits: int) -> Iterator[Wrong]:
    subtotal = sum(line.gross for line in lines)
    discount = sum(line.discount + line.share for line in lines)
    if tax is None:
        tax = _fixed_tax(head, subtotal - discount, digits)
    named = (
        ("the subtotal is", head.subtotal, subtotal),
        ("the discount is", head.discount, discount),
        ("the tax is", head.tax, tax),
        ("the total is", head.total, subtotal - discount + tax),
    )
    for name, found, expected in named:
        if found != expected:
            yield Wrong(name, found, expected)


def _entered(line: Line, digits: int) -> tuple[int, int]:
    """Gross and discount as typed, with tax where prices hold it."""
    gross = _rounded(line.quantity * line.unit_price * 10**digits, QUANTITY * PRICE)
    if line.discount_type == "none":
        return gross, 0
    return gross, _discount(gross, line.discount_type, line.discount_value, digits)


def _reduction(head: Head, net: int, digits: int) -> int:
    if head.discount_type == "none":
        return 0
    return _discount(net, head.discount_type, head.discount_value, digits)


def _discount(amount: int, kind: str, value: int, digits: int) -> int:
    """A percentage of an amount, or a fixed part of it with its sign."""
    if kind == "percent":
        return _rounded(amount * value, 100 * VALUE)
    size = _rounded(value * 10**digits, VALUE)
    return -size if amount < 0 else size


def _spread(whole: int, weights: Sequence[int]) -> list[int]:
    """Parts of a whole by weight, in whole units, the largest remainders first, ties in order."""
    if not whole:
        return [0] * len(weights)
    total = sum(weights)
    if not total:
        weights = [abs(weight) for weight in weights]
        total = sum(weights)
    if not total:
        weights, total = [1] * len(weights), len(weights)
    way = 1 if total > 0 else -1
    return _settle([way * whole * weight for weight in weights], abs(total), whole)


def _settle(exact: Sequence[int], unit: int, whole: int) -> list[int]:
    """Cut exact / unit towards zero; what is missing goes to the largest remainders."""
    parts = [abs(part) // unit * (1 if part > 0 else -1) for part in exact]
    missing = whole - sum(parts)
    way = 1 if missing > 0 else -1
    order = sorted(range(len(parts)), key=lambda at: (way * (parts[at] * unit - exact[at]), at))
    for at in order[: abs(missing)]:
        parts[at] += way
    return parts


def _taxes(
    head: Head, lines: Sequence[Line], nets: Sequence[int], shares: Sequence[int]
) -> list[int]:
    """Each line's part of its rate's tax: the tax of a rate is rounded once."""
    taxes = [0] * len(lines)
    if head.tax_mode == "fixed":
        return taxes
    groups: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        groups.setdefault(_rate(head, line), []).append(at)
    for rate, members in groups.items():
        whole = 100 * RATE + (rate if head.prices_include_tax else 0)
        exact = [(nets[at] - shares[at]) * rate for at in members]
        parts = _settle(exact, whole, _rounded(sum(exact), whole))
        for at, part in zip(members, parts, strict=True):
            taxes[at] = part + lines[at].tax_shift
    return taxes


def _rate(head: Head, line: Line) -> int:
    """The line's rate in hundredths of a percent."""
    if line.tax_category != "S":
        return 0
    if line.tax_rate is not None:
        return line.tax_rate
    return head.tax_value * RATE // VALUE if head.tax_mode == "rate" else 0


def _fixed_tax(head: Head, base: int, digits: int) -> int:
    size = _rounded(head.tax_value * 10**digits, VALUE)
    return -size if base < 0 else size


def _without_tax(
    head: Head, line: Line, given: tuple[int, int, int, int, int]
) -> tuple[int, int, int, int, int]:
    """What was entered with tax, without it: net and tax meet the amount entered exactly."""
    _, discount, share, net, tax = given
    rate = _rate(head, line)
    whole = 100 * RATE + rate
    bare_share = share - _rounded(share * rate, whole)
    bare_discount = discount - _rounded(discount * rate, whole)
    bare_net = net - share - tax + bare_share
    return bare_net + bare_discount, bare_discount, bare_share, bare_net, tax


def _rounded(numerator: int, denominator: int) -> int:
    """Half away from zero."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -size if numerator < 0 else size
