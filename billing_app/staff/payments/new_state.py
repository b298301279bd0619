"""The form of a new payment: of a customer, without an invoice yet (SPEC CXS-30, 6.5-8)."""

import secrets
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.currencies import CURRENCIES
from billing_app.domain.document_types import Direction
from billing_app.domain.errors import BillingError, Invalid
from billing_app.domain.payments import PaymentState
from billing_app.domain.settlement import PaymentKind
from billing_app.kit.wording import day
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.customers import find_customers, shown_name
from billing_app.services.payments.recording import add_payment
from billing_app.staff.payments.rows import read_payment

PURPOSES = {
    "receipt-out": "Received from a customer",
    "payment-in": "Paid to a supplier",
    "payment-out": "Paid to a customer, for credit notes",
    "receipt-in": "Received from a supplier, for credit notes",
}


class NewPaymentState(rx.State):
    """The dialog "Add payment"."""

    is_open: bool = False
    today: str = ""
    currency: str = "EUR"
    customers: list[str] = []
    errors: dict[str, str] = {}
    _known: dict[str, int] = {}
    _currencies: dict[str, str] = {}
    _key: str = ""

    @action(Permission.PAYMENT_RECORD)
    async def open_form(self) -> None:
        """Ask for the payment's facts."""
        self.is_open, self.errors, self.today = True, {}, day(context().today())
        self._key = secrets.token_hex(16)
        await self._offer("")

    @local()
    async def close_form(self) -> None:
        """Add nothing."""
        self.is_open = False

    @action(Permission.PAYMENT_RECORD, supersedes=True)
    async def find_customer(self, text: str) -> None:
        """Offer customers while typing; a whole one brings its currency."""
        if text in self._currencies:
            self.currency = self._currencies[text]
            return
        await self._offer(text.strip()[:100])

    @action(Permission.PAYMENT_RECORD)
    async def add(self, form: dict[str, str]) -> Any:
        """Add the payment and show it; what was typed stays where it cannot be."""
        try:
            made = await self._add(form)
        except Invalid as error:
            self.errors = error.fields
            return None
        except BillingError as error:
            self.errors = {"customer": error.sentence}
            return None
        self.is_open = False
        await notify(self, f"{made.number} is added.")
        return rx.redirect(f"/payments/{made.id}")

    async def _add(self, form: dict[str, str]) -> Any:
        code = form.get("currency", "").strip().upper()
        if code not in CURRENCIES:
            raise Invalid.of("currency", "Choose a currency, such as EUR.")
        typed = form.get("customer", "").strip()
        customer_id = self._known.get(typed) or await self._only(typed)
        kind, _, direction = form.get("purpose", "").partition("-")
        if f"{kind}-{direction}" not in PURPOSES:
            raise Invalid.of("purpose", "Say what the payment is for.")
        is_pending = form.get("status", "") == PaymentState.PENDING
        return await ask(
            add_payment,
            customer_id,
            read_payment(form, code),
            code=code,
            direction=Direction(direction),
            kind=PaymentKind(kind),
            state=PaymentState.PENDING if is_pending else PaymentState.COMPLETED,
            key=self._key,
        )

    async def _only(self, typed: str) -> int:
        """The one customer that the words mean. Raises: Invalid."""
        rows = await ask(find_customers, typed) if typed else []
        if len(rows) != 1:
            raise Invalid.of("customer", "Choose a customer from the list.")
        return rows[0].id or 0

    async def _offer(self, text: str) -> None:
        rows = await ask(find_customers, text)
        ctx = context()
        words = {f"{shown_name(ctx, row)} · {row.number}": row for row in rows}
        self._known = self._known | {word: row.id or 0 for word, row in words.items()}
        self._currencies = self._currencies | {word: row.currency for word, row in words.items()}
        self.customers = list(words)
