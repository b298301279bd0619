"""How long the sums of reports take; nothing is kept from the run before."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bench.databases import as_staff, complete
from bench.figures import Options, Row, repeat, sized, timing
from billing_app.services.reports.asking import ReportAsk, ReportKind, standard_ask
from billing_app.services.reports.dashboard import forget_sums, overview
from billing_app.services.reports.making import make_report

if TYPE_CHECKING:
    from collections.abc import Callable

WANTED_MS = 1_000.0


def measure(options: Options) -> list[Row]:
    """Each report of every currency, and the dashboard of one."""
    return [row for size in options.sizes for row in _of(size, options)]


def _of(size: int, options: Options) -> list[Row]:
    world = complete(size)
    ctx, often = as_staff(world), {"times": options.times(20), "seconds": options.seconds(20)}

    def dashboard() -> object:
        forget_sums()
        return overview(ctx)

    acts: dict[str, Callable[[], object]] = {
        name: partial(make_report, ctx, ask) for name, ask in asks(standard_ask(ctx)).items()
    }
    rows = []
    for name, act in {**acts, "dashboard, one currency": dashboard}.items():
        most = WANTED_MS if name == "ages, today" else None
        rows.append(timing(name, sized(size), repeat(act, **often), most_ms=most))
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
