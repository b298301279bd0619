"""CSV in any dialect: its encoding, separator, line ends and quotes are found out, and told."""

import csv
import io
from collections.abc import Iterator

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.columns import Table
from billing_app.integrations.imports.files.limits import numbered, with_header

SEPARATORS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
RUN = frozenset("=+-@")
LOOKED_AT = 60
LONGEST_FIELD = 131_072


def read_csv(content: bytes) -> Table:
    """A CSV file as a table. Raises: Invalid for what is none, or beyond the limits."""
    text, encoding = decoded(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = text.split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and len(first) == 5:  # noqa: PLR2004  "sep=;", as Excel writes it
        separator, text = first[4], text.split("\n", 1)[1]
    else:
        separator = _separator(text)
    rows = numbered(_rows(text, separator))
    notes = (f"{encoding}, separated by {NAMES.get(separator, separator)}",)
    return with_header(rows, notes)


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: by its mark, else UTF-8, else Windows-1252."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding.removesuffix("-sig").upper()
            except UnicodeDecodeError as error:
                raise Invalid.of("file", "The file is damaged: its text breaks off.") from error
    if b"\0" in content:
        for encoding in ("utf-16-le", "utf-16-be"):
            zeros = content[1 if encoding.endswith("le") else 0 :: 2][:200]
            if zeros.count(0) * 2 > len(zeros) and len(content) % 2 == 0:
                return content.decode(encoding, "replace"), "UTF-16"
        raise Invalid.of("file", "This is no text. Upload a CSV, XLSX or JSON file.")
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "Windows-1252"


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    try:
        for row in reader:
            yield [_unmarked(cell) for cell in row]
    except csv.Error as error:
        raise Invalid.of(
            "file",
            f"Row {reader.line_num} cannot be read: a quote is not closed, or it is too long.",
        ) from error


def _unmarked(cell: str) -> str:
    """A text without the mark that keeps spreadsheets from running it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in RUN else cell


def _separator(text: str) -> str:
    """The mark that cuts most rows into the same number of cells, the more the better."""
    sample = "\n".join(text.split("\n", LOOKED_AT)[:LOOKED_AT])
    return max(SEPARATORS, key=lambda mark: (_fitness(sample, mark), -SEPARATORS.index(mark)))


def _fitness(sample: str, separator: str) -> int:
    widths: dict[int, int] = {}
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
            if len(row) > 1:
                widths[len(row)] = widths.get(len(row), 0) + 1
    except csv.Error:
        return 0
    return max((count * min(width, 12) for width, count in widths.items()), default=0)
