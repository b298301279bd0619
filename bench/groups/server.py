"""What the server needs for one answer: in the process, and through the raw socket."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import event

from bench.databases import as_staff, complete, folder
from bench.figures import Options, Row, repeat, sized, timing
from bench.product import Product, serving
from bench.questions import QUICK_MS, Question, Sample, questions, sample
from bench.wire import HAS_SUMS, Tab, open_tab, visitor
from billing_app.persistence.database import Database
from billing_app.services.context import Context
from billing_app.services.invoices.listing import (
    list_invoices,
    names,
    open_invoice,
    tally_invoices,
)
from billing_app.staff.invoices.columns import DEFAULT
from billing_app.staff.invoices.drawer_rows import drawer_view
from billing_app.staff.invoices.filtering import FILTERS
from billing_app.staff.invoices.rows import Sight, grid_row

TIMES, SECONDS = 100, 2.0
TALLY_TIMES = 10
LEAST = 5
STEPS_AT_ONCE, LEAST_STEPS = 100, 10_000  # fewer steps than these count as none
RESTRICTING = ("choose_view", "apply_filters", "find")
FLAT = 2.0
Measured = dict[str, dict[int, float]]  # question -> size -> figure


class Growth(NamedTuple):
    """What is compared between the sizes."""

    medians: Measured
    steps: Measured


def measure(options: Options) -> list[Row]:
    """Every question at every size."""
    rows: list[Row] = []
    growth = Growth({}, {})
    for size in options.sizes:
        world = complete(size)
        ctx = as_staff(world)
        known = sample(ctx)
        asked = list(questions(known))
        print(f"  {len(asked)} questions at {size:,}", flush=True)
        rows += _in_process(ctx, asked, size, options, growth)
        rows += _drawer(ctx, size, options, growth.medians)
        rows += _tallies(ctx, asked, size, options)
        world.database.close()
        with serving(folder(size)) as product:
            rows += asyncio.run(_by_socket(product, asked, known, size, options))
    return [
        *rows,
        *_flatness("p50", growth.medians),
        *_flatness("steps, which no load disturbs,", growth.steps),
    ]


def _in_process(
    ctx: Context, asked: list[Question], size: int, options: Options, growth: Growth
) -> Iterator[Row]:
    known, count = names(ctx), sample(ctx).count
    counter = StepCounter(ctx.database)
    sight = Sight(ctx.today(), ctx.zone, ctx.actor.sees_partner)
    columns = list(DEFAULT)
    for question in asked:

        def answer(question: Question = question) -> None:
            total = count if question.chosen.is_plain else None  # as the page knows it
            found = list_invoices(ctx, question.chosen, question.order, question.page, total)
            for row in found.rows:
                grid_row(row, columns, known, sight)

        samples = repeat(answer, times=options.times(TIMES), seconds=options.seconds(SECONDS))
        growth.medians.setdefault(question.name, {})[size] = median(samples)
        yield timing(question.name, sized(size), samples, most_ms=question.wanted_ms)
        before = counter.steps
        answer()
        steps = counter.steps - before
        growth.steps.setdefault(question.name, {})[size] = max(steps, LEAST_STEPS)
        yield counter.row(question.name, size, steps)


class StepCounter:
    """Counts what SQLite does: the same on a busy machine as on an idle one."""

    def __init__(self, database: Database) -> None:
        """Watch every connection that is made from now on."""
        self.steps = 0
        database.close()
        event.listen(database.reader, "connect", self._watch)

    def row(self, what: str, size: int, steps: int) -> Row:
        """So many thousand steps."""
        return Row(what, f"steps, {size:,}", f"{steps / 1_000:,.0f} k", figures={"steps": steps})

    def _watch(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.set_progress_handler(self._count, STEPS_AT_ONCE)

    def _count(self) -> int:
        self.steps += STEPS_AT_ONCE
        return 0


def _drawer(ctx: Context, size: int, options: Options, medians: Measured) -> Iterator[Row]:
    sight = Sight(ctx.today(), ctx.zone, ctx.actor.sees_partner)
    last = sample(ctx).last_id
    ids = iter(range(last, 0, -max(1, last // 1_000)))

    def answer() -> None:
        key = next(ids)
        drawer_view(open_invoice(ctx, key), sight, ctx.actor)

    samples = repeat(answer, times=options.times(TIMES), seconds=options.seconds(SECONDS))
    medians["open drawer"] = medians.get("open drawer", {}) | {size: median(samples)}
    yield timing("open drawer", sized(size), samples, most_ms=QUICK_MS)


def _tallies(ctx: Context, asked: list[Question], size: int, options: Options) -> Iterator[Row]:
    """Sums of the filtered set; they come after the rows, beside the clicks."""
    wanted: tuple[str, ...] = (
        "first page",
        "view open",
        "view overdue",
        "currency EUR",
        "open + USD + type",
    )
    wanted += ("date range + Overdue", "search number", "text search, 1 word")
    for question in asked:
        if question.name not in wanted:
            continue
        name = "everything" if question.name == "first page" else question.name

        def answer(question: Question = question) -> None:
            tally_invoices(ctx, question.chosen)

        samples = repeat(answer, times=options.times(TALLY_TIMES), seconds=options.seconds(SECONDS))
        yield timing(f"totals (deferred): {name}", sized(size), samples)


async def _by_socket(
    product: Product, asked: list[Question], known: Sample, size: int, options: Options
) -> list[Row]:
    """The same through the guard, the state and the socket; the totals of each are awaited."""
    rows: list[Row] = []
    column = f"socket, {size:,}"
    async with visitor() as session:
        cookie = product.cookie("accounting")
        tab = await open_tab(session, product.address, cookie)
        for question in asked:
            samples: list[float] = []
            try:
                await _asked_again(tab, question, known, options, samples)
            except TimeoutError:
                await tab.close()
                tab = await open_tab(session, product.address, cookie)
            rows.append(timing(question.name, column, samples, most_ms=question.wanted_ms))
        await tab.close()
    return rows


async def _asked_again(
    tab: Tab, question: Question, known: Sample, options: Options, samples: list[float]
) -> None:
    """Lead the tab to where one event asks the question, and send that event again and again."""
    await tab.act("clear_filters", until=HAS_SUMS)
    await _sorted(tab, question)
    *before, last = _steps(question, known)
    for handler, payload in before:
        await tab.act(handler, payload, until=HAS_SUMS)
    end = time.perf_counter() + options.seconds(SECONDS)
    while len(samples) < options.times(TIMES // 4) and (
        len(samples) < options.times(LEAST) or time.perf_counter() < end
    ):
        if last[0] == "sort_by":
            samples.append(await _sorted(tab, question))
            continue
        samples.append(await tab.act(*last))
        if last[0] in RESTRICTING:
            await tab.wait(HAS_SUMS)


async def _sorted(tab: Tab, question: Question) -> float:
    """Milliseconds of the last click on the column's head, coming from another column."""
    other = "number" if question.order.column != "number" else "customer"
    await tab.act("sort_by", {"column": other})
    elapsed = await tab.act("sort_by", {"column": question.order.column})
    if question.order.descending:
        elapsed = await tab.act("sort_by", {"column": question.order.column})
    return elapsed


