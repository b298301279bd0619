"""The clock: each (job, period) once, whatever dies, however many look at it."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from billing_app.cli.clock import listed, run_now
from billing_app.domain.errors import Forbidden, NotFound, Refused
from billing_app.domain.jobs import JOBS
from billing_app.jobs.registry import WORK
from billing_app.jobs.running import perform, run_due
from billing_app.persistence.database import Database
from billing_app.persistence.tables import (
    Customer,
    Invoice,
    InvoicedPeriod,
    JobItem,
    JobRun,
    Payment,
    UsageRecord,
)
from billing_app.services.jobs.asking import ask_for_run
from billing_app.services.jobs.claims import (
    LEASE,
    LeaseLost,
    Outcome,
    Progress,
    claim_next,
    claim_run,
)
from billing_app.services.jobs.listing import failed_items, list_jobs, list_runs, open_run
from billing_app.services.settings import change_setting
from tests.services.coherence import incoherences
from tests.services.test_generation import MONDAY, configured, having, used
from tests.services.worldmaking import SECRET

TODAY = date(2026, 11, 21)
OTHERS = {"recurrence", "verify"}


def switch_on(w):
    change_setting(w.ctx("admin"), "auto_run_invoice_schedule", "on")


def run_all(w):
    """Run whatever is due; answers how many runs of billing jobs there were."""
    count, before = 0, others(w)
    while run_due(w.ctx()):
        count += 1
    return count - (others(w) - before)


def others(w):
    """How many runs are done of the jobs that these tests are not about."""
    return sum(run.job in OTHERS and run.state == "done" for run in w.all(JobRun))


def runs(w):
    billing = [run for run in w.all(JobRun) if run.job not in OTHERS]
    found = sorted(billing, key=lambda run: run.id)
    return [(run.job, run.as_of, run.state, run.done, run.made, run.failed) for run in found]


def billed(w):
    """What runs of billing jobs did."""
    aside = {run.id for run in w.all(JobRun) if run.job in OTHERS}
    return [item for item in w.all(JobItem) if item.run_id not in aside]


def test_every_job_has_its_work():
    assert set(WORK) == set(JOBS)


@pytest.mark.spec("6.9", "6.8")
def test_invoices_run_by_themselves_only_where_the_setting_says_so(w):
    configured(w)
    used(w, "a", MONDAY, "1")
    assert run_all(w) == 1
    assert runs(w) == [("charge-packages", TODAY, "done", 0, 0, 0)]
    switch_on(w)
    assert run_all(w) == 1
    assert runs(w)[1] == ("auto-invoice", TODAY, "done", 1, 1, 0)
    (item,) = billed(w)
    (invoice,) = w.all(Invoice)
    assert (item.customer_id, item.invoice_id, item.made) == (w.customers["a"], invoice.id, 1)
    assert item.sentence == "1 draft made."
    assert run_all(w) == 0


@pytest.mark.spec("6.9", "RELIABILITY-P15")
def test_three_days_of_downtime_are_caught_up_day_by_day(w):
    switch_on(w)
    configured(w, invoice_schedule="daily")
    having(w, "a", {"frequency": "daily"}, auto_decrement=True, start_on=TODAY)
    run_all(w)
    for at in range(4):
        used(w, "a", TODAY + timedelta(at), "1")
    w.clock.instant += timedelta(3)
    assert run_all(w) == 6
    days = [TODAY + timedelta(at) for at in range(4)]
    made = {(job, as_of): count for job, as_of, _, _, count, _ in runs(w)}
    assert [made["auto-invoice", day] for day in days] == [0, 1, 1, 1]
    assert [made["charge-packages", day] for day in days] == [1, 1, 1, 1]
    assert len(w.all(Payment)) == 4
    w.clock.instant -= timedelta(2)
    assert run_all(w) == 0


@pytest.mark.spec("6.9")
def test_a_customer_that_fails_is_told_and_stops_no_other(w):
    for key in ("a", "b"):
        configured(w, key)
        used(w, key, MONDAY, "1")
    w.change(Customer, w.customers["a"], payment_term_days=9_999)
    said, failures = run_now(w.ctx(), "auto-invoice", None)
    assert said == "Auto invoice as of 2026-11-21: 2 looked at, 1 made, 1 failed."
    assert failures == ["Halvorsen Dairy: A term has 0 to 3650 days."]
    view, items = open_run(w.ctx("admin"), w.all(JobRun)[0].id)
    assert [one.item.is_failed for one in items.rows] == [True, False]
    assert view.asked_by
    blind = replace(w.people["admin"], sees_partner=False)
    assert open_run(w.ctx(blind), view.run.id)[1].rows[0].customer == "Hidden"


def test_everything_a_run_did_is_reached_page_by_page_failures_first(w):
    run_id = ask_for_run(w.ctx("admin"), "outbox", TODAY, key="k")
    with w.database.write() as session:
        session.add_all(
            JobItem(run_id=run_id, key=at, is_failed=at % 60 == 59, sentence=f"Item {at}")
            for at in range(120)
        )
    pages = [open_run(w.ctx("admin"), run_id, page=page)[1] for page in (1, 2, 3, 4)]
    assert [(len(page.rows), page.count) for page in pages] == [
        (50, 120),
        (50, 120),
        (20, 120),
        (0, 120),
    ]
    keys = [one.item.key for page in pages for one in page.rows]
    assert keys == [59, 119, *(at for at in range(120) if at % 60 != 59)]
    assert [one.item.sentence for one in failed_items(w.ctx("admin"), run_id)] == [
        "Item 59",
        "Item 119",
    ]
    with pytest.raises(Forbidden):
        failed_items(w.ctx("accounting"), run_id)


def test_a_bug_in_one_item_is_told_by_reference_only(w, monkeypatch):
    for key in ("a", "b"):
        configured(w, key)
        used(w, key, MONDAY, "1")

    def broken(run, key, after=None):
        if key == w.customers["a"]:
            raise RuntimeError("secret detail")
        return real(run, key, after)

    from billing_app.services.generation.invoicing import Run

    real = Run.invoice
    monkeypatch.setattr(Run, "invoice", broken)
    said, failures = run_now(w.ctx(), "auto-invoice", None)
    assert "1 made, 1 failed" in said
    assert "secret" not in failures[0]
    assert "ref " in failures[0]


@pytest.mark.spec("6.9", "6.7")
def test_a_run_is_asked_for_once_by_an_administrator(w):
    admin = w.ctx("admin")
    first = ask_for_run(admin, "auto-invoice", TODAY, key="k")
    assert ask_for_run(admin, "auto-invoice", TODAY, key="k") == first
    assert len(w.all(JobRun)) == 1
    with pytest.raises(Refused, match="still to come"):
        ask_for_run(admin, "auto-invoice", TODAY + timedelta(1), key="l")
    with pytest.raises(NotFound):
        ask_for_run(admin, "nonsense", TODAY, key="m")
    for who in ("billing", "accounting"):
        for asked in (
            lambda ctx: ask_for_run(ctx, "outbox", TODAY, key="n"),
            lambda ctx: claim_next(ctx, "w"),
            lambda ctx: claim_run(ctx, first, "w"),
            lambda ctx: open_run(ctx, first),
            list_jobs,
            list_runs,
        ):
            with pytest.raises(Forbidden):
                asked(w.ctx(who))
    assert [view.run.id for view in list_runs(admin)] == [first]
    with pytest.raises(NotFound):
        open_run(admin, 999)


def test_the_operator_reads_when_each_job_is_next(w):
    text = listed(w.ctx()).splitlines()
    assert [line.split()[0] for line in text] == list(JOBS)
    assert "next 2026-11-21 01:00 UTC; never ran" in text[0]
    assert "by hand only" in text[1]
    run_all(w)
    assert "next 2026-11-22 01:00 UTC; last as of 2026-11-21: done" in listed(w.ctx())
    w.posted()
    assert run_now(w.ctx(), "outbox", None)[0].endswith("1 looked at, 1 made, 0 failed.")


@pytest.mark.spec("RELIABILITY-P15")
def test_who_lost_the_lease_writes_nothing_more(w):
    configured(w)
    used(w, "a", MONDAY, "1")
    run_id = ask_for_run(w.ctx("admin"), "auto-invoice", TODAY, key="k")
    slow = claim_run(w.ctx(), run_id, "slow")
    assert claim_run(w.ctx(), run_id, "quick") is None
    w.clock.instant += LEASE + timedelta(seconds=1)
    quick = claim_run(w.ctx(), run_id, "quick")
    assert perform(w.ctx(), slow) is False
    assert w.all(Invoice) == billed(w) == []
    with pytest.raises(LeaseLost), w.ctx().write() as session:
        Progress(w.ctx(), slow).note(session, 1, Outcome(1))
    assert perform(w.ctx(), quick) is True
    assert perform(w.ctx(), quick) is False
    assert len(w.all(Invoice)) == 1
    assert w.all(JobRun)[0].attempts == 2


WORKER = """
import sys
from datetime import timedelta
from tests.services.worldmaking import NOW, SECRET
from billing_app.jobs.running import run_due
from billing_app.persistence.database import Database
from billing_app.services.context import Context, FixedClock, system_actor
clock = FixedClock(NOW + timedelta(seconds=float(sys.argv[2])))
ctx = Context(Database(sys.argv[1]), clock, system_actor(), SECRET, "Europe/Berlin")
print("ready", flush=True)
sys.stdin.readline()
while run_due(ctx):
    pass
