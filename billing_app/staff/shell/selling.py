"""What the forms of opportunities and orders share: whose it is, its lines, what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.kit.fields import FormError
from billing_app.persistence.tables import Customer
from billing_app.security.acting import ask, context
from billing_app.security.policy import action, local
from billing_app.services.customers import find_customers
from billing_app.services.products import list_products
from billing_app.services.sales.offers import Offered
from billing_app.staff.shell.sold_rows import SoldRow, price_of, sold_row, typed_rows


class Selling(rx.State, mixin=True):
    """The customer, the lines and the errors of a form of sales."""

    LABELS: ClassVar[Mapping[str, str]] = {}

    fields: dict[str, str] = {}
    customer_options: list[str] = []
    product_options: list[str] = []
    products: list[SoldRow] = []
    hides_customer: bool = False
    form_key: str = "0"
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    _version: int = 0
    _rows_made: int = 0
    _customer_id: int = 0
    _customers: dict[str, int] = {}
    _known: dict[str, int] = {}
    _prices: dict[str, Decimal] = {}

    @action(Permission.CUSTOMER_VIEW, supersedes=True)
    async def find_customer(self, text: str) -> None:
        """Offer customers while typing; a whole name is taken."""
        if self.hides_customer:
            return
        chosen = self._customers.get(text.strip())
        if chosen:
            await self._take_customer(chosen)
            return
        rows = await ask(find_customers, text.strip())
        self._customers = self._customers | {label_of(row): row.id or 0 for row in rows}
        self.customer_options = [label_of(row) for row in rows]

    @local()
    async def add_product(self) -> None:
        """Add an empty line."""
        self._rows_made += 1
        self.products = [*self.products, SoldRow(f"new-{self._rows_made}")]

    @local()
    async def remove_product(self, key: str) -> None:
        """Take a line away."""
        self.products = [row for row in self.products if row.key != key]

    @local()
    async def choose_product(self, key: str, text: str) -> None:
        """Fill the price of a line whose product was chosen; it can be changed."""
        price = price_of(text, self._prices)
        if not price:
            return
        self._rows_made += 1
        self.products = [
            replace(row, key=f"{row.key}-{self._rows_made}", description=text, unit_price=price)
            if row.key == key
            else row
            for row in self.products
        ]

    async def _take_customer(self, customer_id: int) -> None:
        """Follow the customer that was chosen."""
        self._customer_id = customer_id

    async def _begin_form(self) -> None:
        """Forget the last record; know the products and whether customers may be seen."""
        self.errors, self.error_list, self.customer_options = {}, [], []
        self.hides_customer = not context().actor.sees_partner
        rows = await ask(list_products, active_only=True)
        self._known = {f"{row.name} · {row.sku}": row.id or 0 for row in rows}
        self._prices = {f"{row.name} · {row.sku}": row.unit_price for row in rows}
        self.product_options = list(self._known)

    async def _customer_of(self, text: str) -> int:
        """The customer that was typed. Raises: Invalid where not exactly one fits."""
        if self.hides_customer or not text:
            return self._customer_id if self.hides_customer else 0
        if text in self._customers:
            return self._customers[text]
        found = await ask(find_customers, text, 2)
        if len(found) != 1:
            raise Invalid.of("customer", f"No single customer is called {text}.")
        return found[0].id or 0

    def _show_lines(self, lines: Sequence[Offered]) -> None:
        self.products = [sold_row(f"row-{at}", one) for at, one in enumerate(lines)]

    def _keep_typed(self, form: dict[str, str]) -> None:
        self.products = typed_rows(self.products, form)

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = {key.split(".")[0]: text for key, text in problems.items()}
        self.attempt += 1
        self.error_list = [
            FormError(f"o-{key}", self.LABELS.get(key, key.capitalize()), text)
            for key, text in self.errors.items()
        ]


def label_of(row: Customer) -> str:
    """A customer as the suggestions name it."""
    return f"{row.name} · {row.number}"
