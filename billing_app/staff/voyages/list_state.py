"""The voyages list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.voyages import VoyageStatus
from billing_app.kit.wording import count
from billing_app.security.acting import ask
from billing_app.security.policy import demanding
from billing_app.services.voyages import VoyageRow, list_voyages
from billing_app.staff.shell.list_state import ListState, Nouns


@dataclass(frozen=True)
class VoyageLine:
    """One voyage of the list."""

    id: int
    reference: str
    vessel: str
    business_unit: str
    pending: str
    status: str


@demanding(Permission.VOYAGE_VIEW)
class VoyagesState(ListState, rx.State):
    """The list; reference, vessel and business unit are searched, statuses chosen."""

    NOUNS: ClassVar[Nouns] = ("voyage", "voyages")

    rows: list[VoyageLine] = []

    async def _options(self) -> Sequence[str]:
        return [str(one) for one in VoyageStatus]

    async def _page(self, page: int) -> tuple[list[VoyageLine], int]:
        found = await ask(list_voyages, self.search, status=self.chosen, page=page)
        return [_line(row) for row in found.rows], found.count


def _line(row: VoyageRow) -> VoyageLine:
    return VoyageLine(
        id=row.id,
        reference=row.reference,
        vessel=row.vessel or "—",
        business_unit=row.business_unit or "—",
        pending=count(row.pending, "line") if row.pending else "—",
        status=str(row.status),
    )
