"""What a file may hold at most, and cells as text that every database keeps."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.columns import Row, Table, unique_heads

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 300
MAX_CELL = 4_000
MAX_TITLES = 30
NOTHING_TYPED: frozenset[int] = frozenset()
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


def refuse_large(content: bytes) -> None:
    """Raise Invalid for a file beyond the limit, or without anything in it."""
    if len(content) > MAX_BYTES:
        raise Invalid.of("file", "The file is larger than 20 MB. Split it.")
    if not content.strip():
        raise Invalid.of("file", "The file is empty.")


def clean_cell(text: str) -> str:
    """A cell in normal form, without controls. Raises: Invalid beyond the longest."""
    if len(text) > MAX_CELL:
        raise Invalid.of("file", f"A cell is longer than {MAX_CELL:,} characters.")
    if text.isascii() and text.isprintable():
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = unicodedata.normalize("NFC", _CONTROLS.sub("", lines).replace("\u00a0", " "))
    return plain.encode("utf-8", "replace").decode().strip()


def numbered(rows: Iterable[Sequence[str]]) -> list[Row]:
    """The rows with anything in them, as clean cells. Raises: Invalid beyond the limits."""
    kept = []
    for no, row in enumerate(rows, 1):
        if no > MAX_ROWS:
            raise Invalid.of("file", f"The file has more than {MAX_ROWS:,} rows. Split it.")
        if len(row) > MAX_COLUMNS:
            raise Invalid.of("file", f"Row {no} has more than {MAX_COLUMNS} columns.")
        cells = tuple(map(clean_cell, row))
        if any(cells):
            kept.append(Row(no, cells))
    return kept


def with_header(
    rows: list[Row], notes: Sequence[str] = (), typed: frozenset[int] = NOTHING_TYPED
) -> Table:
    """The table below the header, which stands below titles and may take two rows.

    `typed` are the places of columns whose values are no text in the file.
    Raises: Invalid where no row looks like a header.
    """
    at = _header_at(rows)
    header, told = list(rows[at].cells), list(notes)
    titles = at
    if at and _are_groups(rows[at - 1], rows[at]):
        header, titles = _joined(list(rows[at - 1].cells), header), at - 1
        told.append("the header takes two rows")
    if titles:
        told.append(
            f"{titles} title {'row' if titles == 1 else 'rows'} above the header passed over"
        )
    below = at + 1
    if titles == at and below < len(rows) and _is_second_header(rows, at):
        header = _joined(header, list(rows[below].cells))
        below += 1
        told.append("the header takes two rows")
    width = max([len(header), *(len(row.cells) for row in rows[below:])])
    heads = unique_heads([*header, *[""] * (width - len(header))])
    filled = tuple(
        Row(row.no, row.cells + ("",) * (width - len(row.cells))) for row in rows[below:]
    )
    kept = _with_anything(heads, filled)
    return Table(
        header=tuple(heads[at] for at in kept),
        rows=tuple(Row(row.no, tuple(row.cells[at] for at in kept)) for row in filled),
        typed=frozenset(heads[at] for at in kept if at in typed),
        notes=tuple(told),
    )


def _header_at(rows: list[Row]) -> int:
    """The first row that names as many columns as the rows below it fill."""
    if not rows:
        raise Invalid.of("file", "The file is empty.")
    widths = sorted(_filled(row) for row in rows[: MAX_TITLES * 4])
    usual = widths[len(widths) // 2]
    for at, row in enumerate(rows[:MAX_TITLES]):
        names = [cell for cell in row.cells if cell]
        if len(names) >= max(2, -(-3 * usual // 5)) and not any(_is_value(name) for name in names):
            return at
    raise Invalid.of(
        "file", "No row names the columns. Put a row with their names above the first invoice."
    )


def _are_groups(above: Row, header: Row) -> bool:
    """Whether the row right above names groups of columns: names with gaps between them."""
    places = [at for at, cell in enumerate(above.cells) if cell]
    has_gap = len(places) > 1 and any(b - a > 1 for a, b in pairwise(places))
    names = [cell for cell in above.cells if cell]
    return above.no + 1 == header.no and has_gap and not any(map(_is_value, names))


def _is_second_header(rows: list[Row], at: int) -> bool:
    """Whether the row below names columns too: no value in it, and groups above it are blank."""
    if at + 2 >= len(rows):
        return False
    second, first = rows[at + 1].cells, rows[at].cells
    names = [cell for cell in second if cell]
    has_gaps = any(not cell for cell in first[: len(second)]) or len(first) < len(second)
    is_repeated = len(set(filter(None, first))) < sum(map(bool, first))
    no_values = len(names) > 1 and not any(_is_value(name) for name in names)
    below_has_values = any(_is_value(cell) for cell in rows[at + 2].cells)
    return (has_gaps or is_repeated) and no_values and below_has_values


def _joined(first: list[str], second: list[str]) -> list[str]:
    """Two header rows as one; a group's name counts for the blank places right of it."""
    width = max(len(first), len(second))
    first += [""] * (width - len(first))
    second += [""] * (width - len(second))
    names, group = [], ""
    for above, below in zip(first, second, strict=True):
        group = above or (group if below else "")
        names.append(" ".join(part for part in (group, below) if part))
    return names


def _with_anything(heads: tuple[str, ...], rows: tuple[Row, ...]) -> list[int]:
    """The places of the columns that have a name or a value."""
    return [
        at
        for at, head in enumerate(heads)
        if not re.fullmatch(r"Column [0-9]+", head) or any(row.cells[at] for row in rows)
    ]


def _filled(row: Row) -> int:
    return sum(map(bool, row.cells))


def _is_value(cell: str) -> bool:
    """Whether a cell is a figure, a day or an address, which no column is named by."""
    digits = sum(sign.isdigit() for sign in cell)
    return "@" in cell or (digits > 0 and digits * 2 >= len(cell.replace(" ", "")))
