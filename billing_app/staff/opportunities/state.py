"""The opportunity form, and the invoices made from it."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid
from billing_app.kit.wording import amount
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.companies import base_currency
from billing_app.services.customers import get_customer
from billing_app.services.sales.offers import STAGES, OpportunityFacts
from billing_app.services.sales.opportunities import (
    OpportunityRecord,
    get_opportunity,
    save_opportunity,
)
from billing_app.staff.opportunities.rows import read_value
from billing_app.staff.shell.documents import DocumentRow, document_rows
from billing_app.staff.shell.selling import Selling, label_of
from billing_app.staff.shell.sold_rows import read_rows

ADDRESS = re.compile(r"/opportunities/(\d{1,15})/?")
TABS = ("details", "invoices")


class OpportunityState(Selling, rx.State):
    """The form of one opportunity, and its invoices."""

    LABELS: ClassVar[Mapping[str, str]] = {"lines": "Products", "form": "Form"}

    opportunity_id: int = 0
    heading: str = "New opportunity"
    contact_options: list[tuple[str, str]] = []
    sum_text: str = ""
    difference: str = ""
    invoices: list[DocumentRow] = []
    tab: str = "details"
    is_loaded: bool = False
    _contact_id: int | None = None

    @action(Permission.OPPORTUNITY_VIEW)
    async def load(self) -> None:
        """Open the form: empty, or with the opportunity that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.opportunity_id = int(found[1]) if found else 0
        await self._begin_form()
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

    @action(Permission.OPPORTUNITY_EDIT)
    async def save(self, form: dict[str, str]) -> Any:
        """Save what the form says; nothing typed is lost when something is wrong."""
        self._keep_typed(form)
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

    async def _take_customer(self, customer_id: int) -> None:
        customer, contacts = await ask(get_customer, customer_id)
        self._customer_id = customer_id
        label = label_of(customer)
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
        self._show_lines(record.lines)
        self.invoices = document_rows(record.invoices)
        self._compare(record)

    def _compare(self, record: OpportunityRecord) -> None:
        """The products' sum, and how far it is from the value (CRM 5.4f)."""
        code, off = record.opportunity.currency, record.difference_minor
        self.sum_text = f"{code} {amount(record.sum_minor, code)}" if record.lines else ""
        way = "below" if off > 0 else "above"
        said = f"The products are {code} {amount(abs(off), code)} {way} the value."
        self.difference = said if off else ""


def _chosen(text: str, known: set[str]) -> int | None:
    return int(text) if text in known else None
