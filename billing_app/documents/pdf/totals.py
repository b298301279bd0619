"""From the sum of the lines to the amount to pay: discount, VAT by group, the brand rule."""

from dataclasses import dataclass

from billing_app.documents.pdf import figures
from billing_app.documents.pdf.canvas import LARGEST, RIGHT, SMALL, Colour
from billing_app.documents.pdf.columns import fitted
from billing_app.documents.pdf.figures import NO_BREAK
from billing_app.documents.pdf.sheet import Sheet, fitting
from billing_app.documents.pdf.wrap import Type
from billing_app.documents.snapshot import SnapshotTax

EDGE, WIDE_EDGE, WIDE_NET = 108.5, 98.0, 20.0
NET, TAX = 140.0, 166.0
PITCH, HEAD, RULE, FIRST = 5.2, 6.5, 1.8, 5.2
ROW_RULE, SUM = 1.7, 4.6
BRAND, AMOUNT = 3.6, 9.5
MANY_GROUPS = 12
GROUPS_A_PAGE = 28


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One VAT group, written."""

    label: str
    net: str
    tax: str
    gross: str


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures under the lines, measured once."""

    x: float
    groups: tuple[GroupRow, ...]
    sums: GroupRow
    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]
    label_type: Type
    net_type: Type
    tax_type: Type
    gross_type: Type

    @property
    def has_sum(self) -> bool:
        """Whether a sum says something that its only row does not."""
        return len(self.groups) > 1 or bool(self.after)


def totals_of(sheet: Sheet) -> Totals:
    """Write and measure the totals; from a million on they begin further left."""
    facts = sheet.snapshot
    ordered = sorted(facts.groups, key=lambda group: -(group.rate or 0))
    rows = tuple(group_row(sheet, group) for group in ordered)
    base = sum(group.base for group in facts.groups)
    sums = GroupRow(
        sheet.words.total,
        sheet.money(base),
        sheet.money(facts.tax_total),
        sheet.money(facts.total),
    )
    medium = sheet.canvas.medium()
    every = (*rows, sums)
    net = fitted([row.net for row in every], medium, 30.0)
    is_wide = max(net.width(row.net) for row in every) > WIDE_NET
    return Totals(
        x=WIDE_EDGE if is_wide else EDGE,
        groups=rows,
        sums=sums,
        before=before_tax(sheet),
        after=after_tax(sheet),
        label_type=fitted([row.label for row in rows], sheet.canvas.regular(), 16.0),
        net_type=net,
        tax_type=fitted([row.tax for row in every], medium, 25.2),
        gross_type=fitted([row.gross for row in every], medium, 23.6),
    )


def group_row(sheet: Sheet, group: SnapshotTax) -> GroupRow:
    """One row per category and rate, never merged."""
    label = figures.percent(group.rate, sheet.words) if group.rate is not None else sheet.words.tax
    if not group.rate and group.category not in ("S", ""):
        label = f"{group.category}{NO_BREAK}{label}"
    gross = sheet.money(group.base + group.tax)
    return GroupRow(label, sheet.money(group.base), sheet.money(group.tax), gross)


