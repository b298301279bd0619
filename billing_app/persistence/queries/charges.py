"""The pending lists over a million charges: groups, their parts, their lines, their sums.

Every query walks one partial index of what waits. Its condition stands in the statement as words,
not as a value, or SQLite would not know that the index fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, func, literal_column, or_, select
from sqlmodel import Session, col

from billing_app.domain.charges import PendingList, PendingView
from billing_app.domain.voyages import VoyageStatus
from billing_app.persistence.inserting import table_of
from billing_app.persistence.search import Sight
from billing_app.persistence.tables import ChargeLine, Customer, Vessel, Voyage

CHARGES = table_of(ChargeLine)
VOYAGES = table_of(Voyage)
VESSELS = table_of(Vessel)
CUSTOMERS = table_of(Customer)
WAITS = literal_column("charge_line.status") == literal_column("'PENDING'")
BILLABLE = [str(status) for status in VoyageStatus if status.has_charges and not status.is_locked]
KEYS = {
    PendingView.VOYAGE: CHARGES.c.voyage_id,
    PendingView.VESSEL: CHARGES.c.vessel_id,
    PendingView.PARTNER: CHARGES.c.customer_id,
}


@dataclass(frozen=True, slots=True)
class Sum:
    """How many charges wait in one currency, and what they come to in minor units."""

    currency: str
    count: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class Group:
    """One voyage, vessel or partner with what waits; key 0 for charges that have none."""

    key: int
    name: str
    status: str = ""
    vessel: str = ""
    sums: tuple[Sum, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What waits within a group for one business partner in one currency."""

    customer_id: int
    customer_name: str
    currency: str
    count: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """One pending charge with the names beside it."""

    charge: ChargeLine
    customer_name: str
    voyage: str
    voyage_status: VoyageStatus | None
    vessel: str


@dataclass(frozen=True, slots=True)
class Place:
    """A group's part of a list: which charges are meant."""

    listed: PendingList
    view: PendingView
    key: int
    customer_id: int
    currency: str


def groups(
    session: Session,
    listed: PendingList,
    view: PendingView,
    *,
    sight: Sight,
    search: str = "",
    limit: int,
    offset: int,
) -> list[Group]:
    """So many groups with something waiting, by name; by id where the names are not to be seen."""
    found = [
        Group(row[0], row[1], row[2] or "", row[3] or "")
        for row in session.execute(
            _named(listed, view, sight, search).limit(limit).offset(offset)
        ).all()
    ]
    sums = _sums(session, listed, view, [group.key for group in found])
    return [
        Group(one.key, one.name, one.status, one.vessel, tuple(sums.get(one.key, ())))
        for one in found
    ]


def loose_ends(session: Session, listed: PendingList, view: PendingView) -> Group | None:
    """What waits without a voyage or vessel; None where everything has one."""
    if view is PendingView.PARTNER:
        return None
    rows = session.execute(_summed(listed).where(KEYS[view].is_(None))).all()
    return Group(0, "", sums=tuple(Sum(*row) for row in rows)) if rows else None


def parts(session: Session, listed: PendingList, view: PendingView, key: int) -> list[Part]:
    """A group's business partners and currencies."""
    totals = (
        select(
            CHARGES.c.customer_id,
            CHARGES.c.currency,
            func.count().label("count"),
            func.sum(CHARGES.c.net_minor).label("net"),
        )
        .where(WAITS, CHARGES.c.pending_list == listed, _within(view, key))
        .group_by(CHARGES.c.customer_id, CHARGES.c.currency)
        .subquery()
    )
    rows = session.execute(
        select(
            totals.c.customer_id, CUSTOMERS.c.name, totals.c.currency, totals.c.count, totals.c.net
        )
        .join(CUSTOMERS, CUSTOMERS.c.id == totals.c.customer_id)
        .order_by(CUSTOMERS.c.name, CUSTOMERS.c.id, totals.c.currency)
    )
    return [Part(row[0], row[1], row[2], row[3], int(row[4])) for row in rows.all()]


def waiting(session: Session, place: Place, *, limit: int, offset: int = 0) -> list[Waiting]:
    """The pending charges of a part, oldest first."""
    ids = [row[0] for row in session.execute(_ids(place).limit(limit).offset(offset)).all()]
    return with_names(session, ids)


