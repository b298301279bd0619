"""Voyages and what was ordered for them: lists, one record, saving (SPEC DLY-33, DLY-48)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, func, or_, select, update

from billing_app.domain.access import Permission
from billing_app.domain.charges import ChargeStatus
from billing_app.domain.errors import Conflict, Invalid, NotFound
from billing_app.domain.parsing import clean_text
from billing_app.domain.voyages import VoyageStatus, check_voyage_move
from billing_app.persistence.tables import (
    ChargeLine,
    Invoice,
    InvoiceLine,
    ServiceOrder,
    Vessel,
    Voyage,
)
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.invoices.derived import make_findable
from billing_app.services.paging import PAGE, page_of

LENGTHS = {"reference": 64, "vessel": 128, "business_unit": 64}


@dataclass(frozen=True, slots=True)
class VoyageFacts:
    """What the voyage form says; an unknown vessel is a new one."""

    reference: str
    vessel: str = ""
    business_unit: str = ""
    status: str = str(VoyageStatus.ESTIMATE)


@dataclass(frozen=True, slots=True)
class VoyageRow:
    """One voyage of the list, the vessel as the asker may see it."""

    id: int
    reference: str
    vessel: str
    business_unit: str
    status: VoyageStatus
    pending: int
    version: int


@dataclass(frozen=True, slots=True)
class VoyagePage:
    """One page of the voyages list."""

    rows: tuple[VoyageRow, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Ordered:
    """A service order of a voyage as its page lists it."""

    reference: str
    text: str
    pending_list: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    currency: str
    net_minor: int
    date_from: date | None


def list_voyages(ctx: Context, search: str = "", *, status: str = "", page: int = 1) -> VoyagePage:
    """Voyages by reference, 50 a page; the search knows vessels only for who may see them."""
    ctx.require(Permission.VOYAGE_VIEW)
    with ctx.read() as session:
        query = select(Voyage, Vessel.name).join(Vessel, isouter=True)
        if wanted := search.replace("\0", "").strip():
            columns = [col(Voyage.reference), col(Voyage.business_unit)]
            columns += [col(Vessel.name)] if ctx.actor.sees_vessel else []
            query = query.where(or_(*(c.icontains(wanted, autoescape=True) for c in columns)))
        if status:
            query = query.where(Voyage.status == status)
        order = (col(Voyage.reference), col(Voyage.id))
        found, count = page_of(session, query, *order, page=page)
        waits = _pending(session, [voyage.id or 0 for voyage, _ in found])
        rows = tuple(_row(ctx, voyage, name, waits) for voyage, name in found)
    return VoyagePage(rows, count)


def get_voyage(ctx: Context, voyage_id: int) -> tuple[VoyageRow, tuple[Ordered, ...]]:
    """One voyage with its service orders. Raises: NotFound."""
    ctx.require(Permission.VOYAGE_VIEW)
    with ctx.read() as session:
        voyage = _existing(session, voyage_id)
        vessel = session.get(Vessel, voyage.vessel_id) if voyage.vessel_id else None
        orders = session.exec(
            select(ServiceOrder)
            .where(ServiceOrder.voyage_id == voyage_id)
            .order_by(col(ServiceOrder.reference))
            .limit(500)
        ).all()
        waits = _pending(session, [voyage_id])
        row = _row(ctx, voyage, vessel.name if vessel else None, waits)
        return row, tuple(_ordered(order) for order in orders)


def vessel_names(ctx: Context, search: str = "") -> list[str]:
    """Names of vessels for pickers; none for who may not see them."""
    ctx.require(Permission.VOYAGE_VIEW)
    if not ctx.actor.sees_vessel:
        return []
    with ctx.read() as session:
        query = select(Vessel.name).order_by(Vessel.name).limit(PAGE)
        if wanted := search.replace("\0", "").strip():
            query = query.where(col(Vessel.name).icontains(wanted, autoescape=True))
        return list(session.exec(query).all())


def save_voyage(ctx: Context, facts: VoyageFacts, voyage_id: int = 0, version: int = 0) -> int:
    """Make or change a voyage; answers its id.

    Who cannot see vessels leaves the vessel as it is. Raises: Invalid with every field's
    sentence, Conflict, NotFound, Forbidden and Refused for a way out of Closed.
    """
    ctx.require(Permission.VOYAGE_EDIT)
    cleaned, status = _cleaned(facts)
    with ctx.write() as session:
        voyage = _existing(session, voyage_id, lock=True) if voyage_id else Voyage()
        if voyage_id and voyage.version != version:
            raise Conflict("Somebody else changed this voyage meanwhile. Reload to see it.")
        _refuse_twin(session, voyage, cleaned["reference"])
        if voyage_id:
            check_voyage_move(
                voyage.reference,
                VoyageStatus(voyage.status),
                status,
                may_reopen=ctx.actor.may(Permission.VOYAGE_REOPEN),
            )
        before = _said(voyage) if voyage_id else {}
        _write(session, ctx, voyage, cleaned, status)
        was, now = changes(before, _said(voyage))
        _follow(session, voyage, set(now))
        record(
            session,
            ctx,
            entity="voyage",
            entity_id=voyage.id or 0,
            action="changed" if voyage_id else "created",
            before=was,
            after=now,
        )
        return voyage.id or 0


def _write(
    session: Session, ctx: Context, voyage: Voyage, cleaned: dict[str, str], status: VoyageStatus
) -> None:
    voyage.reference, voyage.business_unit = cleaned["reference"], cleaned["business_unit"]
    voyage.status = str(status)
    if ctx.actor.sees_vessel:
        voyage.vessel_id = _vessel_id(session, cleaned["vessel"])
    voyage.version += 1 if voyage.id else 0
    session.add(voyage)
    session.flush()


def _row(ctx: Context, voyage: Voyage, vessel: str | None, waits: dict[int, int]) -> VoyageRow:
    return VoyageRow(
        id=voyage.id or 0,
        reference=voyage.reference,
        vessel=(vessel or "") if ctx.actor.sees_vessel else "Hidden",
        business_unit=voyage.business_unit,
        status=VoyageStatus(voyage.status),
        pending=waits.get(voyage.id or 0, 0),
        version=voyage.version,
    )


def _ordered(order: ServiceOrder) -> Ordered:
    return Ordered(**{name: getattr(order, name) for name in Ordered.__dataclass_fields__})


def _pending(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """How many charges wait on each of these voyages."""
    rows = session.exec(
        select(ChargeLine.voyage_id, func.count())
        .where(col(ChargeLine.voyage_id).in_(ids), ChargeLine.status == ChargeStatus.PENDING)
        .group_by(col(ChargeLine.voyage_id))
    )
    return {key or 0: count for key, count in rows.all()}


def _existing(session: Session, voyage_id: int, *, lock: bool = False) -> Voyage:
    voyage = session.get(Voyage, voyage_id, with_for_update=True if lock else None)
    if voyage is None:
        raise NotFound("This voyage does not exist.")
    return voyage


def _refuse_twin(session: Session, voyage: Voyage, reference: str) -> None:
    twin = session.exec(select(Voyage).where(Voyage.reference == reference)).first()
    if twin is not None and twin.id != voyage.id:
        raise Invalid.of("reference", f"There is a voyage {reference} already.")


def _vessel_id(session: Session, name: str) -> int | None:
    if not name:
        return None
    vessel = session.exec(select(Vessel).where(Vessel.name == name)).first() or Vessel(name=name)
    session.add(vessel)
    session.flush()
    return vessel.id


def _said(voyage: Voyage) -> dict[str, object]:
    fields = ("reference", "vessel_id", "business_unit", "status")
    return {field: getattr(voyage, field) for field in fields}


def _follow(session: Session, voyage: Voyage, changed: set[str]) -> None:
    """Pending charges follow the voyage's vessel, and the search its reference and vessel."""
    if "vessel_id" in changed:
        session.exec(
            update(ChargeLine)
            .where(col(ChargeLine.voyage_id) == voyage.id, col(ChargeLine.status) == "PENDING")
            .values(vessel_id=voyage.vessel_id)
        )
    if not changed & {"vessel_id", "reference"}:
        return
    ids = select(InvoiceLine.invoice_id).where(InvoiceLine.voyage_id == voyage.id).distinct()
    for invoice in session.exec(
        select(Invoice).where(col(Invoice.id).in_(ids), col(Invoice.deleted_at).is_(None))
    ).all():
        lines = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)
        make_findable(session, invoice, list(session.exec(lines).all()))


def _cleaned(facts: VoyageFacts) -> tuple[dict[str, str], VoyageStatus]:
    problems: dict[str, str] = {}
    cleaned: dict[str, str] = {}
    for field, maximum in LENGTHS.items():
        try:
            cleaned[field] = clean_text(getattr(facts, field), field=field, maximum=maximum)
        except Invalid as error:
            problems |= error.fields
    if not cleaned.get("reference"):
        problems.setdefault("reference", "Give the voyage a reference.")
    if facts.status not in set(VoyageStatus):
        problems["status"] = "There is no such status."
    if problems:
        raise Invalid.many(problems)
    return cleaned, VoyageStatus(facts.status)
