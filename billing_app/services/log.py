"""The audit trail as people read it: the log, one record's history, the export, the chain."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from billing_app.documents.csv import csv_rows
from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound, Refused
from billing_app.domain.history import HIDDEN, Change, Sight, differences, verb_words
from billing_app.persistence.tables import (
    AuditEntry,
    Company,
    Customer,
    DocumentType,
    Invoice,
    Opportunity,
    Package,
    Payment,
    Product,
    SalesOrder,
    Seal,
    Snapshot,
    User,
    Voyage,
)
from billing_app.services.context import Context
from billing_app.services.invoices.freeze import FIRST, seal

PAGE = 50
MAX_EXPORT = 100_000
AT_ONCE = 500
RECORDS: Mapping[str, tuple[type[Any], str, str, Permission]] = MappingProxyType(
    {
        # the table, the column that names a row, its address, what its history demands
        "invoice": (Invoice, "label", "/invoices?invoice={}", Permission.INVOICE_VIEW),
        "customer": (Customer, "name", "/customers/{}", Permission.CUSTOMER_VIEW),
        "product": (Product, "name", "/products/{}", Permission.PRODUCT_VIEW),
        "package": (Package, "name", "/packages/{}", Permission.PACKAGE_VIEW),
        "voyage": (Voyage, "reference", "/voyages/{}", Permission.VOYAGE_VIEW),
        "opportunity": (Opportunity, "title", "/opportunities/{}", Permission.OPPORTUNITY_VIEW),
        "order": (SalesOrder, "number", "/orders/{}", Permission.ORDER_VIEW),
        "payment": (Payment, "number", "", Permission.PAYMENT_VIEW),
        "user": (User, "name", "", Permission.USER_VIEW),
        "company": (Company, "name", "", Permission.SETTINGS_VIEW),
        "document_type": (DocumentType, "name", "", Permission.SETTINGS_VIEW),
    }
)
HEADER = ("At (UTC)", "Person", "Record", "Record id", "Action", "Field", "Before", "After")


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries; empty fields restrict nothing. Days are the company's, both included."""

    actor_id: int = 0
    action: str = ""
    entity: str = ""
    entity_id: int = 0
    on_from: date | None = None
    on_to: date | None = None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry in people's words, names masked as the reader may see them."""

    id: int
    at: datetime
    who: str
    what: str
    entity: str
    entity_id: int
    record: str
    href: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the log can be filtered by."""

    people: tuple[tuple[int, str], ...]
    entities: tuple[str, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """How far a company's chain of seals holds; `broken_at` is where it does not, else empty."""

    company: str
    count: int
    last: str
    broken_at: str = ""


def list_log(ctx: Context, chosen: LogFilter, page: int = 1) -> tuple[list[LogEntry], bool]:
    """A page of the log, the newest first, and whether there is a next one."""
    ctx.require(Permission.LOG_VIEW)
    with ctx.read() as session:
        query = _filtered(ctx, chosen).order_by(col(AuditEntry.id).desc())
        offset = PAGE * (max(1, page) - 1)
        rows = session.exec(query.limit(PAGE + 1).offset(offset)).all()
        return _entries(session, ctx, rows[:PAGE]), len(rows) > PAGE


def log_choices(ctx: Context) -> Choices:
    """Who did anything, to which records, and what."""
    ctx.require(Permission.LOG_VIEW)
    with ctx.read() as session:
        people = session.exec(
            select(User.id, User.name, User.kind)
            .where(col(User.kind) != "external")
            .order_by(User.name)
        ).all()
        entities = session.exec(select(AuditEntry.entity).distinct()).all()
        actions = session.exec(select(AuditEntry.action).distinct()).all()
    return Choices(
        tuple((key or 0, name) for key, name, _ in people),
        tuple(sorted(entities)),
        tuple(sorted(actions)),
    )


def history_of(ctx: Context, entity: str, entity_id: int) -> list[LogEntry]:
    """One record's entries, the newest first, at most 200. Raises: NotFound, Forbidden."""
    known = RECORDS.get(entity)
    if known is None:
        raise NotFound("This record has no history.")
    ctx.require(known[3])
    with ctx.read() as session:
        query = _filtered(ctx, LogFilter(entity=entity, entity_id=entity_id))
        rows = session.exec(query.order_by(col(AuditEntry.id).desc()).limit(4 * PAGE)).all()
        return _entries(session, ctx, rows)


def export_log(ctx: Context, chosen: LogFilter) -> Iterator[bytes]:
    """The filtered entries as CSV, a row for each changed field. Raises: Refused above 100,000."""
    ctx.require(Permission.LOG_VIEW)
    with ctx.read() as session:
        found = _filtered(ctx, chosen).with_only_columns(col(AuditEntry.id))
        ids = [row[0] or 0 for row in session.connection().execute(found.limit(MAX_EXPORT + 1))]
    if len(ids) > MAX_EXPORT:
        raise Refused(
            "More than {most} entries match. Filter first, then export.", most=f"{MAX_EXPORT:,}"
        )
    return csv_rows(HEADER, _cells(ctx, sorted(ids, reverse=True)))