def with_names(session: Session, ids: Sequence[int]) -> list[Waiting]:
    """Charges by their ids, in the order of the ids, with the names beside them."""
    rows = session.execute(
        select(
            ChargeLine,
            CUSTOMERS.c.name,
            VOYAGES.c.reference,
            VOYAGES.c.status,
            VESSELS.c.name,
        )
        .join(Customer, col(Customer.id) == ChargeLine.customer_id)
        .join(Voyage, col(Voyage.id) == ChargeLine.voyage_id, isouter=True)
        .join(Vessel, col(Vessel.id) == ChargeLine.vessel_id, isouter=True)
        .where(col(ChargeLine.id).in_(ids))
        .order_by(col(ChargeLine.id))
    )
    return [
        Waiting(
            row[0],
            row[1],
            row[2] or "",
            VoyageStatus(row[3]) if row[3] else None,
            row[4] or "",
        )
        for row in rows.all()
    ]


def amounts(session: Session, place: Place, *, limit: int) -> dict[int, int]:
    """The amounts of a part's charges in minor units, by their ids; only of what can be billed."""
    query = _ids(place, CHARGES.c.net_minor).join(
        VOYAGES, VOYAGES.c.id == CHARGES.c.voyage_id, isouter=True
    )
    query = query.where(or_(CHARGES.c.voyage_id.is_(None), VOYAGES.c.status.in_(BILLABLE)))
    return {row[0]: row[1] for row in session.execute(query.limit(limit)).all()}


def tallies(session: Session, listed: PendingList) -> list[Sum]:
    """Everything that waits in a list, by currency."""
    return [Sum(row[0], row[1], int(row[2])) for row in session.execute(_summed(listed)).all()]


def billed(session: Session, invoice_id: int) -> int:
    """How many charges stand on an invoice."""
    counted = select(func.count()).where(
        CHARGES.c.invoice_id.is_not(None), CHARGES.c.invoice_id == invoice_id
    )
    return int(session.execute(counted).scalar_one())


def _named(listed: PendingList, view: PendingView, sight: Sight, search: str) -> Any:
    """The groups' names, without figures."""
    exists = select(1).where(WAITS, CHARGES.c.pending_list == listed)
    nothing: Any = literal_column("''")
    query: Any
    if view is PendingView.VOYAGE:
        query = select(VOYAGES.c.id, VOYAGES.c.reference, VOYAGES.c.status, VESSELS.c.name)
        query = query.join(VESSELS, VESSELS.c.id == VOYAGES.c.vessel_id, isouter=True)
        names = [VOYAGES.c.reference, *([VESSELS.c.name] if sight.vessel else [])]
        order = [VOYAGES.c.reference]
    elif view is PendingView.VESSEL:
        query = select(VESSELS.c.id, VESSELS.c.name, nothing, nothing)
        names = [VESSELS.c.name] if sight.vessel else []
        order = [*names, VESSELS.c.id]
    else:
        query = select(CUSTOMERS.c.id, CUSTOMERS.c.name, nothing, nothing)
        names = [CUSTOMERS.c.name] if sight.partner else []
        order = [*names, CUSTOMERS.c.id]
    exists = exists.where(KEYS[view] == query.selected_columns[0])
    query = query.where(exists.exists())
    if search:
        fits = (name.icontains(search, autoescape=True) for name in names)
        query = query.where(or_(false(), *fits))
    return query.order_by(*order)


def _sums(
    session: Session, listed: PendingList, view: PendingView, keys: Sequence[int]
) -> dict[int, list[Sum]]:
    if not keys:
        return {}
    key = KEYS[view]
    found: dict[int, list[Sum]] = {}
    rows = session.execute(
        select(key, CHARGES.c.currency, func.count(), func.sum(CHARGES.c.net_minor))
        .where(WAITS, CHARGES.c.pending_list == listed, key.in_(keys))
        .group_by(key, CHARGES.c.currency)
        .order_by(key, CHARGES.c.currency)
    )
    for one, currency, count, net in rows.all():
        found.setdefault(one, []).append(Sum(currency, count, int(net)))
    return found


def _summed(listed: PendingList) -> Select[Any]:
    return (
        select(CHARGES.c.currency, func.count(), func.sum(CHARGES.c.net_minor))
        .where(WAITS, CHARGES.c.pending_list == listed)
        .group_by(CHARGES.c.currency)
        .order_by(CHARGES.c.currency)
    )


def _within(view: PendingView, key: int) -> Any:
    return KEYS[view].is_(None) if not key else KEYS[view] == key


def _ids(place: Place, *also: Any) -> Select[Any]:
    return (
        select(CHARGES.c.id, *also)
        .where(
            WAITS,
            CHARGES.c.pending_list == place.listed,
            _within(place.view, place.key),
            CHARGES.c.customer_id == place.customer_id,
            CHARGES.c.currency == place.currency,
        )
        .order_by(CHARGES.c.id)
    )
