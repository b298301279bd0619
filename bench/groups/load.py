"""Many people at once, and one person's clicks beside heavy reports."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date
from statistics import mean

import aiohttp

from bench.databases import as_staff, complete, folder
from bench.figures import Options, Row, rate, timing
from bench.product import Product, serving
from bench.wire import HAS_ROWS, HAS_SUMS, Tab, open_tab, visitor
from billing_app.persistence.queries.invoices.filters import Asked, InvoiceFilter
from billing_app.persistence.queries.invoices.grid import Order, page
from billing_app.services.context import Context

CLIENTS = (1, 50, 200)
SECONDS = 10.0
WANTED_PER_SECOND, WANTED_CLICK_MS = 1_000.0, 20.0
DEEPEST = 20
EXPORTED = 100_000
THINK_SECONDS = 0.05
CLICKS = 200
OPENING = 20  # tabs opened at a time
Report = Callable[[], Awaitable[None]]


def measure(options: Options) -> list[Row]:
    """On the largest database."""
    size = options.sizes[-1]
    world = complete(size)
    since = _exported_since(as_staff(world), size)
    world.database.close()
    with serving(folder(size)) as product:
        rows = asyncio.run(_crowds(product, options))
    with serving(folder(size)) as product:
        return [*rows, *asyncio.run(_beside_reports(product, since, options))]


def _exported_since(ctx: Context, size: int) -> date:
    """From this day on there are about as many invoices as are exported."""
    with ctx.read() as session:
        rows = page(
            session,
            Asked(InvoiceFilter(), ctx.today()),
            Order("date", descending=True),
            limit=1,
            offset=min(EXPORTED, size - 1),
        )
    return rows[0].document_date


async def _crowds(product: Product, options: Options) -> list[Row]:
    rows = []
    for clients in CLIENTS:
        async with visitor() as session:
            cookie = product.cookie("viewer")
            tabs: list[Tab] = []
            while len(tabs) < clients:
                some = min(OPENING, clients - len(tabs))
                opened = (open_tab(session, product.address, cookie) for _ in range(some))
                tabs += await asyncio.gather(*opened)
            began = time.perf_counter()
            end = began + options.seconds(SECONDS)
            samples = [
                sample
                for some_samples in await asyncio.gather(*(_click_on(tab, end) for tab in tabs))
                for sample in some_samples
            ]
            seconds = time.perf_counter() - began
            await asyncio.gather(*(tab.close() for tab in tabs))
        column = f"{clients} clients" if clients > 1 else "1 client"
        rows += [
            rate("grid events", column, len(samples) / seconds, least=WANTED_PER_SECOND),
            timing("one event", column, samples),
        ]
    return rows


async def _click_on(tab: Tab, end: float) -> list[float]:
    """Turn pages as fast as they come, and begin anew after some."""
    samples: list[float] = []
    while time.perf_counter() < end:
        if len(samples) % DEEPEST == DEEPEST - 1:
            samples.append(await tab.act("go_to", {"number": 1}))
        else:
            samples.append(await tab.act("next_page"))
    return samples


async def _beside_reports(product: Product, since: date, options: Options) -> list[Row]:
    clicks = options.times(CLICKS)
    async with visitor() as session:
        own = await open_tab(session, product.address, product.cookie("accounting"))
        quiet = await _calm_clicks(own, clicks)
        reports = await _heavy_reports(session, product, since)
        taken: dict[str, list[float]] = {name: [] for name in reports}
        loops = [
            asyncio.create_task(_without_pause(report, taken[name]))
            for name, report in reports.items()
        ]
        await asyncio.sleep(1)
        busy = await _calm_clicks(own, clicks)
        await asyncio.sleep(options.seconds(SECONDS))
        for loop in loops:
            loop.cancel()
        ended = await asyncio.gather(*loops, return_exceptions=True)
        await own.close()
    for error in ended:
        if isinstance(error, Exception):
            raise error
    column = "beside"
    rows = [
        timing("another person's click", "alone", quiet),
        timing("another person's click", column, busy, most_ms=WANTED_CLICK_MS),
    ]
    for name, samples in taken.items():
        cell = f"{len(samples)} × {mean(samples):,.0f} ms" if samples else "none ended"
        rows.append(Row(f"the report: {name}", column, cell))
    return rows


async def _calm_clicks(tab: Tab, count: int) -> list[float]:
    """A person who looks at each page for a moment."""
    samples = []
    for number in range(count):
        handler = "next_page" if number % DEEPEST else "go_to"
        samples.append(await tab.act(handler, {} if number % DEEPEST else {"number": 1}))
        await asyncio.sleep(THINK_SECONDS)
    return samples


async def _heavy_reports(
    session: aiohttp.ClientSession, product: Product, since: date
) -> dict[str, Report]:
    tallying = await open_tab(session, product.address, product.cookie("billing"))
    searching = await open_tab(session, product.address, product.cookie("sales"))
    await searching.act("sort_by", {"column": "amount"})
    exporter = {"Cookie": product.cookie("accounting2")}

    async def tally() -> None:
        await tallying.send("refresh")
        await tallying.wait(HAS_SUMS)

    async def search() -> None:
        await searching.send("find", {"text": "a"})
        await searching.wait(HAS_ROWS)
        await searching.wait(HAS_SUMS)

    async def export() -> None:
        address = f"{product.address}/exports/invoices.csv?date_from={since}"
        async with session.get(address, headers=exporter) as answer:
            answer.raise_for_status()
            async for _ in answer.content.iter_chunked(65_536):
                pass

    return {"totals of everything": tally, "CSV of 100,000 rows": export, "search “a”": search}


async def _without_pause(report: Report, taken: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await report()
        taken.append((time.perf_counter() - began) * 1_000)
