"""How fast invoices are posted, one at a time and by several processes at once."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from secrets import token_hex

from bench.databases import as_staff, complete, folder, world_in
from bench.figures import MILLISECONDS, Options, Row, rate, sized, spread
from billing_app.domain.lifecycle import Action
from billing_app.services.context import Context
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.invoices.drafts import create_draft
from billing_app.services.invoices.moves import move_invoice

WANTED_PER_SECOND = 200.0
COUNT = 500
PROCESSES = 4
LINE = DraftLine("Port agency fee", Decimal(3), Decimal("850.00"), tax_rate=Decimal(19))


def measure(options: Options) -> list[Row]:
    """Drafts of three lines, posted; the databases grow by them, some hundreds each time."""
    rows: list[Row] = []
    for size in options.sizes:
        world = complete(size)
        ctx = as_staff(world)
        count = options.times(COUNT)
        ids, drafting = _drafts(ctx, count)
        began = time.perf_counter()
        alone = _posted(ctx, ids)
        seconds = time.perf_counter() - began
        together, per_second = _together(folder(size), _drafts(ctx, count)[0])
        world.database.close()
        column = sized(size)
        rows += [
            rate("posts, one after the other", column, count / seconds, least=WANTED_PER_SECOND),
            _tail("one post", column, alone),
            rate(f"posts by {PROCESSES} processes", column, per_second),
            _tail(f"one post of {PROCESSES} processes", column, together),
            rate("drafts written", column, count / drafting),
        ]
    return rows


def _drafts(ctx: Context, count: int) -> tuple[list[int], float]:
    """Drafts to post, and the seconds that writing them took."""
    draft = Draft(
        customer_id=1,
        document_date=ctx.today(),
        due_on=ctx.today() + timedelta(days=30),
        currency="EUR",
        lines=(LINE,) * 3,
    )
    began = time.perf_counter()
    return [create_draft(ctx, draft) for _ in range(count)], time.perf_counter() - began


def _posted(ctx: Context, ids: list[int]) -> list[float]:
    samples = []
    for invoice_id in ids:
        began = time.perf_counter()
        move_invoice(ctx, invoice_id, Action.POST, version=1, key=token_hex(8), confirmed=True)
        samples.append((time.perf_counter() - began) * MILLISECONDS)
    return samples


def _together(path: Path, ids: list[int]) -> tuple[list[float], float]:
    """Each process posts its share; the clock runs from the first post to the last."""
    shares = [(path, ids[start::PROCESSES]) for start in range(PROCESSES)]
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawning) as pool:
        done = list(pool.map(_share, shares))
    began = min(start for _, start, _ in done)
    ended = max(end for _, _, end in done)
    return [sample for samples, _, _ in done for sample in samples], len(ids) / (ended - began)


def _share(share: tuple[Path, list[int]]) -> tuple[list[float], float, float]:
    path, ids = share
    world = world_in(path)
    ctx = as_staff(world)
    began = time.monotonic()
    samples = _posted(ctx, ids)
    ended = time.monotonic()
    world.database.close()
    return samples, began, ended


def _tail(what: str, column: str, samples: list[float]) -> Row:
    found = spread(samples)
    cell = f"{found['p50']:.1f} / {found['p95']:.1f} / p99 {found['p99']:.1f}"
    return Row(what, column, cell, figures=found)
