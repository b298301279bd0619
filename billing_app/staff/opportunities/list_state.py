"""The opportunities list."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import count, page_range
from billing_app.security.acting import ask
from billing_app.security.policy import action
from billing_app.services.sales.offers import STAGES
from billing_app.services.sales.opportunities import PAGE, list_opportunities
from billing_app.staff.opportunities.rows import OpportunityLineRow, list_row


class OpportunitiesState(rx.State):
    """The list."""

    rows: list[OpportunityLineRow] = []
    search: str = ""
    stage: str = ""
    page_no: int = 1
    page_count: int = 1
    count_text: str = ""
    range_text: str = ""
    is_loaded: bool = False

    @action(Permission.OPPORTUNITY_VIEW)
    async def load(self) -> None:
        """Fill the list."""
        await self._show(self.page_no)
        self.is_loaded = True

    @action(Permission.OPPORTUNITY_VIEW, supersedes=True)
    async def find(self, text: str) -> None:
        """Search title and customer."""
        self.search = text[:100]
        await self._show(1)

    @action(Permission.OPPORTUNITY_VIEW)
    async def choose_stage(self, value: str) -> None:
        """Show opportunities of one stage, or all."""
        self.stage = value if value in STAGES else ""
        await self._show(1)

    @action(Permission.OPPORTUNITY_VIEW)
    async def go_to(self, number: int) -> None:
        """Show a page."""
        await self._show(max(1, min(number, self.page_count)))

    async def _show(self, page: int) -> None:
        found = await ask(list_opportunities, self.search, stage=self.stage, page=page)
        self.page_no = page
        self.page_count = max(1, -(-found.count // PAGE))
        self.count_text = count(found.count, "opportunity", "opportunities")
        self.range_text = page_range(page, PAGE, len(found.rows), found.count)
        self.rows = [list_row(row) for row in found.rows]
