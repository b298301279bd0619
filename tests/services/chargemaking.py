"""Builders of charges for the tests of pending lists."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from billing_app.domain.charges import PendingView
from billing_app.persistence.tables import ChargeLine
from billing_app.services.charges.assembling import Header, assemble_charges
from billing_app.services.charges.lines import net_of
from billing_app.services.invoices.moves import Moved
from tests.services.worldmaking import NOW, TODAY, TinyWorld


def a_charge(w: TinyWorld, text: str = "Port agency", **changes: Any) -> int:
    """A pending receivable of customer A: 2 x 100.00 at 19 %."""
    facts: dict[str, Any] = {
        "customer_id": w.customers["a"],
        "company_id": 1,
        "direction": "out",
        "pending_list": "receivable",
        "currency": "EUR",
        "text": text,
        "quantity": Decimal(2),
        "unit_price": Decimal(100),
        "tax_rate": Decimal(19),
        "unit": "call",
        "created_at": NOW,
        "created_by_id": w.people["billing"].user_id,
    }
    charge = ChargeLine(**(facts | changes))
    charge.net_minor = net_of(charge)
    return w.add(charge)


def a_payable(w: TinyWorld, text: str = "Towage", **changes: Any) -> int:
    """The same from a supplier."""
    return a_charge(w, text, **({"direction": "in", "pending_list": "payable"} | changes))


def a_header(w: TinyWorld, code: str = "INO", **changes: Any) -> Header:
    return replace(Header(document_type_id=w.type_id(code), posted_on=TODAY), **changes)


def assemble(
    w: TinyWorld,
    *ids: int,
    by: str = "billing",
    code: str = "INO",
    view: PendingView = PendingView.PARTNER,
    key: str = "",
    is_confirmed: bool = False,
    **header: Any,
) -> Moved:
    return assemble_charges(
        w.ctx(by),
        ids,
        a_header(w, code, **header),
        view=view,
        key=key,
        is_confirmed=is_confirmed,
    )


def charge(w: TinyWorld, charge_id: int) -> ChargeLine:
    with w.database.read() as session:
        return session.get_one(ChargeLine, charge_id)
