"""What the rules of assembling ask about charges, read from their rows."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from billing_app.domain.charges import Assembly, ChargeFacts, ChargeStatus, PendingView
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Conflict
from billing_app.domain.voyages import VoyageStatus
from billing_app.persistence.tables import ChargeLine, DocumentType, Invoice, Voyage
from billing_app.services.invoices.derived import document_id


def charges_of(session: Session, ids: Sequence[int], *, lock: bool = False) -> list[ChargeLine]:
    """The charges by their ids, locked on request. Raises: Conflict where one is gone."""
    wanted = set(ids)
    query = select(ChargeLine).where(col(ChargeLine.id).in_(wanted)).order_by(col(ChargeLine.id))
    charges = list(session.exec(query.with_for_update() if lock else query).all())
    if len(charges) != len(wanted):
        raise Conflict("Some of these lines are gone. Reload the list and tick again.")
    return charges


def assembly_of(
    session: Session,
    charges: Sequence[ChargeLine],
    document_type: DocumentType,
    posted_on: date,
    today: date,
    view: PendingView,
) -> Assembly:
    """What the rules ask, read with the voyages held still until the end."""
    voyages = _voyages(session, charges)
    labels = _labels(session, charges)
    return Assembly(
        charges=[_facts(charge, voyages, labels) for charge in charges],
        direction=Direction(document_type.direction),
        kind=DocumentKind(document_type.kind),
        posted_on=posted_on,
        today=today,
        view=view,
    )


def _facts(charge: ChargeLine, voyages: dict[int, Voyage], labels: dict[int, str]) -> ChargeFacts:
    voyage = voyages.get(charge.voyage_id or 0)
    return ChargeFacts(
        customer_id=charge.customer_id,
        company_id=charge.company_id,
        currency=charge.currency,
        direction=Direction(charge.direction),
        status=ChargeStatus(charge.status),
        billed_in=labels.get(charge.invoice_id or 0, ""),
        voyage_reference=voyage.reference if voyage else "",
        voyage_status=VoyageStatus(voyage.status) if voyage else None,
        prices_include_tax=charge.prices_include_tax,
    )


def _voyages(session: Session, charges: Sequence[ChargeLine]) -> dict[int, Voyage]:
    ids = {charge.voyage_id for charge in charges if charge.voyage_id is not None}
    if not ids:
        return {}
    held = select(Voyage).where(col(Voyage.id).in_(ids)).order_by(col(Voyage.id))
    return {row.id or 0: row for row in session.exec(held.with_for_update(read=True)).all()}


def _labels(session: Session, charges: Sequence[ChargeLine]) -> dict[int, str]:
    ids = {charge.invoice_id for charge in charges if charge.invoice_id is not None}
    if not ids:
        return {}
    rows = session.exec(select(Invoice.id, Invoice.label).where(col(Invoice.id).in_(ids))).all()
    return {key or 0: label or document_id(key) for key, label in rows}
