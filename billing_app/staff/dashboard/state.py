"""The dashboard: one currency at a time, nothing is converted."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.charts import Bar, Part, Rule, bars, parts, rules, scale_of
from billing_app.kit.wording import count, moment
from billing_app.security.acting import context, reckon
from billing_app.security.policy import action, local
from billing_app.services.reports.dashboard import Overview, overview
from billing_app.staff.dashboard.rows import (
    AgeRow,
    CurrencyTab,
    DebtorRow,
    HappenedRow,
    MonthRow,
    Tile,
    Waiting,
    age_rows,
    aging_finding,
    debtor_rows,
    happened_rows,
    month_rows,
    month_words,
    revenue_finding,
    tiles_of,
    waiting_rows,
)


class DashboardState(rx.State):
    """Tiles per CRM-29: count, value, due, overdue; then where it comes from and what waits."""

    currency: str = ""
    currencies: list[CurrencyTab] = []
    now: str = ""
    tiles: list[Tile] = []
    ages: list[AgeRow] = []
    age_parts: list[Part] = []
    age_finding: str = ""
    months: list[MonthRow] = []
    month_bars: list[Bar] = []
    month_rules: list[Rule] = []
    month_finding: str = ""
    month_unit: str = ""
    shows_months: bool = False
    debtors: list[DebtorRow] = []
    late_customers: str = ""
    waiting: list[Waiting] = []
    happened: list[HappenedRow] = []
    is_loaded: bool = False

    @action(Permission.CUSTOMER_VIEW)
    async def load(self) -> None:
        """Show the currency looked at last, at first the company's; nothing if invoices are off."""
        if not context().actor.may(Permission.INVOICE_VIEW):
            return
        self._show(await reckon(overview, self.currency))

    @action(Permission.INVOICE_VIEW)
    async def choose(self, code: str) -> None:
        """Show another currency."""
        self._show(await reckon(overview, code[:3]))

    @local()
    async def turn_months(self) -> None:
        """Show the months as a table, or as bars again."""
        self.shows_months = not self.shows_months

    def _show(self, found: Overview) -> None:
        ctx, sums, code = context(), found.sums, found.currency
        self.currency = code
        self.currencies = [
            CurrencyTab(one, "true" if one == code else "false") for one in found.currencies
        ]
        self.now = moment(ctx.now(), ctx.zone)
        self.tiles = tiles_of(found)
        self.ages, self.age_parts = age_rows(found), parts(sums.ages)
        self.age_finding, self.month_finding = aging_finding(sums), revenue_finding(found)
        scale = scale_of(sums.revenue, code)
        self.months, self.month_unit = month_rows(found), f"{scale.unit}{code}"
        self.month_bars = bars(sums.revenue, month_words(found), scale)
        self.month_rules = rules(scale)
        self.debtors, self.waiting = debtor_rows(found), waiting_rows(found)
        self.late_customers = (
            f"All {count(sums.late_customers, 'customer')}" if sums.debtors else ""
        )
        self.happened = happened_rows(found, ctx.zone)
        self.is_loaded = True
