"""A report as columns and lines: the page, the CSV and the spreadsheet show the same."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from billing_app.domain.money import currency, from_minor
from billing_app.services.reports.asking import ReportAsk

Cell = str | int | Decimal | date | None
Kind = Literal["text", "day", "month", "count", "money", "percent"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; money stands in minor units of its line's currency."""

    key: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a cell for each column, and what it is about."""

    currency: str
    cells: tuple[Cell, ...]
    customer_id: int = 0
    invoice_id: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its lines, and one or more sums for each currency below them."""

    ask: ReportAsk
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    sums: tuple[Line, ...] = ()
    currencies: tuple[str, ...] = ()
    """Those that have something in this report, whichever is chosen."""
    series: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """What its chart draws, of the chosen currency, in minor units."""


def written(report: Report, line: Line) -> list[Cell]:
    """A line as files have it: amounts in the currency's own units."""
    digits = currency(line.currency).digits
    return [
        from_minor(cell, digits) if column.kind == "money" and isinstance(cell, int) else cell
        for column, cell in zip(report.columns, line.cells, strict=True)
    ]
