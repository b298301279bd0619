"""The journal's files: of which days and which company."""

from datetime import date
from urllib.parse import urlencode

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_date
from billing_app.kit.fields import Option
from billing_app.kit.wording import day, span
from billing_app.security.acting import ask, context
from billing_app.security.policy import action
from billing_app.services.reports.making import report_choices


class JournalState(rx.State):
    """What is exported; the routes behind the links ask again who may have it."""

    from_on: str = ""
    to_on: str = ""
    company: str = ""
    companies: list[Option] = []
    shown: str = ""
    query: str = ""
    errors: dict[str, str] = {}
    form_key: str = "0"

    @action(Permission.JOURNAL_EXPORT)
    async def load(self) -> None:
        """Begin with this month, of every company."""
        today = context().today()
        found = await ask(report_choices)
        self.companies = [Option(str(key), name) for key, name in found.companies]
        self.errors = {}
        self._take({"journal_from": day(today.replace(day=1)), "journal_to": day(today)})
        self.form_key = str(int(self.form_key) + 1)

    @action(Permission.JOURNAL_EXPORT)
    async def choose(self, form: dict[str, str]) -> None:
        """Take other days or another company; each end may stay open."""
        try:
            self._take(form)
        except Invalid as error:
            self.errors = error.fields

    def _take(self, form: dict[str, str]) -> None:
        typed = {name: form.get(f"journal_{name}", "").strip() for name in ("from", "to")}
        days = {
            name: parse_date(text, field=f"journal_{name}") for name, text in typed.items() if text
        }
        if len(days) == len(typed) and days["to"] < days["from"]:
            raise Invalid.of("journal_to", "This day lies before the first one.")
        company = form.get("journal_company", "")
        is_known = any(company == one.value for one in self.companies)
        self.company = company if is_known else ""
        self.from_on, self.to_on = typed["from"], typed["to"]
        chosen = {name: on.isoformat() for name, on in days.items()}
        chosen |= {"company": self.company} if self.company else {}
        self.query, self.errors = urlencode(chosen), {}
        self.shown = _span(days.get("from"), days.get("to"))


def _span(first: date | None, last: date | None) -> str:
    """Of when the files are, in words."""
    if first and last:
        return span(first, last)
    if first:
        return f"from {day(first)} on"
    return f"until {day(last)}" if last else "from the first entry to the last"
