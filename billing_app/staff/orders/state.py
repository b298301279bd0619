"""One order: its form with its lines, and the invoices made from it."""

import re
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid, NotFound, Refused
from billing_app.domain.money import currency, to_minor
from billing_app.domain.parsing import parse_amount, parse_date
from billing_app.kit.wording import amount, day
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.companies import base_currency
from billing_app.services.customers import get_customer
from billing_app.services.invoices.naming import named
from billing_app.services.sales.ordering import STATUSES, OrderFacts, save_order
from billing_app.services.sales.orders import (
    get_order,
    link_order,
    order_types,
    unlink_order,
)
from billing_app.staff.shell.documents import DocumentRow, document_rows
from billing_app.staff.shell.selling import Selling, label_of
from billing_app.staff.shell.sold_rows import read_rows

ADDRESS = re.compile(r"/orders/(\d{1,15})/?")
TABS = ("details", "invoices")


class OrderState(Selling, rx.State):
    """The form of one order, and its invoices."""

    LABELS: ClassVar[Mapping[str, str]] = {"ordered_on": "Date", "type_name": "Type"}

    order_id: int = 0
    heading: str = "New order"
    code: str = ""
    billed: str = ""
    left: str = ""
    type_options: list[str] = []
    status_options: list[str] = []
    invoices: list[DocumentRow] = []
    tab: str = "details"
    link_error: str = ""
    link_turn: int = 0
    is_loaded: bool = False
    _key: str = ""

    @action(Permission.ORDER_VIEW)
    async def load(self) -> None:
        """Open the form: empty, or with the order that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.order_id, self.is_loaded = int(found[1]) if found else 0, False
        self.link_error, self._key = "", secrets.token_hex(16)
        await self._begin_form()
        self.type_options = await ask(order_types)
        if self.order_id:
            await self._open()
        else:
            await self._begin()
        asked = str(self.router.url.query_parameters.get("tab", ""))
        self.tab = asked if asked in TABS and self.order_id else "details"
        self.is_loaded = True

    @action(Permission.ORDER_EDIT)
    async def save(self, form: dict[str, str]) -> Any:
        """Save what the form says; nothing typed is lost when something is wrong."""
        self._keep_typed(form)
        lines, problems = read_rows(self.products, self._known)
        try:
            facts = await self._facts(form, problems)
            saved = await ask(
                save_order,
                facts,
                lines,
                order_id=self.order_id,
                version=self._version,
                key="" if self.order_id else self._key,
            )
        except Invalid as error:
            self._fail(error.fields)
            return None
        except Conflict as error:
            self._fail({"form": error.sentence})
            return None
        if not self.order_id:
            await notify(self, "The order is saved.")
            return rx.redirect(f"/orders/{saved}")
        await self._open()
        self.errors, self.error_list = {}, []
        await notify(self, f"Order {self.heading} is saved.")
        return None

    @action(Permission.ORDER_EDIT)
    async def link(self, form: dict[str, str]) -> None:
        """Say that an invoice, named by number or document id, belongs to the order (ORO-18)."""
        name = form.get("invoice", "").strip()
        try:
            if not name:
                raise NotFound("Name an invoice by its number or document id.")  # noqa: TRY301
            await ask(link_order, await ask(named, name), self.order_id)
        except (NotFound, Refused, Invalid) as error:
            self.link_error = error.sentence
            return
        self.link_error = ""
        self.link_turn += 1
        await self._open()
        await notify(self, f"{name} belongs to {self.heading} now.")

    @action(Permission.ORDER_EDIT)
    async def unlink(self, invoice_id: int) -> None:
        """Take an invoice from the order."""
        await ask(unlink_order, invoice_id, self.order_id)
        await self._open()

    @local()
    async def show_tab(self, key: str) -> Any:
        """Show another part of the order; the address follows, so Back returns to it."""
        if key not in TABS:
            return None
        self.tab = key
        return rx.redirect(f"/orders/{self.order_id}?tab={key}", replace=True)

    async def _facts(self, form: dict[str, str], problems: dict[str, str]) -> OrderFacts:
        """What was typed. Raises: Invalid with every field that could not be read."""
        read: dict[str, Any] = {}
        code = form.get("currency", "").strip().upper()
        try:
            digits = currency(code).digits
            typed = form.get("amount", "").strip() or "0"
            read["amount_minor"] = to_minor(
                parse_amount(typed, field="amount", digits=digits), digits
            )
        except Invalid as error:
            problems |= error.fields
        try:
            read["ordered_on"] = parse_date(form.get("ordered_on", ""), field="ordered_on")
        except Invalid as error:
            problems |= error.fields
        try:
            read["customer_id"] = await self._customer_of(form.get("customer", "").strip())
        except Invalid as error:
            problems |= error.fields
        if problems:
            raise Invalid.many(problems)
        for name in ("number", "type_name", "status", "notes"):
            read[name] = form.get(name, "")
        return OrderFacts(currency=code, **read)

    async def _begin(self) -> None:
        self.heading, self.code, self._version, self._customer_id = "New order", "", 0, 0
        self.invoices, self.products, self.status_options = [], [], list(STATUSES)
        texts = dict.fromkeys(("number", "customer", "type_name", "amount", "notes"), "")
        self.fields = texts | {
            "ordered_on": day(context().today()),
            "currency": await ask(base_currency),
            "status": STATUSES[0],
        }
        self.form_key = "new"

    async def _open(self) -> None:
        record = await ask(get_order, self.order_id)
        row = record.order
        self.heading, self.code, self._version = row.number, row.currency, row.version
        self.fields = {
            "number": row.number,
            "ordered_on": day(row.ordered_on),
            "type_name": row.type_name,
            "currency": row.currency,
            "amount": amount(row.amount_minor, row.currency).replace(",", ""),
            "status": row.status,
            "notes": row.notes,
        }
        self.status_options = list(dict.fromkeys([*STATUSES, row.status]))
        await self._take_customer(row.customer_id)
        self._show_lines(record.lines)
        self.billed = amount(record.billed_minor, self.code)
        self.left = amount(record.left_minor, self.code)
        self.invoices = document_rows(record.invoices)
        self.form_key = f"{self.order_id}-{self._version}"

    async def _take_customer(self, customer_id: int) -> None:
        """A new order is in the currency of its customer."""
        customer, _ = await ask(get_customer, customer_id)
        label = label_of(customer)
        self._customer_id = customer_id
        self._customers = self._customers | {label: customer_id}
        self.fields = self.fields | {"customer": "Hidden" if self.hides_customer else label}
        if not self.order_id:
            self.fields = self.fields | {"currency": customer.currency}
