"""The dashboard: what is owed, what is late, what waits, what happened last (SPEC CRM-29, CRM-30).

The sums are kept until something changes; the audit trail says when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.aging import Age
from billing_app.domain.lifecycle import Posting
from billing_app.domain.periods import add_months
from billing_app.persistence.queries.reports.aging import AgingRow, AsOf, aging_rows
from billing_app.persistence.queries.reports.periods import DocumentDay, document_days
from billing_app.persistence.queries.reports.scope import ReportScope, currencies
from billing_app.persistence.queries.reports.today import (
    Happened,
    due_between,
    failed_deliveries,
    failed_items,
    in_status,
    last_happenings,
    pending_charges,
    unallocated_payments,
)
from billing_app.services.companies import base_currency
from billing_app.services.context import Context
from billing_app.services.outbox import last_change

MONTHS = 12
DEBTORS = 5
HAPPENINGS = 6
WEEK_DAYS = 7
MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Debtor:
    """A customer with overdue documents; what is overdue in minor units."""

    customer_id: int
    name: str
    documents: int
    since: date
    overdue: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What stands in one currency; minor units, credits negative. The year is the running one."""

    documents: int
    value: int
    value_before: int
    """Up to the same day a year earlier."""
    ages: tuple[int, ...]
    age_documents: tuple[int, ...]
    late_customers: int
    debtors: tuple[Debtor, ...]
    months: tuple[date, ...]
    revenue: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The dashboard of one currency."""

    currency: str
    currencies: tuple[str, ...]
    today: date
    sums: Sums
    waiting: dict[str, int]
    happened: Sequence[Happened]


_kept: dict[tuple[str, str, date], tuple[int, Sums]] = {}


def overview(ctx: Context, code: str = "") -> Overview:
    """The dashboard in a currency, the company's own by default. Raises: Forbidden."""
    ctx.require(Permission.INVOICE_VIEW)
    usual = base_currency(ctx)
    stamp = last_change(ctx)
    with ctx.read() as session:
        known = currencies(session)
        chosen = code if code in known else usual
        sums = _kept_sums(session, ctx, chosen, stamp)
        return Overview(
            currency=chosen,
            currencies=tuple(sorted({*known, usual})),
            today=ctx.today(),
            sums=sums if ctx.actor.sees_partner else _without_names(sums),
            waiting=_waiting(session, ctx, chosen),
            happened=last_happenings(session, HAPPENINGS),
        )


def forget_sums() -> None:
    """Keep nothing; for measurements."""
    _kept.clear()


def _kept_sums(session: Session, ctx: Context, code: str, stamp: int) -> Sums:
    """The sums as they were added up, unless something changed since."""
    key = (str(ctx.database.url), code, ctx.today())
    kept = _kept.get(key)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    sums = _sums(session, code, ctx.today())
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = (stamp, sums)
    return sums


def _sums(session: Session, code: str, today: date) -> Sums:
    scope = ReportScope(currency=code)
    new_year = today.replace(month=1, day=1)
    days = document_days(session, scope, (add_months(new_year, -MONTHS), today))
    this_year = [row for row in days if row.on >= new_year]
    a_year_ago = add_months(today, -MONTHS)
    before = [row for row in days if row.on <= a_year_ago]
    rows = aging_rows(session, scope, AsOf(today))
    debtors = _debtors(rows)
    months = tuple(add_months(today.replace(day=1), back) for back in range(1 - MONTHS, 1))
    return Sums(
        documents=sum(row.documents for row in this_year),
        value=sum(row.total for row in this_year),
        value_before=sum(row.total for row in before),
        ages=tuple(sum(row.minors[at] for row in rows) for at in range(len(Age))),
        age_documents=tuple(sum(row.documents[at] for row in rows) for at in range(len(Age))),
        late_customers=len(debtors),
        debtors=tuple(debtors[:DEBTORS]),
        months=months,
        revenue=tuple(_revenue(days, month) for month in months),
    )


def _revenue(days: Sequence[DocumentDay], month: date) -> int:
    return sum(row.total - row.tax for row in days if row.on.replace(day=1) == month)


def _debtors(rows: Sequence[AgingRow]) -> list[Debtor]:
    """Who is late, by how much, the largest sum first."""
    late = [
        Debtor(
            row.customer_id,
            row.customer_name,
            sum(row.documents[1:]),
            row.oldest_due,
            sum(row.minors[1:]),
        )
        for row in rows
        if any(row.documents[1:])
    ]
    return sorted(late, key=lambda one: (-one.overdue, one.name))


def _without_names(sums: Sums) -> Sums:
    return Sums(
        **{name: getattr(sums, name) for name in Sums.__dataclass_fields__ if name != "debtors"},
        debtors=(),
    )


def _waiting(session: Session, ctx: Context, code: str) -> dict[str, int]:
    """How much waits, by what it is; only what the asker may do something about."""
    today, may = ctx.today(), ctx.actor.may
    scope = ReportScope(currency=code)
    found = {
        "ready": in_status(session, Posting.READY),
        "assembled": in_status(session, Posting.ASSEMBLED),
        "due": due_between(session, scope, today, today + timedelta(days=WEEK_DAYS)),
    }
    if may(Permission.CHARGE_VIEW):
        found["charges"] = pending_charges(session)
    if may(Permission.PAYMENT_VIEW):
        found["payments"] = unallocated_payments(session)
    if may(Permission.JOB_RUN):
        found["deliveries"] = failed_deliveries(session)
        found["jobs"] = failed_items(session)
    return found
