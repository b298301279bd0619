"""What an order form says: checked, and saved with its lines (ORO-17, ORO-18)."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, delete, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid, NotFound
from billing_app.domain.money import currency, max_minor
from billing_app.domain.parsing import clean_text
from billing_app.persistence.tables import (
    ChargeLine,
    Customer,
    InvoiceOrder,
    Product,
    SalesOrder,
    SalesOrderLine,
)
from billing_app.services.audit import changes, record
from billing_app.services.charges.generating import OPEN_ORDER, one_at_a_time, renew_order_charge
from billing_app.services.context import Context
from billing_app.services.requests import answered, remember
from billing_app.services.sales.offers import MOST_LINES, Offered, clean_lines, sum_minor

STATUSES = (OPEN_ORDER, "Invoiced", "Closed", "Cancelled")
SAID = (
    "number", "ordered_on", "type_name", "customer_id", "currency", "amount_minor", "status",
    "notes",
)  # fmt: skip
TEXTS = (("number", 64, False), ("type_name", 64, False), ("notes", 4000, True))
VERB = "save_order"


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the order form says.

    Without a number it gets the next one. The amount, in minor units with the VAT, is the sum of
    the lines where there are any.
    """

    customer_id: int
    ordered_on: date
    currency: str
    number: str = ""
    type_name: str = ""
    amount_minor: int = 0
    status: str = OPEN_ORDER
    notes: str = ""


def save_order(
    ctx: Context,
    facts: OrderFacts,
    lines: Sequence[Offered] = (),
    *,
    order_id: int = 0,
    version: int = 0,
    key: str = "",
) -> int:
    """Make or change an order with its lines; answers its id.

    What waits to be billed for it follows; what was invoiced stays. Raises: Invalid with every
    field's sentence, Conflict, NotFound.
    """
    ctx.require(Permission.ORDER_EDIT)
    with ctx.write() as session:
        before = answered(session, ctx, key, VERB)
        if before is not None:
            return int(before["id"])
        one_at_a_time(session)
        row = (
            _claimed(session, order_id, version)
            if order_id
            else SalesOrder(ordered_on=facts.ordered_on)
        )
        was = said(row, lines_of_order(session, order_id)) if order_id else {}
        facts, lines = _checked(session, row, facts, lines)
        for name in SAID:
            setattr(row, name, getattr(facts, name))
        row.version += 1 if order_id else 0
        session.add(row)
        session.flush()
        row.number = row.number or _free_number(session, row.id or 0)
        _write_lines(session, row.id or 0, lines)
        if order_id:
            renew_order_charge(session, ctx, row)
        _record(session, ctx, row, was, said(row, lines))
        remember(session, ctx, key, VERB, {"id": row.id})
        return row.id or 0


def lines_of_order(session: Session, order_id: int) -> tuple[Offered, ...]:
    """The lines of an order as they were entered."""
    rows = session.exec(
        select(SalesOrderLine)
        .where(SalesOrderLine.order_id == order_id)
        .order_by(col(SalesOrderLine.id))
    ).all()
    return tuple(
        Offered(row.description, row.quantity, row.unit_price, row.product_id) for row in rows
    )


def said(row: SalesOrder, lines: Sequence[Offered]) -> dict[str, object]:
    """An order as its history tells it."""
    texts = [f"{line.description}: {line.quantity} x {line.unit_price}" for line in lines]
    return {name: getattr(row, name) for name in SAID} | {"lines": texts}


def _claimed(session: Session, order_id: int, version: int) -> SalesOrder:
    """The order, locked, after all that assembling locks before it.

    Raises: NotFound, Conflict where somebody was faster.
    """
    mine = select(ChargeLine.id).where(ChargeLine.order_id == order_id)
    session.exec(mine.order_by(col(ChargeLine.id)).with_for_update()).all()
    row = session.get(SalesOrder, order_id, with_for_update=True)
    if row is None:
        raise NotFound("This order does not exist.")
    if row.version != version:
        raise Conflict("Somebody else changed this order meanwhile. Reload to see it.")
    return row


