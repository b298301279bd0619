"""Reads the UCI "Online Retail" file: CSV, plain or gzipped, row by row.

Patterns of ASCII digits decide before Decimal sees anything, so NaN, 1e400 and figures with more
decimals than we keep never get in. A row that cannot be used is handed on with its reason.
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import BinaryIO

from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import clean_text
from billing_app.integrations.imports.countries import ISO_BY_NAME
from billing_app.services.imports.source import BadLine, SourceLine

COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity",
    "InvoiceDate", "UnitPrice", "CustomerID", "Country",
)  # fmt: skip
INVOICE_NO = re.compile(r"[A-Z]?[0-9]{1,20}")
QUANTITY = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,3})?")
UNIT_PRICE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,5})?")
CUSTOMER = re.compile(r"([0-9]{1,20})(\.0)?")
INVOICED_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
CREDIT = "C"
GZIP_MAGIC = b"\x1f\x8b"
TOLD_EVERY = 1_000  # rows


def read_lines(
    file: Path, progress: Callable[[int], object] | None = None
) -> Iterator[SourceLine | BadLine]:
    """The rows of the file in their order; `progress` is told the bytes read since the last time.

    Raises: Invalid when it is no such file, or ends in the middle.
    """
    with file.open("rb") as raw:
        told, size = 0, file.stat().st_size
        try:
            for row_no, cells in _rows(raw):
                yield cells if isinstance(cells, BadLine) else line_of(row_no, cells)
                if progress is not None and row_no % TOLD_EVERY == 0:
                    progress(raw.tell() - told)
                    told = raw.tell()
        except (EOFError, gzip.BadGzipFile, zlib.error, csv.Error) as error:
            raise Invalid.of("file", "The file is damaged or cut off. Fetch it again.") from error
        if progress is not None:
            progress(size - told)


def line_of(row_no: int, cells: Sequence[str]) -> SourceLine | BadLine:
    """One row, or why it cannot be used."""
    invoice_no = cells[0] if cells and INVOICE_NO.fullmatch(cells[0]) else ""
    try:
        if len(cells) != len(COLUMNS):
            raise Invalid.of("row", f"it has {len(cells)} cells where {len(COLUMNS)} belong")
        return SourceLine(
            row_no,
            _matched(INVOICE_NO, cells[0], "InvoiceNo"),
            cells[0].startswith(CREDIT),
            _text(cells[1], "StockCode", 64),
            _text(cells[2], "Description", 255),
            _figure(QUANTITY, cells[3], "Quantity"),
            _instant(cells[4]),
            _figure(UNIT_PRICE, cells[5], "UnitPrice"),
            _customer(cells[6]),
            _text(cells[7], "Country", 128),
            ISO_BY_NAME.get(cells[7], ""),
        )
    except Invalid as error:
        return BadLine(row_no, invoice_no, error.sentence)


def _rows(raw: BinaryIO) -> Iterator[tuple[int, list[str] | BadLine]]:
    """The cells of each row after the header; rows count as in a spreadsheet, the header is 1."""
    is_gzipped = raw.read(2) == GZIP_MAGIC
    raw.seek(0)
    plain = gzip.GzipFile(fileobj=raw) if is_gzipped else raw
    # what is no UTF-8 becomes a lone surrogate, which no text may hold: its row is told
    with io.TextIOWrapper(plain, "utf-8-sig", errors="surrogateescape", newline="") as lines:
        reader = csv.reader(lines)
        if tuple(next(reader, ())) != COLUMNS:
            raise Invalid.of("file", f"The first row must name the columns {', '.join(COLUMNS)}.")
        yield from _cells(reader)


def _cells(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | BadLine]]:
    for row_no in count(2):
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield row_no, BadLine(row_no, "", f"it is no row of cells ({error})")
            continue
        if cells:
            yield row_no, cells


def _matched(pattern: re.Pattern[str], cell: str, column: str) -> str:
    if not pattern.fullmatch(cell):
        raise Invalid.of(column, f"{column} is not readable")
    return cell


@lru_cache(maxsize=16_384)
def _figure(pattern: re.Pattern[str], cell: str, column: str) -> Decimal:
    if not pattern.fullmatch(cell):
        raise Invalid.of(column, f"{column} is no plain figure with the decimals we keep")
    return Decimal(cell)


@lru_cache(maxsize=16_384)
def _text(cell: str, column: str, maximum: int) -> str:
    try:
        return clean_text(cell, field=column, maximum=maximum)
    except Invalid as error:
        raise Invalid.of(column, f"{column}: {error.sentence}") from error


@lru_cache(maxsize=16_384)
def _instant(cell: str) -> str:
    _matched(INVOICED_AT, cell, "InvoiceDate")
    try:
        datetime.fromisoformat(cell)
    except ValueError as error:
        raise Invalid.of("InvoiceDate", "InvoiceDate is no day or time of the calendar") from error
    return cell


def _customer(cell: str) -> str:
    """Customer ids are written as 17850.0; an empty cell is a sale to nobody known."""
    if not cell:
        return ""
    found = CUSTOMER.fullmatch(cell)
    if found is None:
        raise Invalid.of("CustomerID", "CustomerID is not readable")
    return found[1]
