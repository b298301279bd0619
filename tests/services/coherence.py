"""Whether a whole database is coherent: totals, kept columns, numbers, snapshots and seals."""

import hashlib
from collections import defaultdict
from datetime import UTC, datetime

from sqlmodel import Session, select, text

from billing_app.documents.snapshot import from_json, to_json
from billing_app.domain.document_types import sign
from billing_app.persistence.database import Database
from billing_app.persistence.tables import (
    Allocation,
    Company,
    CreditApplication,
    Customer,
    DocumentType,
    Invoice,
    InvoiceLine,
    Payment,
    Seal,
    Snapshot,
)
from billing_app.services.books.verify import prove
from billing_app.services.context import Context, FixedClock, system_actor
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.derived import derive, searchable
from billing_app.services.invoices.freeze import FIRST, seal, snapshot_of, totals_of

KEPT = (
    "open_minor", "total_signed", "settled_signed", "open_signed", "due_sort", "label",
    "payment_status", "status_rank",
)  # fmt: skip


def incoherences(database: Database, secret: bytes) -> list[str]:
    """Everything that does not fit, as sentences; empty for a coherent database."""
    with database.read() as session:
        invoices = session.exec(select(Invoice)).all()
        lines = defaultdict(list)
        for line in session.exec(
            select(InvoiceLine).order_by(InvoiceLine.invoice_id, InvoiceLine.line_no)
        ):
            lines[line.invoice_id].append(line)
        found = [
            wrong for invoice in invoices for wrong in _wrong(session, invoice, lines[invoice.id])
        ]
        found += _wrong_settlements(session, invoices)
        found += _wrong_payments(session)
        found += _wrong_search(session, invoices, lines)
        found += _wrong_chain(session, secret)
        found += _gaps(session, invoices)
        return found + _unproved(database, session, secret)


def _unproved(database: Database, session: Session, secret: bytes) -> list[str]:
    """What the books' own check finds."""
    ctx = Context(database, FixedClock(datetime.now(UTC)), system_actor(), secret)
    return [one.sentence for proved in prove(ctx, session) for one in proved.violations]


def _wrong(session: Session, invoice: Invoice, lines: list[InvoiceLine]) -> list[str]:
    totals = totals_of(invoice, lines)
    name, wrong = invoice.label, []
    if (totals.total, totals.tax_total, totals.subtotal, totals.discount_total) != (
        invoice.total_minor,
        invoice.tax_minor,
        invoice.subtotal_minor,
        invoice.discount_minor,
    ) or len(lines) != invoice.line_count:
        wrong.append(f"{name}: totals")
    for line, amounts in zip(lines, totals.lines, strict=True):
        if (
            line.gross_minor,
            line.discount_minor,
            line.share_minor,
            line.net_minor,
            line.tax_minor,
            line.total_minor,
        ) != (
            amounts.gross,
            amounts.discount,
            amounts.share,
            amounts.net,
            amounts.tax,
            amounts.total,
        ):
            wrong.append(f"{name}: line {line.line_no}")
    before = [getattr(invoice, column) for column in KEPT]
    derive(invoice)
    if before != [getattr(invoice, column) for column in KEPT]:
        wrong.append(f"{name}: kept columns")
    if invoice.sign != sign(session.get_one(DocumentType, invoice.document_type_id).kind):
        wrong.append(f"{name}: sign")
    snapshot = session.get(Snapshot, invoice.id)
    if (snapshot is not None) != (invoice.posted_at is not None):
        wrong.append(f"{name}: snapshot")
    if snapshot is not None:
        if hashlib.sha256(snapshot.content.encode()).hexdigest() != snapshot.sha256:
            wrong.append(f"{name}: hash of the snapshot")
        if to_json(snapshot_of(session, _whole(session, invoice, lines))) != to_json(
            from_json(snapshot.content)
        ):
            wrong.append(f"{name}: content of the snapshot")
        if to_json(from_json(snapshot.content)) != snapshot.content:
            wrong.append(f"{name}: form of the snapshot")
    return wrong


def _whole(session: Session, invoice: Invoice, lines: list[InvoiceLine]) -> Whole:
    return Whole(
        invoice,
        session.get_one(DocumentType, invoice.document_type_id),
        session.get_one(Company, invoice.company_id),
        session.get_one(Customer, invoice.customer_id),
        lines,
    )


