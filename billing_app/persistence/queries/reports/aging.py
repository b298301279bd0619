"""What was open on a day, by customer, currency and age (SPEC 6.4).

On the present day (and any later one) the kept columns say it, along one index. What was open on
an earlier day is what is open now and whatever settled it since: payments and refunds by the day
they were paid, credit notes by their document date; documents voided since still stood then
(docs/adr/0016).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlmodel import Session

from billing_app.domain.aging import Age, first_due, last_due
from billing_app.persistence.queries.reports.scope import (
    ALLOCATIONS,
    APPLICATIONS,
    CUSTOMERS,
    INVOICES,
    PAYMENTS,
    STANDING,
    ReportScope,
    owing,
    type_ids,
    within,
)

AGES = tuple(Age)
OTHERS = INVOICES.alias("other")
FACTS = ("id", "customer_id", "currency", "due_sort")
COLUMNS = (*FACTS, "minor", "documents")


@dataclass(frozen=True, slots=True)
class AsOf:
    """A day, and the instant (UTC) at which it ends in the company's zone; None for the present."""

    day: date
    ends_at: datetime | None = None


class AgingRow(NamedTuple):
    """What a customer owed in a currency, by age as in `AGES`; minor units, credits negative."""

    customer_id: int
    customer_name: str
    currency: str
    minors: tuple[int, ...]
    documents: tuple[int, ...]
    oldest_due: date


class OpenItem(NamedTuple):
    """A document that was open; amounts in minor units with their sign."""

    id: int
    label: str
    customer_id: int
    customer_name: str
    currency: str
    document_date: date
    due_on: date | None
    total: int
    open: int


def aging_rows(
    session: Session, scope: ReportScope, as_of: AsOf, *, by_customer: bool = True
) -> list[AgingRow]:
    """Every row of the report; without `by_customer` the customer is 0 and has no name."""
    types = type_ids(session, scope)
    parts = [_summed(_open_now(scope, types, as_of).subquery("item"), as_of.day)]
    if as_of.ends_at is not None:
        parts.append(_summed(_moved(scope, types, as_of.day, as_of.ends_at), as_of.day))
    found: dict[tuple[int, str], AgingRow] = {}
    for part in parts:
        for row in session.connection().execute(part):
            one = _row(row)
            key = (one.customer_id if by_customer else 0, one.currency)
            found[key] = _together(found[key], one) if key in found else one
    names = _names(session) if by_customer else {}
    return [
        row._replace(customer_id=customer_id, customer_name=names.get(customer_id, ""))
        for (customer_id, _), row in found.items()
        if any(row.documents)
    ]


def _summed(items: Any, day: date) -> Select[Any]:
    """Sums and counts of each age, along the order of the index: nothing has to be sorted."""
    figures = [
        func.sum(case((_is_of(age, items.c.due_sort, day), column), else_=0))
        for age in AGES
        for column in (items.c.minor, items.c.documents)
    ]
    keys = (items.c.currency, items.c.customer_id)
    return select(*keys, func.min(items.c.due_sort), *figures).group_by(*keys)


def _row(row: Any) -> AgingRow:
    currency, customer_id, oldest, *figures = row
    minors, documents = figures[::2], figures[1::2]
    return AgingRow(
        customer_id, "", currency, tuple(map(int, minors)), tuple(map(int, documents)), oldest
    )


def _together(one: AgingRow, other: AgingRow) -> AgingRow:
    return one._replace(
        minors=tuple(map(add, one.minors, other.minors)),
        documents=tuple(map(add, one.documents, other.documents)),
        oldest_due=min(one.oldest_due, other.oldest_due),
    )


def _names(session: Session) -> dict[int, str]:
    rows = session.connection().execute(select(CUSTOMERS.c.id, CUSTOMERS.c.name))
    return {row[0]: row[1] for row in rows}


def open_items(
    session: Session, scope: ReportScope, as_of: AsOf, age: Age | None, *, most: int
) -> list[OpenItem]:
    """The documents behind a cell, the longest due first; all ages for None."""
    items = _items(scope, type_ids(session, scope), as_of)
    query = (
        select(
            INVOICES.c.id,
            INVOICES.c.label,
            INVOICES.c.customer_id,
            INVOICES.c.customer_name,
            INVOICES.c.currency,
            INVOICES.c.document_date,
            INVOICES.c.due_on,
            INVOICES.c.total_signed,
            items.c.minor,
        )
        .join(items, items.c.id == INVOICES.c.id)
        .order_by(INVOICES.c.due_sort, INVOICES.c.id)
        .limit(most)
    )
    if age is not None:
        query = query.where(_is_of(age, items.c.due_sort, as_of.day))
    return [OpenItem(*row) for row in session.connection().execute(query)]


