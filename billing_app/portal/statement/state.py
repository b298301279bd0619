"""The customer's own statement of account."""

from datetime import date
from urllib.parse import urlencode

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_date
from billing_app.kit.statements import AccountView, StatementWords, account_view
from billing_app.portal.shell.state import tongue_of
from billing_app.portal.shell.tongue import Tongue
from billing_app.security.acting import ask
from billing_app.security.policy import action
from billing_app.services.payments.statement import LABELS
from billing_app.services.portal_statement import portal_statement

DOCUMENTS = {"invoice", "credit"}


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
        words = _words(tongue)
        self.accounts = [account_view(one, words) for one in found.accounts]
        days = {"from": from_on, "to": to_on}
        self.query = urlencode({name: on.isoformat() for name, on in days.items() if on})


def _day(text: str, field: str) -> date | None:
    return parse_date(text, field=field) if text.strip() else None


def _words(tongue: Tongue) -> StatementWords:
    return StatementWords(
        amount=tongue.amount,
        day=tongue.day,
        kind=lambda entry: tongue.say(LABELS[entry.kind]),
        href=lambda entry: f"/portal/invoices/{entry.id}" if entry.kind in DOCUMENTS else "",
        left_out=lambda count: tongue.say(
            "The oldest {count} lines are in the files only.", count=tongue.figure(count)
        ),
    )
