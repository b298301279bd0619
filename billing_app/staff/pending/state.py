"""The pending list's state: which list, how it is seen, what is open and what is ticked."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.charges import PendingList, PendingView
from billing_app.kit.wording import amount, count
from billing_app.persistence.queries.charges import Group, Part, Place
from billing_app.security.acting import ask, reckon
from billing_app.security.policy import action, local
from billing_app.security.tabs import listen
from billing_app.services.charges.pending import (
    pending_amounts,
    pending_groups,
    pending_lines,
    pending_parts,
    pending_sums,
)
from billing_app.staff.pending.rows import (
    CurrencySum,
    PendingRow,
    group_row,
    line_rows,
    more_row,
    part_row,
    sums_of,
)

NONE_OPEN = -1
SMALL = 200  # a group of so few lines opens whole


class PendingState(rx.State):
    """One pending list."""

    listed: str = str(PendingList.RECEIVABLE)
    view: str = str(PendingView.VOYAGE)
    search: str = ""
    search_key: str = "0"
    rows: list[PendingRow] = []
    page_no: int = 1
    has_next: bool = False
    count_text: str = ""
    sums: list[CurrencySum] = []
    is_counting: bool = True
    is_loaded: bool = False
    ticked: list[int] = []
    ticked_count: str = ""
    ticked_text: str = ""
    _groups: tuple[Group, ...] = ()
    _open: int = NONE_OPEN
    _parts: tuple[Part, ...] = ()
    _pages: dict[int, int] = {}  # an open part's place -> the page of its lines
    _lines: dict[int, list[PendingRow]] = {}
    _picked: dict[int, tuple[str, int]] = {}

    @action(Permission.CHARGE_VIEW)
    async def load(self) -> Any:
        """Fill the list when the page opens."""
        listen(self.router.session.client_token)
        await self._show()
        self.is_loaded = True
        return PendingState.count_up

    @action(Permission.CHARGE_VIEW, supersedes=True)
    async def remote_change(self) -> Any:
        """Somebody changed something: show the list as it is now."""
        if not self.is_loaded or not str(self.router.url.path).startswith("/pending"):
            return None
        await self._show()
        return PendingState.count_up

    @action(Permission.CHARGE_VIEW, background=True)
    async def count_up(self) -> None:
        """Count and sum the whole list, beside the clicks."""
        async with self:
            listed = self.listed
        found = await reckon(pending_sums, PendingList(listed))
        async with self:
            if listed == self.listed:
                self.sums = sums_of(found)
                self.count_text = count(sum(one.count for one in found), "line")
                self.is_counting = False

    @action(Permission.CHARGE_VIEW)
    async def choose_list(self, key: str) -> Any:
        """Show another list; ticks stay behind, since a document has one direction."""
        if key not in set(PendingList):
            return None
        views = PendingList(key).views
        self.listed, self.is_counting = key, True
        self.view = self.view if PendingView(self.view) in views else str(views[0])
        self._forget()
        self._pick_none()
        await self._show()
        return PendingState.count_up

    @action(Permission.CHARGE_VIEW)
    async def choose_view(self, key: str) -> None:
        """Group the list by voyage, vessel or business partner."""
        if key in set(PendingView) and PendingView(key) in PendingList(self.listed).views:
            self.view = key
            self._forget()
            await self._show()

    @action(Permission.CHARGE_VIEW, supersedes=True)
    async def find(self, text: str) -> None:
        """Search the names of the groups."""
        self.search = text[:100]
        self._forget()
        await self._show()

    @action(Permission.CHARGE_VIEW)
    async def clear_search(self) -> None:
        """Show all groups again."""
        self.search = ""
        self.search_key = "1" if self.search_key == "0" else "0"  # empties the search field
        await self._show()

    @action(Permission.CHARGE_VIEW)
    async def turn_page(self, by: int) -> None:
        """Show the next or the previous groups."""
        wanted = self.page_no + (1 if by > 0 else -1)
        if wanted >= 1 and (by < 0 or self.has_next):
            self._forget()
            self.page_no = wanted
            await self._show()

    @action(Permission.CHARGE_VIEW)
    async def toggle_group(self, at: int) -> None:
        """Open a group, or close it."""
        was = self._open
        self._close_group()
        if at != was and any(group.key == at for group in self._groups):
            self._open = at
            await self._read_parts()
            if sum(part.count for part in self._parts) <= SMALL:
                self._pages = dict.fromkeys(range(len(self._parts)), 1)
            await self._read_lines()
        self._lay_out()

    @action(Permission.CHARGE_VIEW)
    async def toggle_part(self, at: int) -> None:
        """Open a part's lines, or close them."""
        if at in self._pages:
            del self._pages[at]
        elif 0 <= at < len(self._parts):
            self._pages[at] = 1
        await self._read_lines()
        self._lay_out()

    @action(Permission.CHARGE_VIEW)
    async def turn_lines(self, at: int, by: int) -> None:
        """Show the next or the previous lines of a part."""
        if at in self._pages:
            self._pages[at] = max(1, self._pages[at] + (1 if by > 0 else -1))
            await self._read_lines()
            self._lay_out()

    @local()
    async def tick(self, at: int) -> None:
        """Tick a line, or not any more."""
        if at in self._picked:
            del self._picked[at]
        for row in self.rows:
            if row.kind == "line" and row.at == at and at not in self.ticked and not row.why:
                self._picked[at] = (row.currency, int(row.minor))
        self._show_picked()

    @action(Permission.CHARGE_VIEW)
    async def tick_part(self, at: int) -> None:
        """Tick every line of a part, also of its other pages, or none of them."""
        if not 0 <= at < len(self._parts):
            return
        part = self._parts[at]
        found = await ask(pending_amounts, self._place(part))
        if set(found) <= set(self._picked):
            self._picked = {key: one for key, one in self._picked.items() if key not in found}
        else:
            self._picked |= {key: (part.currency, minor) for key, minor in found.items()}
        self._show_picked()

    @local()
    async def untick(self) -> None:
        """Tick nothing."""
        self._pick_none()

    async def _show(self) -> None:
        """Read the page of groups, and what is open in it, as it is now."""
        listed, view = PendingList(self.listed), PendingView(self.view)
        found = await ask(pending_groups, listed, view, search=self.search, page=self.page_no)
        self._groups, self.has_next = found.groups, found.has_next
        if any(group.key == self._open for group in self._groups):
            before = {(one.customer_id, one.currency): at for at, one in enumerate(self._parts)}
            is_whole = len(self._pages) == len(self._parts)  # then a new part opens as well
            pages = {key: self._pages.get(at, 0) for key, at in before.items()}
            await self._read_parts()
            wanted = [
                pages.get((one.customer_id, one.currency), int(is_whole)) for one in self._parts
            ]
            self._pages = {at: page for at, page in enumerate(wanted) if page}
            await self._read_lines()
        else:
            self._close_group()
        self._lay_out()

    async def _read_parts(self) -> None:
        listed, view = PendingList(self.listed), PendingView(self.view)
        self._parts = tuple(await ask(pending_parts, listed, view, self._open))

    async def _read_lines(self) -> None:
        self._lines = {}
        for at, page in self._pages.items():
            found = await ask(pending_lines, self._place(self._parts[at]), page)
            rows = line_rows(found.rows, PendingView(self.view))
            self._lines[at] = rows + more_row(at, page, has_next=found.has_next)

    def _place(self, part: Part) -> Place:
        return Place(
            PendingList(self.listed),
            PendingView(self.view),
            self._open,
            part.customer_id,
            part.currency,
        )

    def _lay_out(self) -> None:
        rows: list[PendingRow] = []
        for group in self._groups:
            is_open = group.key == self._open
            rows.append(group_row(group, PendingView(self.view), is_open=is_open))
            for at, part in enumerate(self._parts if is_open else ()):
                rows.append(part_row(part, at, is_open=at in self._pages))
                rows += self._lines.get(at, [])
        self.rows = rows

    def _close_group(self) -> None:
        self._open, self._parts, self._pages, self._lines = NONE_OPEN, (), {}, {}

    def _forget(self) -> None:
        self.page_no = 1
        self._close_group()

    def _pick_none(self) -> None:
        self._picked = {}
        self._show_picked()

    def _show_picked(self) -> None:
        self.ticked = sorted(self._picked)
        self.ticked_count = f"{len(self.ticked):,} ticked"
        sums: dict[str, int] = {}
        for code, minor in self._picked.values():
            sums[code] = sums.get(code, 0) + minor
        self.ticked_text = " · ".join(f"{code} {amount(sums[code], code)}" for code in sums)
