"""The dialog that corrects a posted document: which lines, how much of each, what it comes to."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Invalid
from billing_app.domain.parsing import parse_quantity
from billing_app.kit.wording import amount, number
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.invoices.crediting import (
    Corrected,
    CreditDesk,
    CreditLine,
    credit_desk,
    credit_invoice,
    reckon_credit,
)
from billing_app.services.invoices.reopening import credit_and_reopen
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.invoices.figures import Figure, figures_of
from billing_app.staff.invoices.state import InvoicesState


@dataclass(frozen=True)
class CreditRow:
    """A line that can be credited, and the quantity typed beside it."""

    line_no: int
    description: str
    left: str
    left_amount: str
    most: str
    typed: str
    error: str = ""


class CreditState(rx.State):
    """Credit, reverse, or credit and reopen; `doing` names the open dialog."""

    doing: str = ""
    label: str = ""
    currency: str = ""
    is_credit: bool = False
    with_tax: bool = False
    rows: list[CreditRow] = []
    figures: list[Figure] = []
    error: str = ""
    fill_key: str = ""
    _id: int = 0
    _version: int = 0
    _key: str = ""

    @action(Permission.INVOICE_REVERSE)
    async def open_credit(self, wanted: str) -> None:
        """Show what is left of each line, all of it filled in."""
        drawer = await self.get_state(DrawerState)
        desk = await ask(credit_desk, drawer.view.id)
        self._begin(desk, "reopen" if wanted == "reopen" else "credit")
        await self._reckon()

    @local()
    async def close_credit(self) -> None:
        """Correct nothing."""
        self.doing = ""

    @action(Permission.INVOICE_REVERSE, supersedes=True)
    async def type_quantity(self, line_no: int, text: str) -> None:
        """Reckon the credit while quantities are typed."""
        self.rows = [
            replace(row, typed=text) if row.line_no == line_no else row for row in self.rows
        ]
        await self._reckon()

    @action(Permission.INVOICE_REVERSE)
    async def fill(self, wanted: str) -> None:
        """Take all that is left of every line, or nothing."""
        self.rows = [replace(row, typed=row.most if wanted == "all" else "") for row in self.rows]
        self.fill_key = secrets.token_hex(4)
        await self._reckon()

    @action(Permission.INVOICE_REVERSE)
    async def confirm_credit(self, form: dict[str, str]) -> Any:
        """Make the correction that the dialog shows."""
        reason = form.get("reason", "")
        facts: dict[str, Any] = {"version": self._version, "reason": reason, "key": self._key}
        try:
            if self.doing == "reopen":
                done = await ask(credit_and_reopen, self._id, **facts)
            else:
                typed = {
                    row.line_no: form.get(f"quantity-{row.line_no}", row.typed) for row in self.rows
                }
                done = await ask(credit_invoice, self._id, _wanted(typed), **facts)
        except Invalid as error:
            self._show(error.fields)
            return None
        self.doing = ""
        await notify(self, self._said(done))
        target = f"/invoices/{done.draft_id}/edit" if done.draft_id else _drawer(done.id)
        return [rx.redirect(target), InvoicesState.refresh]

    def _said(self, done: Corrected) -> str:
        if done.draft_id:
            return f"{done.label} credits {self.label} and is {done.status}. This is the new draft."
        verb = "reverses" if self.is_credit else "credits"
        return f"{done.label} {verb} {self.label}. Post it when it is right."

    def _begin(self, desk: CreditDesk, doing: str) -> None:
        self.doing, self.label, self.currency = doing, desk.label, desk.currency
        self.is_credit, self.with_tax = desk.is_credit, desk.prices_include_tax
        self.rows = [_row(line, desk.currency) for line in desk.lines]
        self.error, self.figures = "", []
        self._id, self._version = desk.id, desk.version
        self._key, self.fill_key = secrets.token_hex(16), secrets.token_hex(4)

    async def _reckon(self) -> None:
        """Show what the typed quantities come to; what is wrong stands at its line."""
        try:
            wanted = _wanted({row.line_no: row.typed for row in self.rows})
            totals = await ask(reckon_credit, self._id, wanted)
        except Invalid as error:
            self._show(error.fields)
            return
        except BillingError as error:
            self.error = error.sentence
            return
        self._show({})
        self.figures = figures_of(totals, self.currency)

    def _show(self, problems: Mapping[str, str]) -> None:
        by_line = {f"lines.{row.line_no}.quantity": row.line_no for row in self.rows}
        at = {by_line[field]: said for field, said in problems.items() if field in by_line}
        self.rows = [replace(row, error=at.get(row.line_no, "")) for row in self.rows]
        self.error = " ".join(said for field, said in problems.items() if field not in by_line)
        if problems:
            self.figures = []


def _row(line: CreditLine, code: str) -> CreditRow:
    most = f"{line.left.normalize():f}"
    return CreditRow(
        line_no=line.line_no,
        description=line.description.split("\n")[0],
        left=f"{number(line.left)} {line.unit}".strip(),
        left_amount=amount(line.left_minor, code),
        most=most,
        typed=most,
    )


def _wanted(typed: Mapping[int, str]) -> dict[int, Decimal]:
    """The quantities; lines that are left empty or 0 are not credited. Raises: Invalid."""
    problems: dict[str, str] = {}
    wanted: dict[int, Decimal] = {}
    for line_no, text in typed.items():
        if not text.strip():
            continue
        try:
            quantity = parse_quantity(text, field=f"lines.{line_no}.quantity")
        except Invalid as error:
            problems |= error.fields
            continue
        if quantity:
            wanted[line_no] = quantity
    if problems:
        raise Invalid.many(problems)
    return wanted


def _drawer(invoice_id: int) -> str:
    return f"/invoices?invoice={invoice_id}"
