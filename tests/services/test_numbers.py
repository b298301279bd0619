"""Gapless numbers while several processes post at once and one in twenty gives up."""

import multiprocessing
import random
import re

import pytest

from billing_app.domain.errors import BillingError
from billing_app.domain.lifecycle import Action
from billing_app.persistence.database import Database
from billing_app.persistence.tables import Invoice, NumberSeries
from billing_app.services.context import Actor, Context, FixedClock
from billing_app.services.invoices.moves import move_invoice
from tests.services.test_posting import chain_is_whole
from tests.services.worldmaking import NOW, SECRET, a_line

PROCESSES, EACH = 4, 60


class GaveUp(Exception):
    """The process rolls back after everything was written."""


class Unsure(Database):
    """Rolls back one posting in twenty at the last moment."""

    odds = random.Random()

    def write(self):
        return _maybe(super().write(), self.odds)


class _maybe:  # noqa: N801  reads as a verb
    def __init__(self, inner, odds):
        self.inner, self.odds = inner, odds

    def __enter__(self):
        return self.inner.__enter__()

    def __exit__(self, kind, error, trace):
        if kind is None and self.odds.random() < 0.05:
            try:
                raise GaveUp
            except GaveUp as gave_up:
                self.inner.__exit__(GaveUp, gave_up, gave_up.__traceback__)
        return self.inner.__exit__(kind, error, trace)


def post_all(url: str, actor: Actor, ids: list[int], seed: int) -> None:
    database = Unsure(url)
    database.odds = random.Random(seed)
    ctx = Context(database, FixedClock(NOW), actor, SECRET, "Europe/Berlin")
    for invoice_id in ids:
        for _attempt in range(20):
            try:
                move_invoice(ctx, invoice_id, Action.POST)
            except GaveUp:
                continue
            except BillingError:
                pass  # a colleague in another process was faster
            break
    database.close()


@pytest.mark.spec("ORO-27", "6.16-3", "RELIABILITY-P2")
def test_four_processes_number_without_a_gap_or_a_twin(w):
    ids = [w.draft(lines=(a_line(),) * 2) for _ in range(PROCESSES * EACH // 2)]
    spawn = multiprocessing.get_context("spawn")
    url = w.database.url.render_as_string(hide_password=False)
    shares = [
        ids,
        ids[::-1],
        ids[1::2] + ids[::2],
        ids[::2] + ids[1::2],
    ]  # each is offered four times
    crew = [
        spawn.Process(target=post_all, args=(url, w.people["accounting"], share, seed))
        for seed, share in enumerate(shares)
    ]
    [member.start() for member in crew]
    [member.join(120) for member in crew]
    assert [member.exitcode for member in crew] == [0] * PROCESSES
    rows = w.all(Invoice)
    assert {row.posting_status for row in rows} == {"POSTED"}
    counters = sorted(int(re.fullmatch(r"INV-2026-11-(\d{5})", row.number)[1]) for row in rows)
    assert counters == list(range(1, len(ids) + 1))
    assert [row.next_value for row in w.all(NumberSeries)] == [len(ids) + 1]
    assert chain_is_whole(w)
