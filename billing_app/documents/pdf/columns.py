"""The columns of the lines: where each ends, how large its figures are set."""

from dataclasses import dataclass

from billing_app.documents.pdf import figures
from billing_app.documents.pdf.canvas import LEFT, RIGHT, SMALL
from billing_app.documents.pdf.figures import NO_BREAK
from billing_app.documents.pdf.sheet import Sheet, fitting
from billing_app.documents.pdf.wrap import Type, one_line
from billing_app.documents.snapshot import SnapshotLine

DESCRIPTION = 34.5
DESCRIPTION_WIDTH = 57.5
DISCOUNT_WIDTH = 14.5
NO_GAP, GAP = 0.8, 1.5
LEAST_UNIT, WIDEST_PRICE = 3.0, 20.0
HEAD_RULE = 2.3
RATED = ("S", "Z", "")


@dataclass(frozen=True, slots=True)
class Cells:
    """The figures of one line, written."""

    no: str
    quantity: str
    unit: str
    price: str
    discount: str
    vat: str
    net: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Right edges (left for the unit), settings, and the room kept right of the point."""

    description_width: float
    quantity: float
    unit: float
    price: float
    discount: float | None
    vat: float
    net: float
    no_type: Type
    quantity_type: Type
    price_type: Type
    discount_type: Type
    vat_type: Type
    net_type: Type
    quantity_decimals: int
    price_decimals: int


def cells_of(sheet: Sheet, line: SnapshotLine) -> Cells:
    """Write the figures of a line."""
    words = sheet.words
    least = min(figures.LEAST_PRICE_DECIMALS, sheet.snapshot.digits)
    return Cells(
        no=str(line.line_no),
        quantity=figures.number(line.quantity, words),
        unit=one_line(line.unit),
        price=figures.number(line.unit_price, words, least=max(least, sheet.snapshot.digits)),
        discount=line.discount_text,
        vat=vat_of(sheet, line),
        net=sheet.money(line.net),
    )


def vat_of(sheet: Sheet, line: SnapshotLine) -> str:
    """The rate of a line, or the letter of its category where a rate would mislead."""
    if line.tax_rate:
        return figures.percent(line.tax_rate, sheet.words)
    if line.tax_category not in RATED:
        return line.tax_category
    return "—" if line.tax_rate is None else f"0{NO_BREAK}%"


def columns_of(sheet: Sheet, cells: list[Cells]) -> Columns:
    """Place the columns. Without any discount its column goes to the description."""
    has_discount = any(cell.discount for cell in cells)
    shift = 0.0 if has_discount else DISCOUNT_WIDTH
    body = sheet.canvas.regular()
    quantity, unit, price = 106.0 + shift, 108.5 + shift, 140.0 + shift
    price_type, price_decimals = priced(sheet, cells, price - unit - NO_GAP)
    quantity_type, quantity_decimals = aligned(sheet, [cell.quantity for cell in cells], body, 12.5)
    return Columns(
        description_width=DESCRIPTION_WIDTH + shift,
        quantity=quantity,
        unit=unit,
        price=price,
        discount=154.5 if has_discount else None,
        vat=166.0,
        net=RIGHT,
        no_type=fitted([cell.no for cell in cells], body, DESCRIPTION - LEFT - NO_GAP),
        quantity_type=quantity_type,
        price_type=price_type,
        discount_type=fitted([cell.discount for cell in cells], body, DISCOUNT_WIDTH - GAP),
        vat_type=fitted([cell.vat for cell in cells], body, 11.5 - NO_GAP),
        net_type=fitted([cell.net for cell in cells], body, 24.0 - NO_GAP / 2),
        quantity_decimals=quantity_decimals,
        price_decimals=price_decimals,
    )


def priced(sheet: Sheet, cells: list[Cells], room: float) -> tuple[Type, int]:
    """The prices: in full size while each leaves its unit the room it needs."""
    body = sheet.canvas.regular()
    prices = [cell.price for cell in cells]
    setting, most = aligned(sheet, prices, body, room - LEAST_UNIT)
    small = body.at(SMALL)
    for cell in cells if setting == body else ():
        width = aligned_width(sheet, cell.price, body, most)
        if width + min(body.width(cell.unit), room - WIDEST_PRICE) > room:
            return fitted([text + padding(sheet, text, most) for text in prices], small,
                          WIDEST_PRICE), most  # fmt: skip
    return setting, most


def fitted(texts: list[str], setting: Type, width: float) -> Type:
    """The setting in which the widest text of a column fits; the whole column takes it."""
    widest = max(texts, key=setting.width, default="")
    return fitting(widest, setting, width)


def aligned(sheet: Sheet, texts: list[str], setting: Type, width: float) -> tuple[Type, int]:
    """Setting and decimals of a column whose points stand in one line."""
    most = max((figures.decimals(text, sheet.words) for text in texts), default=0)
    padded = [text + padding(sheet, text, most) for text in texts]
    return fitted(padded, setting, width), most


def padding(sheet: Sheet, text: str, most: int) -> str:
    """What a figure lacks right of its point, to measure the room that stays empty."""
    has = figures.decimals(text, sheet.words)
    missing = "0" * (most - has)
    return missing if has or not most else sheet.words.point + missing


def aligned_width(sheet: Sheet, text: str, setting: Type, most: int) -> float:
    """How far a figure reaches left of its column's edge."""
    return setting.width(text + padding(sheet, text, most))


def draw_head(sheet: Sheet, columns: Columns, y: float) -> float:
    """The names of the columns and their rule; answers where the first row begins."""
    canvas, words = sheet.canvas, sheet.words
    setting = canvas.medium(SMALL)
    canvas.text((LEFT, y), words.no, setting)
    canvas.text((DESCRIPTION, y), words.description, setting)
    canvas.text((columns.quantity, y), words.quantity, setting, "right")
    canvas.text((columns.unit, y), words.unit, setting)
    canvas.text((columns.price, y), words.unit_price, setting, "right")
    if columns.discount is not None:
        canvas.text((columns.discount, y), words.discount, setting, "right")
    canvas.text((columns.vat, y), words.vat, setting, "right")
    amount = words.amount.format(currency=sheet.snapshot.currency)
    canvas.text((columns.net, y), amount, setting, "right")
    canvas.rule((LEFT, RIGHT), y + HEAD_RULE, 0.25)
    return y + HEAD_RULE
