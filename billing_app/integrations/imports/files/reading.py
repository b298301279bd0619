"""Any file of another system as a table: what it is is told by its first bytes, not its name."""

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.columns import Table
from billing_app.integrations.imports.files.csv_files import read_csv
from billing_app.integrations.imports.files.json_files import read_json
from billing_app.integrations.imports.files.limits import refuse_large
from billing_app.integrations.imports.files.unpivoting import unpivoted
from billing_app.integrations.imports.files.xlsx_files import OLD, read_xlsx

FOREIGN = ((b"%PDF", "a PDF"), (b"\x1f\x8b", "a packed file"), (b"\x89PNG", "a picture"),
           (b"\xff\xd8\xff", "a picture"), (b"<!DOCTYPE", "a web page"), (b"<html", "a web page"),
           (b"<?xml", "an XML file"))  # fmt: skip


def read_table(content: bytes) -> Table:
    """A file as a table. Raises: Invalid with what is wrong with the file."""
    refuse_large(content)
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:16]
    for mark, what in FOREIGN:
        if start.startswith(mark):
            raise Invalid.of("file", f"This is {what}. Upload a CSV, XLSX or JSON file.")
    if content.startswith((b"PK", OLD)):
        table = read_xlsx(content)
    elif start[:1] in {b"{", b"["} and not start.startswith(b"[sep"):
        table = read_json(content)
    else:
        table = read_csv(content)
    if not table.rows:
        raise Invalid.of("file", "The file has a header and nothing below it.")
    return unpivoted(table)
