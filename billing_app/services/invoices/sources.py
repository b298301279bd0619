"""What an invoice was made from: its orders and its opportunity, all of one customer."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select

from billing_app.domain.charges import ChargeKind, ChargeStatus
from billing_app.domain.errors import Invalid
from billing_app.persistence.tables import (
    ChargeLine,
    Invoice,
    InvoiceOrder,
    Opportunity,
    SalesOrder,
)
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.draft import Draft


def refuse_strange_sources(session: Session, draft: Draft, invoice_id: int | None) -> None:
    """Raise Invalid where the opportunity or an order belongs to another customer."""
    opportunity = (
        session.get(Opportunity, draft.opportunity_id) if draft.opportunity_id is not None else None
    )
    if draft.opportunity_id is not None and opportunity is None:
        raise Invalid.of("opportunity", "This opportunity does not exist.")
    if opportunity is not None and opportunity.customer_id != draft.customer_id:
        raise Invalid.of(
            "customer",
            f'The opportunity "{opportunity.title}" belongs to another customer. Choose that one.',
        )
    linked = select(InvoiceOrder.order_id).where(InvoiceOrder.invoice_id == invoice_id)
    kept = list(session.exec(linked).all()) if invoice_id else []
    _refuse_strange_orders(session, draft.customer_id, [*draft.order_ids, *kept])


def link(session: Session, ctx: Context, invoice: Invoice, order_ids: Sequence[int]) -> None:
    """Link new orders to an invoice; what waited to be billed for them waits no more.

    A refresh of the pending list would leave those charges out too: an order with a live invoice
    has none. Raises: Invalid for an order of another customer.
    """
    _refuse_strange_orders(session, invoice.customer_id, order_ids)
    for order_id in dict.fromkeys(order_ids):
        session.add(InvoiceOrder(invoice_id=invoice.id or 0, order_id=order_id))
    session.flush()
    dropped = session.exec(
        delete(ChargeLine).where(
            col(ChargeLine.order_id).in_(order_ids),
            col(ChargeLine.kind) == str(ChargeKind.ORDER),
            col(ChargeLine.status) == str(ChargeStatus.PENDING),
        )
    ).rowcount
    if dropped:
        after = {"invoice": invoice.label, "deleted": dropped}
        record(session, ctx, entity="charge", entity_id=0, action="invoiced directly", after=after)


def _refuse_strange_orders(session: Session, customer_id: int, order_ids: Sequence[int]) -> None:
    if order_ids:  # charges before orders, as assembling locks them
        charges = select(ChargeLine.id).where(col(ChargeLine.order_id).in_(order_ids))
        session.exec(charges.order_by(col(ChargeLine.id)).with_for_update()).all()
    for order_id in order_ids:
        # shared, so that nobody gives the order to another customer before it is linked
        order = session.get(SalesOrder, order_id, with_for_update={"read": True, "key_share": True})
        if order is None:
            raise Invalid.of("order", "This order does not exist.")
        if order.customer_id != customer_id:
            raise Invalid.of(
                "customer", f"Order {order.number} belongs to another customer. Choose that one."
            )
