"""The product form."""

import re
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid
from billing_app.domain.parsing import parse_percent, parse_unit_price
from billing_app.kit.fields import FormError
from billing_app.kit.wording import number
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.products import ProductFacts, get_product, save_product

ADDRESS = re.compile(r"/products/(\d{1,15})/?")
LABELS = {
    "sku": "SKU",
    "name": "Name",
    "unit_price": "Unit price",
    "tax_rate": "Tax percent",
    "unit": "Unit",
}
EMPTY = {
    "sku": "",
    "name": "",
    "description": "",
    "unit": "pcs",
    "unit_price": "",
    "tax_rate": "",
    "is_active": "on",
}


class ProductState(rx.State):
    """The form of one product."""

    product_id: int = 0
    heading: str = "New product"
    fields: dict[str, str] = EMPTY
    form_key: str = "0"
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    is_loaded: bool = False
    _version: int = 0

    @action(Permission.PRODUCT_VIEW)
    async def load(self) -> None:
        """Open the form: empty, or with the product that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.product_id = int(found[1]) if found else 0
        self.errors, self.error_list = {}, []
        self.heading, self.fields, self._version = "New product", dict(EMPTY), 0
        if self.product_id:
            row = await ask(get_product, self.product_id)
            self.heading, self._version = row.name, row.version
            self.fields = {
                "sku": row.sku,
                "name": row.name,
                "description": row.description,
                "unit": row.unit,
                "unit_price": number(row.unit_price, 2).replace(",", ""),
                "tax_rate": "" if row.tax_rate is None else number(row.tax_rate),
                "is_active": "on" if row.is_active else "",
            }
        self.form_key = f"{self.product_id}-{self._version}"
        self.is_loaded = True

    @action(Permission.PRODUCT_EDIT)
    async def save(self, form: dict[str, str]) -> Any:
        """Save what the form says; nothing typed is lost when something is wrong."""
        try:
            facts = _facts(form)
            await ask(save_product, facts, self.product_id, self._version)
        except Invalid as error:
            self._fail(error.fields)
            return None
        except Conflict as error:
            self._fail({"form": error.sentence})
            return None
        await notify(self, f"{facts.name} is saved.")
        return rx.redirect("/products")

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(f"p-{key}", LABELS.get(key, key.capitalize()), text)
            for key, text in problems.items()
        ]


def _facts(form: dict[str, str]) -> ProductFacts:
    problems: dict[str, str] = {}
    price, rate = None, None
    try:
        price = parse_unit_price(form.get("unit_price", ""), field="unit_price")
    except Invalid as error:
        problems |= error.fields
    try:
        rate = (
            parse_percent(form["tax_rate"], field="tax_rate")
            if form.get("tax_rate", "").strip()
            else None
        )
    except Invalid as error:
        problems |= error.fields
    if problems or price is None:
        raise Invalid.many(problems)
    return ProductFacts(
        sku=form.get("sku", ""),
        name=form.get("name", ""),
        description=form.get("description", ""),
        unit=form.get("unit", ""),
        unit_price=price,
        tax_rate=rate,
        is_active=form.get("is_active", "") == "on",
    )
