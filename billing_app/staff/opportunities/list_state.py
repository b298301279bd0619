"""The opportunities list."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.security.acting import ask
from billing_app.security.policy import demanding
from billing_app.services.sales.offers import STAGES
from billing_app.services.sales.opportunities import list_opportunities
from billing_app.staff.opportunities.rows import OpportunityLineRow, list_row
from billing_app.staff.shell.list_state import ListState, Nouns


@demanding(Permission.OPPORTUNITY_VIEW)
class OpportunitiesState(ListState, rx.State):
    """The list; title and customer are searched, stages chosen."""

    NOUNS: ClassVar[Nouns] = ("opportunity", "opportunities")

    rows: list[OpportunityLineRow] = []

    async def _options(self) -> Sequence[str]:
        return STAGES

    async def _page(self, page: int) -> tuple[list[OpportunityLineRow], int]:
        found = await ask(list_opportunities, self.search, stage=self.chosen, page=page)
        return [list_row(row) for row in found.rows], found.count
