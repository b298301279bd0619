"""Bulk actions that were asked for, and the receipt of one."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.kit.wording import count, moment
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.bulk.runs import RowView, RunView, list_runs, look, receipt, stop
from billing_app.services.bulk.verbs import VERBS

STATES = {
    "planned": "Waits",
    "skipped": "Skipped",
    "done": "Done",
    "failed": "Not done",
    "stopped": "Stopped",
}
MAX_DIGITS = 16
SHOWN = 500


@dataclass(frozen=True)
class RunRow:
    """One bulk action in the list."""

    id: int = 0
    name: str = ""
    asked: str = ""
    asked_by: str = ""
    state: str = ""
    done: str = ""
    failed: str = ""
    skipped: str = ""
    at: int = 0
    most: int = 0
    is_running: bool = False
    has_zip: bool = False


@dataclass(frozen=True)
class ReceiptRow:
    """One invoice of the receipt."""

    position: int
    href: str
    label: str
    customer: str
    state: str
    sentence: str


class BulkRunsState(rx.State):
    """The list, and one receipt."""

    runs: list[RunRow] = []
    is_loaded: bool = False
    run: RunRow = RunRow()
    rows: list[ReceiptRow] = []
    more: str = ""
    is_missing: bool = False

    @action(Permission.INVOICE_VIEW)
    async def load(self) -> None:
        """Show the latest bulk actions."""
        zone = context().zone
        self.runs = [_run(view, zone) for view in await ask(list_runs)]
        self.is_loaded = True

    @action(Permission.INVOICE_VIEW)
    async def load_one(self) -> None:
        """Show the receipt that the address names."""
        text = str(self.router.url.path).rstrip("/").rsplit("/", 1)[-1]
        self.is_missing, self.is_loaded = True, True
        if text.isascii() and text.isdigit() and len(text) < MAX_DIGITS:
            await self._show(int(text))

    @action(Permission.INVOICE_VIEW, supersedes=True)
    async def remote_change(self) -> None:
        """Something changed: show how far it is."""
        if self.run.is_running and str(self.router.url.path).startswith("/bulk/"):
            await self._show(self.run.id)

    @action(Permission.INVOICE_VIEW)
    async def stop_run(self) -> None:
        """End after the row it is at."""
        await ask(stop, self.run.id)
        await notify(self, "It stops after the row it is at.")

    async def _show(self, run_id: int) -> None:
        try:
            view = await ask(look, run_id)
            found: list[ReceiptRow] = []
            for state in ("failed", "skipped", "stopped", "done", "planned"):
                rows = await ask(receipt, run_id, state, limit=SHOWN)
                found += [_row(row) for row in rows]
        except NotFound:
            self.is_missing = True
            return
        total = view.run.planned + view.run.skipped
        self.run, self.rows = _run(view, context().zone), found
        self.more = f"{total - len(found):,} more are not shown." if total > len(found) else ""
        self.is_missing = False


def _run(view: RunView, zone: str) -> RunRow:
    run = view.run
    verb = VERBS.get(run.verb)
    total = run.planned + run.skipped
    return RunRow(
        id=run.id or 0,
        name=f"{verb.word if verb else run.verb.capitalize()} {count(total, 'invoice')}",
        asked=moment(run.asked_at, zone),
        asked_by=view.asked_by,
        state="Done" if view.is_done else "Running" if run.state == "running" else "Waiting",
        done=f"{run.done:,}",
        failed=f"{run.failed:,}",
        skipped=f"{run.skipped:,}",
        at=run.done + run.failed,
        most=run.planned,
        is_running=not view.is_done,
        has_zip=run.verb == "pdf" and view.is_done and run.done > 0,
    )


def _row(row: RowView) -> ReceiptRow:
    return ReceiptRow(
        position=row.position,
        href=f"/invoices?invoice={row.invoice_id}",
        label=row.label,
        customer=row.customer,
        state=STATES[row.state],
        sentence=row.sentence,
    )
