"""The form of one pending line: edited, or added by hand (SPEC DLY-29)."""

import secrets
from decimal import Decimal
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.charges import PendingList
from billing_app.domain.errors import BillingError, Invalid
from billing_app.domain.parsing import parse_date, parse_percent, parse_quantity, parse_unit_price
from billing_app.kit.fields import FormError
from billing_app.kit.wording import number
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.charges.editing import (
    ChargeEdit,
    NewCharge,
    add_charge,
    edit_charge,
    remove_charge,
)
from billing_app.services.charges.pending import pending_charge
from billing_app.services.customers import find_customers
from billing_app.services.voyages import list_voyages
from billing_app.staff.pending.state import PendingState

LABELS = {
    "text": "Text",
    "customer": "Invoice party",
    "currency": "Currency",
    "tax_rate": "VAT percent",
    "quantity": "Quantity",
    "unit_price": "Unit price",
    "voyage": "Voyage",
    "date_from": "From",
    "date_to": "To",
    "ext_ref": "Service-order reference",
}
EMPTY = dict.fromkeys(LABELS, "") | {"quantity": "1", "unit": ""}


class ChargeFormState(rx.State):
    """One pending line above the list."""

    is_open: bool = False
    charge_id: int = 0
    heading: str = ""
    why_locked: str = ""
    can_remove: bool = False
    removing: bool = False
    fields: dict[str, str] = EMPTY
    parties: list[str] = []
    voyages: list[str] = []
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    form_key: str = ""
    _version: int = 0
    _customer_id: int = 0
    _key: str = ""

    @action(Permission.CHARGE_VIEW)
    async def open_charge(self, at: int) -> None:
        """Show one pending line."""
        row = await ask(pending_charge, at)
        charge = row.charge
        self._start("Edit pending line", at)
        self._version, self._customer_id = charge.version, charge.customer_id
        self.can_remove = charge.kind == "manual"
        self.fields = EMPTY | {
            "text": charge.text,
            "customer": row.customer_name,
            "currency": charge.currency,
            "tax_rate": "" if charge.tax_rate is None else number(charge.tax_rate),
        }

    @action(Permission.CHARGE_EDIT)
    async def open_new(self) -> None:
        """Show an empty form for a line added by hand."""
        self._start("New pending line", 0)
        self.fields = dict(EMPTY)
        await self._offer_voyages("")

    @local()
    async def close(self) -> None:
        """Close the form."""
        self.is_open = False

    @action(Permission.CHARGE_EDIT, supersedes=True)
    async def find_party(self, text: str) -> None:
        """Offer business partners while typing, to who may see them."""
        if context().actor.sees_partner:
            found = await ask(find_customers, text[:100])
            self.parties = [f"{row.name} · {row.number}" for row in found]

    @action(Permission.CHARGE_EDIT, supersedes=True)
    async def find_voyage(self, text: str) -> None:
        """Offer voyages while typing."""
        await self._offer_voyages(text[:100])

    @action(Permission.CHARGE_EDIT)
    async def save(self, form: dict[str, str]) -> Any:
        """Save what the form says; nothing typed is lost when something is wrong."""
        self.errors, self.error_list = {}, []
        try:
            if self.charge_id:
                await self._save_edit(form)
            else:
                await self._save_new(form)
        except Invalid as error:
            self._fail(error.fields)
            return None
        except BillingError as error:
            self._fail({"form": error.sentence})
            return None
        self.is_open = False
        await notify(self, "The line is saved." if self.charge_id else "The line is added.")
        return PendingState.load

    @local()
    async def ask_remove(self) -> None:
        """Ask before a line is taken away."""
        self.removing = True

    @action(Permission.CHARGE_EDIT)
    async def remove(self) -> Any:
        """Take the line away."""
        await ask(remove_charge, self.charge_id, version=self._version)
        self.is_open = False
        await notify(self, "The line is removed.")
        return [PendingState.untick, PendingState.load]

    def _start(self, heading: str, charge_id: int) -> None:
        self.is_open, self.removing, self.can_remove = True, False, False
        self.heading, self.charge_id = heading, charge_id
        self.errors, self.error_list, self.parties = {}, [], []
        self._key = self.form_key = secrets.token_hex(16)
        self._version = self._customer_id = 0

    async def _offer_voyages(self, text: str) -> None:
        found = await ask(list_voyages, text)
        self.voyages = [row.reference for row in found.rows if row.status.has_charges]

    async def _save_edit(self, form: dict[str, str]) -> None:
        edit = ChargeEdit(
            text=form.get("text", ""),
            currency=form.get("currency", "").strip().upper(),
            tax_rate=_rate(form),
            customer_id=await self._party(form.get("customer", "")),
        )
        await ask(edit_charge, self.charge_id, edit, version=self._version)

    async def _save_new(self, form: dict[str, str]) -> None:
        pending = await self.get_state(PendingState)
        read, problems = _read(form)
        voyage_id = None
        try:
            voyage_id = await self._voyage(form.get("voyage", "").strip())
            customer_id = await self._party(form.get("customer", ""))
        except Invalid as error:
            problems |= error.fields
        if problems:
            raise Invalid.many(problems)
        new = NewCharge(
            pending_list=PendingList(pending.listed),
            customer_id=customer_id,
            voyage_id=voyage_id,
            **read,
        )
        await ask(add_charge, new, key=self._key)

    async def _party(self, text: str) -> int:
        """The partner whose name was typed; the one from before where it was not changed."""
        name, _, customer_no = text.strip().partition(" · ")
        if self._customer_id and text.strip() == self.fields["customer"]:
            return self._customer_id
        if name and context().actor.sees_partner:
            found = await ask(find_customers, customer_no or name, 50)
            exact = [row for row in found if row.name == name] or found
            if len(exact) == 1:
                return exact[0].id or 0
        raise Invalid.of("customer", f"No single business partner is called {name or 'so'}.")

    async def _voyage(self, reference: str) -> int | None:
        if not reference:
            return None
        found = await ask(list_voyages, reference)
        exact = [row.id for row in found.rows if row.reference == reference]
        if not exact:
            raise Invalid.of("voyage", f"There is no voyage {reference}.")
        return exact[0]

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(f"l-{key}", LABELS.get(key, "Line"), text) for key, text in problems.items()
        ]


def _rate(form: dict[str, str]) -> Decimal | None:
    text = form.get("tax_rate", "").strip()
    return parse_percent(text, field="tax_rate") if text else None


def _read(form: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The figures and texts of a new line, and what is wrong with them."""
    read: dict[str, Any] = {
        name: form.get(name, "") for name in ("text", "unit", "currency", "ext_ref")
    }
    problems: dict[str, str] = {}
    for name, reader in (
        ("quantity", lambda: parse_quantity(form.get("quantity", ""), field="quantity")),
        ("unit_price", lambda: parse_unit_price(form.get("unit_price", ""), field="unit_price")),
        ("tax_rate", lambda: _rate(form)),
        ("date_from", lambda: _day(form, "date_from")),
        ("date_to", lambda: _day(form, "date_to")),
    ):
        try:
            read[name] = reader()
        except Invalid as error:
            problems |= error.fields
    if not read["text"].strip():
        problems["text"] = "Say what is charged."
    return read, problems


def _day(form: dict[str, str], name: str) -> Any:
    text = form.get(name, "").strip()
    return parse_date(text, field=name) if text else None