"""


def crowd(w, total):
    """So many customers with one call each."""
    switch_on(w)
    with w.database.write() as session:
        template = session.get_one(Customer, w.customers["b"])
        for at in range(total):
            facts = template.model_dump(exclude={"id", "number"})
            session.add(Customer(**facts | {"number": f"K{at}", "invoice_schedule": "weekly"}))
    with w.database.read() as session:
        keys = session.exec(select(Customer.id).where(Customer.number.startswith("K"))).all()
    w.customers |= {f"k{key}": key for key in keys}
    for key in keys:
        used(w, f"k{key}", MONDAY, "1")


def a_worker(w, ahead=0.0):
    """A process that runs what is due once it is told to; its clock is ahead by seconds."""
    url = w.database.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, url, str(ahead)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert process.stdout.readline() == b"ready\n"
    return process


def let_go(process):
    process.stdin.write(b"\n")
    process.stdin.flush()


def ended(process):
    process.wait(60)
    process.stdin.close()
    process.stdout.close()
    return process.returncode


def everything_once(w, total):
    assert len(w.all(Invoice)) == len(w.all(InvoicedPeriod)) == total
    assert {row.invoice_id for row in w.all(UsageRecord)} == {row.id for row in w.all(Invoice)}
    counts = Counter((run.job, run.as_of) for run in w.all(JobRun))
    assert set(counts.values()) == {1}
    (run,) = [run for run in w.all(JobRun) if run.job == "auto-invoice"]
    assert (run.state, run.total, run.done, run.made, run.failed) == (
        "done",
        total,
        total,
        total,
        0,
    )
    assert len(billed(w)) == total
    assert incoherences(w.database, SECRET) == []


@pytest.mark.spec("RELIABILITY-P15", "6.9")
def test_workers_at_once_with_skewed_clocks_run_each_period_once(w):
    crowd(w, 40)
    workers = [a_worker(w, ahead) for ahead in (0, 0.4, -0.4, 90)]
    for worker in workers:
        let_go(worker)
    assert [ended(worker) for worker in workers] == [0, 0, 0, 0]
    w.clock.instant += timedelta(minutes=5)
    run_all(w)
    everything_once(w, 40)


@pytest.mark.spec("RELIABILITY-P15", "6.9")
def test_a_run_whose_worker_was_killed_goes_on_after_its_last_item(w):
    crowd(w, 60)
    worker = a_worker(w)
    let_go(worker)
    deadline = time.monotonic() + 30
    while not billed(w) and time.monotonic() < deadline:
        time.sleep(0.005)
    worker.send_signal(signal.SIGKILL)
    assert ended(worker) == -signal.SIGKILL
    if not w.is_sqlite:
        w.database.close()
        w.database = Database(w.database.url.render_as_string(hide_password=False))
    before = len(w.all(Invoice))
    assert 0 < before < 60
    assert len(billed(w)) == before
    assert run_all(w) == 0  # the lease still runs
    w.clock.instant += LEASE + timedelta(seconds=1)
    assert run_all(w) == 1
    everything_once(w, 60)
    assert next(run for run in w.all(JobRun) if run.job == "auto-invoice").attempts == 2