def _wrong_settlements(session: Session, invoices: list[Invoice]) -> list[str]:
    settled, refunded = defaultdict(int), defaultdict(int)
    for allocation, payment in session.exec(select(Allocation, Payment).join(Payment)).all():
        if payment.status != "COMPLETED" or payment.deleted_at is not None:
            continue
        if payment.kind == "refund":
            refunded[allocation.invoice_id] += allocation.amount_minor
            settled[allocation.invoice_id] -= allocation.amount_minor
        else:
            settled[allocation.invoice_id] += allocation.amount_minor
    for application in session.exec(select(CreditApplication)).all():
        settled[application.credit_id] += application.amount_minor
        settled[application.invoice_id] += application.amount_minor
    return [
        f"{invoice.label}: settled"
        for invoice in invoices
        if (invoice.settled_minor, invoice.refunded_minor)
        != (settled[invoice.id], refunded[invoice.id])
    ]


def _wrong_payments(session: Session) -> list[str]:
    """What is left of each payment, and that nobody settles more than it holds."""
    allocated, from_rest = defaultdict(int), defaultdict(int)
    payments = session.exec(select(Payment)).all()
    for allocation in session.exec(select(Allocation)).all():
        allocated[allocation.payment_id] += allocation.amount_minor
    for one in payments:
        if one.kind == "refund" and one.status == "COMPLETED" and one.deleted_at is None:
            from_rest[one.refund_of_id] += one.total_minor - allocated[one.id]
    wrong = []
    for one in payments:
        has_rest = one.kind in {"receipt", "payment"}
        left = one.total_minor - allocated[one.id] - from_rest[one.id] if has_rest else 0
        if one.left_minor != left or left < 0:
            wrong.append(f"{one.number}: left")
        if one.deleted_at is not None and allocated[one.id]:
            wrong.append(f"{one.number}: deleted, and settles")
    return wrong


def _wrong_search(
    session: Session, invoices: list[Invoice], lines: dict[int, list[InvoiceLine]]
) -> list[str]:
    invoices = [one for one in invoices if one.deleted_at is None]  # the deleted are not found
    if session.get_bind().dialect.name != "sqlite":
        count = session.execute(text("SELECT count(*) FROM invoice_search")).scalar_one()
        return [] if count == len(invoices) else ["search: count"]
    rows = session.execute(text("SELECT rowid, words, partner, vessel FROM invoice_search")).all()
    kept = {row[0]: (row[1], row[2], row[3]) for row in rows}
    return [
        f"{invoice.label}: search"
        for invoice in invoices
        for now in [searchable(session, invoice, lines[invoice.id])]
        if kept.get(invoice.id) != (now.words, now.partner, now.vessel)
    ]


def _wrong_chain(session: Session, secret: bytes) -> list[str]:
    last: dict[int, str] = {}
    wrong, sealed = [], set()
    for link in session.exec(select(Seal).order_by(Seal.id)):
        previous = last.get(link.company_id, FIRST)
        snapshot = session.get(Snapshot, link.invoice_id)
        if (
            link.previous != previous
            or link.seal != seal(secret, previous, link.payload_sha256)
            or snapshot is None
            or snapshot.sha256 != link.payload_sha256
        ):
            wrong.append(f"seal {link.id}")
        last[link.company_id] = link.seal
        sealed.add(link.invoice_id)
    if sealed != set(session.exec(select(Snapshot.invoice_id)).all()):
        wrong.append("documents without a seal")
    return wrong


def _gaps(session: Session, invoices: list[Invoice]) -> list[str]:
    """Automatic numbers count from 1 without a gap, as far as the series says."""
    series = session.execute(
        text("SELECT document_type_id, period, next_value FROM number_series")
    ).all()
    codes = dict(session.exec(select(DocumentType.id, DocumentType.code)).all())
    numbers = {(row.document_type_id, row.number) for row in invoices}
    wrong = []
    for type_id, period, next_value in series:
        prefix = {"INO": "INV-", "CRO": "CRN-"}.get(codes[type_id], f"{codes[type_id]}-")
        wanted = {(type_id, f"{prefix}{period}-{value:05d}") for value in range(1, next_value)}
        has = {
            key for key in numbers if key[0] == type_id and key[1].startswith(f"{prefix}{period}-")
        }
        if wanted != has:
            wrong.append(f"series {period}: {sorted(wanted ^ has)[:3]}")
    return wrong
