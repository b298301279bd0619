"""The packages list."""

from dataclasses import dataclass
from typing import ClassVar

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import number
from billing_app.persistence.tables import Package
from billing_app.security.acting import ask
from billing_app.security.policy import demanding
from billing_app.services.packages.catalog import find_packages
from billing_app.staff.shell.list_state import ListState, Nouns

TYPES = {"none": "None", "free_minutes": "Free Minutes"}


@dataclass(frozen=True)
class PackageRow:
    """One package of the list."""

    id: int
    name: str
    frequency: str
    retail: str
    setup: str
    type: str
    is_active: bool


@demanding(Permission.PACKAGE_VIEW)
class PackagesListState(ListState, rx.State):
    """The list; names are searched."""

    NOUNS: ClassVar[Nouns] = ("package", "packages")

    rows: list[PackageRow] = []

    async def _page(self, page: int) -> tuple[list[PackageRow], int]:
        found = await ask(find_packages, self.search, page=page)
        return [_row(row) for row in found.rows], found.count


def _row(row: Package) -> PackageRow:
    return PackageRow(
        id=row.id or 0,
        name=row.name,
        frequency=row.frequency.capitalize(),
        retail=number(row.retail, 2),
        setup=number(row.setup_retail, 2),
        type=TYPES[row.type],
        is_active=row.is_active,
    )
