"""The opportunity form, and the invoices made from it."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid
from billing_app.kit.fields import FormError
from billing_app.kit.wording import amount
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.companies import base_currency
from billing_app.services.customers import find_customers, get_customer
from billing_app.services.products import list_products
from billing_app.services.sales.offers import STAGES, OpportunityFacts
from billing_app.services.sales.opportunities import (
    OpportunityRecord,
    get_opportunity,
    save_opportunity,
)
from billing_app.staff.opportunities.rows import (
    ProductRow,
    price_of,
    product_row,
    read_rows,
    read_value,
    typed_rows,
)
from billing_app.staff.shell.documents import DocumentRow, document_rows

ADDRESS = re.compile(r"/opportunities/(\d{1,15})/?")
TABS = ("details", "invoices")
LABELS = {"lines": "Products", "form": "Form"}


class OpportunityState(rx.State):
    """The form of one opportunity, and its invoices."""

    opportunity_id: int = 0
    heading: str = "New opportunity"
    fields: dict[str, str] = {}
    customer_options: list[str] = []
    contact_options: list[tuple[str, str]] = []
    product_options: list[str] = []
    products: list[ProductRow] = []
    sum_text: str = ""
    difference: str = ""
    invoices: list[DocumentRow] = []
    hides_customer: bool = False
    tab: str = "details"
    form_key: str = "0"
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    is_loaded: bool = False
    _version: int = 0
    _rows_made: int = 0
    _customer_id: int = 0
    _contact_id: int | None = None
    _customers: dict[str, int] = {}
    _known: dict[str, int] = {}
    _prices: dict[str, Decimal] = {}

    @action(Permission.OPPORTUNITY_VIEW)
    async def load(self) -> None:
        """Open the form: empty, or with the opportunity that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.opportunity_id = int(found[1]) if found else 0
        self.errors, self.error_list, self.customer_options = {}, [], []
        self.hides_customer = not context().actor.sees_partner
        rows = await ask(list_products, active_only=True)
        self._known = {f"{row.name} · {row.sku}": row.id or 0 for row in rows}
        self._prices = {f"{row.name} · {row.sku}": row.unit_price for row in rows}
        self.product_options = list(self._known)
        if self.opportunity_id:
            await self._open()
        else:
            await self._begin()
        asked = str(self.router.url.query_parameters.get("tab", ""))
        self.tab = asked if asked in TABS and self.opportunity_id else "details"
        self.form_key = f"{self.opportunity_id}-{self._version}"
        self.is_loaded = True

    @local()
    async def show_tab(self, key: str) -> Any:
        """Show another part of the opportunity; the address follows, so Back returns to it."""
        if key not in TABS:
            return None
        self.tab = key
        return rx.redirect(f"/opportunities/{self.opportunity_id}?tab={key}", replace=True)

    @action(Permission.CUSTOMER_VIEW, supersedes=True)
    async def find_customer(self, text: str) -> None:
        """Offer customers while typing; a whole name brings its contacts and currency."""
        if self.hides_customer:
            return
        chosen = self._customers.get(text.strip())
        if chosen:
            await self._take_customer(chosen)
            return
        rows = await ask(find_customers, text.strip())
        self._customers = self._customers | {
            f"{row.name} · {row.number}": row.id or 0 for row in rows
        }
        self.customer_options = [f"{row.name} · {row.number}" for row in rows]

    @local()
    async def add_product(self) -> None:
        """Add an empty product."""
        self._rows_made += 1
        self.products = [*self.products, ProductRow(f"new-{self._rows_made}")]

    @local()
    async def remove_product(self, key: str) -> None:
        """Take a product away."""
        self.products = [row for row in self.products if row.key != key]

    @local()
    async def choose_product(self, key: str, text: str) -> None:
        """Fill the price of a row whose product was chosen; it can be changed."""
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

    @action(Permission.OPPORTUNITY_EDIT)
    async def save(self, form: dict[str, str]) -> Any:
        """Save what the form says; nothing typed is lost when something is wrong."""
        self.products = typed_rows(self.products, form)
        lines, problems = read_rows(self.products, self._known)
        try:
            facts = await self._facts(form)
            if problems:
                raise Invalid.many(problems)
            saved = await ask(
                save_opportunity,
                facts,
                lines,
                opportunity_id=self.opportunity_id,
                version=self._version,
            )
        except Invalid as error:
            self._fail(problems | error.fields)
            return None
        except Conflict as error:
            self._fail({"form": error.sentence})
            return None
        await notify(self, f"{facts.title} is saved.")
        if not self.opportunity_id:
            return rx.redirect(f"/opportunities/{saved}")
        await self._open()
        self.errors, self.error_list = {}, []
        self.form_key = f"{self.opportunity_id}-{self._version}"
        return None

    async def _facts(self, form: dict[str, str]) -> OpportunityFacts:
        code = form.get("currency", "").strip().upper()
        contact = form.get("contact", "")
        known = {key for key, _ in self.contact_options}
        return OpportunityFacts(
            title=form.get("title", ""),
            customer_id=await self._customer_of(form.get("customer", "").strip()),
            contact_id=self._contact_id if self.hides_customer else _chosen(contact, known),
            value_minor=read_value(form.get("value", "").strip() or "0", code),
            currency=code,
            stage=form.get("stage", STAGES[0]),
        )

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

    async def _take_customer(self, customer_id: int) -> None:
        customer, contacts = await ask(get_customer, customer_id)
        self._customer_id = customer_id
        label = f"{customer.name} · {customer.number}"
        self._customers = self._customers | {label: customer_id}
        self.contact_options = (
            [] if self.hides_customer else [(str(one.id), one.name) for one in contacts]
        )
        shown = "Hidden" if self.hides_customer else label
        self.fields = self.fields | {"customer": shown}
        if not self.opportunity_id:
            self.fields = self.fields | {"currency": customer.currency}

    async def _begin(self) -> None:
        self.heading, self._version, self._customer_id, self._contact_id = (
            "New opportunity",
            0,
            0,
            None,
        )
        self.invoices, self.contact_options, self.products = [], [], []
        self.sum_text = self.difference = ""
        code = await ask(base_currency)
        self.fields = {
            "title": "",
            "customer": "",
            "contact": "",
            "value": "",
            "currency": code,
            "stage": STAGES[0],
        }

    async def _open(self) -> None:
        record = await ask(get_opportunity, self.opportunity_id)
        row = record.opportunity
        self.heading, self._version, self._contact_id = row.title, row.version, row.contact_id
        self.fields = {
            "title": row.title,
            "contact": str(row.contact_id or ""),
            "value": amount(row.value_minor, row.currency).replace(",", ""),
            "currency": row.currency,
            "stage": row.stage,
        }
        await self._take_customer(row.customer_id)
        self.products = [product_row(f"row-{at}", one) for at, one in enumerate(record.lines)]
        self.invoices = document_rows(record.invoices)
        self._compare(record)

    def _compare(self, record: OpportunityRecord) -> None:
        """The products' sum, and how far it is from the value (CRM 5.4f)."""
        code, off = record.opportunity.currency, record.difference_minor
        self.sum_text = f"{code} {amount(record.sum_minor, code)}" if record.lines else ""
        way = "below" if off > 0 else "above"
        said = f"The products are {code} {amount(abs(off), code)} {way} the value."
        self.difference = said if off else ""

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = {key.split(".")[0]: text for key, text in problems.items()}
        self.attempt += 1
        self.error_list = [
            FormError(f"o-{key}", LABELS.get(key, key.capitalize()), text)
            for key, text in self.errors.items()
        ]


def _chosen(text: str, known: set[str]) -> int | None:
    return int(text) if text in known else None
