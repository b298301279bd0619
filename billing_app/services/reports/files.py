"""A report as a file: the same lines as on the page, all of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from billing_app.documents.csv import Cell, csv_rows
from billing_app.documents.xlsx import xlsx_file
from billing_app.domain.currencies import currency
from billing_app.services.reports.asking import ReportKind
from billing_app.services.reports.model import Line, Report, written


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file's name and its content in pieces."""

    name: str
    content: Iterator[bytes]


def report_csv(report: Report) -> ReportFile:
    """As CSV; amounts with their sign, in the currency's own units."""
    return ReportFile(_name(report, "csv"), csv_rows(_header(report), _rows(report)))


def report_xlsx(report: Report) -> ReportFile:
    """As a spreadsheet, written row by row; amounts are figures, texts never formulas."""
    digits = (currency(line.currency).digits for line in _lines(report))
    content = xlsx_file(report.title, _header(report), _rows(report), digits)
    return ReportFile(_name(report, "xlsx"), content)


def _header(report: Report) -> list[str]:
    return [column.label for column in report.columns]


def _lines(report: Report) -> Iterator[Line]:
    yield from report.lines
    yield from report.sums


def _rows(report: Report) -> Iterator[list[Cell]]:
    return (written(report, line) for line in _lines(report))


def _name(report: Report, ending: str) -> str:
    ask = report.ask
    is_of_day = ask.kind in {ReportKind.AGING, ReportKind.DOCUMENTS}
    when = f"{ask.as_of}" if is_of_day else f"{ask.first}-to-{ask.last}"
    code = f"-{ask.currency}" if ask.currency else ""
    return f"{ask.kind}-{when}{code}.{ending}"
