"""The customer's own statement of account."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_date
from billing_app.domain.statement import Account
from billing_app.portal.shell.state import tongue_of
from billing_app.portal.shell.tongue import Tongue
from billing_app.security.acting import ask
from billing_app.security.policy import action
from billing_app.services.payments.statement import LABELS
from billing_app.services.portal_statement import portal_statement

DOCUMENTS = {"invoice", "credit"}
DRAWN = 500


@dataclass(frozen=True)
class Line:
    """One document or payment."""

    key: str
    on: str
    kind: str
    number: str
    href: str
    text: str
    amount: str
    amount_minor: str
    balance: str


@dataclass(frozen=True)
class AccountView:
    """One currency's part."""

    currency: str
    opening: str
    closing: str
    closing_minor: str
    left_out: str
    rows: list[Line]


class StatementState(rx.State):
    """The statement."""

    accounts: list[AccountView] = []
    from_text: str = ""
    to_text: str = ""
    from_error: str = ""
    to_error: str = ""
    query: str = ""
    is_loaded: bool = False

    @action(Permission.PORTAL_STATEMENT)
    async def load(self) -> None:
        """Show the whole statement."""
        self.reset()  # type: ignore[no-untyped-call]
        await self._show(None, None)
        self.is_loaded = True

    @action(Permission.PORTAL_STATEMENT)
    async def choose_days(self, form: dict[str, str]) -> None:
        """Show it from one day to another; empty days leave an end open."""
        self.from_text, self.to_text = form.get("from_on", "")[:40], form.get("to_on", "")[:40]
        self.from_error = self.to_error = ""
        try:
            await self._show(_day(self.from_text, "from_on"), _day(self.to_text, "to_on"))
        except Invalid as error:
            tongue = await tongue_of(self)
            self.from_error = tongue.say(error.fields.get("from_on", ""))
            self.to_error = tongue.say(error.fields.get("to_on", ""))

    async def _show(self, from_on: date | None, to_on: date | None) -> None:
        found = await ask(portal_statement, from_on, to_on)
        tongue = await tongue_of(self)
        self.accounts = [_account(one, tongue) for one in found.accounts]
        days = {"from": from_on, "to": to_on}
        self.query = urlencode({name: on.isoformat() for name, on in days.items() if on})


def _day(text: str, field: str) -> date | None:
    return parse_date(text, field=field) if text.strip() else None


def _account(account: Account, tongue: Tongue) -> AccountView:
    code, shown = account.currency, account.rows[-DRAWN:]
    left_out = len(account.rows) - len(shown)
    return AccountView(
        currency=code,
        opening=tongue.amount(account.opening_minor, code),
        closing=tongue.amount(account.closing_minor, code),
        closing_minor=str(account.closing_minor),
        left_out=tongue.say(
            "The oldest {count} lines are in the files only.", count=tongue.figure(left_out)
        )
        if left_out
        else "",
        rows=[
            Line(
                key=f"{row.entry.kind}-{row.entry.id}",
                on=tongue.day(row.entry.on),
                kind=tongue.say(LABELS[row.entry.kind]),
                number=row.entry.number,
                href=f"/portal/invoices/{row.entry.id}" if row.entry.kind in DOCUMENTS else "",
                text=row.entry.text,
                amount=tongue.amount(row.entry.amount_minor, code),
                amount_minor=str(row.entry.amount_minor),
                balance=tongue.amount(row.balance_minor, code),
            )
            for row in shown
        ],
    )
