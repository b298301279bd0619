"""Exports as CSV: RFC 4180, safe to open in a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

Cell = str | int | Decimal | date | None

BOM = b"\xef\xbb\xbf"

# A spreadsheet takes a text that begins so for a formula (OWASP, "CSV injection"); the full-width
# forms count too, some locales fold them.
STARTERS = frozenset("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
# What a starter can hide behind: a program that guesses another separator, or strips quotes and
# blanks, sees the rest as a cell of its own.
MASKS = "\"'`;,| \u00a0\ufeff\u200b\u3000"
QUOTED = frozenset('",;\r\n\t')


def csv_rows(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, bom: bool = False
) -> Iterator[bytes]:
    """Write the lines of a file one by one, UTF-8 with CRLF.

    Numbers are written plain and stay numbers; a text a spreadsheet could run gets a leading '.
    """
    if bom:
        yield BOM
    yield _line(header)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[Cell]) -> bytes:
    text = ",".join([_cell(cell) for cell in cells])
    if len(cells) == 1 and not text:
        text = '""'  # an empty line would be no record
    return (text + "\r\n").encode("utf-8", "replace")


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return format(cell, "f")
        case date():
            return cell.isoformat()
        case str():
            return _quoted(neutral(cell))
    return str(cell)


def neutral(text: str) -> str:
    """Put ' before a text that a spreadsheet could take for a formula."""
    return "'" + text if _is_dangerous(text) else text


def _is_dangerous(text: str) -> bool:
    if text[:1] in STARTERS and text:
        return True
    hidden = text.lstrip(MASKS)
    return hidden != text and hidden[:1] in STARTERS and bool(hidden)


def _quoted(text: str) -> str:
    if QUOTED.isdisjoint(text) and text == text.strip():
        return text
    return '"' + text.replace('"', '""') + '"'
