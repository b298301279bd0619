"""The products list."""

from dataclasses import dataclass
from typing import ClassVar

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import number, percent
from billing_app.security.acting import ask
from billing_app.security.policy import demanding
from billing_app.services.products import find_products
from billing_app.staff.shell.list_state import ListState, Nouns


@dataclass(frozen=True)
class ProductRow:
    """One product of the list."""

    id: int
    sku: str
    name: str
    unit: str
    unit_price: str
    tax: str
    is_active: bool


@demanding(Permission.PRODUCT_VIEW)
class ProductsState(ListState, rx.State):
    """The list; name and SKU are searched."""

    NOUNS: ClassVar[Nouns] = ("product", "products")

    rows: list[ProductRow] = []

    async def _page(self, page: int) -> tuple[list[ProductRow], int]:
        found = await ask(find_products, self.search, page=page)
        rows = [
            ProductRow(
                id=row.id or 0,
                sku=row.sku,
                name=row.name,
                unit=row.unit,
                unit_price=number(row.unit_price, 2),
                tax=percent(row.tax_rate),
                is_active=row.is_active,
            )
            for row in found.rows
        ]
        return rows, found.count
