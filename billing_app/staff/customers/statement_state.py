"""A customer's statement of account, from one day to another (SPEC DLY-43)."""

import re
from datetime import date
from urllib.parse import urlencode

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.parsing import parse_date
from billing_app.kit.statements import AccountView, StatementWords, account_view
from billing_app.kit.wording import amount, count, day
from billing_app.security.acting import ask
from billing_app.security.policy import action
from billing_app.services.payments.statement import LABELS, Statement, statement_of

ADDRESS = re.compile(r"/customers/(\d{1,15})/statement/?")
LINKS = {"invoice": "/invoices?invoice={}", "credit": "/invoices?invoice={}"}
WORDS = StatementWords(
    amount=amount,
    day=day,
    kind=lambda entry: LABELS[entry.kind],
    href=lambda entry: LINKS.get(entry.kind, "/payments/{}").format(entry.id),
    left_out=lambda older: f"{count(older, 'older line')} in the files only.",
)


class StatementState(rx.State):
    """The statement of the customer that the address names."""

    customer_id: int = 0
    customer: str = ""
    accounts: list[AccountView] = []
    credits: list[str] = []
    from_text: str = ""
    to_text: str = ""
    error: str = ""
    query: str = ""
    is_loaded: bool = False
    is_missing: bool = False
    _from: date | None = None
    _to: date | None = None

    @action(Permission.STATEMENT_VIEW)
    async def load(self) -> None:
        """Show the whole statement."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.customer_id, self.error, self.is_missing = int(found[1]) if found else 0, "", False
        self._from = self._to = None
        self.from_text = self.to_text = ""
        await self._show()
        self.is_loaded = True

    @action(Permission.STATEMENT_VIEW)
    async def choose_days(self, form: dict[str, str]) -> None:
        """Show the statement from one day to another; empty days leave an end open."""
        self.from_text, self.to_text = form.get("from_on", ""), form.get("to_on", "")
        try:
            self._from, self._to = _day(self.from_text, "from_on"), _day(self.to_text, "to_on")
            await self._show()
        except Invalid as error:
            self.error = error.sentence
            return
        self.error = ""

    async def _show(self) -> None:
        try:
            found: Statement = await ask(statement_of, self.customer_id, self._from, self._to)
        except NotFound:
            self.is_missing = True
            return
        self.customer = found.customer_name
        self.accounts = [account_view(one, WORDS) for one in found.accounts]
        self.credits = [f"{code} {amount(minor, code)}" for code, minor in found.credits]
        days = {"from": self._from, "to": self._to}
        asked = {name: on.isoformat() for name, on in days.items() if on}
        self.query = urlencode({"customer": self.customer_id, **asked})


def _day(text: str, field: str) -> date | None:
    return parse_date(text, field=field) if text.strip() else None