def _checked(
    session: Session, row: SalesOrder, facts: OrderFacts, lines: Sequence[Offered]
) -> tuple[OrderFacts, list[Offered]]:
    """The facts with clean texts and the lines' sum. Raises: Invalid, every field at once."""
    cleaned, problems = _texts(facts)
    kept: list[Offered] = []
    problems |= _strange(session, row, facts, cleaned["number"])
    try:
        kept = clean_lines(lines)
        amount = sum_minor(kept, facts.currency) if kept else facts.amount_minor
        if not 0 <= amount <= max_minor(currency(facts.currency).digits):
            problems["lines" if kept else "amount"] = "Give an amount of 0 or more."
    except Invalid as error:
        raise Invalid.many(problems | error.fields) from error
    if len(kept) > MOST_LINES:
        problems["lines"] = f"At most {MOST_LINES} lines."
    if any(line.product_id and session.get(Product, line.product_id) is None for line in kept):
        problems["lines"] = "One of the products does not exist any more. Choose another."
    if problems:
        raise Invalid.many(problems)
    changed: dict[str, Any] = {**cleaned, "amount_minor": amount}
    return replace(facts, **changed), kept


def _texts(facts: OrderFacts) -> tuple[dict[str, str], dict[str, str]]:
    cleaned: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, maximum, multiline in TEXTS:
        try:
            cleaned[name] = clean_text(
                getattr(facts, name), field=name, maximum=maximum, multiline=multiline
            )
        except Invalid as error:
            cleaned[name] = ""
            problems |= error.fields
    return cleaned, problems


def _strange(session: Session, row: SalesOrder, facts: OrderFacts, number: str) -> dict[str, str]:
    """What does not fit to what there is already, by field."""
    problems: dict[str, str] = {}
    customer = session.get(Customer, facts.customer_id) if facts.customer_id else None
    if customer is None or not (customer.is_active or customer.id == row.customer_id):
        problems["customer"] = "Choose the customer."
    if row.id is not None and not number:
        problems["number"] = "Give the order a number."
    if facts.status not in {*STATUSES, row.status or OPEN_ORDER}:
        problems["status"] = "There is no such status."
    twin = session.exec(select(SalesOrder.id).where(SalesOrder.number == number)).first()
    if number and twin is not None and twin != row.id:
        problems["number"] = f"There is an order {number} already."
    if row.id is not None and _is_invoiced(session, row.id):
        if facts.customer_id != row.customer_id:
            problems["customer"] = "The customer is fixed: there are invoices already."
        if facts.currency != row.currency:
            problems["currency"] = "The currency is fixed: there are invoices already."
    return problems


def _free_number(session: Session, order_id: int) -> str:
    """The first number from the order's own on that nobody has typed for another one."""
    for serial in itertools.count(order_id):
        number = f"SO-{serial:06d}"
        if session.exec(select(SalesOrder.id).where(SalesOrder.number == number)).first() is None:
            break
    return number


def _is_invoiced(session: Session, order_id: int) -> bool:
    linked = select(InvoiceOrder.order_id).where(InvoiceOrder.order_id == order_id)
    return session.exec(linked.limit(1)).first() is not None


def _write_lines(session: Session, order_id: int, lines: Sequence[Offered]) -> None:
    session.exec(delete(SalesOrderLine).where(col(SalesOrderLine.order_id) == order_id))
    session.add_all(
        SalesOrderLine(
            order_id=order_id,
            product_id=line.product_id,
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
        )
        for line in lines
    )
    session.flush()


def _record(
    session: Session,
    ctx: Context,
    row: SalesOrder,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    was, now = changes(before, after)
    record(
        session,
        ctx,
        entity="order",
        entity_id=row.id or 0,
        action="changed" if before else "created",
        before=was,
        after=now,
    )
