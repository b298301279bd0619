"""Bulk actions from the grid: what is typed, the plan row by row, live progress, the outcome.

The run itself goes on in the server; this is a view of it, which may be closed and come back.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.kit.wording import amount, count, day
from billing_app.security.acting import ask, context, reckon
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.bulk.planning import MOST, PlannedRow, plan
from billing_app.services.bulk.runs import RunView, begin, look, receipt, stop
from billing_app.services.bulk.verbs import VERBS
from billing_app.services.invoices.listing import found_amounts
from billing_app.services.invoices.setting import LABELS
from billing_app.staff.invoices.state import InvoicesState
from billing_app.staff.invoices.table_state import TableState

REASONED = {"cancel", "void"}
SHOWN = 200


@dataclass(frozen=True)
class PlanRow:
    """One row of the plan or the receipt."""

    id: int
    label: str
    customer: str
    amount: str
    note: str


class BulkState(rx.State):
    """One bulk action: `step` is ask, plan or run."""

    is_open: bool = False
    step: str = ""
    wanted: str = ""
    title: str = ""
    button: str = ""
    sums: str = ""
    will: list[PlanRow] = []
    skipped: list[PlanRow] = []
    failed: list[PlanRow] = []
    will_count: int = 0
    skipped_count: int = 0
    failed_count: int = 0
    needs_reason: bool = False
    errors: dict[str, str] = {}
    today: str = ""
    run_id: int = 0
    is_done: bool = False
    done_count: int = 0
    _ids: list[int] = []
    _rows: list[PlannedRow] = []
    _facts: dict[str, str] = {}
    _key: str = ""

    @action(Permission.INVOICE_VIEW)
    async def open_plan(self, wanted: str) -> None:
        """List per row what will happen, and why a row will be skipped."""
        if wanted not in VERBS:
            return
        table = await self.get_state(TableState)
        self._ids = list(table.selected)
        self.wanted, self.errors, self._facts = wanted, {}, {}
        self.needs_reason = wanted in REASONED
        self.run_id, self.is_done, self.today = 0, False, day(context().today())
        self._key = secrets.token_hex(12)
        self.title = f"{VERBS[wanted].word} {count(len(self._ids), 'invoice')}"
        if wanted == "set":
            self.is_open, self.step = True, "ask"
            return
        if wanted == "pay":
            self._facts = {"paid_on": self.today, "method": "bank_transfer"}
        await self._plan()

    @action(Permission.INVOICE_TEXT)
    async def choose_fields(self, form: dict[str, str]) -> None:
        """Plan with the field and its value."""
        name = form.get("field", "")
        if name not in LABELS:
            self.errors = {"field": "Choose a field."}
            return
        self._facts = {name: form.get("value", "")}
        try:
            await self._plan()
        except Invalid as error:
            self.errors = {"value": " ".join(error.fields.values())}

    @local()
    async def close(self) -> None:
        """Close the plan or the progress; a running action goes on."""
        self.is_open = False

    @action(Permission.INVOICE_VIEW)
    async def start(self, form: dict[str, str]) -> Any:
        """Let the plan run. Each row's use case checks the level for this very action."""
        facts = self._facts | {name: text for name, text in form.items() if text}
        rows = [*self._rows]
        try:
            self.run_id = await reckon(begin, self.wanted, rows, facts, key=self._key)
        except Invalid as error:
            self.errors = error.fields
            return None
        self.step, self.errors, self.done_count, self.failed_count = "run", {}, 0, 0
        await self._look()
        return TableState.clear_selection

    @action(Permission.INVOICE_VIEW)
    async def stop_run(self) -> None:
        """End after the row it is at."""
        await ask(stop, self.run_id)
        await notify(self, "It stops after the row it is at.")

    @action(Permission.INVOICE_VIEW, supersedes=True)
    async def remote_change(self) -> None:
        """Something changed: show how far the run is."""
        if self.is_open and self.run_id and not self.is_done:
            await self._look()

    @action(Permission.INVOICE_VIEW)
    async def select_found(self) -> None:
        """Select all that the filters find, up to 5,000."""
        grid = await self.get_state(InvoicesState)
        table = await self.get_state(TableState)
        # underscores keep both off the wire
        found = await reckon(found_amounts, grid._filter, MOST)  # noqa: SLF001
        table._select_all(found)  # noqa: SLF001

    async def _plan(self) -> None:
        rows = await reckon(plan, self.wanted, self._ids, self._facts)
        self._rows = rows
        good = [row for row in rows if not row.why_not]
        bad = [row for row in rows if row.why_not]
        self.will = [_row(row, "") for row in good[:SHOWN]]
        self.skipped = [_row(row, row.why_not) for row in bad[:SHOWN]]
        self.will_count, self.skipped_count = len(good), len(bad)
        self.failed, self.failed_count = [], 0
        self.sums = _sums(good)
        self.button = f"{VERBS[self.wanted].word} {count(len(good), 'invoice')}"
        self.is_open, self.step, self.errors = True, "plan", {}

    async def _look(self) -> None:
        view: RunView = await ask(look, self.run_id)
        run = view.run
        self.done_count = run.done + run.failed
        if run.failed != self.failed_count:
            rows = await ask(receipt, self.run_id, "failed", limit=SHOWN)
            self.failed = [
                PlanRow(row.invoice_id, row.label, row.customer, "", row.sentence) for row in rows
            ]
            self.failed_count = run.failed
        if view.is_done and not self.is_done:
            self.is_done = True
            word = VERBS[run.verb].word.removesuffix(" of").removesuffix(" on")
            await notify(self, f"{word}: {count(run.done, 'invoice')} done.")


def _row(row: PlannedRow, note: str) -> PlanRow:
    worth = f"{row.currency} {amount(row.amount_minor, row.currency)}"
    return PlanRow(row.id, row.label, row.customer, worth, note)


def _sums(rows: list[PlannedRow]) -> str:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, 0) + row.amount_minor
    return " · ".join(f"{code} {amount(minor, code)}" for code, minor in sums.items())


FIELDS: Mapping[str, str] = LABELS
