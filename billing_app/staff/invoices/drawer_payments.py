"""Payments in the drawer: record one, delete one, write off what is left (SPEC DLY-20, DLY-24)."""

import secrets
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.currencies import currency
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_amount, parse_date
from billing_app.kit.wording import day
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.payments.recording import PaymentFacts, record_payment
from billing_app.services.payments.states import delete_payment
from billing_app.services.payments.write_offs import write_off
from billing_app.staff.invoices.drawer_rows import DrawerView
from billing_app.staff.invoices.state import InvoicesState


@dataclass(frozen=True)
class Doomed:
    """A payment that is about to be deleted; empty when none is."""

    id: int = 0
    number: str = ""
    amount: str = ""


class DrawerPayments(rx.State, mixin=True):
    """The dialogs that record, delete and write off; `paying` names the open one."""

    view: DrawerView = DrawerView()
    paying: str = ""
    pay_errors: dict[str, str] = {}
    pay_today: str = ""
    doomed: Doomed = Doomed()
    _pay_key: str = ""
    _pay_version: int = 0

    async def _show(self, invoice_id: int) -> None:
        """Show a record; the drawer says how."""
        raise NotImplementedError

    @action(Permission.PAYMENT_RECORD)
    async def open_payment(self) -> None:
        """Ask for amount, date, method and reference (CRM-24)."""
        self._begin("record")

    @action(Permission.PAYMENT_ALLOCATE)
    async def open_write_off(self) -> None:
        """Ask for the reason of a write-off."""
        self._begin("write_off")

    @action(Permission.PAYMENT_DELETE)
    async def ask_delete(self, payment_id: int) -> None:
        """Ask before a payment of the table is deleted."""
        found = [row for row in self.view.settlements if row.id == payment_id and row.can_delete]
        if found:
            amount = f"{self.view.currency} {found[0].amount}"
            self.doomed = Doomed(payment_id, found[0].number, amount)
            self._begin("delete")

    @local()
    async def close_payment(self) -> None:
        """Change nothing."""
        self.paying, self.pay_errors = "", {}

    @action(Permission.PAYMENT_RECORD)
    async def record(self, form: dict[str, str]) -> Any:
        """Record the payment; what was typed stays where it cannot be."""
        try:
            facts = payment_facts(form, self.view.currency)
            done = await ask(
                record_payment,
                self.view.id,
                facts,
                version=self._pay_version,
                key=self._pay_key,
            )
        except Invalid as error:
            self.pay_errors = error.fields
            return None
        return await self._paid(f"{done.number} is recorded.")

    @action(Permission.PAYMENT_DELETE)
    async def confirm_delete(self) -> Any:
        """Delete the payment."""
        became = await ask(delete_payment, self.doomed.id, key=self._pay_key)
        return await self._paid(became.sentence)

    @action(Permission.PAYMENT_ALLOCATE)
    async def confirm_write_off(self, form: dict[str, str]) -> Any:
        """Write off what is left."""
        try:
            await ask(
                write_off,
                self.view.id,
                form.get("reason", ""),
                version=self._pay_version,
                key=self._pay_key,
            )
        except Invalid as error:
            self.pay_errors = {"reason": " ".join(error.fields.values())}
            return None
        return await self._paid(f"The difference of {self.view.label} is written off.")

    def _begin(self, what: str) -> None:
        self.paying, self.pay_errors = what, {}
        self.pay_today = day(context().today())
        self._pay_key, self._pay_version = secrets.token_hex(16), self.view.version

    async def _paid(self, sentence: str) -> Any:
        self.paying, self.pay_errors = "", {}
        await self._show(self.view.id)
        await notify(self, sentence)
        return InvoicesState.refresh


def payment_facts(form: dict[str, str], code: str) -> PaymentFacts:
    """What the form says. Raises: Invalid at each field that cannot be read."""
    problems: dict[str, str] = {}
    try:
        amount = parse_amount(
            form.get("amount", ""), field="amount", digits=currency(code).digits, code=code
        )
    except Invalid as error:
        problems |= error.fields
    try:
        paid_on = parse_date(form.get("paid_on", ""), field="paid_on")
    except Invalid as error:
        problems |= error.fields
    if problems:
        raise Invalid.many(problems)
    return PaymentFacts(
        amount=amount,
        paid_on=paid_on,
        method=form.get("method", ""),
        reference=form.get("reference", ""),
        description=form.get("description", ""),
        sends_confirmation=form.get("confirmation", "") == "on",
    )
