"""Imports the "Online Retail" invoices: customers, invoices and credit notes, posted.

The file has no due dates, taxes, currency, names or payments; `RULES` says how they are filled.
Everything is written in batches, each whole or not at all, so a run that was interrupted is
simply run again: what is in already is recognised by its number and its content.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.document_types import sign
from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency
from billing_app.domain.numbering import validate_typed_number
from billing_app.persistence.tables import DocumentType, ImportedRecord, Invoice
from billing_app.services.bulk_posting import Document, Line, Poster, add, reckoned
from billing_app.services.context import Context
from billing_app.services.imports.customers import SYSTEM, Customers, importing_company
from billing_app.services.imports.grouping import Group, grouped, in_batches
from billing_app.services.imports.report import EXACT, Report
from billing_app.services.imports.source import BadLine, SourceLine

CURRENCY = "GBP"
TERM = timedelta(days=30)
BATCH = 500  # documents in one transaction
ZERO_RATED, NO_TAX = "Z", Decimal(0)
RULES = (
    "Currency: GBP, the only one of the source.",
    "Tax: none is stated, so every line is zero rated (category Z, 0 %); totals stay as they are.",
    "Invoice date: the day of InvoiceDate; of two timestamps in one invoice the first counts.",
    "Due date: 30 days after the invoice date; credit notes have none.",
    "Numbers: InvoiceNo is kept as a typed number.",
    "Credits: C###### become credit notes (CRO) with positive amounts, linked to no invoice.",
    "Texts: a line's text is its stock code and description.",
    "Quantities: a negative one outside credits stays negative; lines of quantity 0 are left out.",
    "Repeated lines stay.",
    "Customers: one per CustomerID with the number OR-<id>, in the country first seen.",
    "Unknown customers: lines without CustomerID go to one customer per country.",
    "Payments: none, so every document of a total other than 0 is open.",
    "An invoice with a row that cannot be used is left out whole; a posted one never changes.",
)


class Known(NamedTuple):
    """A document of an earlier run."""

    sha256: str
    total_minor: int


class Candidate(NamedTuple):
    """A document of the file that can be written."""

    group: Group
    lines: Sequence[SourceLine]
    document: Document


def import_online_retail(
    ctx: Context, lines: Iterable[SourceLine | BadLine], *, dry_run: bool = False
) -> Report:
    """Post what the lines say; the same lines twice change nothing. `RULES` fill the gaps.

    Raises: Forbidden below Accounting, and whatever the reader of the lines raises.
    """
    ctx.require(Permission.IMPORT_RUN)
    report = Report(CURRENCY, currency(CURRENCY).digits, RULES, is_dry_run=dry_run)
    run = _Run(ctx, report)
    for batch in in_batches(grouped(_counted(lines, report)), BATCH):
        with ctx.read() if dry_run else ctx.write() as session:
            run.take(session, batch)
    return report


def _counted(
    lines: Iterable[SourceLine | BadLine], report: Report
) -> Iterable[SourceLine | BadLine]:
    for line in lines:
        report.rows_read += 1
        if isinstance(line, SourceLine):
            report.exact_read = EXACT.add(report.exact_read, _exact(line))
        yield line


class _Run:
    """One run over a file."""

    def __init__(self, ctx: Context, report: Report) -> None:
        self._ctx = ctx
        self._report = report
        self._poster = Poster(ctx)
        self._customers = Customers(ctx, report)
        self._begun: set[str] = set()

    def take(self, session: Session, batch: Sequence[Group]) -> None:
        """Write one batch, or only count it in a dry run."""
        company = importing_company(session, self._ctx, self._report)
        types = _document_types(session)
        known = _known(session, batch)
        whole = [group for group in batch if self._is_whole(group, known)]
        taken = _taken_numbers(
            session, company, types.values(), [group.invoice_no for group in whole]
        )
        self._customers.meet(session, [group.lines[0] for group in whole], company)
        candidates = []
        for group in whole:
            kind = "credit" if group.lines[0].is_credit else "invoice"
            if (types[kind], group.invoice_no) in taken:
                self._report.leave_out("the number belongs to another document", group.invoice_no)
                continue
            candidate = self._candidate(group, types[kind])
            if candidate is not None:
                candidates.append(candidate)
                self._tell(candidate)
        if not self._report.is_dry_run:
            self._write(session, candidates)

    def _is_whole(self, group: Group, known: dict[str, Known]) -> bool:
        """Whether the document is new and complete; what is not is reported."""
        report, number = self._report, group.invoice_no
        for bad in group.bad:
            report.leave_out(f"the row cannot be used: {bad.reason}", f"row {bad.row_no}")
        if not group.lines:
            return False
        if group.bad:
            report.leave_out("a row of the invoice cannot be used", number)
            return False
        before = known.get(number)
        if before is not None and before.sha256 == group.sha256:
            report.same += 1
            self._add_up(group.lines, before.total_minor)
            return False
        if before is not None or number in self._begun:
            report.leave_out("it differs from the posted one, which does not change", number)
            return False
        self._begun.add(number)
        return True

    def _candidate(self, group: Group, type_id: int) -> Candidate | None:
        customer_id = self._customers.of(group.lines[0])
        lines = [line for line in group.lines if line.quantity]
        for line in group.lines:
            if not line.quantity:
                self._report.leave_out("the line has the quantity 0", f"row {line.row_no}")
        try:
            if not lines:
                raise Invalid.of("lines", "no line is left")
            document = _document(lines, type_id, customer_id, self._ctx.now())
        except Invalid as error:
            self._report.leave_out(error.sentence, group.invoice_no)
            return None
        return Candidate(group, lines, document)

    def _write(self, session: Session, candidates: Sequence[Candidate]) -> None:
        ids = self._poster.write(session, [candidate.document for candidate in candidates])
        rows = [
            {
                "system": SYSTEM,
                "kind": "invoice",
                "external_id": candidate.group.invoice_no,
                "record_id": key,
                "content_sha256": candidate.group.sha256,
            }
            for key, candidate in zip(ids, candidates, strict=True)
        ]
        add(session, ImportedRecord, rows)

    def _tell(self, candidate: Candidate) -> None:
        report, lines, number = self._report, candidate.lines, candidate.group.invoice_no
        report.lines_made += len(lines)
        if lines[0].is_credit:
            report.credits_made += 1
        else:
            report.invoices_made += 1
        self._add_up(lines, candidate.document.totals.total)
        _remark_oddities(report, number, lines, candidate.document.totals.total)

    def _add_up(self, lines: Sequence[SourceLine], total_minor: int) -> None:
        report = self._report
        report.posted_minor += sign("credit" if lines[0].is_credit else "invoice") * total_minor
        for line in lines:
            exact = _exact(line)
            report.exact_in = EXACT.add(report.exact_in, exact)
            minor = exact.scaleb(report.digits, EXACT)
            report.rounded_lines += minor != minor.to_integral_value()


def _document(
    lines: Sequence[SourceLine], type_id: int, customer_id: int, now: datetime
) -> Document:
    first = lines[0]
    on = date.fromisoformat(first.invoiced_at[:10])
    written = [_line(line) for line in lines]
    return Document(
        customer_id=customer_id,
        document_type_id=type_id,
        currency=CURRENCY,
        document_date=on,
        due_on=None if first.is_credit else on + TERM,
        at=now,
        lines=written,
        totals=reckoned(CURRENCY, written),
        number=validate_typed_number(first.invoice_no),
        origin="imported",
        external_system=SYSTEM,
        external_id=first.invoice_no,
    )


def _line(line: SourceLine) -> Line:
    return Line(
        description=f"{line.stock_code} {line.description}".strip(),
        quantity=-line.quantity if line.is_credit else line.quantity,
        unit_price=line.unit_price,
        tax_rate=NO_TAX,
        tax_category=ZERO_RATED,
    )


def _exact(line: SourceLine) -> Decimal:
    return EXACT.multiply(line.quantity, line.unit_price)


def _remark_oddities(
    report: Report, number: str, lines: Sequence[SourceLine], total_minor: int
) -> None:
    if len({line.invoiced_at for line in lines}) > 1:
        report.remark("invoices with two timestamps, the first counts", number)
    if total_minor == 0:
        report.remark("documents of the total 0", number)
    if not lines[0].is_credit and any(line.quantity < 0 for line in lines):
        report.remark("invoices with a negative quantity", number)
    if any(line.unit_price < 0 for line in lines):
        report.remark("documents with a negative price", number)
    if len({line[1:] for line in lines}) < len(lines):
        report.remark("documents with repeated lines, all kept", number)


def _document_types(session: Session) -> dict[str, int]:
    rows = session.exec(
        select(DocumentType.code, DocumentType.id).where(col(DocumentType.code).in_(["INO", "CRO"]))
    ).all()
    found = {code: key or 0 for code, key in rows}
    return {"invoice": found["INO"], "credit": found["CRO"]}


def _known(session: Session, batch: Sequence[Group]) -> dict[str, Known]:
    rows = session.exec(
        select(ImportedRecord.external_id, ImportedRecord.content_sha256, Invoice.total_minor)
        .join(Invoice, Invoice.id == ImportedRecord.record_id)  # type: ignore[arg-type]
        .where(
            ImportedRecord.system == SYSTEM,
            ImportedRecord.kind == "invoice",
            col(ImportedRecord.external_id).in_([group.invoice_no for group in batch]),
        )
    ).all()
    return {number: Known(sha256, total) for number, sha256, total in rows}


def _taken_numbers(
    session: Session, company_id: int, type_ids: Iterable[int], numbers: Sequence[str]
) -> set[tuple[int, str]]:
    rows = session.exec(
        select(Invoice.document_type_id, Invoice.number).where(
            Invoice.company_id == company_id,
            col(Invoice.document_type_id).in_(type_ids),
            col(Invoice.number).in_(numbers),
            Invoice.number != "",  # else the index of numbers cannot be used
        )
    ).all()
    return {(type_id, number) for type_id, number in rows}
