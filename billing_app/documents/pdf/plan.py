"""Which row stands on which page. Everything is measured first, so pages are counted once."""

from dataclasses import dataclass

from billing_app.documents.pdf import closing, settlement, totals
from billing_app.documents.pdf.closing import Note
from billing_app.documents.pdf.columns import HEAD_RULE
from billing_app.documents.pdf.frame import FOLLOWING_HEAD
from billing_app.documents.pdf.rows import CARRIED, Row, split
from billing_app.documents.pdf.sheet import Sheet
from billing_app.documents.pdf.totals import GroupRow, Totals

ROWS_END = 257.0 - CARRIED
FOLLOWING_TOP = FOLLOWING_HEAD + HEAD_RULE + CARRIED
KEPT_WITH_TOTALS = 2


@dataclass(frozen=True, slots=True)
class RowPage:
    """The rows of one page; the last one carries the totals."""

    rows: tuple[Row, ...]
    brought: int | None
    carried: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole document: pages of rows, further pages of VAT groups, pages of texts."""

    row_pages: list[RowPage]
    group_chunks: list[tuple[GroupRow, ...]]
    notes_on_page: list[Note]
    note_pages: list[list[Note]]

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return len(self.row_pages) + len(self.group_chunks) - 1 + len(self.note_pages)


@dataclass(frozen=True, slots=True)
class Close:
    """What stands under the last row: its least height, and its height with all texts."""

    least: float
    whole: float
    limit: float
    is_own_page: bool


def plan_of(sheet: Sheet, rows: list[Row], first_top: float, figures: Totals) -> Plan:
    """Spread rows, totals and texts over pages."""
    notes = closing.notes_of(sheet)
    chunks = totals.chunks(figures)
    close = close_of(sheet, figures, chunks, notes)
    room = ROWS_END - FOLLOWING_TOP
    parts = [part for row in rows for part in split(row, min(room, ROWS_END - first_top)
                                                    if row is rows[0] else room)]  # fmt: skip
    pages = close_up(fill(parts, first_top), first_top, close)
    end = end_of(pages, first_top) if len(chunks) == 1 else FOLLOWING_HEAD
    amount = end + totals.height(figures, chunks[-1])
    here = count_fitting(notes, amount, close.limit)
    return Plan(
        row_pages=with_sums(pages),
        group_chunks=chunks,
        notes_on_page=notes[:here],
        note_pages=closing.pages_of(notes[here:], FOLLOWING_HEAD),
    )


def close_of(
    sheet: Sheet, figures: Totals, chunks: list[tuple[GroupRow, ...]], notes: list[Note]
) -> Close:
    """Measure what closes the document."""
    least = totals.height(figures, chunks[0])
    return Close(
        least=least,
        whole=least + closing.height(notes),
        limit=settlement.LIMIT[settlement.form_of(sheet)],
        is_own_page=len(figures.groups) > totals.MANY_GROUPS,
    )


def fill(rows: list[Row], first_top: float) -> list[list[Row]]:
    """Fill pages one after another; a row never splits here."""
    pages: list[list[Row]] = [[]]
    y = first_top
    for row in rows:
        if y + row.height > ROWS_END and (pages[-1] or len(pages) == 1):
            pages.append([])
            y = FOLLOWING_TOP
        pages[-1].append(row)
        y += row.height
    return pages


def end_of(pages: list[list[Row]], first_top: float) -> float:
    """Where the rows of the last page end."""
    top = first_top if len(pages) == 1 else FOLLOWING_TOP
    return top + sum(row.height for row in pages[-1])


def close_up(pages: list[list[Row]], first_top: float, close: Close) -> list[list[Row]]:
    """Keep the totals together with at least two rows; break before those if need be."""
    end = end_of(pages, first_top)
    if close.is_own_page:
        return [*pages, []]
    if end + close.whole <= close.limit:
        return pages
    last = pages[-1]
    kept = KEPT_WITH_TOTALS if len(last) > KEPT_WITH_TOTALS else max(0, len(last) - 1)
    while kept and FOLLOWING_TOP + tall(last[-kept:]) + close.least > close.limit:
        kept -= 1
    moved = last[len(last) - kept :]
    would_hold_all = FOLLOWING_TOP + tall(moved) + close.whole <= close.limit
    if end + close.least <= close.limit and not would_hold_all:
        return pages
    return [*pages[:-1], last[: len(last) - kept], moved]


def tall(rows: list[Row]) -> float:
    """The height of some rows."""
    return sum(row.height for row in rows)


def count_fitting(notes: list[Note], amount: float, limit: float) -> int:
    """How many lines of text fit between the amount and the block."""
    y = amount
    for at, note in enumerate(notes):
        y += note.drop if at else closing.GAP_BELOW_AMOUNT
        if y > limit:
            return at
    return len(notes)


def with_sums(pages: list[list[Row]]) -> list[RowPage]:
    """Add to each page the sum it brings in and the one it hands on."""
    found: list[RowPage] = []
    so_far = 0
    for at, rows in enumerate(pages):
        brought = so_far if at else None
        so_far += sum(row.net for row in rows)
        is_last = at == len(pages) - 1
        found.append(RowPage(tuple(rows), brought, None if is_last else so_far))
    return found
