"""From read models to finished strings: what the grid and its totals show."""

from dataclasses import dataclass
from datetime import date

from billing_app.domain.document_types import sign
from billing_app.domain.lifecycle import Posting
from billing_app.domain.status import PaymentStatus, Settlement, aging, lifecycle_chip
from billing_app.kit.wording import UNKNOWN, amount, day, moment, parts
from billing_app.persistence.queries.invoices.grid import GridRow, Tally
from billing_app.services.invoices.listing import Names
from billing_app.staff.invoices.columns import BY_KEY, Column

HIDDEN = "Hidden"
SUMS = (
    ("Owed", "owed"),
    ("Overdue", "overdue"),
    ("Not posted", "not_posted"),
    ("Amount", "amount"),
)
DUE_SOON_DAYS = 7


@dataclass(frozen=True)
class Cell:
    """One cell: how it is drawn, and its words; of an amount the whole part and the rest."""

    key: str
    kind: str  # doc, text, money, status
    css: str
    text: str
    more: str = ""
    currency: str = ""
    minor: str = ""


@dataclass(frozen=True)
class Row:
    """One invoice of the grid."""

    id: int
    label: str
    customer: str
    css: str
    cells: list[Cell]
    amount: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Heading:
    """One column head."""

    key: str
    label: str
    css: str


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
    kind = names.types[row.document_type_id][1]
    signed = sign(kind)
    customer = row.customer_name if sight.partner else HIDDEN
    is_dead = row.posting_status in {Posting.CANCELLED, Posting.VOID}
    return Row(
        id=row.id,
        label=row.label,
        customer=customer,
        css=("void" if row.posting_status == Posting.VOID else "dead" if is_dead else ""),
        cells=[_cell(BY_KEY[key], row, signed, names, sight) for key in columns],
        amount=f"{row.currency} {amount(signed * row.total_minor, row.currency)}",
        amount_minor=signed * row.total_minor,
        currency=row.currency,
    )


def headings(columns: list[str]) -> list[Heading]:
    """The heads of the chosen columns."""
    return [Heading(key, BY_KEY[key].label, BY_KEY[key].css) for key in columns]


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
            css="lead" if field == "owed" else "",
            figures=[amount(getattr(tally, field), tally.currency) for tally in shown],
        )
        for label, field in SUMS
    ]
    return [tally.currency for tally in shown], lines


def _cell(column: Column, row: GridRow, signed: int, names: Names, sight: Sight) -> Cell:
    if column.key == "number":
        return Cell(column.key, "doc", column.css, row.label, "" if row.number else "doc")
    if column.key == "status":
        chip, more, second = chips(row, sight.today)
        return Cell(column.key, "status", column.css, chip, more, second)
    money = {"amount": row.total_minor, "paid": row.settled_minor, "open": row.open_minor}
    if column.key in money:
        return _money_cell(column, row, signed * money[column.key])
    return Cell(column.key, "text", column.css, _words(column.key, row, names, sight))


def _money_cell(column: Column, row: GridRow, minor: int) -> Cell:
    whole, fraction = parts(minor, row.currency)
    is_ended = row.posting_status in {Posting.CANCELLED, Posting.VOID}
    soft = column.key == "open" and (row.posting_status == Posting.DRAFT or minor == 0)
    if column.key == "open" and is_ended:
        whole, fraction = parts(0, row.currency)
        minor, soft = 0, True
    css = f"{column.css} soft" if soft else column.css
    return Cell(column.key, "money", css, whole, fraction, row.currency, str(minor))


def _words(key: str, row: GridRow, names: Names, sight: Sight) -> str:
    words = {
        "customer": lambda: row.customer_name if sight.partner else HIDDEN,
        "title": lambda: row.title,
        "type": lambda: names.types[row.document_type_id][0],
        "date": lambda: day(row.document_date),
        "due": lambda: day(row.due_on),
        "aging": lambda: aging(row.due_on, sight.today, row.open_minor).text,
        "currency": lambda: row.currency,
        "posting": lambda: Posting(row.posting_status).label,
        "payment": lambda: PaymentStatus(row.payment_status).label,
        "po": lambda: row.po_number,
        "external": lambda: row.external_document_no,
        "account": lambda: row.account_no,
        "company": lambda: names.companies.get(row.company_id, ""),
        "created": lambda: moment(row.created_at, sight.zone),
        "updated": lambda: moment(row.updated_at, sight.zone),
    }
    return words[key]() or UNKNOWN
