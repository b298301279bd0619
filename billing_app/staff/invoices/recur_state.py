"""What makes more of an invoice: a duplicate, or a plan that repeats it."""

import secrets
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_date
from billing_app.domain.periods import Frequency, recurrence_date
from billing_app.kit.wording import day
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.invoices.copying import duplicate_invoice
from billing_app.services.invoices.listing import get_invoice
from billing_app.services.recurrence.plans import PlanFacts, make_plan
from billing_app.staff.invoices.drawer_state import DrawerState

MAX_COUNT = 4


class RecurState(rx.State):
    """The dialog "Make recurring"."""

    is_open: bool = False
    start: str = ""
    errors: dict[str, str] = {}
    _key: str = ""

    @action(Permission.INVOICE_CREATE)
    async def duplicate(self) -> Any:
        """Make a new draft of today with the same lines, and open it."""
        drawer = await self.get_state(DrawerState)
        made = await ask(duplicate_invoice, drawer.view.id, key=drawer._copy_key)  # noqa: SLF001  kept off the wire by its underscore
        await notify(self, f"{drawer.view.label} is duplicated; this is the new draft.")
        return rx.redirect(f"/invoices/{made}/edit")

    @action(Permission.INVOICE_RECUR)
    async def open_recur(self) -> None:
        """Ask how often and until when."""
        drawer = await self.get_state(DrawerState)
        record = await ask(get_invoice, drawer.view.id)
        on = recurrence_date(record.invoice.document_date, Frequency.MONTHLY, 1)
        self.is_open, self.errors, self.start = True, {}, day(on)
        self._key = secrets.token_hex(16)

    @local()
    async def close_recur(self) -> None:
        """Leave it as it is."""
        self.is_open = False

    @action(Permission.INVOICE_RECUR)
    async def make_recurring(self, form: dict[str, str]) -> Any:
        """Make the plan and show its calendar."""
        drawer = await self.get_state(DrawerState)
        try:
            facts = _facts(form)
            made = await ask(make_plan, drawer.view.id, facts, key=self._key)
        except Invalid as error:
            self.errors = error.fields
            return None
        self.is_open = False
        await notify(self, f"{drawer.view.label} recurs from {day(facts.start_on)} on.")
        return rx.redirect(f"/invoices/recurring/{made}")


def _facts(form: dict[str, str]) -> PlanFacts:
    end, times = form.get("end", "").strip(), form.get("occurrences", "").strip()
    if times and not (times.isascii() and times.isdigit() and len(times) <= MAX_COUNT):
        raise Invalid.of("occurrences", "Give a whole number.")
    return PlanFacts(
        frequency=form.get("frequency", ""),
        start_on=parse_date(form.get("start", ""), field="start"),
        end_on=parse_date(end, field="end") if end else None,
        occurrences=int(times) if times else None,
    )
