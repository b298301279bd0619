"""The rows of a file that were not taken, as a file to correct and upload again."""

import csv
import io
import json
from collections.abc import Iterator, Sequence

from sqlmodel import col, select

from billing_app.documents.csv import BOM, neutral
from billing_app.domain.access import Permission
from billing_app.domain.errors import Refused
from billing_app.persistence.tables import ImportItem
from billing_app.services.context import Context
from billing_app.services.foreign.batches import existing_batch

REASON = "Reason"


def correctable(ctx: Context, batch_id: int) -> tuple[str, bytes]:
    """The name and content of a CSV of the refused rows: as they stood, and the reason behind.

    It reads like the file it came from, so it is uploaded again once corrected; the column of
    reasons is passed over. Raises: Forbidden, NotFound, Refused where nothing was refused.
    """
    ctx.require(Permission.IMPORT_RUN)
    with ctx.read() as session:
        batch = existing_batch(session, batch_id)
        rows = session.exec(
            select(ImportItem.cells, ImportItem.reason)
            .where(ImportItem.batch_id == batch_id, ImportItem.action == "refused")
            .order_by(col(ImportItem.position))
        ).all()
    if not rows:
        raise Refused("No row of this file was refused.")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    header = [head for head in json.loads(batch.header) if head != REASON]
    writer.writerow([*header, REASON])
    writer.writerows(_lines(rows, len(header)))
    stem = batch.name.rpartition(".")[0] or batch.name
    safe = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in stem)
    return f"{safe[:80] or 'import'}-to-correct.csv", BOM + out.getvalue().encode()


def _lines(rows: Sequence[tuple[str, str]], width: int) -> Iterator[list[str]]:
    for cells, reason in rows:
        for row in json.loads(cells):
            yield [*map(_safe, row[:width]), neutral(reason)]


def _safe(cell: str) -> str:
    """A cell as it stood, unless a spreadsheet would run it: figures stay figures."""
    plain = cell.strip("+-.,()%$€£ ")
    return cell if plain[:1].isdigit() and not any(map(str.isalpha, plain)) else neutral(cell)
