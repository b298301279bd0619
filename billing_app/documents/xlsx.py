"""Tables as spreadsheets, row by row: however long a table is, only one row is in memory."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from billing_app.documents.csv import Cell, neutral

CHUNK = 65_536
MAX_TITLE = 31
MAX_TEXT = 32_767
WIDTH = 18
# A sheet's name has none of these, and XML has no control signs or lone surrogates.
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xlsx_file(
    title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], digits: Iterable[int]
) -> Iterator[bytes]:
    """The file in pieces; `digits` says for each row how many decimals its amounts show.

    Amounts are figures, days are days; a text is always a text, and one that a spreadsheet could
    run once it is copied into another file gets a leading ', as in CSV.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(NOT_IN_TITLES.sub(" ", title)[:MAX_TITLE])
    sheet.freeze_panes = "A2"
    for at in range(len(header)):
        sheet.column_dimensions[chr(ord("A") + at)].width = WIDTH
    sheet.append([_head(sheet, label) for label in header])
    for row, places in zip(rows, digits, strict=True):
        sheet.append([_cell(sheet, cell, places) for cell in row])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


def _head(sheet: WriteOnlyWorksheet, label: str) -> WriteOnlyCell:
    made = _cell(sheet, label, 0)
    made.font = Font(bold=True)
    return made


def _cell(sheet: WriteOnlyWorksheet, cell: Cell, places: int) -> WriteOnlyCell:
    if isinstance(cell, str):
        made = WriteOnlyCell(sheet, value="")
        made.value = neutral(NOT_IN_XML.sub("\ufffd", cell))[:MAX_TEXT]
        made.data_type = "s"  # whatever it begins with
        return made
    made = WriteOnlyCell(sheet, value=cell)
    if isinstance(cell, Decimal):
        made.number_format = f"#,##0.{'0' * places}" if places else "#,##0"
    elif isinstance(cell, date):
        made.number_format = "yyyy-mm-dd"
    return made