def before_tax(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """What happens to the sum of the lines before tax."""
    facts = sheet.snapshot
    if not facts.invoice_discount:
        return ()
    return (
        (sheet.words.lines_sum, sheet.money(sum(line.net for line in facts.lines))),
        (facts.discount_label or sheet.words.discount, sheet.money(-facts.invoice_discount)),
    )


def after_tax(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """What was paid before, which lowers the amount but not the tax."""
    paid = sheet.snapshot.prepaid
    return ((sheet.words.prepaid, sheet.money(-paid)),) if paid else ()


def chunks(totals: Totals) -> list[tuple[GroupRow, ...]]:
    """The groups, a page's worth each; usually that is all of them."""
    return [totals.groups[at : at + GROUPS_A_PAGE]
            for at in range(0, max(1, len(totals.groups)), GROUPS_A_PAGE)]  # fmt: skip


def height(totals: Totals, groups: tuple[GroupRow, ...]) -> float:
    """From the last rule of the lines to the baseline of the amount."""
    table = HEAD + RULE + FIRST + (len(groups) - 1) * PITCH if groups else ROW_RULE
    sums = ROW_RULE + SUM if totals.has_sum else 0.0
    extra = (len(totals.before) + len(totals.after)) * PITCH + (1.0 if totals.before else 0.0)
    return extra + table + sums + BRAND + AMOUNT


def draw(sheet: Sheet, totals: Totals, groups: tuple[GroupRow, ...], y: float) -> float:
    """Draw rows before tax and a chunk of the table; answers the last baseline."""
    canvas = sheet.canvas
    for label, figure in totals.before if groups == totals.groups[: len(groups)] else ():
        y += PITCH + (1.0 if label == sheet.words.lines_sum else 0.0)
        pair(sheet, totals, y, label, figure)
    if not groups:
        return y + ROW_RULE
    small, words = canvas.medium(SMALL), sheet.words
    y += HEAD
    heads = GroupRow(words.vat, words.net, words.tax, words.gross)
    draw_group(sheet, totals, heads, y, (small, small, small, small))
    canvas.rule((totals.x, RIGHT), y + RULE)
    y += RULE + FIRST - PITCH
    for group in groups:
        y += PITCH
        types = (totals.label_type, *(setting_of(sheet, kind) for kind in figure_types(totals)))
        draw_group(sheet, totals, group, y, types)
    return y


def figure_types(totals: Totals) -> tuple[Type, Type, Type]:
    """The settings of the three columns of figures."""
    return totals.net_type, totals.tax_type, totals.gross_type


def setting_of(sheet: Sheet, measured: Type) -> Type:
    """A row's setting: measured with the wider weight of the sum, set in the regular one."""
    return sheet.canvas.regular(measured.size)


def draw_group(
    sheet: Sheet, totals: Totals, row: GroupRow, y: float, types: tuple[Type, ...]
) -> None:
    """One row of the table."""
    canvas = sheet.canvas
    canvas.text((totals.x, y), row.label, types[0])
    canvas.text((NET, y), row.net, types[1], "right")
    canvas.text((TAX, y), row.tax, types[2], "right")
    canvas.text((RIGHT, y), row.gross, types[3], "right")


def pair(sheet: Sheet, totals: Totals, y: float, label: str, figure: str) -> None:
    """A row of its own: words left, figure right."""
    canvas = sheet.canvas
    setting = fitting(figure, canvas.regular(), 40.0)
    room = RIGHT - totals.x - setting.width(figure) - 3.0
    canvas.text((totals.x, y), label, fitting(label, canvas.regular(), room))
    canvas.text((RIGHT, y), figure, setting, "right")


def draw_amount(sheet: Sheet, totals: Totals, y: float) -> float:
    """Sum row, what was paid, brand rule, and the largest figure of the paper."""
    canvas = sheet.canvas
    if totals.has_sum:
        canvas.rule((totals.x, RIGHT), y + ROW_RULE)
        y += ROW_RULE + SUM
        draw_group(sheet, totals, totals.sums, y, (canvas.medium(), *figure_types(totals)))
    for label, figure in totals.after:
        y += PITCH
        pair(sheet, totals, y, label, figure)
    canvas.rule((totals.x, RIGHT), y + BRAND, 0.7, brand(sheet))
    y += BRAND + AMOUNT
    label = sheet.words.credited if sheet.is_credit else sheet.words.to_pay
    canvas.text((totals.x, y), label, canvas.semibold())
    room = RIGHT - totals.x - canvas.semibold().width(label) - 3.0
    figure = figures.with_currency(sheet.money(sheet.to_pay), sheet.snapshot.currency)
    canvas.text((RIGHT, y), figure, fitting(figure, canvas.semibold(LARGEST), room), "right")
    return y


def brand(sheet: Sheet) -> Colour:
    """The seller's colour; black if it is written in a way not understood."""
    code = sheet.snapshot.seller.brand_colour.strip().removeprefix("#")
    try:
        red, green, blue = bytes.fromhex(code)
    except ValueError:
        return (0.0,)
    return (red / 255, green / 255, blue / 255)
