"""Recurring invoices: plans, what is decided about repeats, drafts that are made once."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from billing_app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.jobs.running import run_due
from billing_app.persistence.database import Database
from billing_app.persistence.tables import (
    AuditEntry,
    Invoice,
    JobRun,
    RecurrenceMade,
    RecurrencePlan,
)
from billing_app.services.invoices.copying import duplicate_invoice
from billing_app.services.invoices.drafts import read_draft, save_draft
from billing_app.services.recurrence.changes import (
    OnceLine,
    add_once,
    change_price,
    move_repeat,
    remove_once,
    remove_price,
    skip_repeat,
)
from billing_app.services.recurrence.listing import get_plan, list_plans
from billing_app.services.recurrence.plans import PlanFacts, change_end, make_plan, set_active
from billing_app.services.recurrence.run import due_plans, run_plan, run_recurrence
from tests.services.coherence import incoherences
from tests.services.worldmaking import NOW, SECRET, TODAY, a_line

OCTOBER = date(2026, 10, 31)
LINE = a_line(
    "Mooring",
    quantity=Decimal(1),
    unit_price=Decimal(100),
    discount_type="none",
    discount_value=Decimal(0),
    date_from=date(2026, 10, 1),
    date_to=date(2026, 10, 31),
)


def a_source(w, **changes):
    common = {
        "document_date": OCTOBER,
        "due_on": date(2026, 11, 14),
        "lines": (LINE,),
        "title": "Berth",
        "po_number": "PO-7",
        "external_document_no": "X-1",
    }
    return w.draft("billing", **(common | changes))


def a_plan(w, source=0, by="billing", key="", **changes):
    facts = PlanFacts("monthly", date(2026, 11, 30))
    return make_plan(w.ctx(by), source or a_source(w), replace(facts, **changes), key=key)


def at(w, day):
    w.clock.instant = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def version(w, plan):
    return get_plan(w.ctx("viewer"), plan).plan.version


def made(w, plan):
    rows = [row for row in w.all(RecurrenceMade) if row.plan_id == plan]
    return [w.invoice(row.invoice_id) for row in sorted(rows, key=lambda row: row.due_on)]


@pytest.mark.spec("CRM-31", "6.9")
def test_a_month_later_there_is_a_draft_like_the_source(w):
    source = a_source(w)
    plan = a_plan(w, source)
    assert run_recurrence(w.ctx("admin")).invoice_ids == []
    at(w, date(2026, 11, 30))
    ran = run_recurrence(w.ctx("system"))
    assert (len(ran.invoice_ids), ran.failures) == (1, [])
    draft = w.invoice(ran.invoice_ids[0])
    assert (draft.posting_status, draft.origin, draft.number) == ("DRAFT", "recurring", "")
    assert (draft.document_date, draft.due_on) == (date(2026, 11, 30), date(2026, 12, 14))
    assert (draft.title, draft.po_number, draft.external_document_no) == ("Berth", "PO-7", "")
    line = w.lines(draft.id)[0]
    assert (line.date_from, line.date_to) == (date(2026, 11, 1), date(2026, 11, 30))
    assert draft.total_minor == w.invoice(source).total_minor == 12_000
    assert run_recurrence(w.ctx("system")).invoice_ids == []
    assert [row.id for row in get_plan(w.ctx("viewer"), plan).invoices] == [draft.id]
    w.move("accounting", draft.id, Action.POST)  # each is independent
    assert incoherences(w.database, SECRET) == []


@pytest.mark.spec("CRM-31", "6.9")
def test_after_downtime_every_missed_month_is_made_oldest_first_and_ends_do_not_drift(w):
    plan = a_plan(w)
    at(w, date(2027, 4, 30))
    run_recurrence(w.ctx("system"), as_of=date(2027, 2, 27))
    assert len(made(w, plan)) == 3
    run_recurrence(w.ctx("system"))
    assert [row.document_date for row in made(w, plan)] == [
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]
    ids = [row.id for row in made(w, plan)]
    assert ids == sorted(ids)
    assert due_plans(w.ctx("system"), as_of=date(2030, 1, 1)) == []  # never after today


@pytest.mark.spec("CRM-31")
@pytest.mark.parametrize("end", [{"occurrences": 2}, {"end_on": date(2026, 12, 31)}])
def test_a_plan_stops_at_its_end(w, end):
    plan = a_plan(w, **end)
    at(w, date(2028, 1, 1))
    assert len(run_recurrence(w.ctx("system")).invoice_ids) == 2
    row = list_plans(w.ctx("viewer")).rows[0]
    assert (row.status, row.next_on, row.made) == ("Ended", None, 2)
    assert get_plan(w.ctx("viewer"), plan).days == ()
    change_end(w.ctx("billing"), plan, end_on=None, occurrences=3, version=row.version)
    assert list_plans(w.ctx("viewer")).rows[0].next_on == date(2027, 1, 31)
    with pytest.raises(Invalid):
        change_end(w.ctx("billing"), plan, end_on=None, occurrences=0, version=row.version + 1)


@pytest.mark.spec("CRM-31")
def test_repeats_are_skipped_moved_given_a_line_and_priced_anew(w):
    plan = a_plan(w)
    ctx = w.ctx("billing")
    skip_repeat(ctx, plan, date(2026, 12, 31), is_skipped=True, version=version(w, plan))
    move_repeat(ctx, plan, date(2027, 1, 31), date(2027, 2, 3), version=version(w, plan))
    once = OnceLine("Diver", Decimal(2), Decimal("50.00"), Decimal(20))
    add_once(ctx, plan, date(2027, 1, 31), once, version=version(w, plan))
    change_price(ctx, plan, 10, date(2027, 2, 1), Decimal("110.00"), version=version(w, plan))
    days = get_plan(w.ctx("viewer"), plan).days
    assert len(days) == 24
    assert [(one.repeat.on, one.repeat.is_skipped, one.amount_minor) for one in days[:4]] == [
        (date(2026, 11, 30), False, 12_000),
        (date(2026, 12, 31), True, 12_000),
        (date(2027, 2, 3), False, 24_000),
        (date(2027, 2, 28), False, 13_200),
    ]
    at(w, date(2027, 2, 2))
    run_recurrence(w.ctx("system"))
    assert len(made(w, plan)) == 1
    at(w, date(2027, 2, 28))
    run_recurrence(w.ctx("system"))
    november, january, february = made(w, plan)
    assert (january.document_date, january.total_minor) == (date(2027, 2, 3), 24_000)
    first = w.lines(january.id)[0]
    assert (first.date_from, first.date_to) == (date(2027, 1, 1), date(2027, 1, 31))
    assert (november.total_minor, february.total_minor) == (12_000, 13_200)
    for late in (date(2026, 12, 31), date(2027, 1, 31)):
        with pytest.raises(Refused, match="done with"):
            skip_repeat(ctx, plan, late, is_skipped=False, version=version(w, plan))
    actions = [row.action for row in w.all(AuditEntry) if row.entity == "recurrence_plan"]
    assert actions.count("draft made") == 3
    assert incoherences(w.database, SECRET) == []


def test_what_was_decided_is_taken_back(w):
    plan, ctx = a_plan(w), w.ctx("billing")
    before = [(day.repeat, day.amount_minor) for day in get_plan(ctx, plan).days]
    due = date(2026, 12, 31)
    skip_repeat(ctx, plan, due, is_skipped=True, version=version(w, plan))
    skip_repeat(ctx, plan, due, is_skipped=False, version=version(w, plan))
    move_repeat(ctx, plan, due, date(2026, 12, 28), version=version(w, plan))
    move_repeat(ctx, plan, due, due, version=version(w, plan))
    add_once(ctx, plan, due, OnceLine("Diver"), version=version(w, plan))
    change_price(ctx, plan, 10, due, Decimal(5), version=version(w, plan))
    change_price(ctx, plan, 10, due, Decimal(6), version=version(w, plan))
    record = get_plan(ctx, plan)
    assert [price.unit_price for price in record.prices] == [Decimal(6)]
    extra = record.days[1].extras[0].id
    remove_once(ctx, plan, extra, version=version(w, plan))
    remove_price(ctx, plan, record.prices[0].id, version=version(w, plan))
    assert [(day.repeat, day.amount_minor) for day in get_plan(ctx, plan).days] == before
    for verb, key in ((remove_once, extra), (remove_price, record.prices[0].id)):
        with pytest.raises(NotFound):
            verb(ctx, plan, key, version=version(w, plan))


def test_a_change_that_makes_no_sense_is_refused(lite):
    w = lite
    plan, ctx, due = a_plan(w), w.ctx("billing"), date(2026, 12, 31)
    n = version(w, plan)
    with pytest.raises(Refused):
        skip_repeat(ctx, plan, date(2026, 12, 30), is_skipped=True, version=n)
    for to in (date(2026, 11, 30), date(2027, 1, 31), TODAY - timedelta(1)):
        with pytest.raises(Invalid):
            move_repeat(ctx, plan, due, to, version=n)
    for line in (OnceLine(" "), OnceLine("x", unit_price=Decimal(10) ** 12)):
        with pytest.raises(Invalid):
            add_once(ctx, plan, due, line, version=n)
    for line_no in (0, 15, 20):
        with pytest.raises(Invalid):
            change_price(ctx, plan, line_no, due, Decimal(1), version=n)
    with pytest.raises(Conflict):
        skip_repeat(ctx, plan, due, is_skipped=True, version=n - 1)
    with pytest.raises(NotFound):
        skip_repeat(ctx, 99, due, is_skipped=True, version=1)
    assert version(w, plan) == n


@pytest.mark.spec("CRM-31", "6.6")
def test_only_a_draft_is_made_recurring_and_once(w):
    source = a_source(w)
    plan = a_plan(w, source, key="k" * 8)
    assert a_plan(w, source, key="k" * 8) == plan
    with pytest.raises(Refused, match="recurs already"):
        a_plan(w, source)
    posted = w.posted()
    with pytest.raises(Refused, match="only drafts"):
        a_plan(w, posted)
    with pytest.raises(Refused, match="no lines"):
        a_plan(w, a_source(w, lines=()))
    with pytest.raises(Refused, match="Only invoices"):
        a_plan(w, a_source(w, document_type_id=w.type_id("CRO")))
    for wrong in ({"frequency": "daily"}, {"start_on": OCTOBER}):
        with pytest.raises(Invalid):
            a_plan(w, **wrong)
    with pytest.raises(NotFound):
        a_plan(w, 999)


@pytest.mark.spec("CRM-31", "6.7")
def test_who_may_do_what_with_plans(w):
    plan = a_plan(w)
    for refused in (
        lambda ctx: a_plan(w, a_source(w), by="sales"),
        lambda ctx: run_plan(ctx, plan),
        run_recurrence,
        lambda ctx: set_active(ctx, plan, on=False, version=1),
        lambda ctx: skip_repeat(ctx, plan, OCTOBER, is_skipped=True, version=1),
        lambda ctx: move_repeat(ctx, plan, OCTOBER, TODAY, version=1),
        lambda ctx: add_once(ctx, plan, OCTOBER, OnceLine("x"), version=1),
        lambda ctx: change_price(ctx, plan, 10, OCTOBER, Decimal(1), version=1),
        lambda ctx: change_end(ctx, plan, end_on=None, occurrences=1, version=1),
    ):
        with pytest.raises(Forbidden):
            refused(w.ctx("sales"))
    with pytest.raises(Forbidden):
        run_recurrence(w.ctx("billing"))
    hidden = w.ctx(replace(w.people["viewer"], sees_partner=False))
    assert list_plans(hidden).rows[0].customer == "Hidden"
    assert list_plans(hidden, "halvorsen").count == 0
    assert list_plans(w.ctx("viewer"), "halvorsen").count == 1
    with pytest.raises(Forbidden):
        list_plans(w.ctx("a90"))


@pytest.mark.spec("CRM-31", "6.6")
def test_turned_off_it_makes_nothing_and_on_again_it_makes_up_for_nothing(w):
    source = a_source(w)
    plan = a_plan(w, source)
    set_active(w.ctx("billing"), plan, on=False, version=version(w, plan))
    at(w, date(2027, 1, 15))
    assert run_recurrence(w.ctx("system")).invoice_ids == []
    assert run_plan(w.ctx("billing"), plan) == []
    set_active(w.ctx("billing"), plan, on=True, version=version(w, plan))
    assert run_plan(w.ctx("billing"), plan) == []
    at(w, date(2027, 1, 31))
    assert [w.invoice(key).document_date for key in run_plan(w.ctx("billing"), plan)] == [
        date(2027, 1, 31)
    ]
    set_active(w.ctx("billing"), plan, on=False, version=version(w, plan))
    w.move("accounting", source, Action.POST)
    with pytest.raises(Refused, match="not on again"):
        set_active(w.ctx("billing"), plan, on=True, version=version(w, plan))


@pytest.mark.parametrize("ending", [Action.CANCEL, Action.DELETE])
def test_an_ended_source_repeats_no_more_and_stops_no_other(w, ending):
    dead, alive = a_source(w), a_plan(w)
    plan = a_plan(w, dead)
    w.move("billing", dead, ending, reason="Wrong")
    at(w, date(2026, 12, 1))
    ran = run_recurrence(w.ctx("system"))
    assert len(ran.invoice_ids) == len(made(w, alive)) == 1
    assert [label for label, _ in ran.failures] == [w.invoice(dead).label]
    assert "repeats no more" in ran.failures[0][1]
    record = get_plan(w.ctx("viewer"), plan)
    assert (record.plan.status, record.problem) == ("Ended", ran.failures[0][1])
    assert record.days[0].problem


def test_an_edited_source_is_followed_but_a_price_never_lands_on_another_line(w):
    source = a_source(w)
    plan = a_plan(w, source)
    day = date(2026, 11, 30)
    change_price(w.ctx("billing"), plan, 10, day, Decimal(7), version=version(w, plan))
    content, at_version = read_draft(w.ctx("billing"), source)
    other = replace(LINE, description="Something else", unit_price=Decimal(900))
    save_draft(w.ctx("billing"), source, replace(content, lines=(other, LINE)), version=at_version)
    at(w, day)
    assert "changed after its price was set" in run_recurrence(w.ctx("system")).failures[0][1]
    price = get_plan(w.ctx("viewer"), plan).prices[0].id
    remove_price(w.ctx("billing"), plan, price, version=version(w, plan))
    assert [w.invoice(key).total_minor for key in run_plan(w.ctx("billing"), plan)] == [120_000]


@pytest.mark.spec("6.9")
def test_two_runs_at_once_make_one_set(w):
    plans = [a_plan(w) for _ in range(3)]
    at(w, date(2027, 6, 30))
    start, errors = threading.Barrier(2), []

    def run():
        try:
            start.wait()
            errors.extend(run_recurrence(w.ctx("system")).failures)
        except Exception as error:
            errors.append(error)

    runs = [threading.Thread(target=run) for _ in range(2)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert errors == []
    for plan in plans:
        days = [row.document_date for row in made(w, plan)]
        assert len(days) == len(set(days)) == 8
    assert len([row for row in w.all(Invoice) if row.origin == "recurring"]) == 24
    assert incoherences(w.database, SECRET) == []


KILLED = """
import sys
from datetime import UTC, datetime
from billing_app.jobs.running import run_due
from billing_app.persistence.database import Database
from billing_app.services.context import Context, FixedClock, system_actor
from billing_app.services.recurrence.run import run_recurrence
ctx = Context(Database(sys.argv[1]), FixedClock(datetime(2050, 1, 1, tzinfo=UTC)), system_actor(), b"x" * 32)
print("ready", flush=True)
run_recurrence(ctx)
"""


@pytest.mark.spec("6.9")
def test_a_killed_run_goes_on_where_it_stopped(w):
    plans = [a_plan(w, occurrences=60) for _ in range(2)]
    url = w.database.url.render_as_string(hide_password=False)
    if w.is_sqlite:
        w.database.close()
    for pause in (0.05, 0.15):
        run = subprocess.Popen(
            [sys.executable, "-c", KILLED, url],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": "."},
        )
        assert run.stdout.readline() == b"ready\n"
        time.sleep(pause)
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
    w.database.close()
    w.database = Database(url)
    at(w, date(2050, 1, 1))
    run_recurrence(w.ctx("system"))
    for plan in plans:
        assert len({row.document_date for row in made(w, plan)}) == len(made(w, plan)) == 60
    assert len([row for row in w.all(Invoice) if row.origin == "recurring"]) == 120
    assert {row.next_on for row in w.all(RecurrencePlan)} == {None}
    assert incoherences(w.database, SECRET) == []


def test_a_duplicate_is_a_new_draft_of_today(w):
    source = w.posted(
        "accounting",
        document_date=OCTOBER,
        due_on=OCTOBER + timedelta(10),
        lines=(LINE, a_line()),
        external_document_no="X",
        title="Berth",
    )
    key = "a key of one click"
    made_id = duplicate_invoice(w.ctx("sales"), source, key=key)
    assert duplicate_invoice(w.ctx("sales"), source, key=key) == made_id
    row, original = w.invoice(made_id), w.invoice(source)
    assert (row.posting_status, row.number, row.origin) == ("DRAFT", "", "manual")
    assert (row.document_date, row.due_on) == (TODAY, TODAY + timedelta(10))
    assert (row.external_document_no, row.title) == ("", "Berth")
    assert (row.total_minor, row.line_count) == (original.total_minor, 2)
    assert row.created_by_id == w.people["sales"].user_id
    assert duplicate_invoice(w.ctx("sales"), source) != made_id
    with pytest.raises(Forbidden):
        duplicate_invoice(w.ctx("viewer"), source)
    with pytest.raises(NotFound):
        duplicate_invoice(w.ctx("sales"), 999)
    assert w.clock.instant == NOW
    assert incoherences(w.database, SECRET) == []


@pytest.mark.spec("6.9", "CRM-31")
def test_the_clock_makes_what_is_due_once(w):
    plan = a_plan(w)
    at(w, date(2026, 12, 1))
    while run_due(w.ctx()):
        pass
    while run_due(w.ctx()):
        pass
    assert [invoice.document_date for invoice in made(w, plan)] == [date(2026, 11, 30)]
    (run,) = [run for run in w.all(JobRun) if run.job == "recurrence"]
    assert (run.state, run.made, run.failed) == ("done", 1, 0)
