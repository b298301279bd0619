"""The customer's list of documents: exactly the columns of ERP-3."""

import math
from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import amount, count, day, page_range
from billing_app.persistence.queries.portal import PortalRow
from billing_app.security.acting import ask
from billing_app.security.policy import action
from billing_app.services.portal import PAGE, list_documents


@dataclass(frozen=True)
class DocumentRow:
    """One document."""

    id: int
    number: str
    last_download: str
    type_name: str
    date: str
    amount: str
    minor: str
    currency: str
    css: str


class DocumentsState(rx.State):
    """The list."""

    rows: list[DocumentRow] = []
    count_text: str = ""
    total_line: str = ""
    sum_text: str = ""
    sum_minor: str = ""
    sum_currency: str = ""
    page_no: int = 1
    page_count: int = 1
    range_text: str = ""
    search: str = ""
    is_loaded: bool = False

    @action(Permission.PORTAL_INVOICES)
    async def load(self) -> None:
        """Fill the list; settings changed meanwhile act now (ERP-14)."""
        await self._show(1)
        self.is_loaded = True

    @action(Permission.PORTAL_INVOICES)
    async def go_to(self, number: int) -> None:
        """Show a page."""
        await self._show(number)

    @action(Permission.PORTAL_INVOICES, supersedes=True)
    async def find(self, text: str) -> None:
        """Search number and type."""
        self.search = text[:100]
        await self._show(1)

    async def _show(self, number: int) -> None:
        found = await ask(list_documents, max(1, number), self.search)
        has_one_currency = len(found.sums) == 1
        self.rows = [_row(row, has_one_currency) for row in found.rows]
        self.page_no, self.page_count = max(1, number), max(1, math.ceil(found.count / PAGE))
        self.count_text = str(found.count)
        self.sum_text = " · ".join(f"{code} {amount(minor, code)}" for code, minor in found.sums)
        self.sum_minor = str(found.sums[0][1]) if has_one_currency else ""
        self.sum_currency = found.sums[0][0] if has_one_currency else ""
        self.total_line = (
            f"{count(found.count, 'document')}, {self.sum_text} in total" if found.count else ""
        )
        self.range_text = page_range(self.page_no, PAGE, len(self.rows), found.count)


def _row(row: PortalRow, has_one_currency: bool) -> DocumentRow:  # noqa: FBT001
    figure = amount(row.amount_minor, row.currency)
    return DocumentRow(
        id=row.id,
        number=row.number,
        last_download=day(row.last_download.date()) if row.last_download else "",
        type_name=row.type_name,
        date=day(row.document_date),
        amount=figure if has_one_currency else f"{row.currency} {figure}",
        minor=str(row.amount_minor),
        currency=row.currency,
        css="void" if row.posting_status == "VOID" else "",
    )
