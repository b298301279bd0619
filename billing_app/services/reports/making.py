"""One report, as the page and the files show it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.persistence.queries.reports.scope import currencies
from billing_app.persistence.tables import Company
from billing_app.services.companies import base_currency
from billing_app.services.context import Context
from billing_app.services.reports.aging import aging_report, documents_report
from billing_app.services.reports.asking import ReportAsk, ReportKind, read_ask
from billing_app.services.reports.model import Report
from billing_app.services.reports.periods import cash_report, revenue_report, tax_report

OF_MONTHS = {
    ReportKind.REVENUE: revenue_report,
    ReportKind.CASH: cash_report,
    ReportKind.TAX: tax_report,
}
OF_DAY = {ReportKind.AGING: aging_report, ReportKind.DOCUMENTS: documents_report}


@dataclass(frozen=True, slots=True)
class ReportChoices:
    """What the filters of a report offer."""

    companies: tuple[tuple[int, str], ...]


def asked_report(ctx: Context, given: Mapping[str, str]) -> Report:
    """The report of an address. Raises: Forbidden, Invalid at the field."""
    ctx.require(Permission.REPORT_VIEW)
    return make_report(ctx, read_ask(ctx, given, base_currency(ctx)))


def make_report(ctx: Context, ask: ReportAsk) -> Report:
    """The report that is asked for. Raises: Forbidden."""
    ctx.require(Permission.REPORT_VIEW)
    with ctx.read() as session:
        return replace(_made(ctx, session, ask), currencies=tuple(currencies(session)))


def report_choices(ctx: Context) -> ReportChoices:
    """The companies a report can be restricted to. Raises: Forbidden."""
    ctx.require(Permission.REPORT_VIEW)
    with ctx.read() as session:
        rows = session.exec(select(Company.id, Company.name).order_by(col(Company.id))).all()
    return ReportChoices(tuple((key or 0, name) for key, name in rows))


def _made(ctx: Context, session: Session, ask: ReportAsk) -> Report:
    if ask.kind in OF_DAY:
        return OF_DAY[ask.kind](ctx, session, ask)
    return OF_MONTHS[ask.kind](session, ask)
