"""Invoices from packages and usage: once each, whatever happens."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as daytime
from decimal import Decimal
from itertools import count

import pytest
from sqlmodel import select

from billing_app.domain.access import StaffLevel
from billing_app.domain.errors import Forbidden, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.persistence.database import Database
from billing_app.persistence.tables import (
    Customer,
    Invoice,
    InvoicedPeriod,
    Package,
    PackageAssignment,
    PackageCharge,
    RateCard,
    UsageImport,
    UsageRecord,
)
from billing_app.services.generation.invoicing import auto_generate, generate_all, generate_periods
from billing_app.services.invoices.drafts import read_draft, save_draft
from billing_app.services.invoices.listing import get_invoice
from billing_app.services.invoices.moves import move_invoice
from billing_app.services.settings import change_setting
from tests.services.coherence import incoherences
from tests.services.worldmaking import NOW, SECRET

MONDAY = date(2026, 11, 2)
TUESDAY = MONDAY + timedelta(1)
WEEKS = [MONDAY + timedelta(7 * at) for at in range(2)]  # the two that ended before 21 Nov
_ids = count(1)


def configured(world, key="a", **values):
    facts = {"invoice_schedule": "weekly", "tax_rate": Decimal(20), "payment_term_days": 14}
    world.change(Customer, world.customers[key], **(facts | values))
    return world.customers[key]


def used(world, key, on, charge, place="United Kingdom", billed_s=60, **more):
    """One rated call."""
    cards = world.all(RateCard)
    card = (
        cards[0].id if cards else world.add(RateCard(code="gold", currency="EUR", updated_at=NOW))
    )
    runs = world.all(UsageImport)
    run = runs[0].id if runs else world.add(UsageImport(name="x", at=NOW, made_by_id=1))
    facts = {
        "call_id": f"call-{next(_ids)}",
        "customer_id": world.customers[key],
        "card_id": card,
        "import_id": run,
        "started_at": datetime.combine(on, daytime(12), UTC),
        "used_on": on,
        "destination": "4420",
        "duration_ms": 1000 * billed_s,
        "is_rated": True,
        "destination_code": "44",
        "destination_name": place,
        "billed_s": billed_s,
        "charge": Decimal(charge),
    }
    return world.add(UsageRecord(**(facts | more)))


def having(world, key, package=None, **assignment):
    """A package that a customer has."""
    facts = {"name": "Line rental", "retail": Decimal(30), "frequency": "weekly"}
    package_id = world.add(Package(**(facts | (package or {}))))
    given = {"quantity": Decimal(1), "start_on": MONDAY}
    return world.add(
        PackageAssignment(
            package_id=package_id, customer_id=world.customers[key], **(given | assignment)
        )
    )


def said(world, invoice_id):
    return [(line.description, line.net_minor) for line in world.lines(invoice_id)]


@pytest.mark.spec("CXS-14", "CXS-17", "CXS-27", "CXS-28")
def test_every_finished_week_gets_its_draft_once(w):
    customer = configured(w)
    having(w, "a", {"setup_retail": Decimal(5)})
    for on, charge in (
        (MONDAY, "0.10"),
        (TUESDAY, "0.25"),
        (WEEKS[1], "1"),
        (date(2026, 11, 20), "9"),
    ):
        used(w, "a", on, charge)
    made = auto_generate(w.ctx("billing"), customer)
    first, second = (w.invoice(key) for key in made.invoice_ids)
    assert (first.posting_status, first.origin, first.number) == ("DRAFT", "generated", "")
    assert (first.document_date, first.due_on) == (date(2026, 11, 9), date(2026, 11, 23))
    assert (first.period_from, first.period_to) == (MONDAY, date(2026, 11, 8))
    assert said(w, first.id) == [
        ("Line rental: setup", 500),
        ("Line rental", 3000),
        ("2026-11-02", 10),
        ("2026-11-03", 25),
    ]
    assert said(w, second.id) == [("Line rental", 3000), ("2026-11-09", 100)]
    assert (first.subtotal_minor, first.tax_minor, first.total_minor) == (3535, 707, 4242)
    assert auto_generate(w.ctx("billing"), customer).invoice_ids == []
    assert len(w.all(Invoice)) == 2
    assert incoherences(w.database, SECRET) == []


def test_an_empty_period_makes_no_invoice(w):
    customer = configured(w)
    used(w, "a", MONDAY, "0")
    used(w, "a", WEEKS[1], "1")
    made = auto_generate(w.ctx("billing"), customer)
    assert [w.invoice(key).period_from for key in made.invoice_ids] == [WEEKS[1]]


@pytest.mark.spec("CXS-2")
def test_invoices_are_seen_and_generated_by_who_may_and_nobody_else(w):
    customer = configured(w)
    used(w, "a", MONDAY, "1")
    nobody = replace(w.people["viewer"], level=StaffLevel.NONE)
    asked = (
        lambda ctx: auto_generate(ctx, customer),
        lambda ctx: generate_periods(ctx, customer, "weekly", [MONDAY]),
    )
    for who in ("viewer", "sales", "a90", nobody):
        for generate in asked:
            with pytest.raises(Forbidden):
                generate(w.ctx(who))
    assert w.all(Invoice) == []
    (made,) = auto_generate(w.ctx("billing"), customer).invoice_ids
    for who in ("viewer", "sales", "billing"):
        assert get_invoice(w.ctx(who), made).invoice.id == made
    for who in (nobody, "a90", "b90"):
        with pytest.raises(Forbidden):
            get_invoice(w.ctx(who), made)


@pytest.mark.spec("CXS-16")
def test_without_a_schedule_or_the_right_nothing_is_generated(w):
    customer = configured(w, invoice_schedule="none")
    with pytest.raises(Refused, match="schedule"):
        auto_generate(w.ctx("billing"), customer)
    for asked in (auto_generate, lambda ctx, key: generate_periods(ctx, key, "weekly", [MONDAY])):
        with pytest.raises(Forbidden):
            asked(w.ctx("sales"), customer)
        with pytest.raises(NotFound):
            asked(w.ctx("billing"), 999)
    with pytest.raises(Forbidden):
        generate_all(w.ctx("accounting"))


@pytest.mark.spec("CXS-19")
def test_chosen_periods_are_invoiced_and_no_others(w):
    customer = configured(w, invoice_schedule="none")
    for on in (MONDAY, TUESDAY, TUESDAY + timedelta(1)):
        used(w, "a", on, "1")
    made = generate_periods(w.ctx("billing"), customer, "daily", [TUESDAY, MONDAY, TUESDAY])
    assert [w.invoice(key).period_from for key in made.invoice_ids] == [MONDAY, TUESDAY]
    assert generate_periods(w.ctx("billing"), customer, "daily", [MONDAY]).invoice_ids == []
    (rest,) = generate_periods(w.ctx("billing"), customer, "weekly", [MONDAY]).invoice_ids
    assert said(w, rest) == [("2026-11-04", 100)]  # what the days took is not charged again


def test_a_running_period_is_refused(w):
    customer = configured(w)
    used(w, "a", date(2026, 11, 21), "1")
    for schedule in ("daily", "weekly", "monthly"):
        with pytest.raises(Refused, match="not ended"):
            generate_periods(w.ctx("billing"), customer, schedule, [date(2026, 11, 21)])
    with pytest.raises(Refused):
        generate_periods(w.ctx("billing"), customer, "hourly", [MONDAY])
    with pytest.raises(Refused):
        generate_periods(
            w.ctx("billing"), customer, "daily", [MONDAY + timedelta(n) for n in range(401)]
        )


@pytest.mark.spec("CXS-25", "V7")
@pytest.mark.parametrize("by", ["setting", "customer"])
def test_grouping_changes_the_lines_and_not_the_total(w, by):
    for key in ("a", "b"):
        configured(w, key)
        for on, charge, place in (
            (MONDAY, "0.104", "UK"),
            (MONDAY, "0.203", "IN"),
            (TUESDAY, "0.05", "UK"),
        ):
            used(w, key, on, charge, place)
    (by_day,) = auto_generate(w.ctx("billing"), w.customers["a"]).invoice_ids
    if by == "setting":
        change_setting(w.ctx("admin"), "invoice_line_grouping", "destination")
    else:
        configured(w, "b", line_grouping="destination")
    (by_place,) = auto_generate(w.ctx("billing"), w.customers["b"]).invoice_ids
    assert [text for text, _ in said(w, by_day)] == ["2026-11-02", "2026-11-03"]
    assert [text for text, _ in said(w, by_place)] == ["IN", "UK"]
    assert w.invoice(by_day).subtotal_minor == w.invoice(by_place).subtotal_minor == 36
    lines = w.lines(by_place)
    assert [(line.calls, line.billed_s, line.date_from, line.date_to) for line in lines] == [
        (1, 60, MONDAY, date(2026, 11, 8)),
        (2, 120, MONDAY, date(2026, 11, 8)),
    ]


@pytest.mark.spec("CXS-39", "V5")
@pytest.mark.parametrize(("spent", "topped"), [("25", 2500), ("60", 0)])
def test_a_minimum_spend_is_topped_up(w, spent, topped):
    customer = configured(w)
    having(w, "a", {"retail": Decimal(50), "minimum_spend": True})
    used(w, "a", MONDAY, spent)
    invoice_id = auto_generate(w.ctx("billing"), customer).invoice_ids[0]
    usage = ("2026-11-02", int(spent) * 100)
    assert said(w, invoice_id) == ([("Line rental: minimum spend", topped)] if topped else []) + [
        usage
    ]


def test_free_minutes_take_their_charge_back_once(w):
    customer = configured(w)
    having(
        w,
        "a",
        {
            "name": "UK free",
            "retail": Decimal(0),
            "frequency": "monthly",
            "type": "free_minutes",
            "destination_patterns": "44",
        },
        minutes=3,
    )
    used(w, "a", MONDAY, "1.20", billed_s=120)
    used(w, "a", TUESDAY, "5", "France", destination="33")
    used(w, "a", WEEKS[1], "1.20", billed_s=120)
    first, second = auto_generate(w.ctx("billing"), customer).invoice_ids
    assert said(w, first)[-1] == ("UK free: free minutes", -120)
    assert said(w, second) == [("2026-11-09", 120), ("UK free: free minutes", -60)]
    assert sorted(row.seconds for row in w.all(PackageCharge)) == [60, 120]
    used(w, "a", WEEKS[1], "1.20", billed_s=120)
    generate_periods(w.ctx("billing"), customer, "daily", [WEEKS[1]])
    assert sum(row.seconds for row in w.all(PackageCharge)) == 180


def test_usage_that_comes_late_goes_to_the_next_invoice(w):
    customer = configured(w)
    used(w, "a", MONDAY, "1")
    w.clock.instant -= timedelta(7)  # 14 Nov: only the first week has ended
    assert len(auto_generate(w.ctx("billing"), customer).invoice_ids) == 1
    w.clock.instant += timedelta(7)
    used(w, "a", TUESDAY, "2")
    used(w, "a", WEEKS[1], "4")
    (late,) = auto_generate(w.ctx("billing"), customer).invoice_ids
    assert said(w, late) == [("2026-11-03", 200), ("2026-11-09", 400)]
    assert {row.invoice_id is not None for row in w.all(UsageRecord)} == {True}


@pytest.mark.parametrize("ending", [Action.CANCEL, Action.DELETE])
def test_what_a_dead_invoice_took_is_invoiced_anew(w, ending):
    customer = configured(w)
    having(w, "a")
    used(w, "a", MONDAY, "1")
    first = auto_generate(w.ctx("billing"), customer).invoice_ids
    move_invoice(w.ctx("billing"), first[0], ending, reason="wrong")
    again = auto_generate(w.ctx("billing"), customer).invoice_ids
    assert [said(w, key) for key in again] == [[("Line rental", 3000), ("2026-11-02", 100)]]
    assert len(w.all(InvoicedPeriod)) == 2


@pytest.mark.spec("CXS-10")
def test_a_generated_draft_is_edited_and_stays_of_its_period(w):
    customer = configured(w)
    used(w, "a", MONDAY, "1")
    (key,) = auto_generate(w.ctx("billing"), customer).invoice_ids
    draft, version = read_draft(w.ctx("billing"), key)
    save_draft(w.ctx("billing"), key, draft, version=version)
    assert (w.invoice(key).period_from, w.invoice(key).origin) == (MONDAY, "generated")
    assert w.lines(key)[0].calls == 1
    assert auto_generate(w.ctx("billing"), customer).invoice_ids == []


def test_a_number_at_creation_is_taken_by_generated_drafts_too(w):
    change_setting(w.ctx("admin"), "number_assigned_at", "creation")
    customer = configured(w)
    for on in WEEKS:
        used(w, "a", on, "1")
    numbers = [
        w.invoice(key).number for key in auto_generate(w.ctx("billing"), customer).invoice_ids
    ]
    assert numbers == ["INV-2026-11-00001", "INV-2026-11-00002"]


def test_the_run_for_all_goes_on_past_a_customer_that_fails(w):
    for key in ("a", "b"):
        configured(w, key)
        used(w, key, MONDAY, "1")
    w.change(Customer, w.customers["a"], payment_term_days=9_999)
    told = []
    made = generate_all(w.ctx("admin"), progress=told.append)
    assert (len(made.invoice_ids), made.customers, len(told)) == (1, 1, 2)
    assert [number for number, _ in made.failures] == ["10001"]
    w.change(Customer, w.customers["a"], payment_term_days=30)
    assert len(generate_all(w.ctx("admin"), as_of=date(2030, 1, 1)).invoice_ids) == 1


def test_two_people_at_once_make_one_set(w):
    customer = configured(w)
    having(w, "a")
    for at in range(12):
        used(w, "a", MONDAY + timedelta(at), "1")
    start, errors = threading.Barrier(6), []

    def press():
        start.wait()
        try:
            auto_generate(w.ctx("billing"), customer)
            generate_periods(w.ctx("billing2"), customer, "weekly", WEEKS)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [row.first_on for row in w.all(InvoicedPeriod)] == WEEKS
    assert len(w.all(Invoice)) == 2
    assert Counter(row.kind for row in w.all(PackageCharge)) == {"recurring": 2}
    assert incoherences(w.database, SECRET) == []


KILLED = """
import sys
from tests.services.worldmaking import SECRET, NOW
from billing_app.persistence.database import Database
from billing_app.services.context import Context, FixedClock, system_actor
from billing_app.services.generation.invoicing import generate_all
ctx = Context(Database(sys.argv[1]), FixedClock(NOW), system_actor(), SECRET)
print("ready", flush=True)
generate_all(ctx)
"""


def test_a_killed_run_goes_on_where_it_stopped(w):
    total = 60
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
    url = w.database.url.render_as_string(hide_password=False)
    for pause in (0.02, 0.1):
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
    if not w.is_sqlite:
        w.database.close()
        w.database = Database(url)
    generate_all(w.ctx("admin"))
    assert len(w.all(Invoice)) == len(w.all(InvoicedPeriod)) == total
    assert {row.invoice_id for row in w.all(UsageRecord)} == {row.id for row in w.all(Invoice)}
    assert incoherences(w.database, SECRET) == []
