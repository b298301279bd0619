"""The customers list."""

from dataclasses import dataclass
from typing import ClassVar

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import count
from billing_app.persistence.tables import Customer
from billing_app.security.acting import ask, context
from billing_app.security.policy import demanding
from billing_app.services.customers import list_customers
from billing_app.staff.shell.list_state import ListState, Nouns

HIDDEN = "Hidden"


@dataclass(frozen=True)
class CustomerRow:
    """One customer of the list."""

    id: int
    number: str
    name: str
    city: str
    country: str
    currency: str
    term: str
    is_active: bool


@demanding(Permission.CUSTOMER_VIEW)
class CustomersState(ListState, rx.State):
    """The list; name, number and e-mail are searched."""

    NOUNS: ClassVar[Nouns] = ("customer", "customers")

    rows: list[CustomerRow] = []

    async def _page(self, page: int) -> tuple[list[CustomerRow], int]:
        found = await ask(list_customers, self.search, page)
        sees = context().actor.sees_partner
        return [_row(row, sees=sees) for row in found.rows], found.count


def _row(row: Customer, *, sees: bool) -> CustomerRow:
    return CustomerRow(
        id=row.id or 0,
        number=row.number,
        name=row.name if sees else HIDDEN,
        city=row.city if sees else "",
        country=row.country,
        currency=row.currency,
        term=count(row.payment_term_days, "day"),
        is_active=row.is_active,
    )
