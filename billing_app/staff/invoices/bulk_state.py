"""Bulk actions: first the plan, row by row, then the run with its progress and its receipt."""

import secrets
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.lifecycle import Action
from billing_app.kit.wording import amount, count
from billing_app.security.acting import ask, reckon
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.invoices.bulk import PlannedRow, plan, run_row
from billing_app.staff.invoices.state import InvoicesState
from billing_app.staff.invoices.table_state import TableState

VERBS = {
    Action.POST: "Post",
    Action.UNPOST: "Set back",
    Action.CANCEL: "Cancel",
    Action.VOID: "Void",
    Action.DELETE: "Delete",
}
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
    """One bulk action from plan to receipt."""

    is_open: bool = False
    wanted: str = ""
    title: str = ""
    button: str = ""
    sums: str = ""
    will: list[PlanRow] = []
    skipped: list[PlanRow] = []
    failed: list[PlanRow] = []
    needs_reason: bool = False
    error: str = ""
    is_running: bool = False
    is_done: bool = False
    done_count: int = 0
    total_count: int = 0
    _rows: list[PlannedRow] = []
    _key: str = ""

    @action(Permission.INVOICE_VIEW)
    async def open_plan(self, wanted: str) -> None:
        """List per row what will happen, and why a row will be skipped."""
        if wanted not in {str(verb) for verb in VERBS}:
            return
        table = await self.get_state(TableState)
        chosen = Action(wanted)
        rows = await ask(plan, list(table.selected), chosen)
        self._rows = [row for row in rows if not row.why_not]
        self._key = secrets.token_hex(12)
        self.wanted, self.error = wanted, ""
        self.is_open, self.is_running, self.is_done = True, False, False
        self.will = [_row(row, "") for row in self._rows[:SHOWN]]
        self.skipped = [_row(row, row.why_not) for row in rows if row.why_not][:SHOWN]
        self.failed = []
        self.total_count, self.done_count = len(self._rows), 0
        self.needs_reason = chosen in {Action.CANCEL, Action.VOID}
        self.title = f"{VERBS[chosen]} {count(len(rows), 'invoice')}"
        self.button = f"{VERBS[chosen]} {count(len(self._rows), 'invoice')}"
        self.sums = _sums(self._rows)

    @local()
    async def close(self) -> None:
        """Close the plan or the receipt; a running action goes on."""
        self.is_open = False

    @action(Permission.INVOICE_VIEW)
    async def start(self, form: dict[str, str]) -> Any:
        """Run the plan. Each row's use case checks the level for this very action."""
        reason = form.get("reason", "").strip()
        if self.needs_reason and not reason:
            self.error = "Give a reason; it is kept with each invoice."
            return None
        self.is_running, self.error = True, ""
        return BulkState.run(reason)

    @action(Permission.INVOICE_VIEW, background=True)
    async def run(self, reason: str) -> Any:
        """Do each row once, in its own transaction, and show how far it is."""
        async with self:
            rows, key, wanted = list(self._rows), self._key, Action(self.wanted)
        for at, row in enumerate(rows, start=1):
            done = await reckon(run_row, row, wanted, key=key, reason=reason)
            if not done.is_done or at % 10 == 0 or at == len(rows):
                async with self:
                    self.done_count = at
                    if not done.is_done:
                        self.failed = [*self.failed, _row(row, done.sentence)]
        async with self:
            self.is_running, self.is_done = False, True
            good = len(rows) - len(self.failed)
            await notify(self, f"{VERBS[wanted]}: {count(good, 'invoice')} done.")
        return [TableState.clear_selection, InvoicesState.refresh]


def _row(row: PlannedRow, note: str) -> PlanRow:
    return PlanRow(
        row.id,
        row.label,
        row.customer,
        f"{row.currency} {amount(row.amount_minor, row.currency)}",
        note,
    )


def _sums(rows: list[PlannedRow]) -> str:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, 0) + row.amount_minor
    return " · ".join(f"{code} {amount(minor, code)}" for code, minor in sums.items())