def verify_chains(ctx: Context) -> list[Chain]:
    """Re-derive every seal from the stored snapshots, company by company."""
    ctx.require(Permission.LOG_VIEW)
    with ctx.read() as session:
        companies = session.exec(select(Company).order_by(col(Company.id))).all()
        return [_chain(session, ctx, company) for company in companies]


def _chain(session: Session, ctx: Context, company: Company) -> Chain:
    previous, count, last = FIRST, 0, ""
    rows = session.exec(
        select(Seal, Snapshot.content, Invoice.label)
        .join(Snapshot, col(Snapshot.invoice_id) == Seal.invoice_id, isouter=True)
        .join(Invoice, col(Invoice.id) == Seal.invoice_id)
        .where(Seal.company_id == company.id)
        .order_by(col(Seal.id))
        .execution_options(yield_per=AT_ONCE)
    )
    with closing(rows):
        for link, content, label in rows:
            digest = hashlib.sha256((content or "").encode()).hexdigest()
            expected = (previous, digest, seal(ctx.secret, previous, digest))
            if (link.previous, link.payload_sha256, link.seal) != expected:
                return Chain(company.name, count, last, label)
            previous, count, last = link.seal, count + 1, label
    return Chain(company.name, count, last)


def _cells(ctx: Context, ids: Sequence[int]) -> Iterator[list[Any]]:
    for at in range(0, len(ids), AT_ONCE):
        with ctx.read() as session:
            query = select(AuditEntry).where(col(AuditEntry.id).in_(ids[at : at + AT_ONCE]))
            rows = session.exec(query.order_by(col(AuditEntry.id).desc())).all()
            entries = _entries(session, ctx, rows)
        for entry in entries:
            facts = [entry.at.isoformat(), entry.who, entry.record, entry.entity_id, entry.what]
            for change in entry.changes or (Change("", "", ""),):
                yield [*facts, change.field, change.was, change.now]


def _filtered(ctx: Context, chosen: LogFilter) -> SelectOfScalar[AuditEntry]:
    query = select(AuditEntry)
    if chosen.entity:
        query = query.where(AuditEntry.entity == chosen.entity)
    if chosen.entity_id:
        query = query.where(AuditEntry.entity_id == chosen.entity_id)
    if chosen.actor_id:
        query = query.where(AuditEntry.actor_id == chosen.actor_id)
    if chosen.action:
        query = query.where(AuditEntry.action == chosen.action)
    if chosen.on_from:
        query = query.where(col(AuditEntry.at) >= _start(chosen.on_from, ctx.zone))
    if chosen.on_to:
        after = chosen.on_to + timedelta(days=1) if chosen.on_to < date.max else date.max
        query = query.where(col(AuditEntry.at) < _start(after, ctx.zone))
    return query


def _start(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _entries(session: Session, ctx: Context, rows: Sequence[AuditEntry]) -> list[LogEntry]:
    sight = Sight(ctx.actor.sees_partner, ctx.actor.sees_vessel)
    who = {row.actor_id for row in rows}
    people = {
        row.id: row.name if sight.partners or row.kind != "external" else HIDDEN
        for row in session.exec(select(User).where(col(User.id).in_(who))).all()
    }
    names = _names(session, rows, sight)
    return [
        LogEntry(
            id=row.id or 0,
            at=row.at,
            who=people.get(row.actor_id, ""),
            what=verb_words(row.action),
            entity=row.entity,
            entity_id=row.entity_id,
            record=names.get((row.entity, row.entity_id), _numbered(row)),
            href=_href(ctx, row),
            changes=differences(row.entity, _facts(row.before), _facts(row.after), sight),
        )
        for row in rows
    ]


def _names(
    session: Session, rows: Sequence[AuditEntry], sight: Sight
) -> dict[tuple[str, int], str]:
    names: dict[tuple[str, int], str] = {}
    for entity in {row.entity for row in rows} & set(RECORDS):
        kind, column, _, _ = RECORDS[entity]
        ids = {row.entity_id for row in rows if row.entity == entity}
        for found in session.exec(select(kind).where(col(kind.id).in_(ids))).all():
            is_partner = entity == "customer" or getattr(found, "kind", "") == "external"
            shown = HIDDEN if is_partner and not sight.partners else getattr(found, column)
            names[entity, found.id] = f"{_spoken(entity)} {shown}"
    return names


def _href(ctx: Context, row: AuditEntry) -> str:
    known = RECORDS.get(row.entity)
    return known[2].format(row.entity_id) if known and ctx.actor.may(known[3]) else ""


def _numbered(row: AuditEntry) -> str:
    return f"{_spoken(row.entity)} {row.entity_id}"


def _spoken(entity: str) -> str:
    return entity.replace("_", " ").capitalize()


def _facts(text: str) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}
