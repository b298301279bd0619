"""The allocation page: one payment over many invoices, or many payments on one (SPEC CXS-29)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.currencies import currency
from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.money import plain_amount, to_minor
from billing_app.domain.parsing import parse_amount
from billing_app.domain.settlement import SMALL_DIFFERENCE_MINOR
from billing_app.kit.wording import UNKNOWN, amount, count, day
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.payments.allocating import CreditShare, Share, allocate
from billing_app.services.payments.desks import (
    Choice,
    InvoiceDesk,
    PaymentDesk,
    invoice_desk,
    payment_desk,
)

HIDDEN = "Hidden"
MAX_DIGITS = 16
ADDRESSES = {
    "invoice": "/invoices?invoice={}",
    "credit": "/invoices?invoice={}",
    "payment": "/payments/{}",
}


@dataclass(frozen=True)
class ChoiceRow:
    """Something to settle, or that settles: its facts, and what was typed beside it."""

    key: str
    id: int
    kind: str
    label: str
    href: str
    text: str
    on: str
    due: str
    total: str
    left: str
    typed: str = ""
    error: str = ""
    ticked: bool = False
    may_tick: bool = False
    """Whether what would be left is a small difference that may be written off."""


class AllocationState(rx.State):
    """A payment or an invoice, what may go with it, and how much of each."""

    of_payment: bool = True
    heading: str = ""
    back: str = "/payments"
    customer: str = ""
    currency: str = ""
    available: str = ""
    residue: str = ""
    residue_minor: str = ""
    is_over: bool = False
    rows: list[ChoiceRow] = []
    needs_reason: bool = False
    error: str = ""
    fill_key: str = "0"
    is_loaded: bool = False
    is_missing: bool = False
    _record_id: int = 0
    _version: int = 0
    _left: int = 0
    _choices: list[Choice] = []
    _suggested: dict[int, int] = {}
    _key: str = ""

    @action(Permission.PAYMENT_ALLOCATE)
    async def load(self) -> None:
        """Open what the address names: `?payment=` or `?invoice=`."""
        self.error, self.is_missing = "", False
        asked = self.router.url.query_parameters
        self.of_payment = bool(asked.get("payment", ""))
        text = str(asked.get("payment", "") or asked.get("invoice", ""))
        is_number = text.isascii() and text.isdigit() and len(text) < MAX_DIGITS
        self._record_id = int(text) if is_number else 0
        await self._open()
        self.is_loaded = True

    @local()
    async def type_amount(self, key: str, text: str) -> None:
        """Reckon the residue while amounts are typed."""
        self._put({key: text[:40]})

    @local()
    async def tick(self, key: str, wanted: bool) -> None:  # noqa: FBT001  an event's argument
        """Write off what a share leaves open, or not."""
        self.rows = [
            replace(row, ticked=wanted and row.may_tick) if row.key == key else row
            for row in self.rows
        ]
        self.needs_reason = any(row.ticked for row in self.rows)

    @local()
    async def suggest(self) -> None:
        """Fill the amounts, oldest first, as far as the money goes."""
        digits = currency(self.currency).digits
        filled = {
            row.key: plain_amount(self._suggested[row.id], digits)
            if row.id in self._suggested and row.kind != "credit"
            else ""
            for row in self.rows
        }
        self._put(filled)
        self.fill_key = secrets.token_hex(4)

    @local()
    async def clear(self) -> None:
        """Empty every amount."""
        self._put({row.key: "" for row in self.rows})
        self.fill_key = secrets.token_hex(4)

    @action(Permission.PAYMENT_ALLOCATE)
    async def save(self, form: dict[str, str]) -> Any:
        """Allocate what was typed, all of it or nothing."""
        self._put({row.key: form.get(f"amount-{row.key}", row.typed) for row in self.rows})
        if any(row.error for row in self.rows):
            self.error = "Please check the amounts marked below."
            return None
        minors = self._minors()
        shares = [self._share(row, minors[row.key]) for row in self.rows if minors[row.key]]
        try:
            done = await ask(
                allocate,
                [one for one in shares if isinstance(one, Share)],
                credits_used=[one for one in shares if isinstance(one, CreditShare)],
                versions={self._record_id: self._version} if self.of_payment else {},
                write_off=frozenset(row.id for row in self.rows if row.ticked),
                reason=form.get("reason", ""),
                key=self._key,
            )
        except Invalid as error:
            self._fail(error.fields)
            return None
        said = f"{self.currency} {amount(done.minor, self.currency)} is allocated"
        invoices = count(done.invoices, "invoice")
        await notify(self, f"{said} to {invoices}.")
        return rx.redirect(self.back)

    def _share(self, row: ChoiceRow, minor: int) -> Share | CreditShare:
        if row.kind == "credit":
            return CreditShare(row.id, self._record_id, minor)
        if self.of_payment:
            return Share(self._record_id, row.id, minor)
        return Share(row.id, self._record_id, minor)

    def _fail(self, fields: Mapping[str, str]) -> None:
        """Put each sentence beside its row; what belongs to none stands above."""
        place = 2 if self.of_payment else 1  # "shares.<payment>.<invoice>", "credits.<credit>.…"
        by_id = {key.split(".")[place]: text for key, text in fields.items() if "." in key}
        self.rows = [replace(row, error=by_id.get(str(row.id), "")) for row in self.rows]
        self.error = " ".join(fields.values())
        self._key = secrets.token_hex(16)

    def _minors(self) -> dict[str, int]:
        return {row.key: _minor(row.typed, self.currency)[0] for row in self.rows}

    def _put(self, typed: Mapping[str, str]) -> None:
        """Take what was typed and reckon what is left."""
        opens = {f"{one.kind}{one.id}": one.left_minor for one in self._choices}
        rows = []
        for row in self.rows:
            text = typed.get(row.key, row.typed)
            minor, error = _minor(text, self.currency)
            rest = opens[row.key] - minor
            may_tick = self.of_payment and minor > 0 and 0 < rest <= SMALL_DIFFERENCE_MINOR
            rows.append(
                replace(
                    row, typed=text, error=error, may_tick=may_tick, ticked=row.ticked and may_tick
                )
            )
        self.rows = rows
        self.needs_reason = any(row.ticked for row in rows)
        left = self._left - sum(self._minors().values())
        self.residue, self.residue_minor = amount(left, self.currency), str(left)
        self.is_over = left < 0

    async def _open(self) -> None:
        self._key = secrets.token_hex(16)
        try:
            if self.of_payment:
                self._lay_payment(await ask(payment_desk, self._record_id))
            else:
                self._lay_invoice(await ask(invoice_desk, self._record_id))
        except NotFound:
            self.is_missing = True
            return
        self.available = amount(self._left, self.currency)
        self.rows = [_row(one, self.currency) for one in self._choices]
        self._put({})

    def _lay_payment(self, desk: PaymentDesk) -> None:
        payment = desk.payment
        self.heading, self.currency = f"Allocate {payment.number}", payment.currency
        self.back, self._version = f"/payments/{payment.id}", payment.version
        self.customer = _seen(desk.customer_name)
        self._left, self._choices = payment.left_minor, list(desk.choices)
        self._suggested = {part.id: part.minor for part in desk.suggestion}

    def _lay_invoice(self, desk: InvoiceDesk) -> None:
        invoice = desk.invoice
        self.heading, self.currency = f"Payments for {invoice.label}", invoice.currency
        self.back, self._version = f"/invoices?invoice={invoice.id}", invoice.version
        self.customer = _seen(desk.customer_name)
        self._left, self._choices = invoice.open_minor, list(desk.choices)
        self._suggested, left = {}, invoice.open_minor
        for one in desk.choices:
            if one.kind == "payment" and left > 0:
                self._suggested[one.id] = min(left, one.left_minor)
                left -= self._suggested[one.id]


def _seen(name: str) -> str:
    return name if context().actor.sees_partner else HIDDEN


def _minor(text: str, code: str) -> tuple[int, str]:
    """What was typed in minor units, and the sentence where it is no amount."""
    if not text.strip():
        return 0, ""
    digits = currency(code).digits
    try:
        value = parse_amount(text, field="amount", digits=digits, code=code)
    except Invalid as error:
        return 0, error.sentence
    return to_minor(value, digits), ""


def _row(one: Choice, code: str) -> ChoiceRow:
    pending = " (pending)" if one.status == "PENDING" else ""
    return ChoiceRow(
        key=f"{one.kind}{one.id}",
        id=one.id,
        kind=one.kind,
        label=f"{one.label}{pending}",
        href=ADDRESSES[one.kind].format(one.id),
        text=one.text,
        on=day(one.on),
        due=day(one.due_on) if one.due_on else UNKNOWN,
        total=amount(one.total_minor, code),
        left=amount(one.left_minor, code),
    )
