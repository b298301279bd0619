"""The reports of months: revenue, money against what fell due, tax by rate."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from billing_app.domain.periods import add_months
from billing_app.domain.tax import TaxCategory
from billing_app.persistence.queries.reports.periods import (
    MoneyDay,
    TaxDay,
    cash_days,
    document_days,
    due_days,
    fixed_tax_days,
    tax_days,
)
from billing_app.services.reports.asking import ReportAsk
from billing_app.services.reports.model import Cell, Column, Line, Report

MONTH = Column("month", "Month", "month")
CURRENCY = Column("currency", "Currency")
REVENUE_COLUMNS = (
    MONTH,
    CURRENCY,
    Column("documents", "Documents", "count"),
    Column("net", "Net", "money"),
    Column("tax", "Tax", "money"),
    Column("total", "With tax", "money"),
)
TAX_COLUMNS = (
    MONTH,
    CURRENCY,
    Column("category", "Category"),
    Column("rate", "Rate", "percent"),
    Column("base", "Taxed amount", "money"),
    Column("tax", "Tax", "money"),
)
AS_AMOUNT = "Entered as an amount"
Group = tuple[str, str, Decimal | None]  # currency, category, rate


def revenue_report(session: Session, ask: ReportAsk) -> Report:
    """Posted documents by month of their date, credit notes negative."""
    sums: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in document_days(session, ask.scope, (ask.first, ask.last)):
        cell = sums[row.on.replace(day=1), row.currency]
        cell[0] += row.documents
        cell[1] += row.total - row.tax
        cell[2] += row.tax
    lines = [
        Line(code, (month, code, *sums[month, code], sum(sums[month, code][1:])))
        for month, code in _cells(ask, sums)
    ]
    return Report(
        ask=ask,
        title="Revenue by month" if ask.direction == "out" else "Purchases by month",
        columns=REVENUE_COLUMNS,
        lines=tuple(lines),
        sums=_totals(lines, (2, 3, 4, 5)),
        series={"net": _series(ask, lines, 3)} if ask.currency else {},
    )


def cash_report(session: Session, ask: ReportAsk) -> Report:
    """By month: what fell due, what was paid, and the difference."""
    days, is_ours = (ask.first, ask.last), ask.direction == "out"
    due = _by_month(due_days(session, ask.scope, days))
    paid = _by_month(cash_days(session, ask.scope, days))
    lines = [
        Line(code, (month, code, due[month, code], paid[month, code],
                    paid[month, code] - due[month, code]))
        for month, code in _cells(ask, {**due, **paid})
    ]  # fmt: skip
    columns = (
        MONTH,
        CURRENCY,
        Column("due", "Fell due", "money"),
        Column("paid", "Cash in" if is_ours else "Cash out", "money"),
        Column("difference", "Difference", "money"),
    )
    return Report(
        ask=ask,
        title="Cash in against due" if is_ours else "Cash out against due",
        columns=columns,
        lines=tuple(lines),
        sums=_totals(lines, (2, 3, 4)),
        series={"due": _series(ask, lines, 2), "paid": _series(ask, lines, 3)}
        if ask.currency
        else {},
    )


def tax_report(session: Session, ask: ReportAsk) -> Report:
    """Tax by month, category and rate; the sums are those of the documents, to the cent."""
    days = (ask.first, ask.last)
    sums: dict[tuple[date, Group], list[int]] = defaultdict(lambda: [0, 0])
    for row in tax_days(session, ask.scope, days):
        cell = sums[row.on.replace(day=1), group_of(row)]
        cell[0] += row.base
        cell[1] += row.tax
    for fixed in fixed_tax_days(session, ask.scope, days):
        sums[fixed.on.replace(day=1), (fixed.currency, AS_AMOUNT, None)][1] += fixed.minor
    order = sorted(sums, key=lambda key: (key[1][0], key[0], key[1][1], -(key[1][2] or 0)))
    lines = [
        Line(group[0], (month, *group, *sums[month, group]))
        for month, group in order
        if any(sums[month, group])
    ]
    return Report(
        ask=ask,
        title="Tax by rate" if ask.direction == "out" else "Input tax by rate",
        columns=TAX_COLUMNS,
        lines=tuple(lines),
        sums=(*_by_rate(lines), *_totals(lines, (4, 5))),
    )


def group_of(row: TaxDay) -> Group:
    """The tax group of a line as it was computed (SPEC 6.5-4): standard at 0 % is zero rated."""
    if row.mode == "fixed":
        return row.currency, AS_AMOUNT, None
    if row.category != TaxCategory.STANDARD:
        return row.currency, TaxCategory(row.category).label, Decimal(0)
    header = row.header_rate if row.mode == "rate" else Decimal(0)
    rate = header if row.line_rate is None else row.line_rate
    category = TaxCategory.STANDARD if rate else TaxCategory.ZERO
    return row.currency, category.label, rate.quantize(Decimal("0.01"))


def months_of(ask: ReportAsk) -> list[date]:
    """The first days of the months of a period."""
    month, months = ask.first.replace(day=1), []
    while month <= ask.last:
        months.append(month)
        month = add_months(month, 1)
    return months


def _cells(ask: ReportAsk, found: Iterable[tuple[date, str]]) -> list[tuple[date, str]]:
    """Every month of every currency that has something, so that no month is missing."""
    codes = {code for _, code in found} | ({ask.currency} if ask.currency else set())
    return [(month, code) for code in sorted(codes) for month in months_of(ask)]


def _by_month(rows: Sequence[MoneyDay]) -> dict[tuple[date, str], int]:
    sums: dict[tuple[date, str], int] = defaultdict(int)
    for row in rows:
        sums[row.on.replace(day=1), row.currency] += row.minor
    return sums


def _totals(lines: Sequence[Line], places: Sequence[int]) -> tuple[Line, ...]:
    """One sum for each currency."""
    totals = []
    for code in sorted({line.currency for line in lines}):
        here = [line for line in lines if line.currency == code]
        figures = (
            sum(_minor(line, at) for line in here) if at in places else None
            for at in range(2, len(here[0].cells))
        )
        totals.append(Line(code, ("Total", code, *figures)))
    return tuple(totals)


def _by_rate(lines: Sequence[Line]) -> list[Line]:
    """The whole period by rate."""
    sums: dict[tuple[str, Cell, Cell], list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        cell = sums[line.currency, line.cells[2], line.cells[3]]
        cell[0] += _minor(line, 4)
        cell[1] += _minor(line, 5)
    return [
        Line(code, ("Period", code, category, rate, *figures))
        for (code, category, rate), figures in sums.items()
    ]


def _series(ask: ReportAsk, lines: Sequence[Line], place: int) -> tuple[int, ...]:
    return tuple(_minor(line, place) for line in lines if line.currency == ask.currency)


def _minor(line: Line, place: int) -> int:
    cell = line.cells[place]
    return cell if isinstance(cell, int) else 0
