"""The customer form."""

import re
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid
from billing_app.domain.parsing import parse_percent
from billing_app.kit.fields import FormError
from billing_app.kit.wording import number
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.companies import default_term_days
from billing_app.services.customers import (
    ContactFacts,
    CustomerFacts,
    get_customer,
    save_customer,
)

ADDRESS = re.compile(r"/customers/(\d{1,15})/?")
NAMES = tuple(field.name for field in fields(CustomerFacts))
READ = {"payment_term_days", "tax_rate", "is_active"}
LABELS = {
    "name": "Name", "number": "Number", "currency": "Currency", "country": "Country",
    "email": "E-mail", "payment_term_days": "Payment term", "contacts": "Contacts",
}  # fmt: skip
HIDDEN = "Hidden"
TABS = ("main", "packages", "access", "details", "history")


@dataclass(frozen=True)
class ContactRow:
    """One contact of the form."""

    key: str
    name: str
    email: str
    phone: str
    is_billing: bool


class CustomerState(rx.State):
    """The form of one customer."""

    customer_id: int = 0
    heading: str = "New customer"
    fields: dict[str, str] = {}
    contacts: list[ContactRow] = []
    form_key: str = "0"
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    is_loaded: bool = False
    is_new: bool = True
    tab: str = "main"
    schedule: str = "none"
    _version: int = 0

    @action(Permission.CUSTOMER_VIEW)
    async def load(self) -> None:
        """Open the form: empty, or with the customer that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.customer_id = int(found[1]) if found else 0
        self.is_new, self.errors, self.error_list = not self.customer_id, {}, []
        if self.customer_id:
            await self._open()
        else:
            self._begin(await ask(default_term_days))
        self.schedule = self.fields.get("invoice_schedule", "none") or "none"
        asked = str(self.router.url.query_parameters.get("tab", ""))
        shown = asked if asked in TABS else "main"
        self.tab = "details" if self.is_new else shown
        self.form_key = f"{self.customer_id}-{self._version}"
        self.is_loaded = True

    @local()
    async def show_tab(self, key: str) -> None:
        """Show another part of the customer."""
        if key in TABS:
            self.tab = key

    @local()
    async def add_contact(self) -> None:
        """Add an empty contact."""
        self.contacts = [
            *self.contacts,
            ContactRow(f"new-{len(self.contacts)}", "", "", "", is_billing=False),
        ]

    @action(Permission.CUSTOMER_EDIT)
    async def save(self, form: dict[str, str]) -> Any:
        """Save what the form says; nothing typed is lost when something is wrong."""
        try:
            facts = _facts(form)
            contacts = [
                ContactFacts(
                    name=form.get(f"contact-{row.key}-name", ""),
                    email=form.get(f"contact-{row.key}-email", ""),
                    phone=form.get(f"contact-{row.key}-phone", ""),
                    is_billing=form.get(f"contact-{row.key}-billing") == "on",
                )
                for row in self.contacts
            ]
            saved = await ask(
                save_customer, facts, contacts, customer_id=self.customer_id, version=self._version
            )
        except Invalid as error:
            self._fail(error.fields)
            return None
        except Conflict as error:
            self._fail({"form": error.sentence})
            return None
        await notify(self, f"{facts.name} is saved.")
        return rx.redirect("/customers") if self.customer_id else rx.redirect(f"/customers/{saved}")

    def _begin(self, term_days: str) -> None:
        self.heading, self._version, self.contacts = "New customer", 0, []
        self.fields = dict.fromkeys(NAMES, "") | {
            "currency": "EUR",
            "language": "en",
            "payment_term_days": term_days,
            "tax_rate": "0",
            "invoice_schedule": "none",
            "is_active": "on",
        }

    async def _open(self) -> None:
        customer, contacts = await ask(get_customer, self.customer_id)
        sees = context().actor.sees_partner
        self.heading, self._version = customer.name if sees else HIDDEN, customer.version
        config = {name: _text(getattr(customer, name)) for name in NAMES}
        hidden = dict.fromkeys(NAMES, "") | {"invoice_schedule": customer.invoice_schedule}
        self.fields = config if sees else hidden
        self.contacts = [
            ContactRow(str(row.id), row.name, row.email, row.phone, row.is_billing)
            for row in (contacts if sees else ())
        ]

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(
                f"c-{key}", LABELS.get(key.split(".")[0], key.replace("_", " ").capitalize()), text
            )
            for key, text in problems.items()
        ]


def _facts(form: dict[str, str]) -> CustomerFacts:
    days = form.get("payment_term_days", "30").strip()
    if not (days.isascii() and days.isdigit() and len(days) <= 4):  # noqa: PLR2004
        raise Invalid.of("payment_term_days", "Give a number of days from 0 to 3650.")
    rate = form.get("tax_rate", "").strip()
    texts: dict[str, Any] = {name: form.get(name, "") for name in NAMES if name not in READ}
    return CustomerFacts(
        **texts,
        payment_term_days=int(days),
        tax_rate=parse_percent(rate, field="tax_rate") if rate else Decimal(0),
        is_active=form.get("is_active", "") == "on",
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return number(value) if isinstance(value, Decimal) else str(value)