def _steps(question: Question, known: Sample) -> list[tuple[str, dict[str, Any]]]:
    """The events that ask the question; the last one is timed."""
    chosen = question.chosen
    steps: list[tuple[str, dict[str, Any]]] = [("sort_by", {})]
    if chosen.view != "all":
        steps.append(("choose_view", {"view": chosen.view}))
    form = {
        key: known.customer_name if key == "customer" else str(getattr(chosen, part.field))
        for key, part in FILTERS.items()
        if getattr(chosen, part.field) != part.empty
    }
    if form:
        steps.append(("apply_filters", {"form": form}))
    if chosen.search:
        steps.append(("find", {"text": chosen.search}))
    if question.page != 1:
        steps.append(("go_to", {"number": question.page}))
    return steps[-1:] if len(steps) == 1 else steps[1:]


def _flatness(what: str, measured: Measured) -> Iterator[Row]:
    """How much more the largest database costs than the smallest."""
    sizes = sorted({size for found in measured.values() for size in found})
    if len(sizes) < 2:
        return
    ratios = {
        name: found[sizes[-1]] / found[sizes[0]]
        for name, found in measured.items()
        if len(found) == len(sizes)
    }
    worst = max(ratios, key=lambda name: ratios[name])
    grown = sum(ratio > FLAT for ratio in ratios.values())
    yield Row(
        f"{what} at {sizes[-1]:,} against {sizes[0]:,}",
        sized(sizes[-1]),
        f"median {median(ratios.values()):.2f}×, worst {ratios[worst]:.1f}× ({worst}), "
        f"{grown} of {len(ratios)} above {FLAT:.0f}×",
        f"all ≤ {FLAT:.0f}×",
        grown == 0,
        {"median": round(median(ratios.values()), 3), "worst": round(ratios[worst], 3)},
    )
