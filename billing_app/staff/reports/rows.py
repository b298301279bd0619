"""A report as finished strings: cells with their links, and what its chart draws."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from billing_app.domain.aging import Age, first_due, last_due
from billing_app.kit.charts import Bar, Part, Rule, Stroke, bars, parts, rules, scale_of, strokes
from billing_app.kit.wording import MONTHS, UNKNOWN, amount, day, percent
from billing_app.services.reports.asking import ReportAsk, ReportKind, address_of
from billing_app.services.reports.model import Cell, Column, Line, Report

AGES = tuple(Age)
DRAWN = 100
KINDS = (
    (ReportKind.AGING, "Age of receivables"),
    (ReportKind.REVENUE, "Revenue by month"),
    (ReportKind.CASH, "Cash in against due"),
    (ReportKind.TAX, "Tax by rate"),
)


@dataclass(frozen=True)
class CellView:
    """One cell: its words, where they lead, the exact amount."""

    text: str
    css: str
    href: str = ""
    minor: str = ""
    currency: str = ""


@dataclass(frozen=True)
class LineView:
    """One line of a report; the first cell is its head."""

    key: str
    head: CellView
    cells: list[CellView]


@dataclass(frozen=True)
class Choice:
    """A place to go: another report, another currency."""

    label: str
    href: str
    current: str  # "page" or "false"


@dataclass(frozen=True)
class ChartView:
    """What the chart of a report draws; `kind` is bars, lines, parts or empty."""

    kind: str = ""
    label: str = ""
    bars: list[Bar] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def line_views(report: Report, lines: tuple[Line, ...], *, is_present: bool) -> list[LineView]:
    """The lines, each amount of an age leading to what it adds up."""
    drawn = []
    for at, line in enumerate(lines):
        cells = [
            _cell(report, column, line, cell, is_present=is_present)
            for column, cell in zip(report.columns, line.cells, strict=True)
        ]
        drawn.append(LineView(f"{at}", cells[0], cells[1:]))
    return drawn


def chart_of(report: Report, today: date) -> ChartView:
    """The chart of a report of one currency."""
    series, code = report.series, report.ask.currency
    if not series or not any(any(minors) for minors in series.values()):
        return ChartView()
    if report.ask.kind is ReportKind.AGING:
        label = f"One stacked bar: what is owed in {code} by age. The table below has the figures."
        return ChartView("parts", label, parts=parts(series["ages"]))
    scale = scale_of([minor for minors in series.values() for minor in minors], code)
    first = next(iter(series.values()))
    drawn = bars(first, month_labels(report.lines, today), scale)
    unit = f"{scale.unit}{code}"
    if report.ask.kind is ReportKind.REVENUE:
        label = f"Bars: {report.title.lower()}, {unit}. The table below has the figures."
        return ChartView("bars", label, bars=drawn, rules=rules(scale), names=[unit])
    lines = [one for at, minors in enumerate(series.values())
             for one in strokes(minors, scale, f"stroke s{at}")]  # fmt: skip
    names = [column.label for column in report.columns[2:4]]
    label = f"Two lines by month, {unit}: {' and '.join(names)}. The table below has the figures."
    return ChartView(
        "lines", label, bars=drawn, strokes=lines, rules=rules(scale), names=[unit, *names]
    )


def finding_of(report: Report) -> tuple[str, str]:
    """What the report says in one sentence, and what it shows."""
    ask, code = report.ask, report.ask.currency
    of = f"{report.title}, {code or 'every currency'}"
    if ask.kind in {ReportKind.AGING, ReportKind.DOCUMENTS}:
        shown = f"{of}, open amount on {day(ask.as_of)}"
        return _overdue_share(report) if ask.kind is ReportKind.AGING else report.title, shown
    shown = f"{of}, {day(ask.first)} to {day(ask.last)}"
    net = report.series.get("net", ())
    if any(minor > 0 for minor in net):
        best = max(range(len(net)), key=lambda at: net[at])
        month = report.lines[best].cells[0]
        name = f"{month:%B %Y}" if isinstance(month, date) else ""
        verb = "was the strongest month" if ask.direction == "out" else "cost most"
        return f"{name} {verb}: {amount(net[best], code)} {code}", f"{shown}, without tax"
    due, paid = sum(report.series.get("due", ())), sum(report.series.get("paid", ()))
    if due > 0 and paid >= 0:
        return f"{round(Decimal(100 * paid) / due)} % of what fell due was paid", shown
    return report.title, shown


def month_labels(lines: tuple[Line, ...], today: date) -> list[tuple[str, str]]:
    """The words below the months: the year once, and "so far" under the running one."""
    labels: list[tuple[str, str]] = []
    for line in lines:
        month = line.cells[0]
        if not isinstance(month, date):
            continue
        is_running = (month.year, month.month) == (today.year, today.month)
        begins = not labels or (month.month == 1 and len(labels) > 1)
        below = "so far" if is_running else str(month.year) if begins else ""
        labels.append((MONTHS[month.month - 1], below))
    return labels


def kind_choices(ask: ReportAsk) -> list[Choice]:
    """The reports, for the same company, currency and direction."""
    return [
        _choice(label, replace(ask, kind=kind, age="", customer_id=0), kind is ask.kind)
        for kind, label in KINDS
    ]


def currency_choices(report: Report) -> list[Choice]:
    """The currencies there are, and all of them."""
    ask = report.ask
    codes = sorted({*report.currencies, *([ask.currency] if ask.currency else [])})
    chosen = [(code, code) for code in codes] + [("", "All")]
    return [
        _choice(label, replace(ask, currency=code), code == ask.currency) for code, label in chosen
    ]


def grid_href(ask: ReportAsk, age: Age | None, customer_id: int, code: str) -> str:
    """The invoices grid with what an amount of the present day adds up."""
    first = first_due(age, ask.as_of) if age else None
    last = last_due(age, ask.as_of) if age else None
    asked = {
        "chip": "Owed",
        "direction": ask.direction,
        "currency": code,
        "company": ask.company_id,
        "customer": customer_id,
        "due_from": first or "",
        "due_to": last or "",
    }
    return f"/invoices?{urlencode({key: value for key, value in asked.items() if value})}"


def _choice(label: str, ask: ReportAsk, is_current: bool) -> Choice:  # noqa: FBT001  what it is
    return Choice(label, f"/reports?{address_of(ask)}", "page" if is_current else "false")


def _overdue_share(report: Report) -> str:
    ages = report.series.get("ages", ())
    owed = sum(ages)
    if owed <= 0:
        return "Nothing is owed" if not report.lines else report.title
    share = round(Decimal(100 * sum(ages[1:])) / owed)
    return f"{share} % of what is owed is overdue".replace("-", "\u2212")


def _cell(report: Report, column: Column, line: Line, cell: Cell, *, is_present: bool) -> CellView:
    if column.kind == "money" and isinstance(cell, int):
        return CellView(
            amount(cell, line.currency),
            "num",
            _behind(report.ask, column, line, is_present=is_present) if cell else "",
            str(cell),
            line.currency,
        )
    css = "num" if column.kind in {"count", "percent"} else ""
    return CellView(_words(column, cell), css, _head_href(report, column, line))


def _behind(ask: ReportAsk, column: Column, line: Line, *, is_present: bool) -> str:
    if ask.kind is not ReportKind.AGING:
        return ""
    age = Age(column.key) if column.key != "total" else None
    customer = line.customer_id or ask.customer_id
    if is_present:
        return grid_href(ask, age, customer, line.currency)
    documents = replace(
        ask,
        kind=ReportKind.DOCUMENTS,
        customer_id=customer,
        currency=line.currency,
        age=age or "",
    )
    return f"/reports?{address_of(documents)}"


def _head_href(report: Report, column: Column, line: Line) -> str:
    if column is not report.columns[0]:
        return ""
    if line.invoice_id:
        return f"/invoices?invoice={line.invoice_id}"
    return f"/customers/{line.customer_id}" if line.customer_id else ""


def _words(column: Column, cell: Cell) -> str:
    if cell is None:
        return UNKNOWN if column.kind in {"percent", "day"} else ""
    match column.kind, cell:
        case "percent", Decimal():
            return percent(cell)
        case "day", date():
            return day(cell)
        case "month", date():
            return f"{MONTHS[cell.month - 1]} {cell.year}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
