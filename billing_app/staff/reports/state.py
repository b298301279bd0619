"""The reports page: its address says which report; the page shows it."""

from typing import Any
from urllib.parse import urlencode

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.kit.fields import Option
from billing_app.kit.wording import count, day
from billing_app.security.acting import ask, context, reckon
from billing_app.security.policy import action
from billing_app.services.reports.asking import ReportKind, address_of, is_present
from billing_app.services.reports.making import asked_report, report_choices
from billing_app.services.reports.model import Report
from billing_app.staff.reports.rows import (
    DRAWN,
    ChartView,
    Choice,
    LineView,
    chart_of,
    currency_choices,
    finding_of,
    kind_choices,
    line_views,
)

FIELDS = ("as_of", "from", "to", "company", "direction")
KEPT = ("report", "currency", "customer", "age")


class ReportsState(rx.State):
    """One report."""

    finding: str = ""
    shown: str = ""
    heads: list[str] = []
    head_css: list[str] = []
    lines: list[LineView] = []
    sums: list[LineView] = []
    chart: ChartView = ChartView()
    kinds: list[Choice] = []
    currencies: list[Choice] = []
    companies: list[Option] = []
    values: dict[str, str] = {}
    is_of_day: bool = True
    is_empty: bool = False
    left_out: str = ""
    query: str = ""
    form_key: str = ""
    error: str = ""
    is_loaded: bool = False
    _given: dict[str, str] = {}

    @action(Permission.REPORT_VIEW)
    async def load(self) -> None:
        """Show the report of the address."""
        given = {str(key): str(text) for key, text in self.router.url.query_parameters.items()}
        self._given, self.error = given, ""
        if not self.companies:
            found = await ask(report_choices)
            self.companies = [Option(str(key), name) for key, name in found.companies]
        try:
            report = await reckon(asked_report, given)
        except Invalid as error:
            self.error = error.sentence
            report = await reckon(asked_report, {})
        self._show(report)

    @action(Permission.REPORT_VIEW)
    async def choose(self, form: dict[str, str]) -> Any:
        """Go to the report of other days, another company or the other direction."""
        kept = {key: self._given[key] for key in KEPT if self._given.get(key)}
        chosen = {key: form[key].strip()[:32] for key in FIELDS if form.get(key, "").strip()}
        try:
            await reckon(asked_report, kept | chosen)
        except Invalid as error:
            self.error = error.sentence
            return None
        return rx.redirect(f"/reports?{urlencode(kept | chosen)}")

    def _show(self, report: Report) -> None:
        asked, ctx = report.ask, context()
        self.finding, self.shown = finding_of(report)
        self.heads = [column.label for column in report.columns]
        self.head_css = [
            "num" if column.kind in {"count", "percent", "money"} else ""
            for column in report.columns
        ]
        present = is_present(ctx, asked)
        self.lines = line_views(report, report.lines[:DRAWN], is_present=present)
        self.sums = line_views(report, report.sums, is_present=present)
        more = len(report.lines) - len(self.lines)
        self.left_out = f"{count(more, 'more line')} in the files." if more else ""
        self.chart = chart_of(report, ctx.today())
        self.kinds, self.currencies = kind_choices(asked), currency_choices(report)
        self.values = {
            "as_of": day(asked.as_of),
            "from": day(asked.first),
            "to": day(asked.last),
            "company": str(asked.company_id or ""),
            "direction": asked.direction,
        }
        self.is_of_day = asked.kind in {ReportKind.AGING, ReportKind.DOCUMENTS}
        self.is_empty = not report.lines
        self.query = self.form_key = address_of(asked)
        self.is_loaded = True
