"""How long the sums of reports take; nothing is kept from the run before."""

from dataclasses import replace
from datetime import timedelta

from bench.databases import as_staff, complete
from bench.figures import Options, Row, repeat, sized, timing
from billing_app.services.reports import dashboard
from billing_app.services.reports.asking import ReportAsk, ReportKind, standard_ask
from billing_app.services.reports.making import make_report

WANTED_MS = 1_000.0


def measure(options: Options) -> list[Row]:
    """Each report of every currency, and the dashboard of one."""
    rows = []
    for size in options.sizes:
        world = complete(size)
        ctx = as_staff(world)

        def show_dashboard() -> object:
            dashboard._kept.clear()
            return dashboard.overview(ctx)

        for name, ask in asks(standard_ask(ctx)).items():
            samples = repeat(
                lambda ask=ask: make_report(ctx, ask),
                times=options.times(20),
                seconds=options.seconds(20),
            )
            most = WANTED_MS if name == "ages, today" else None
            rows.append(timing(name, sized(size), samples, most_ms=most))
        samples = repeat(show_dashboard, times=options.times(20), seconds=options.seconds(20))
        rows.append(timing("dashboard", sized(size), samples))
        world.database.close()
    return rows


def asks(usual: ReportAsk) -> dict[str, ReportAsk]:
    """What is measured, by name."""
    return {
        "ages, today": usual,
        "ages, today, one currency": replace(usual, currency="EUR"),
        "ages, a month ago": replace(usual, as_of=usual.as_of - timedelta(days=30)),
        "revenue, a year": replace(usual, kind=ReportKind.REVENUE),
        "cash against due, a year": replace(usual, kind=ReportKind.CASH),
        "tax, a year": replace(usual, kind=ReportKind.TAX),
    }