def _is_of(age: Age, due: Any, day: date) -> ColumnElement[bool]:
    """Whether a due date makes the age."""
    first, last = first_due(age, day), last_due(age, day)
    return due.between(first or date.min, last or date.max)  # type: ignore[no-any-return]


def _items(scope: ReportScope, types: list[int], as_of: AsOf) -> Subquery:
    """One row a document: what was open of it, with its sign."""
    now = _open_now(scope, types, as_of)
    if as_of.ends_at is None:
        return now.subquery("item")
    moved = _moved(scope, types, as_of.day, as_of.ends_at)
    parts = union_all(now, select(*(moved.c[name] for name in COLUMNS))).subquery("part")
    keys = [parts.c[name] for name in FACTS]
    whole = select(*keys, func.sum(parts.c.minor).label("minor")).group_by(*keys)
    return whole.having(func.sum(parts.c.minor) != 0).subquery("item")


def _open_now(scope: ReportScope, types: list[int], as_of: AsOf) -> Select[Any]:
    """What is open now; before the present only of documents dated by then."""
    columns = (*_facts(), INVOICES.c.open_signed.label("minor"), literal(1).label("documents"))
    query = select(*columns).where(*within(scope, INVOICES, types), *owing(INVOICES))
    return query.where(INVOICES.c.document_date <= as_of.day) if as_of.ends_at else query


def _moved(scope: ReportScope, types: list[int], day: date, ends_at: datetime) -> Subquery:
    """One row for each document that was voided or settled since: by how much more was open then.

    `documents` is 1 where it was open and is no more, -1 the other way round.
    """
    parts = _moves(scope, types, day, ends_at).subquery("part")
    keys = [parts.c[name] for name in (*FACTS, "now")]
    more = func.sum(parts.c.minor)
    was_open = case((parts.c.now + more != 0, 1), else_=0)
    is_open = case((parts.c.now != 0, 1), else_=0)
    columns = (*keys, more.label("minor"), (was_open - is_open).label("documents"))
    return select(*columns).group_by(*keys).subquery("moved")


def _moves(
    scope: ReportScope, types: list[int], day: date, ends_at: datetime
) -> CompoundSelect[Any]:
    """What was voided since, and each amount that settled documents since."""
    stood = [*within(scope, INVOICES, types), *_stood(day, ends_at)]
    now = case((INVOICES.c.status_rank.between(*STANDING), INVOICES.c.open_signed), else_=0)
    facts = (*_facts(), now.label("now"))
    voided = select(*facts, INVOICES.c.open_signed.label("minor")).where(
        *stood, INVOICES.c.posting_status == "VOID"
    )
    given = case((PAYMENTS.c.kind == "refund", -1), else_=1)
    paid = (
        select(*facts, INVOICES.c.sign * given * ALLOCATIONS.c.amount_minor)
        .select_from(PAYMENTS)
        .join(ALLOCATIONS, ALLOCATIONS.c.payment_id == PAYMENTS.c.id)
        .join(INVOICES, INVOICES.c.id == ALLOCATIONS.c.invoice_id)
        .where(
            PAYMENTS.c.paid_on > day,
            PAYMENTS.c.status == "COMPLETED",
            PAYMENTS.c.deleted_at.is_(None),
            *stood,
        )
    )
    sides = (APPLICATIONS.c.invoice_id, APPLICATIONS.c.credit_id)
    credited = [
        select(*facts, INVOICES.c.sign * APPLICATIONS.c.amount_minor)
        .select_from(APPLICATIONS)
        .join(INVOICES, INVOICES.c.id == one)
        .join(OTHERS, OTHERS.c.id == other)
        .where(OTHERS.c.document_date > day, *stood)
        for one, other in (sides, sides[::-1])
    ]
    return union_all(voided, paid, *credited)


def _stood(day: date, ends_at: datetime) -> Sequence[ColumnElement[bool]]:
    """Dated by then, and not void yet when the day ended."""
    is_void_since = and_(
        INVOICES.c.posting_status == "VOID",
        INVOICES.c.posted_at.is_not(None),
        INVOICES.c.voided_at >= ends_at,
    )
    return (
        INVOICES.c.document_date <= day,
        INVOICES.c.deleted_at.is_(None),
        or_(INVOICES.c.status_rank.between(*STANDING), is_void_since),
    )


def _facts() -> list[Any]:
    return [INVOICES.c[name].label(name) for name in FACTS]
