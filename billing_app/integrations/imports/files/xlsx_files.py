"""XLSX: the first sheet with rows, its values as they were last computed, never a formula.

What is too large is refused from the archive's own list, and again while it is unpacked.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Real

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.columns import Table
from billing_app.domain.foreign.figures import is_figure
from billing_app.integrations.imports.files.limits import MAX_COLUMNS, numbered, with_header

MAX_PARTS = 500
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 200
CHUNK = 65_536
SMALL = 100_000  # parts below this may be packed tightly
OLD = b"\xd0\xcf\x11\xe0"
UNREADABLE = "The spreadsheet cannot be read. Save it as XLSX or CSV and upload that."


def read_xlsx(content: bytes) -> Table:
    """A spreadsheet's first sheet with rows. Raises: Invalid for what is none, or too large."""
    _refuse_bombs(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:
        raise Invalid.of("file", UNREADABLE) from error
    try:
        return _first_table(book)
    finally:
        book.close()


def _first_table(book: Workbook) -> Table:
    for sheet in book.worksheets:
        typed: dict[int, bool] = {}
        rows = numbered(_rows(sheet, typed))
        if rows:
            places = frozenset(at for at, is_typed in typed.items() if is_typed)
            return with_header(rows, (f'sheet "{sheet.title[:60]}"',), places)
    raise Invalid.of("file", "The spreadsheet has no rows.")


def _rows(sheet: ReadOnlyWorksheet, typed: dict[int, bool]) -> Iterator[list[str]]:
    """The rows as text; `typed` learns which columns hold numbers and no text with digits."""
    if sheet.max_column and sheet.max_column > MAX_COLUMNS:
        sheet.reset_dimensions()  # it may only claim to be that wide
    try:
        for row in sheet.iter_rows(values_only=True):
            cells = list(row)
            while cells and cells[-1] is None:
                cells.pop()
            for at, cell in enumerate(cells):
                if isinstance(cell, str) and is_figure(cell):
                    typed[at] = False
                elif isinstance(cell, Real):
                    typed.setdefault(at, True)
            yield [_text(cell) for cell in cells]
    except Invalid:
        raise
    except Exception as error:
        raise Invalid.of("file", UNREADABLE) from error


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Real):
        # a sheet's numbers keep 15 digits
        return f"{Decimal(f'{cell:.15g}').normalize() + 0:f}"
    return "" if cell is None else str(cell)


def _refuse_bombs(content: bytes) -> None:
    """Raise Invalid for an archive that is none, or unpacks to more than it should."""
    if content.startswith(OLD):
        raise Invalid.of("file", "This is an old XLS file. Save it as XLSX or CSV.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_parts(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, OSError, EOFError) as error:
        raise Invalid.of("file", UNREADABLE) from error


def _refuse_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise Invalid.of("file", "The spreadsheet has too many parts.")
    unpacked = 0
    for part in parts:
        size = 0
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                if size == 0 and b"<!DOCTYPE" in chunk[:1024].upper():
                    raise Invalid.of("file", UNREADABLE)
                size += len(chunk)
                unpacked += len(chunk)
                is_tight = size > SMALL and size > MAX_RATIO * max(part.compress_size, 1)
                if unpacked > MAX_UNPACKED or is_tight:
                    raise Invalid.of("file", "The spreadsheet unpacks to far more than it is.")
