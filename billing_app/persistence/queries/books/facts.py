"""The rows that a person would recompute by hand, streamed: documents, numbers, seals, papers."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session

BATCH = 2_000
HEADS = """
    SELECT id, label, currency, discount_type, discount_value, tax_mode, tax_value,
           prices_include_tax, subtotal_minor, discount_minor, tax_minor, total_minor, line_count
      FROM invoice ORDER BY id"""
LINES = """
    SELECT invoice_id, line_no, quantity, unit_price, discount_type, discount_value, tax_rate,
           tax_category, gross_minor, discount_minor, share_minor, net_minor, tax_minor,
           total_minor, tax_shift_minor
      FROM invoice_line ORDER BY invoice_id, line_no"""
NUMBERS = """
    SELECT company_id, document_type_id, number FROM invoice WHERE number <> ''
     ORDER BY company_id, document_type_id"""
SERIES = "SELECT company_id, document_type_id, period, first_value, next_value FROM number_series"
SEALS = """
    SELECT s.id, s.company_id, s.invoice_id, i.label, s.payload_sha256, s.previous, s.seal
      FROM seal s LEFT JOIN invoice i ON i.id = s.invoice_id ORDER BY s.company_id, s.id"""
SNAPSHOTS = """
    SELECT i.id, i.label, i.number, i.currency, i.document_date, i.due_on, i.total_minor,
           i.tax_minor, s.content, s.sha256, e.payload_sha256
      FROM snapshot s JOIN invoice i ON i.id = s.invoice_id
      LEFT JOIN seal e ON e.invoice_id = i.id ORDER BY i.id"""
PAPERS = """
    SELECT p.id, i.id, i.label, p.content, p.sha256
      FROM pdf_document p JOIN invoice i ON i.id = p.invoice_id ORDER BY p.id"""


class Head(NamedTuple):
    """A document's own figures; decimals as stored, in their scale."""

    id: int
    label: str
    currency: str
    discount_type: str
    discount_value: int
    tax_mode: str
    tax_value: int
    prices_include_tax: int
    subtotal: int
    discount: int
    tax: int
    total: int
    line_count: int


class Line(NamedTuple):
    """A line's figures; decimals as stored, in their scale."""

    invoice_id: int
    line_no: int
    quantity: int
    unit_price: int
    discount_type: str
    discount_value: int
    tax_rate: int | None
    tax_category: str
    gross: int
    discount: int
    share: int
    net: int
    tax: int
    total: int
    tax_shift: int


class SealFact(NamedTuple):
    """A link of a company's chain, and the document it belongs to."""

    id: int
    company_id: int
    invoice_id: int
    label: str | None
    payload_sha256: str
    previous: str
    seal: str


class SnapshotFact(NamedTuple):
    """What was frozen, beside what the document says now; dates in ISO 8601."""

    id: int
    label: str
    number: str
    currency: str
    document_date: str
    due_on: str | None
    total: int
    tax: int
    content: str
    sha256: str
    sealed_sha256: str | None


class PaperFact(NamedTuple):
    """A stored PDF."""

    id: int
    invoice_id: int
    label: str
    content: bytes
    sha256: str


def documents(session: Session) -> Iterator[tuple[Head, list[Line]]]:
    """Every document with its lines, in the order of the ids. Lines without a document are lost."""
    groups = groupby(map(Line._make, _rows(session, LINES)), key=itemgetter(0))
    waiting = next(groups, None)
    for head in map(Head._make, _rows(session, HEADS)):
        while waiting is not None and waiting[0] < head.id:
            waiting = next(groups, None)
        if waiting is not None and waiting[0] == head.id:
            yield head, list(waiting[1])
            waiting = next(groups, None)
        else:
            yield head, []


def numbers(session: Session) -> Iterator[tuple[int, int, str]]:
    """Every number with its company and document type."""
    return (tuple(row) for row in _rows(session, NUMBERS))


def series(session: Session) -> list[tuple[int, int, str, int, int]]:
    """Every series: company, document type, period, its first number, the next it would give."""
    return [tuple(row) for row in _rows(session, SERIES)]


def seals(session: Session) -> Iterator[SealFact]:
    """Every link, company by company, the oldest first."""
    return map(SealFact._make, _rows(session, SEALS))


def snapshots(session: Session) -> Iterator[SnapshotFact]:
    """Every frozen document."""
    for row in _rows(session, SNAPSHOTS):
        fact = SnapshotFact._make(row)
        due = None if fact.due_on is None else str(fact.due_on)
        yield fact._replace(document_date=str(fact.document_date), due_on=due)


def papers(session: Session) -> Iterator[PaperFact]:
    """Every stored PDF."""
    return map(PaperFact._make, _rows(session, PAPERS))


def found(session: Session, sql: str, most: int) -> tuple[list[tuple[Any, ...]], int]:
    """The first rows of a query, and how many there are."""
    rows: list[tuple[Any, ...]] = []
    count = 0
    for row in _rows(session, sql):
        count += 1
        if len(rows) < most:
            rows.append(tuple(row))
    return rows, count


def damage(session: Session) -> list[str]:
    """What the database engine finds broken: pages, indexes, references that lead nowhere."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    connection = session.connection()
    said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(20)")]
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20)
    return [line for line in said if line != "ok"] + [
        f"row {row[1]} of {row[0]} refers to a row of {row[2]} that does not exist" for row in lost
    ]


def _rows(session: Session, sql: str) -> Iterator[Any]:
    """Rows as they come: nothing is held in memory."""
    streaming = text(sql).execution_options(stream_results=True, yield_per=BATCH)
    return iter(session.connection().execute(streaming))
