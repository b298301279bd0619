"""One line as a row states it: quantity, price, discount, and an amount they must come to."""

from collections.abc import Mapping
from decimal import Decimal

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.columns import Column
from billing_app.domain.foreign.figures import FigureStyle
from billing_app.domain.foreign.grouping import Told
from billing_app.domain.foreign.invoices import ForeignLine
from billing_app.domain.foreign.taxing import net_of
from billing_app.domain.foreign.words import tax_of
from billing_app.domain.money import format_amount, from_minor, to_minor
from billing_app.domain.parsing import QUANTITY_DIGITS, UNIT_PRICE_DIGITS

ONE = Decimal(1)
MAX_TEXT = 1024
Figures = Mapping[Column, Decimal | None]
"""The figures of a row in units; None for an empty cell."""


def line_of(
    told: Told, figures: Figures, digits: int, style: FigureStyle = FigureStyle.POINT
) -> tuple[ForeignLine, int | None]:
    """A row's line and its stated tax in minor units. Raises: Invalid where it does not add up."""
    quantity, price, net = (
        figures.get(column) for column in (Column.QUANTITY, Column.UNIT_PRICE, Column.LINE_NET)
    )
    stated_tax = figures.get(Column.TAX_AMOUNT)
    text, tax = _text(told), tax_of(told.cells.get(Column.TAX_RATE, ""), style)
    discount = abs(figures.get(Column.LINE_DISCOUNT) or Decimal(0))
    if quantity is None and price is None and net is None:
        quantity, price = ONE, Decimal(0)
    quantity = ONE if quantity is None else quantity
    if not quantity and (net or price):
        raise Invalid.of("quantity", "the quantity is 0")
    line = ForeignLine(
        text=text,
        quantity=quantity or ONE,
        unit_price=Decimal(0),
        discount_percent=_percent(discount),
        tax_rate=tax.rate if tax else None,
        tax_category=tax.category if tax else "Z",
        unit=told.cells.get(Column.UNIT, "")[:32],
    )
    line = _priced(line, price, net, digits)
    minor_tax = None if stated_tax is None else to_minor(stated_tax, digits)
    if net is not None:
        _refuse_other(line, to_minor(net, digits), minor_tax, digits)
    return line, minor_tax


def _priced(
    line: ForeignLine, price: Decimal | None, net: Decimal | None, digits: int
) -> ForeignLine:
    """The line with its price; what our decimals cannot hold becomes one piece with its amount."""
    quantity = line.quantity
    if price is None:
        net = net or Decimal(0)
        quotient = net / quantity
        fits = _fits(quantity, QUANTITY_DIGITS) and quotient * quantity == net
        if fits and not line.discount_percent and _fits(quotient, UNIT_PRICE_DIGITS):
            return _positive(line, quantity, quotient)
        return _one_piece(line, quantity, None, net)
    if _fits(quantity, QUANTITY_DIGITS) and _fits(price, UNIT_PRICE_DIGITS):
        return _positive(line, quantity, price)
    whole = quantity * price * (1 - line.discount_percent / 100) if net is None else net
    return _one_piece(line, quantity, price, from_minor(to_minor(whole, digits), digits))


def _positive(line: ForeignLine, quantity: Decimal, price: Decimal) -> ForeignLine:
    """A negative line carries its sign on the quantity."""
    if price < 0:
        quantity, price = -quantity, -price
    return _with(line, quantity.normalize() + 0, price.normalize() + 0)


def _one_piece(
    line: ForeignLine, quantity: Decimal, price: Decimal | None, net: Decimal
) -> ForeignLine:
    told = f"{quantity.normalize():f}" + (f" × {price.normalize():f}" if price is not None else "")
    text = line.text if quantity == ONE else f"{line.text} ({told})".strip()
    plain = ForeignLine(
        text[:MAX_TEXT], ONE, Decimal(0), Decimal(0), line.tax_rate, line.tax_category, line.unit
    )
    return _positive(plain, ONE, net)


def _with(line: ForeignLine, quantity: Decimal, price: Decimal) -> ForeignLine:
    return ForeignLine(
        line.text, _plain(quantity), _plain(price), line.discount_percent, line.tax_rate,
        line.tax_category, line.unit,
    )  # fmt: skip


def _plain(figure: Decimal) -> Decimal:
    """Without an exponent, so that the same figure is always written the same."""
    return Decimal(f"{figure:f}")


def _refuse_other(line: ForeignLine, stated: int, tax: int | None, digits: int) -> None:
    """Raise Invalid unless the stated amount is the line's: with or without discount or tax."""
    net = net_of(line, digits)
    gross = to_minor(line.quantity * line.unit_price, digits)
    rate = line.tax_rate or Decimal(0)
    with_rate = net + to_minor(from_minor(net, digits) * rate / 100, digits)
    if stated in {net, gross, with_rate, net + (tax or 0)}:
        return
    raise Invalid.of(
        "line_net",
        f"{line.quantity.normalize():f} × {line.unit_price.normalize():f} is "
        f"{format_amount(net, digits)}, the file states {format_amount(stated, digits)}",
    )


def _percent(discount: Decimal) -> Decimal:
    if discount > 100 or not _fits(discount, 2):  # noqa: PLR2004  percent with 2 decimals
        raise Invalid.of("discount", "a discount lies between 0 % and 100 %, with 2 decimals")
    return discount


def _text(told: Told) -> str:
    item, text = told.cells.get(Column.ITEM, ""), told.cells.get(Column.DESCRIPTION, "")
    both = item if item == text or not text else f"{item}\n{text}" if item else text
    return both[:MAX_TEXT]


def _fits(figure: Decimal, digits: int) -> bool:
    return figure == round(figure, digits)
