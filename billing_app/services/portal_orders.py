"""An order as its customer opens it, and the orders behind a document (ORO-32, ERP-49)."""

from dataclasses import dataclass, replace
from datetime import date

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.persistence.queries.portal_orders import (
    OrderInvoice,
    invoices_of_order,
    orders_of_invoice,
    visible_order,
)
from billing_app.services.context import Context
from billing_app.services.scopes import portal_scope


@dataclass(frozen=True, slots=True)
class PortalOrder:
    """One order; None is what the role does not cover."""

    number: str
    ordered_on: date
    type_name: str
    status: str
    notes: str
    customer: str
    amount_minor: int | None
    currency: str | None
    invoices: tuple[OrderInvoice, ...] | None


@dataclass(frozen=True, slots=True)
class OrderLink:
    """An order behind a document; id 0 where its page is not for the reader."""

    id: int
    number: str


def get_order(ctx: Context, order_id: int) -> PortalOrder:
    """One order. Raises: NotFound for whatever the customer's list does not hold, Forbidden."""
    ctx.require(Permission.PORTAL_ORDERS)
    has_prices = ctx.actor.may(Permission.PORTAL_PRICES)
    with ctx.read() as session:
        scope, today = portal_scope(session, ctx), ctx.today()
        found = visible_order(session, scope, today, order_id)
        if found is None:
            raise NotFound("This order does not exist.")
        shown = PortalOrder(
            number=found.number,
            ordered_on=found.ordered_on,
            type_name=found.type_name,
            status=found.status,
            notes=found.notes,
            customer=found.customer,
            amount_minor=found.amount_minor if has_prices else None,
            currency=found.currency if has_prices else None,
            invoices=None,
        )
        if ctx.actor.may(Permission.PORTAL_INVOICES):
            made = invoices_of_order(session, scope, today, order_id)
            shown = replace(shown, invoices=tuple(made))
    return shown


def orders_of_document(ctx: Context, invoice_id: int) -> tuple[OrderLink, ...]:
    """The orders behind a document one sees; none for a document one does not see."""
    ctx.require(Permission.PORTAL_INVOICES)
    opens = ctx.actor.may(Permission.PORTAL_ORDERS)
    with ctx.read() as session:
        found = orders_of_invoice(session, portal_scope(session, ctx), ctx.today(), invoice_id)
    return tuple(
        OrderLink(order_id if opens and is_held else 0, number)
        for order_id, number, is_held in found
    )
