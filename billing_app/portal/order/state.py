"""One order as its customer reads it; prices for who may see them (ERP-33, ERP-34)."""

import re
from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.persistence.queries.portal_orders import OrderInvoice
from billing_app.portal.shell.state import tongue_of
from billing_app.portal.shell.tongue import Tongue
from billing_app.security.acting import ask
from billing_app.security.policy import action
from billing_app.services.portal_orders import PortalOrder, get_order

ADDRESS = re.compile(r"/portal/orders/(\d{1,15})/?")


@dataclass(frozen=True)
class OrderFact:
    """A label with its value; an amount has its minor units."""

    label: str
    value: str
    minor: str = ""
    currency: str = ""


@dataclass(frozen=True)
class OrderInvoiceRow:
    """A document made of the order."""

    id: int
    number: str
    type_name: str
    day: str
    amount: str
    minor: str
    currency: str


class OrderState(rx.State):
    """The order."""

    heading: str = ""
    facts: list[OrderFact] = []
    notes: str = ""
    invoices: list[OrderInvoiceRow] = []
    is_missing: bool = False
    is_loaded: bool = False

    @action(Permission.PORTAL_ORDERS)
    async def load(self) -> None:
        """Show the order that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.reset()  # type: ignore[no-untyped-call]
        try:
            order = await ask(get_order, int(found[1]) if found else 0)
        except NotFound:
            self.is_missing, self.is_loaded = True, True
            return
        tongue = await tongue_of(self)
        self.heading = f"{tongue.say('Order')} {order.number}"
        self.facts = _facts(order, tongue)
        self.notes = order.notes
        self.invoices = [_invoice(one, tongue) for one in order.invoices or ()]
        self.is_loaded = True


def _facts(order: PortalOrder, tongue: Tongue) -> list[OrderFact]:
    facts = [
        OrderFact(tongue.say("Date"), tongue.day(order.ordered_on)),
        OrderFact(tongue.say("Type name"), tongue.say(order.type_name) or "—"),
        OrderFact(tongue.say("Customer"), order.customer),
        OrderFact(tongue.say("Status"), tongue.say(order.status) or "—"),
    ]
    if order.amount_minor is not None and order.currency is not None:
        amount = tongue.money(order.amount_minor, order.currency)
        facts.append(
            OrderFact(tongue.say("Amount"), amount, str(order.amount_minor), order.currency)
        )
    return facts


def _invoice(one: OrderInvoice, tongue: Tongue) -> OrderInvoiceRow:
    return OrderInvoiceRow(
        id=one.id,
        number=one.number,
        type_name=tongue.say(one.type_name),
        day=tongue.day(one.document_date),
        amount=tongue.money(one.amount_minor, one.currency),
        minor=str(one.amount_minor),
        currency=one.currency,
    )
