"""Rows gathered into invoices: repeated heads, and blank ones that continue the row above."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from billing_app.domain.foreign.columns import OF_LINES, SEVERAL, Column, Mapping, Row, Table

FOOTERS = ("total", "subtotal", "grand total", "sum", "summe", "gesamt", "zwischensumme", "totaux",
           "end of report")  # fmt: skip
FIXED = (
    Column.NUMBER, Column.KIND, Column.CUSTOMER_NAME, Column.CUSTOMER_NUMBER, Column.CUSTOMER_ID,
    Column.CUSTOMER_EMAIL, Column.DATE, Column.DUE, Column.CURRENCY, Column.TOTAL,
)  # fmt: skip
"""What all rows of one invoice agree on."""


@dataclass(slots=True)
class Told:
    """What one row says, by column."""

    row: Row
    cells: dict[Column, str]
    heads: dict[Column, str]  # the first head of each column, for its style

    def has_line(self) -> bool:
        """Whether it says anything about a line."""
        return any(self.cells.get(column) for column in OF_LINES)


@dataclass(slots=True)
class Gathered:
    """The rows of one invoice, and what about them as rows cannot be."""

    key: str
    rows: list[Told] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def first(self, column: Column) -> str:
        """What the first row says that says anything."""
        return next((told.cells[column] for told in self.rows if told.cells.get(column)), "")


def gathered(table: Table, mapping: Mapping) -> list[Gathered]:
    """The invoices of a table in the order in which they begin."""
    groups: dict[str, Gathered] = {}
    lost: list[Gathered] = []
    current: Gathered | None = None
    for told in _told(table, mapping):
        key = told.cells.get(Column.EXTERNAL_ID) or told.cells.get(Column.NUMBER, "")
        if _is_footer(told, key):
            continue
        if key:
            current = groups.setdefault(key, Gathered(key))
        elif current is None or not _continues(told):
            current = Gathered("", problems=[f"row {told.row.no} has no invoice number"])
            lost.append(current)
        current.rows.append(told)
    every = [*groups.values(), *lost]
    for group in every:
        group.problems += _disagreements(group)
    return sorted(every, key=lambda group: group.rows[0].row.no)


def disagrees(table: Table, mapping: Mapping, head: str) -> bool:
    """Whether a column says different things within one invoice, so that it belongs to lines."""
    column = mapping.columns[head]
    return any(
        len({told.cells[column] for told in group.rows if told.cells.get(column)}) > 1
        for group in gathered(table, mapping)
    )


def _told(table: Table, mapping: Mapping) -> Iterator[Told]:
    places = [
        (at, head, mapping.columns[head])
        for at, head in enumerate(table.header)
        if head in mapping.columns
    ]
    heads: dict[Column, str] = {}
    for _, head, column in places:
        heads.setdefault(column, head)
    for row in table.rows:
        cells: dict[Column, str] = {}
        for at, _, column in places:
            text = row.cells[at].strip()
            before = cells.get(column, "")
            if column in SEVERAL and before and text and text not in before.split("\n"):
                cells[column] = f"{before}\n{text}"
            else:
                cells[column] = before or text
        if any(row.cells):
            yield Told(row, cells, heads)


def _is_footer(told: Told, key: str) -> bool:
    """A sum below the rows: it names itself, and no customer."""
    first = next((cell.strip().lower() for cell in told.row.cells if cell.strip()), "")
    word = first.rstrip(":").split(" (")[0]
    is_named = word in FOOTERS or word.startswith(("total ", "summe ", "gesamt"))
    of_invoice = {Column.CUSTOMER_NAME, Column.CUSTOMER_EMAIL, Column.DATE}
    said = {column for column in of_invoice if told.cells.get(column, "").lower() != first}
    return is_named and not any(told.cells.get(column) for column in said) and (
        not key or key.lower() == first
    )  # fmt: skip


def _continues(told: Told) -> bool:
    """Whether a row without a number belongs to the one above: it says a line, and no head."""
    return told.has_line() and not any(told.cells.get(column) for column in FIXED)


def _disagreements(group: Gathered) -> Iterator[str]:
    for column in FIXED:
        said = list(
            dict.fromkeys(told.cells[column] for told in group.rows if told.cells.get(column))
        )
        if len(said) > 1:
            yield f'{column.label}: its rows say both "{said[0][:60]}" and "{said[1][:60]}"'
