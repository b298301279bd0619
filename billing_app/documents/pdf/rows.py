"""The rows of the table: how tall each is, how it is drawn, what is carried between pages."""

from dataclasses import dataclass, replace

from billing_app.documents.pdf.canvas import HAIRLINE, LEFT, RIGHT, SMALL
from billing_app.documents.pdf.columns import (
    DESCRIPTION,
    NO_GAP,
    Cells,
    Columns,
    aligned_width,
    padding,
)
from billing_app.documents.pdf.figures import NO_BREAK
from billing_app.documents.pdf.sheet import Sheet
from billing_app.documents.pdf.wrap import lines_of, one_line
from billing_app.documents.snapshot import SnapshotLine

BASELINE = 4.5
ROW, NAME_PITCH, SMALL_PITCH = 6.4, 4.3, 3.8
UNDER_NAME = 0.3  # the first small line stands a little lower, its letters being lower
CARRIED, CARRIED_BASELINE = 7.0, 4.9
LEAST_UNIT = 6.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line laid out. The rest of a row that was split has no cells."""

    net: int
    cells: Cells | None
    names: tuple[str, ...]
    smalls: tuple[str, ...]
    units: tuple[str, ...]
    has_small_unit: bool

    @property
    def height(self) -> float:
        """The height in mm, hairline to hairline."""
        extra = max(0, len(self.names) - 1) * NAME_PITCH + len(self.smalls) * SMALL_PITCH
        if not self.names:
            extra -= SMALL_PITCH
        return ROW + max(extra, (len(self.units) - 1) * SMALL_PITCH)


def row_of(sheet: Sheet, columns: Columns, line: SnapshotLine, cells: Cells) -> Row:
    """Break the texts of a line into the widths of their columns."""
    canvas = sheet.canvas
    small = canvas.regular(SMALL)
    details = list(line.details)
    if line.date_from or line.date_to:
        details.append(sheet.words.span(line.date_from, line.date_to))
    units = [one_line(line.unit)]
    room = unit_room(columns, price_width(sheet, columns, cells))
    has_small_unit = canvas.regular().width(units[0]) > room
    if has_small_unit:
        units = lines_of(line.unit, small, room)
    return Row(
        net=line.net,
        cells=cells,
        names=tuple(lines_of(line.name, canvas.medium(), columns.description_width)) or ("",),
        smalls=tuple(
            text
            for detail in details
            for text in lines_of(detail, small, columns.description_width)
        ),
        units=tuple(units),
        has_small_unit=has_small_unit,
    )


def price_width(sheet: Sheet, columns: Columns, cells: Cells) -> float:
    """How far the price of a line reaches left of its column's edge."""
    return aligned_width(sheet, cells.price, columns.price_type, columns.price_decimals)


def unit_room(columns: Columns, price: float) -> float:
    """What the price leaves for the unit."""
    return max(LEAST_UNIT, columns.price - columns.unit - price - NO_GAP)


def split(row: Row, room: float) -> list[Row]:
    """Cut a row that no page can hold between its lines; any other stays whole."""
    if row.height <= room:
        return [row]
    parts: list[Row] = []
    names, smalls = list(row.names), list(row.smalls)
    first = replace(row, names=(), smalls=(), units=row.units[: int((room - ROW) / SMALL_PITCH)])
    while names or smalls:
        name_count = min(len(names), int((room - ROW) / NAME_PITCH))
        left = room - ROW - max(0, name_count - 1) * NAME_PITCH
        small_count = int(left / SMALL_PITCH) if name_count == len(names) else 0
        part = first if not parts else replace(first, cells=None, net=0, units=("",))
        parts.append(replace(part, names=tuple(names[:name_count]),
                             smalls=tuple(smalls[:small_count])))  # fmt: skip
        names, smalls = names[name_count:], smalls[small_count:]
    return parts


def draw_row(sheet: Sheet, columns: Columns, row: Row, top: float) -> None:
    """Draw one row; its first baseline is 4.5 under its top."""
    canvas, y = sheet.canvas, top + BASELINE
    if row.cells is not None:
        canvas.text((LEFT, y), row.cells.no, columns.no_type)
    name_type, small = canvas.medium(), canvas.regular(SMALL)
    below = y - NAME_PITCH
    for name in row.names:
        below += NAME_PITCH
        canvas.text((DESCRIPTION, below), name, name_type)
    below = below + UNDER_NAME if row.names else y - SMALL_PITCH
    for text in row.smalls:
        below += SMALL_PITCH
        canvas.text((DESCRIPTION, below), text, small)
    if row.cells is not None:
        draw_figures(sheet, columns, row, row.cells, y)


def draw_figures(sheet: Sheet, columns: Columns, row: Row, cells: Cells, y: float) -> None:
    """The figures of a row, their points in line."""
    canvas = sheet.canvas
    room = columns.quantity_type.width(padding(sheet, cells.quantity, columns.quantity_decimals))
    canvas.text((columns.quantity - room, y), cells.quantity, columns.quantity_type, "right")
    unit_type = canvas.regular(SMALL) if row.has_small_unit else canvas.regular()
    for at, unit in enumerate(row.units):
        canvas.text((columns.unit, y + at * SMALL_PITCH), unit, unit_type)
    room = columns.price_type.width(padding(sheet, cells.price, columns.price_decimals))
    canvas.text((columns.price - room, y), cells.price, columns.price_type, "right")
    if columns.discount is not None:
        discount = cells.discount or f"0{NO_BREAK}%"
        canvas.text((columns.discount, y), discount, columns.discount_type, "right")
    canvas.text((columns.vat, y), cells.vat, columns.vat_type, "right")
    canvas.text((columns.net, y), cells.net, columns.net_type, "right")


def draw_rows(sheet: Sheet, columns: Columns, rows: tuple[Row, ...], top: float) -> float:
    """Draw the rows of a page with hairlines between; answers where the last one ends."""
    y = top
    for at, row in enumerate(rows):
        if at:
            sheet.canvas.rule((LEFT, RIGHT), y, 0.1, HAIRLINE)
        draw_row(sheet, columns, row, y)
        y += row.height
    sheet.canvas.rule((LEFT, RIGHT), y, 0.25)
    return y


def draw_carried(sheet: Sheet, columns: Columns, y: float, text: str, amount: int) -> None:
    """The sum so far, as it leaves one page and enters the next."""
    canvas = sheet.canvas
    canvas.text((DESCRIPTION, y + CARRIED_BASELINE), text, canvas.medium())
    setting = canvas.medium(columns.net_type.size)
    canvas.text((columns.net, y + CARRIED_BASELINE), sheet.money(amount), setting, "right")
