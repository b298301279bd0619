"""Imports as finished strings."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from billing_app.domain.foreign.columns import DAYS, FIGURES, Column, StatusRule
from billing_app.domain.foreign.columns import Mapping as Reading
from billing_app.domain.foreign.days import DayStyle
from billing_app.domain.foreign.figures import FigureStyle
from billing_app.integrations.imports.files.understanding import Understood
from billing_app.kit.tables import Tab
from billing_app.kit.wording import amount, count, moment
from billing_app.persistence.tables import ImportBatch, ImportItem
from billing_app.services.foreign.batches import BatchView

SAMPLES = 3
MOST_COLUMNS = 120
KILO = 1024
STATES = {
    "new": "Uploaded",
    "checked": "Compared",
    "running": "Stopped half way",
    "done": "Done",
    "undone": "Undone",
}
ACTIONS = {
    "new": ("New", "info", "plus"),
    "changed": ("Changed", "warning", "pencil"),
    "same": ("Same", "neutral", "check"),
    "refused": ("Refused", "danger", "alert"),
}
UNDONE = ("Undone", "neutral", "undo")


@dataclass(frozen=True)
class BatchRow:
    """One file."""

    id: int
    name: str
    source: str
    when: str
    by: str
    state: str
    brought_in: str
    refused: str


@dataclass(frozen=True)
class ColumnRow:
    """One column of a file: its head, what it means, its first values, how they are read."""

    at: int
    head: str
    meaning: str
    samples: str
    styles: str  # "figure", "day" or empty
    style: str
    is_asked: bool


@dataclass(frozen=True)
class ItemRow:
    """One invoice of a file and what becomes of it."""

    id: int
    rows: str
    number: str
    customer: str
    total: str
    total_minor: str
    currency: str
    word: str
    tone: str
    icon: str
    reason: str
    href: str


def batch_row(view: BatchView, zone: str) -> BatchRow:
    """A batch."""
    batch = view.batch
    return BatchRow(
        id=batch.id or 0,
        name=batch.name,
        source=batch.source or "—",
        when=moment(batch.made_at, zone),
        by=view.made_by,
        state=STATES[batch.state],
        brought_in=f"{batch.done:,}",
        refused=f"{batch.refused:,}",
    )


def column_rows(found: Understood) -> list[ColumnRow]:
    """The columns of a file in their order."""
    asked = {question.head for question in found.questions}
    return [
        _column(at, head, found, is_asked=head in asked)
        for at, head in enumerate(found.table.header[:MOST_COLUMNS])
    ]


def _column(at: int, head: str, found: Understood, *, is_asked: bool) -> ColumnRow:
    cells = [cell for cell in found.table.column(head) if cell]
    column = found.mapping.columns.get(head)
    styles = _styles(column)
    chosen: Mapping[str, str] = found.mapping.days if styles == "day" else found.mapping.figures
    return ColumnRow(
        at=at,
        head=head,
        meaning=str(column or ""),
        samples=" · ".join(dict.fromkeys(cell[:40] for cell in cells[:20]).keys())[:120],
        styles=styles,
        style=str(chosen.get(head, "")) if styles else "",
        is_asked=is_asked,
    )


def _styles(column: Column | None) -> str:
    if column in DAYS:
        return "day"
    return "figure" if column in FIGURES else ""


def reading_of(form: Mapping[str, str], found: Understood) -> Reading:
    """How the file is read, as the form says it."""
    columns: dict[str, Column] = {}
    figures: dict[str, FigureStyle] = {}
    days: dict[str, DayStyle] = {}
    for at, head in enumerate(found.table.header[:MOST_COLUMNS]):
        meaning, style = form.get(f"c{at}", ""), form.get(f"s{at}", "")
        if meaning not in set(Column):
            continue
        columns[head] = Column(meaning)
        kind = _styles(columns[head])
        if kind == "figure" and style in set(FigureStyle):
            figures[head] = FigureStyle(style)
        elif kind == "day" and style in set(DayStyle):
            days[head] = DayStyle(style)
    status = form.get("status", "")
    return Reading(
        columns=columns,
        figures=figures,
        days=days,
        in_minor=form.get("in_minor") == "on",
        currency=form.get("currency", "").strip().upper(),
        customer=form.get("customer", "").strip(),
        status=StatusRule(status) if status in set(StatusRule) else StatusRule.STATED,
        prices_include_tax=form.get("includes_tax") == "on",
    )


def item_row(item: ImportItem) -> ItemRow:
    """An item."""
    word, tone, icon = UNDONE if item.state == "undone" else ACTIONS[item.action]
    is_here = item.invoice_id is not None and item.state != "undone"
    return ItemRow(
        id=item.id or 0,
        rows=item.rows,
        number=item.number or item.external_id or "—",
        customer=item.customer or "—",
        total=amount(item.total_minor, item.currency) if item.currency else "—",
        total_minor=str(item.total_minor),
        currency=item.currency,
        word=word,
        tone=tone,
        icon=icon,
        reason=item.reason,
        href=f"/invoices?invoice={item.invoice_id}" if is_here else "",
    )


def tabs_of(batch: ImportBatch) -> list[Tab]:
    """The counts, as views of the items."""
    every = batch.new + batch.changed + batch.same + batch.refused
    words = [Tab(key, ACTIONS[key][0], f"{getattr(batch, key):,}") for key in ACTIONS]
    return [Tab("", "All", f"{every:,}"), *words]


def facts_of(batch: ImportBatch, found: Understood) -> str:
    """How the file was read."""
    size = f"{Decimal(batch.size) / KILO:,.1f} KB"
    notes = ", ".join(found.table.notes)
    return f"{found.label}. {size}, {count(len(found.table.rows), 'row')}, {notes}."
