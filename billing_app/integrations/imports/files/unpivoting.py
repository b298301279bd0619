"""Rows that hold several lines side by side (line1Amount, line2Amount) become one row a line."""

import re
from collections.abc import Iterator

from billing_app.domain.foreign.columns import Row, Table

NUMBERED = re.compile(r"(line|item)[ _]?([0-9]{1,2})[ _]?(?=[A-Za-z])(.+)", re.IGNORECASE)


def unpivoted(table: Table) -> Table:
    """The table with one row for each line; as it is where no row holds several."""
    places: dict[int, dict[str, int]] = {}
    for at, head in enumerate(table.header):
        if found := NUMBERED.fullmatch(head):
            places.setdefault(int(found[2]), {})[f"{found[1]}1{found[3]}"] = at
    if len(places) < 2:  # noqa: PLR2004  one set of columns is no several
        return table
    numbered = {at for columns in places.values() for at in columns.values()}
    heads = list(dict.fromkeys(head for columns in places.values() for head in columns))
    kept = [at for at in range(len(table.header)) if at not in numbered]
    rows = tuple(
        Row(row.no, (*(row.cells[at] for at in kept), *line))
        for row in table.rows
        for line in _lines(row, heads, places)
    )
    note = "lines that stood side by side stand below each other"
    header = (*(table.header[at] for at in kept), *heads)
    return Table(header, rows, frozenset(table.typed & set(header)), (*table.notes, note))


def _lines(
    row: Row, heads: list[str], places: dict[int, dict[str, int]]
) -> Iterator[tuple[str, ...]]:
    given = [
        tuple(row.cells[columns[head]] if head in columns else "" for head in heads)
        for _, columns in sorted(places.items())
    ]
    yield from [line for line in given if any(line)] or given[:1]
