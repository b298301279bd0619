"""One plan: its calendar, and what is decided about its repeats."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Invalid
from billing_app.domain.parsing import (
    parse_date,
    parse_percent,
    parse_quantity,
    parse_unit_price,
)
from billing_app.kit.wording import count, day
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.recurrence.changes import (
    OnceLine,
    add_once,
    change_price,
    move_repeat,
    remove_once,
    remove_price,
    skip_repeat,
)
from billing_app.services.recurrence.listing import get_plan
from billing_app.services.recurrence.plans import change_end, set_active
from billing_app.services.recurrence.run import run_plan
from billing_app.staff.recurring.rows import (
    DayRow,
    PlanLine,
    PriceRow,
    day_rows,
    plan_line,
    price_rows,
)
from billing_app.staff.shell.documents import DocumentRow, document_rows

ADDRESS = re.compile(r"/invoices/recurring/(\d{1,15})/?")
DIALOGS = {"move", "line", "price", "end"}
MAX_COUNT = 6


class PlanState(rx.State):
    """The plan that the address names."""

    plan: PlanLine = PlanLine()
    days: list[DayRow] = []
    prices: list[PriceRow] = []
    lines: list[tuple[str, str]] = []
    invoices: list[DocumentRow] = []
    problem: str = ""
    dialog: str = ""
    about: str = ""
    about_text: str = ""
    errors: dict[str, str] = {}
    is_loaded: bool = False
    _plan_id: int = 0
    _version: int = 0

    @action(Permission.INVOICE_VIEW)
    async def load(self) -> None:
        """Open the plan."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self._plan_id, self.dialog, self.is_loaded = int(found[1]) if found else 0, "", False
        await self._show()
        self.is_loaded = True

    @local()
    async def open_dialog(self, name: str, due: str) -> None:
        """Ask for what is needed: where to move a repeat, its line, a price, the end."""
        if name not in DIALOGS:
            return
        self.dialog, self.about, self.errors = name, due, {}
        shown = [row.label for row in self.days if row.key == due]
        self.about_text = shown[0] if shown else ""

    @local()
    async def close_dialog(self) -> None:
        """Change nothing."""
        self.dialog, self.errors = "", {}

    @action(Permission.INVOICE_RECUR)
    async def skip(self, due: str) -> None:
        """Leave a repeat out."""
        due_on = parse_date(due, field="due_on")
        await self._change(skip_repeat, due_on, is_skipped=True)
        await notify(self, f"The repeat of {day(due_on)} is skipped.")

    @action(Permission.INVOICE_RECUR)
    async def take_in(self, due: str) -> None:
        """Take a skipped repeat in again."""
        due_on = parse_date(due, field="due_on")
        await self._change(skip_repeat, due_on, is_skipped=False)
        await notify(self, f"The repeat of {day(due_on)} is taken in again.")

    @action(Permission.INVOICE_RECUR)
    async def move(self, form: dict[str, str]) -> None:
        """Give a repeat another day."""

        def read() -> tuple[date, date]:
            to = parse_date(form.get("moved_to", ""), field="moved_to")
            return parse_date(self.about, field="moved_to"), to

        await self._submit(move_repeat, read, "The repeat is moved.")

    @action(Permission.INVOICE_RECUR)
    async def add_line(self, form: dict[str, str]) -> None:
        """Give a repeat a line of its own."""

        def read() -> tuple[date, OnceLine]:
            rate = form.get("tax_rate", "").strip()
            line = OnceLine(
                form.get("description", ""),
                parse_quantity(form.get("quantity", "").strip() or "1", field="quantity"),
                parse_unit_price(
                    form.get("unit_price", ""), field="unit_price", allow_negative=True
                ),
                parse_percent(rate, field="tax_rate") if rate else Decimal(0),
            )
            return parse_date(self.about, field="description"), line

        await self._submit(add_once, read, "The line is added once.")

    @action(Permission.INVOICE_RECUR)
    async def price(self, form: dict[str, str]) -> None:
        """Change a line's price from a day on."""

        def read() -> tuple[int, date, Decimal]:
            line_no = form.get("line", "")
            price = parse_unit_price(form.get("price", ""), field="price", allow_negative=True)
            from_on = parse_date(form.get("from_on", ""), field="from_on")
            return _whole(line_no, "line") or 0, from_on, price

        await self._submit(change_price, read, "The price is changed.")

    @action(Permission.INVOICE_RECUR)
    async def end(self, form: dict[str, str]) -> None:
        """Let the plan end elsewhere."""
        try:
            until = form.get("end", "").strip()
            end_on = parse_date(until, field="end") if until else None
            times = _whole(form.get("occurrences", ""), "occurrences")
            await self._change(change_end, end_on=end_on, occurrences=times)
        except Invalid as error:
            self.errors = error.fields
            return
        self.dialog = ""
        await notify(self, "The plan's end is changed.")

    @action(Permission.INVOICE_RECUR)
    async def remove_extra(self, extra_id: int) -> None:
        """Take a once-only line away."""
        await self._change(remove_once, extra_id)

    @action(Permission.INVOICE_RECUR)
    async def take_price_back(self, price_id: int) -> None:
        """Take a changed price back."""
        await self._change(remove_price, price_id)

    @action(Permission.INVOICE_RECUR)
    async def turn_off(self) -> None:
        """Turn the plan off."""
        await self._change(set_active, on=False)
        await notify(self, "The recurrence is turned off.")

    @action(Permission.INVOICE_RECUR)
    async def turn_on(self) -> None:
        """Turn the plan on again."""
        await self._change(set_active, on=True)
        await notify(self, "The recurrence is turned on.")

    @action(Permission.INVOICE_RECUR)
    async def run(self) -> None:
        """Make the drafts that are due."""
        made = await ask(run_plan, self._plan_id)
        await notify(self, f"{count(len(made), 'draft')} made." if made else "No draft is due yet.")
        await self._show()

    async def _submit(
        self, verb: Callable[..., int], read: Callable[[], tuple[Any, ...]], done: str
    ) -> None:
        """Read a dialog's form and do it; sentences stand at their fields."""
        try:
            await self._change(verb, *read())
        except Invalid as error:
            self.errors = error.fields
            return
        self.dialog = ""
        await notify(self, done)

    async def _change(self, verb: Callable[..., int], *args: Any, **kwargs: Any) -> None:
        """Change the plan as it was read here, and show it anew, also when it was refused."""
        try:
            await ask(verb, self._plan_id, *args, version=self._version, **kwargs)
        except Invalid:
            raise
        except BillingError:
            self.dialog = ""
            await self._show()
            raise
        await self._show()

    async def _show(self) -> None:
        record = await ask(get_plan, self._plan_id)
        self.plan, self._version = plan_line(record.plan), record.plan.version
        self.days, self.prices = day_rows(record), price_rows(record)
        self.lines = [(str(number), text) for number, text in record.lines]
        self.invoices, self.problem = document_rows(record.invoices), record.problem


def _whole(text: str, field: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_COUNT):
        raise Invalid.of(field, "Give a whole number.")
    return int(text)
