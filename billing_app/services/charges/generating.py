"""Refresh: what voyages and orders generate, deleted and rebuilt (SPEC DLY-30, DLY-33)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, delete, exists, func, select, text

from billing_app.domain.access import Permission
from billing_app.domain.charges import ChargeKind, ChargeStatus, PendingList
from billing_app.domain.money import currency, from_minor
from billing_app.domain.voyages import VoyageStatus
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import (
    ChargeLine,
    Customer,
    Invoice,
    InvoiceOrder,
    SalesOrder,
    ServiceOrder,
    Voyage,
)
from billing_app.services.audit import record
from billing_app.services.context import Context

GENERATED = [str(ChargeKind.VOYAGE), str(ChargeKind.HIRE), str(ChargeKind.ORDER)]
OPEN_ORDER = "Confirmed"
WITH_CHARGES = [str(status) for status in VoyageStatus if status.has_charges]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did to one list."""

    deleted: int
    made: int
    edits_lost: int

    @property
    def sentence(self) -> str:
        """What happened, for people."""
        lines = "line" if self.made == 1 else "lines"
        return f"The list is rebuilt: {self.made:,} {lines} from voyages and orders."


def edits_at_risk(ctx: Context, listed: PendingList) -> int:
    """How many generated lines were edited by hand: a refresh would lose those edits."""
    ctx.require(Permission.CHARGE_GENERATE)
    with ctx.read() as session:
        return _count_edits(session, listed)


def refresh_charges(ctx: Context, listed: PendingList) -> Refreshed:
    """Delete and rebuild a list's generated lines; lines added by hand stay.

    Each service order and each confirmed order makes one charge, unless it stands on a document
    already. Voyages below Nominated have none.
    """
    ctx.require(Permission.CHARGE_GENERATE)
    with ctx.write() as session:
        one_at_a_time(session)
        lost = _count_edits(session, listed)
        deleted = session.exec(
            delete(ChargeLine).where(
                col(ChargeLine.status) == str(ChargeStatus.PENDING),
                col(ChargeLine.pending_list) == str(listed),
                col(ChargeLine.kind).in_(GENERATED),
            )
        ).rowcount
        rows = list(_from_service_orders(session, ctx, listed))
        rows += _from_orders(session, ctx) if listed is PendingList.RECEIVABLE else []
        add(session, ChargeLine, rows)
        done = Refreshed(deleted, len(rows), lost)
        record(
            session,
            ctx,
            entity="charge",
            entity_id=0,
            action="refreshed",
            after={
                "list": str(listed),
                "deleted": deleted,
                "made": len(rows),
                "edits_lost": lost,
            },
        )
        return done


def renew_order_charge(session: Session, ctx: Context, order: SalesOrder) -> None:
    """Let what waits to be billed for an order follow it; what an invoice asks for stays.

    Nothing appears that no refresh has brought: an order without a charge gets none here.
    """
    session.flush()
    waiting = session.exec(
        delete(ChargeLine).where(
            col(ChargeLine.order_id) == order.id,
            col(ChargeLine.kind) == str(ChargeKind.ORDER),
            col(ChargeLine.status) == str(ChargeStatus.PENDING),
        )
    ).rowcount
    if waiting:
        add(session, ChargeLine, list(_from_orders(session, ctx, order.id)))


def one_at_a_time(session: Session) -> None:
    """SQLite has one writer anyway; on PostgreSQL a second refresh waits for the first."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('refresh', 0))"))


def _count_edits(session: Session, listed: PendingList) -> int:
    return session.exec(
        select(func.count())
        .select_from(ChargeLine)
        .where(
            ChargeLine.status == str(ChargeStatus.PENDING),
            ChargeLine.pending_list == str(listed),
            col(ChargeLine.kind).in_(GENERATED),
            ChargeLine.is_edited,
        )
    ).one()


def _from_service_orders(
    session: Session, ctx: Context, listed: PendingList
) -> Iterator[dict[str, Any]]:
    taken = exists().where(col(ChargeLine.service_order_id) == ServiceOrder.id)
    query = (
        select(ServiceOrder, Customer.company_id, Voyage.vessel_id)
        .join(Customer, col(Customer.id) == ServiceOrder.customer_id)
        .join(Voyage, col(Voyage.id) == ServiceOrder.voyage_id)
        .where(
            ServiceOrder.pending_list == str(listed),
            col(Voyage.status).in_(WITH_CHARGES),
            ~taken,
        )
        .order_by(col(ServiceOrder.id))
    )
    kind = ChargeKind.HIRE if listed is PendingList.HIRE else ChargeKind.VOYAGE
    for order, company_id, vessel_id in session.execute(query).all():
        common = _common(ctx, listed, kind, order.customer_id, company_id)
        yield common | _ordered(order) | {"vessel_id": vessel_id}


def _ordered(order: ServiceOrder) -> dict[str, Any]:
    same = (
        "currency", "voyage_id", "text", "unit", "quantity", "unit_price", "tax_rate", "date_from",
        "date_to", "net_minor",
    )  # fmt: skip
    return {name: getattr(order, name) for name in same} | {
        "order_id": None,
        "service_order_id": order.id,
        "prices_include_tax": False,
        "ext_ref": order.reference,
    }


def _from_orders(
    session: Session, ctx: Context, order_id: int | None = None
) -> Iterator[dict[str, Any]]:
    """A confirmed order without an invoice is one charge over its amount, VAT included."""
    charged = exists().where(
        col(ChargeLine.order_id) == SalesOrder.id, col(ChargeLine.kind) == str(ChargeKind.ORDER)
    )
    invoiced = exists().where(
        col(InvoiceOrder.order_id) == SalesOrder.id,
        col(InvoiceOrder.invoice_id) == Invoice.id,
        col(Invoice.deleted_at).is_(None),
        col(Invoice.posting_status).not_in(["CANCELLED", "VOID"]),
    )
    query = (
        select(SalesOrder, Customer)
        .join(Customer, col(Customer.id) == SalesOrder.customer_id)
        .where(SalesOrder.status == OPEN_ORDER, ~charged, ~invoiced)
        .order_by(col(SalesOrder.id))
    )
    if order_id is not None:
        query = query.where(SalesOrder.id == order_id)
    for order, customer in session.execute(query).all():
        common = _common(
            ctx, PendingList.RECEIVABLE, ChargeKind.ORDER, order.customer_id, customer.company_id
        )
        yield common | _sold(order, customer)


def _sold(order: SalesOrder, customer: Customer) -> dict[str, Any]:
    return {
        "currency": order.currency,
        "voyage_id": None,
        "vessel_id": None,
        "order_id": order.id,
        "service_order_id": None,
        "text": f"Order {order.number}",
        "unit": "",
        "quantity": Decimal(1),
        "unit_price": from_minor(order.amount_minor, currency(order.currency).digits),
        "tax_rate": customer.tax_rate,
        "prices_include_tax": True,
        "date_from": order.ordered_on,
        "date_to": None,
        "ext_ref": order.number,
        "net_minor": order.amount_minor,
    }


def _common(
    ctx: Context, listed: PendingList, kind: ChargeKind, customer_id: int, company_id: int
) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "company_id": company_id,
        "direction": str(listed.direction),
        "pending_list": str(listed),
        "kind": str(kind),
        "created_at": ctx.now(),
        "created_by_id": ctx.actor.user_id,
    }
