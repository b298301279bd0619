"""The list of recurring invoices."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import count, page_range
from billing_app.security.acting import ask, reckon
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.recurrence.listing import PAGE, list_plans
from billing_app.services.recurrence.run import run_recurrence
from billing_app.staff.recurring.rows import PlanLine, plan_line


class PlansState(rx.State):
    """The list."""

    rows: list[PlanLine] = []
    search: str = ""
    page_no: int = 1
    page_count: int = 1
    count_text: str = ""
    range_text: str = ""
    is_loaded: bool = False

    @action(Permission.INVOICE_VIEW)
    async def load(self) -> None:
        """Fill the list."""
        await self._show(self.page_no)
        self.is_loaded = True

    @action(Permission.INVOICE_VIEW, supersedes=True)
    async def find(self, text: str) -> None:
        """Search invoice, title and customer."""
        self.search = text[:100]
        await self._show(1)

    @action(Permission.INVOICE_VIEW)
    async def go_to(self, number: int) -> None:
        """Show a page."""
        await self._show(max(1, min(number, self.page_count)))

    @action(Permission.JOB_RUN)
    async def run(self) -> None:
        """Make every draft that is due today."""
        ran = await reckon(run_recurrence)
        said = count(len(ran.invoice_ids), "draft")
        left = "".join(f" {label}: {sentence}" for label, sentence in ran.failures)
        await notify(self, f"{said} made.{left}", "warning" if left else "success")
        await self._show(self.page_no)

    async def _show(self, page: int) -> None:
        found = await ask(list_plans, self.search, page=page)
        self.page_no = page
        self.page_count = max(1, -(-found.count // PAGE))
        self.count_text = count(found.count, "plan")
        self.range_text = page_range(page, PAGE, len(found.rows), found.count)
        self.rows = [plan_line(row) for row in found.rows]
