"""From read models to finished strings: what the grid and its totals show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from billing_app.domain.document_types import sign
from billing_app.domain.lifecycle import Posting
from billing_app.domain.money import currency
from billing_app.domain.status import PaymentStatus, Settlement, aging, lifecycle_chip
from billing_app.kit.chips import look_of
from billing_app.kit.wording import UNKNOWN, amount, day, moment
from billing_app.persistence.queries.invoices.grid import GridRow, Tally
from billing_app.services.invoices.listing import Names
from billing_app.staff.invoices.columns import BY_KEY

HIDDEN = "Hidden"
SUMS = (
    ("Owed", "owed"),
    ("Overdue", "overdue"),
    ("Not posted", "not_posted"),
    ("Amount", "amount"),
)
LOOKS = {"owed": "lead", "amount": "opt"}  # a phone has room for three
DUE_SOON_DAYS = 7


@dataclass(frozen=True)
class Row:
    """One invoice of the grid; each cell a list of words, in the order of the heads.

    A page of rows crosses the wire with every click, so what is the same in a whole column
    stands in its head. A document cell is label and look; an amount figure, minor units
    and classes; a status word, icon, tone and addition of a chip, then word, icon and tone of
    a second one; any other its words. `place` is the element it is drawn in.
    """

    id: int
    css: str
    cells: list[list[str]]  # the first is the document's
    currency: str
    place: int = 0


@dataclass(frozen=True)
class Heading:
    """One column head, and how the cells below it are drawn; a status if in no other way."""

    key: str
    label: str
    css: str
    is_money: bool
    is_words: bool
    is_doc: bool


@dataclass(frozen=True)
class SumRow:
    """One line of the totals: its label and one figure per currency."""

    label: str
    css: str
    figures: list[str]


@dataclass(frozen=True)
class Sight:
    """What the viewer may see, and in which zone and on which day."""

    today: date
    zone: str
    partner: bool


def grid_row(row: GridRow, columns: list[str], names: Names, sight: Sight) -> Row:
    """The row with one cell for each chosen column."""
    signed = sign(names.types[row.document_type_id][1])
    is_void, is_dead = row.posting_status == Posting.VOID, row.posting_status in ENDED
    return Row(
        id=row.id,
        css="void" if is_void else "dead" if is_dead else "",
        cells=[_cell(key, row, signed, names, sight) for key in columns],
        currency=row.currency,
    )


def amounts_of(rows: Sequence[GridRow], names: Names) -> dict[int, tuple[str, int]]:
    """What each row adds to the sum of a selection: currency and minor units."""
    return {
        row.id: (row.currency, sign(names.types[row.document_type_id][1]) * row.total_minor)
        for row in rows
    }


def headings(columns: list[str]) -> list[Heading]:
    """The heads of the chosen columns."""
    return [
        Heading(
            key,
            BY_KEY[key].label,
            BY_KEY[key].css,
            is_money=BY_KEY[key].is_numeric,
            is_words=key in WORDS,
            is_doc=key == "number",
        )
        for key in columns
    ]


def chips(row: GridRow, today: date) -> tuple[str, str, str]:
    """The status chip, its addition ("12 days") and a second chip when that is news of its own."""
    posting = Posting(row.posting_status)
    if (
        posting in {Posting.ASSEMBLED, Posting.READY}
        and row.settled_minor == 0
        and not row.is_delivered
    ):
        return posting.label, "", ""
    settled = Settlement(total=row.total_minor, paid=row.settled_minor, refunds=row.refunded_minor)
    chip = lifecycle_chip(posting, settled, row.due_on, today, delivered=row.is_delivered).value
    if row.payment_status.startswith("refunded"):
        return "Refunded", "", ""
    days = (today - row.due_on).days if row.due_on else 0
    if chip == "Overdue":
        second = "Partially Paid" if row.payment_status == "partially" else ""
        return chip, f"{days} day" if days == 1 else f"{days} days", second
    is_soon = row.due_on is not None and -DUE_SOON_DAYS <= days <= 0 and row.open_minor > 0
    return chip, "", "Due soon" if is_soon and chip in {"Sent", "Partially Paid"} else ""


def totals_table(tallies: list[Tally], most: int = 6) -> tuple[list[str], list[SumRow]]:
    """The currencies, commonest first, and the four lines of sums."""
    shown = tallies[:most]
    lines = [
        SumRow(
            label=label,
            css=LOOKS.get(field, ""),
            figures=[amount(getattr(tally, field), tally.currency) for tally in shown],
        )
        for label, field in SUMS
    ]
    return [tally.currency for tally in shown], lines


def _cell(key: str, row: GridRow, signed: int, names: Names, sight: Sight) -> list[str]:
    if key == "number":
        return [row.label, "" if row.number else "doc", RECURS if row.origin == RECURS else ""]
    if key == "status":
        return _status_cell(*chips(row, sight.today))
    if key in AMOUNTS:
        return _money_cell(key, row, signed * AMOUNTS[key](row))
    return [WORDS[key](row, names, sight) or UNKNOWN]


def _status_cell(word: str, more: str, second: str) -> list[str]:
    look = look_of(word)
    if not second:
        return [word, look.icon, look.tone, more]
    other = look_of(second)
    return [word, look.icon, look.tone, more, second, other.icon, other.tone]


def _money_cell(key: str, row: GridRow, minor: int) -> list[str]:
    is_ended = key == "open" and row.posting_status in ENDED
    minor = 0 if is_ended else minor
    is_soft = key == "open" and (row.posting_status == Posting.DRAFT or minor == 0)
    css = f" d{currency(row.currency).digits}{' soft' if is_soft else ''}"
    return [amount(minor, row.currency), str(minor), css]


RECURS = "recurring"
ENDED = frozenset({Posting.CANCELLED, Posting.VOID})
AMOUNTS: dict[str, Callable[[GridRow], int]] = {
    "amount": lambda row: row.total_minor,
    "paid": lambda row: row.settled_minor,
    "open": lambda row: row.open_minor,
}
WORDS: dict[str, Callable[[GridRow, Names, Sight], str]] = {
    "customer": lambda row, _, sight: row.customer_name if sight.partner else HIDDEN,
    "title": lambda row, *_: row.title,
    "type": lambda row, names, _: names.types[row.document_type_id][0],
    "date": lambda row, *_: day(row.document_date),
    "due": lambda row, *_: day(row.due_on),
    "aging": lambda row, _, sight: aging(row.due_on, sight.today, row.open_minor).text,
    "currency": lambda row, *_: row.currency,
    "posting": lambda row, *_: Posting(row.posting_status).label,
    "payment": lambda row, *_: PaymentStatus(row.payment_status).label,
    "po": lambda row, *_: row.po_number,
    "external": lambda row, *_: row.external_document_no,
    "account": lambda row, *_: row.account_no,
    "company": lambda row, names, _: names.companies.get(row.company_id, ""),
    "created": lambda row, _, sight: moment(row.created_at, sight.zone),
    "updated": lambda row, _, sight: moment(row.updated_at, sight.zone),
}
