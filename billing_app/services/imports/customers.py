"""The customers of an imported file, and the company that issues its documents."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from billing_app.domain.errors import Refused
from billing_app.persistence.tables import (
    AuditEntry,
    Company,
    Customer,
    ImportedRecord,
    Office,
    PortalSite,
)
from billing_app.services.audit import as_json, record
from billing_app.services.bulk_posting import add, reserve
from billing_app.services.context import Context
from billing_app.services.imports.report import Report
from billing_app.services.imports.source import SourceLine

SYSTEM = "online-retail"
MAX_NUMBER = 32


class Customers:
    """Finds or makes the customers of lines, a batch at a time."""

    def __init__(self, ctx: Context, report: Report) -> None:
        """Begin a run."""
        self._ctx = ctx
        self._report = report
        self._ids: dict[str, int] = {}
        self._countries: dict[str, str] = {}

    def of(self, line: SourceLine) -> int:
        """The id of a customer met before; 0 in a dry run for one that would be made."""
        key = key_of(line)
        if line.country_name != self._countries.setdefault(key, line.country_name):
            self._report.remark(
                "customers seen in more than one country", f"{key}, {line.invoice_no}"
            )
        return self._ids[key]

    def meet(self, session: Session, lines: Sequence[SourceLine], company_id: int) -> None:
        """Make sure that the customers of these lines are there."""
        unmet = {key_of(line): line for line in reversed(lines) if key_of(line) not in self._ids}
        found = session.exec(
            select(ImportedRecord.external_id, ImportedRecord.record_id).where(
                ImportedRecord.system == SYSTEM,
                ImportedRecord.kind == "customer",
                col(ImportedRecord.external_id).in_(unmet),
            )
        ).all()
        self._ids |= dict(found)
        new = {key: line for key, line in unmet.items() if key not in self._ids}
        self._report.customers_made += len(new)
        if self._report.is_dry_run:
            self._ids |= dict.fromkeys(new, 0)
        else:
            self._make(session, new, company_id)

    def _make(self, session: Session, new: Mapping[str, SourceLine], company_id: int) -> None:
        now = self._ctx.now()
        rows = [_customer_row(line, company_id, now) for line in new.values()]
        _refuse_taken(session, [row["number"] for row in rows])
        ids = reserve(session, Customer, len(rows))
        made = list(zip(ids, new, rows, strict=True))
        add(session, Customer, ({"id": key, **row} for key, _, row in made))
        add(session, ImportedRecord, (_imported_row(key, external) for key, external, _ in made))
        add(session, AuditEntry, (_audit_row(key, row, self._ctx) for key, _, row in made))
        self._ids |= dict(zip(new, ids, strict=True))


def key_of(line: SourceLine) -> str:
    """What names the customer in the source; unknown ones are told apart by country."""
    return line.customer or f"unknown {line.country_name}"


def importing_company(session: Session, ctx: Context, report: Report) -> int:
    """The first company, which issues the documents; made where there is none yet."""
    found = session.exec(select(Company.id).order_by(col(Company.id)).limit(1)).first()
    if found is not None or report.is_dry_run:
        return found or 0
    company = Company(
        name="Online Retail (imported)",
        country="GB",
        base_currency="GBP",
        time_zone="Europe/London",
    )
    session.add(company)
    session.flush()
    company_id = company.id or 0
    session.add(Office(company_id=company_id, name="Head office"))
    session.add(PortalSite(company_id=company_id, name="Portal", settings_json="{}"))
    record(session, ctx, entity="company", entity_id=company_id, action="created")
    report.remark("no company was set up, so one was made to issue the documents", company.name)
    return company_id


def _customer_row(line: SourceLine, company_id: int, now: datetime) -> dict[str, Any]:
    country = line.country_name or "no country"
    number = f"OR-{line.customer}" if line.customer else f"OR-UNKNOWN-{line.country or country}"
    return {
        "number": number[:MAX_NUMBER],
        "name": f"Customer {line.customer}" if line.customer else f"Unknown customer ({country})",
        "account_no": line.customer,
        "country": line.country,
        "notes": "" if line.country else f"Country in the source: {country}.",
        "company_id": company_id,
        "currency": "GBP",
        "created_at": now,
    }


def _imported_row(customer_id: int, external_id: str) -> dict[str, Any]:
    return {
        "system": SYSTEM,
        "kind": "customer",
        "external_id": external_id,
        "record_id": customer_id,
    }


def _audit_row(customer_id: int, row: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
    return {
        "at": row["created_at"],
        "actor_id": ctx.actor.user_id,
        "entity": "customer",
        "entity_id": customer_id,
        "action": "created",
        "after": as_json({"name": row["name"], "origin": f"imported {SYSTEM}"}),
    }


def _refuse_taken(session: Session, numbers: Sequence[str]) -> None:
    twin = session.exec(select(Customer.number).where(col(Customer.number).in_(numbers))).first()
    if twin is not None:
        raise Refused("The customer number {number} is taken. Change it first.", number=twin)
