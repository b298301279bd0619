"""The one way a list works: rows by the page, a search, and where it has one a choice of few."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from billing_app.kit.wording import count, page_range
from billing_app.security.policy import awaiting

PAGE = 50
LONGEST_SEARCH = 100
Nouns = tuple[str, str]


class ListState(rx.State, mixin=True):
    """A list of records.

    Whoever makes one says what looking at it demands, what its records are called, and answers
    a page of them:

        @demanding(Permission.PRODUCT_VIEW)
        class ProductsState(ListState, rx.State):
            NOUNS: ClassVar[Nouns] = ("product", "products")
            rows: list[ProductRow] = []

            async def _page(self, page: int) -> tuple[list[ProductRow], int]: ...
    """

    NOUNS: ClassVar[Nouns] = ("record", "records")

    rows: list[Any] = []
    search: str = ""
    options: list[str] = []
    chosen: str = ""
    page_no: int = 1
    page_count: int = 1
    count_text: str = ""
    range_text: str = ""
    is_loaded: bool = False

    @awaiting()
    async def load(self) -> None:
        """Fill the list; a search and a choice made before still hold."""
        self.options = list(await self._options())
        await self._show(self.page_no)
        self.is_loaded = True

    @awaiting(supersedes=True)
    async def find(self, text: str) -> None:
        """Show what holds the text."""
        self.search = text[:LONGEST_SEARCH]
        await self._show(1)

    @awaiting()
    async def choose(self, value: str) -> None:
        """Show the records of one choice, or all."""
        self.chosen = value if value in self.options else ""
        await self._show(1)

    @awaiting()
    async def go_to(self, number: int) -> None:
        """Show a page."""
        await self._show(number)

    async def _options(self) -> Sequence[str]:
        """What can be chosen among; nothing where the list has no choice."""
        return ()

    async def _page(self, page: int) -> tuple[list[Any], int]:
        """The rows of a page of 50, and how many there are in all."""
        raise NotImplementedError

    async def _show(self, page: int) -> None:
        page = max(1, page)
        rows, found = await self._page(page)
        pages = max(1, -(-found // PAGE))
        if page > pages:
            page = pages
            rows, found = await self._page(page)
        self.rows, self.page_no, self.page_count = rows, page, pages
        self.count_text = count(found, *self.NOUNS)
        self.range_text = page_range(page, PAGE, len(rows), found)
