"""Orders: the list, one with its invoices, and the link between both (ORO-17, ORO-18)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, or_, select

from billing_app.domain.access import Permission
from billing_app.domain.editing import check_edit
from billing_app.domain.errors import NotFound
from billing_app.domain.lifecycle import Posting
from billing_app.domain.money import currency, from_minor
from billing_app.domain.periods import due_date
from billing_app.persistence.tables import Customer, Invoice, InvoiceOrder, Product, SalesOrder
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.claims import claim
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.invoices.sources import link
from billing_app.services.paging import page_of
from billing_app.services.sales.made import Made, billed, of_order
from billing_app.services.sales.offers import Offered
from billing_app.services.sales.ordering import lines_of_order

HIDDEN = "Hidden"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order; the customer as the asker may see it, the amount in minor units."""

    id: int
    number: str
    ordered_on: date
    type_name: str
    customer_id: int
    customer: str
    currency: str
    amount_minor: int
    status: str
    notes: str
    version: int


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of the orders list."""

    rows: tuple[OrderRow, ...]
    count: int


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """One order with its lines and invoices, and how much of its amount they ask for."""

    order: OrderRow
    lines: tuple[Offered, ...]
    invoices: tuple[Made, ...]
    billed_minor: int

    @property
    def left_minor(self) -> int:
        """What no invoice asks for yet; never below nothing."""
        return max(0, self.order.amount_minor - self.billed_minor)


def list_orders(ctx: Context, search: str = "", *, status: str = "", page: int = 1) -> OrderPage:
    """Orders, the newest first, 50 a page; customers are searched by who may see them."""
    ctx.require(Permission.ORDER_VIEW)
    with ctx.read() as session:
        query = select(SalesOrder, Customer.name).join(Customer)
        if wanted := search.replace("\0", "").strip():
            columns = [col(SalesOrder.number), col(SalesOrder.type_name)]
            columns += [col(Customer.name)] if ctx.actor.sees_partner else []
            query = query.where(or_(*(c.icontains(wanted, autoescape=True) for c in columns)))
        if status:
            query = query.where(SalesOrder.status == status.replace("\0", ""))
        order = (col(SalesOrder.ordered_on).desc(), col(SalesOrder.id).desc())
        rows, count = page_of(session, query, *order, page=page)
        return OrderPage(tuple(_row(ctx, order, name) for order, name in rows), count)


def order_statuses(ctx: Context) -> list[str]:
    """The statuses that orders have, for the filter."""
    ctx.require(Permission.ORDER_VIEW)
    with ctx.read() as session:
        rows = select(SalesOrder.status).distinct().order_by(col(SalesOrder.status))
        return [status for status in session.exec(rows).all() if status]


def order_types(ctx: Context) -> list[str]:
    """The types that orders have, suggested to a new one."""
    ctx.require(Permission.ORDER_VIEW)
    with ctx.read() as session:
        rows = select(SalesOrder.type_name).distinct().order_by(col(SalesOrder.type_name))
        return [name for name in session.exec(rows.limit(100)).all() if name]


def get_order(ctx: Context, order_id: int) -> OrderRecord:
    """One order with its invoices. Raises: NotFound."""
    ctx.require(Permission.ORDER_VIEW)
    with ctx.read() as session:
        return _record(session, ctx, existing_order(session, order_id))


def order_draft(ctx: Context, order_id: int) -> tuple[Draft, OrderRecord]:
    """What a new invoice from an order begins with: its lines, or one over what is left of it.

    The lines stand until an invoice asks for some of the amount. Order amounts hold the VAT of
    their customer. Raises: NotFound.
    """
    ctx.require(Permission.INVOICE_CREATE)
    ctx.require(Permission.ORDER_VIEW)
    with ctx.read() as session:
        order = existing_order(session, order_id)
        found = _record(session, ctx, order)
        customer = session.get_one(Customer, order.customer_id)
        lines = _draft_lines(session, customer, found)
    today = ctx.today()
    draft = Draft(
        customer_id=order.customer_id,
        document_date=today,
        due_on=due_date(today, customer.payment_term_days),
        currency=order.currency,
        lines=lines,
        title=f"Order {order.number}",
        prices_include_tax=True,
        order_ids=(order_id,),
    )
    return draft, found


def _draft_lines(session: Session, customer: Customer, found: OrderRecord) -> tuple[DraftLine, ...]:
    order, rate = found.order, customer.tax_rate or Decimal(0)
    if not found.lines or found.billed_minor:
        price = from_minor(found.left_minor, currency(order.currency).digits)
        return (DraftLine(f"Order {order.number}", unit_price=price, tax_rate=rate),)
    known = {line.product_id for line in found.lines if line.product_id}
    units = {key: session.get_one(Product, key).unit for key in known}
    return tuple(
        DraftLine(
            line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            tax_rate=rate,
            unit=units.get(line.product_id or 0, ""),
            product_id=line.product_id,
        )
        for line in found.lines
    )


def link_order(ctx: Context, invoice_id: int, order_id: int) -> None:
    """Say that an invoice belongs to an order; a repeat changes nothing (ORO-18).

    Raises: NotFound, NotEditable once the invoice is cancelled or void, Invalid for an order of
    another customer.
    """
    ctx.require(Permission.ORDER_EDIT)
    with ctx.write() as session:
        invoice = _claimed(session, invoice_id)
        existing_order(session, order_id)
        if session.get(InvoiceOrder, (invoice_id, order_id)) is None:
            link(session, ctx, invoice, (order_id,))
            _record_link(session, ctx, invoice, "order linked", order_id)


def unlink_order(ctx: Context, invoice_id: int, order_id: int) -> None:
    """Take the link away; a repeat changes nothing. Raises: NotFound, NotEditable."""
    ctx.require(Permission.ORDER_EDIT)
    with ctx.write() as session:
        invoice = _claimed(session, invoice_id)
        row = session.get(InvoiceOrder, (invoice_id, order_id))
        if row is not None:
            session.delete(row)
            _record_link(session, ctx, invoice, "order unlinked", order_id)


def existing_order(session: Session, order_id: int) -> SalesOrder:
    """The order. Raises: NotFound."""
    order = session.get(SalesOrder, order_id)
    if order is None:
        raise NotFound("This order does not exist.")
    return order


def _claimed(session: Session, invoice_id: int) -> Invoice:
    invoice = claim(session, invoice_id)
    check_edit("orders", Posting(invoice.posting_status), invoice.label)
    return invoice


def _record_link(
    session: Session, ctx: Context, invoice: Invoice, action: str, order_id: int
) -> None:
    number = existing_order(session, order_id).number
    record(
        session,
        ctx,
        entity="invoice",
        entity_id=invoice.id or 0,
        action=action,
        after={"order": number},
    )


def _record(session: Session, ctx: Context, order: SalesOrder) -> OrderRecord:
    customer = session.get_one(Customer, order.customer_id)
    made = of_order(session, ctx, order.id or 0)
    return OrderRecord(
        order=_row(ctx, order, customer.name),
        lines=lines_of_order(session, order.id or 0),
        invoices=made,
        billed_minor=billed(made, order.currency),
    )


def _row(ctx: Context, order: SalesOrder, customer: str) -> OrderRow:
    return OrderRow(
        id=order.id or 0,
        number=order.number,
        ordered_on=order.ordered_on,
        type_name=order.type_name,
        customer_id=order.customer_id,
        customer=customer if ctx.actor.sees_partner else HIDDEN,
        currency=order.currency,
        amount_minor=order.amount_minor,
        status=order.status,
        notes=order.notes,
        version=order.version,
    )
