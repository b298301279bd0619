"""The PDFs of a bulk action as one ZIP file, made while it is sent."""

from collections.abc import Iterator
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlmodel import col, select

from billing_app.domain.errors import Refused
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import BulkRow, Invoice, PdfDocument, PrintLog
from billing_app.services.bulk.runs import look
from billing_app.services.context import Context
from billing_app.services.invoices.derived import document_id
from billing_app.services.papers import TYPE

AT_ONCE = 50


class _Pipe:
    """What was written since the last look: the end of the file that is sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def close(self) -> None:
        """Nothing is held."""

    def taken(self) -> bytes:
        """Hand out what was written."""
        data, self._parts = b"".join(self._parts), []
        return data


def zip_of(ctx: Context, run_id: int) -> Iterator[bytes]:
    """The ZIP file piece by piece, each download in the print log.

    Raises: NotFound for another person's run, Refused where it collects no PDFs or is not done.
    """
    run = look(ctx, run_id).run
    if run.verb != "pdf":
        raise Refused("This bulk action collects no PDFs.")
    if run.state != "done":
        raise Refused("The PDFs are still being collected. Try again when it is done.")
    with ctx.read() as session:
        rows = session.exec(
            select(BulkRow.invoice_id, PdfDocument.id)
            .join(PdfDocument, col(PdfDocument.invoice_id) == BulkRow.invoice_id)
            .where(BulkRow.run_id == run_id, BulkRow.state == "done", PdfDocument.type == TYPE)
            .order_by(col(BulkRow.position))
        ).all()
    _log(ctx, [(invoice_id, pdf_id or 0) for invoice_id, pdf_id in rows])
    return _pieces(ctx, [pdf_id or 0 for _, pdf_id in rows])


def _pieces(ctx: Context, pdf_ids: list[int]) -> Iterator[bytes]:
    pipe, names = _Pipe(), set[str]()
    with ZipFile(pipe, "w", ZIP_STORED) as file:
        for start in range(0, len(pdf_ids), AT_ONCE):
            with ctx.read() as session:
                papers = session.exec(
                    select(PdfDocument, Invoice.label)
                    .join(Invoice, col(Invoice.id) == PdfDocument.invoice_id)
                    .where(col(PdfDocument.id).in_(pdf_ids[start : start + AT_ONCE]))
                    .order_by(col(PdfDocument.id))
                ).all()
            for pdf, label in papers:
                made = pdf.made_at.timetuple()[:6]
                file.writestr(ZipInfo(_name(label, pdf.invoice_id, names), made), pdf.content)
                yield pipe.taken()
    yield pipe.taken()


def _name(label: str, invoice_id: int, taken: set[str]) -> str:
    """A file name that no other one in the ZIP has."""
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in label)
    name = f"{safe}.pdf" if f"{safe}.pdf" not in taken else f"{safe}-{document_id(invoice_id)}.pdf"
    taken.add(name)
    return name


def _log(ctx: Context, rows: list[tuple[int, int]]) -> None:
    entries = [
        {
            "invoice_id": invoice_id,
            "at": ctx.now(),
            "user_id": ctx.actor.user_id,
            "kind": "export",
            "is_original": True,
            "pdf_id": pdf_id,
        }
        for invoice_id, pdf_id in rows
    ]
    with ctx.write() as session:
        add(session, PrintLog, entries)
