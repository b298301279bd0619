"""Packages: their form, who has them, what they take from the customer's credit."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest

from billing_app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import (
    AuditEntry,
    ChargeLine,
    Invoice,
    Package,
    PackageAssignment,
    PackageCharge,
    Payment,
)
from billing_app.services.generation.invoicing import auto_generate
from billing_app.services.packages.assignments import (
    AssignmentFacts,
    assign_package,
    change_assignment,
    get_assignment,
    list_assignments,
    remove_assignment,
)
from billing_app.services.packages.catalog import (
    PackageFacts,
    get_package,
    list_packages,
    save_package,
)
from billing_app.services.packages.charging import charge_packages, run_package, run_packages
from tests.services.coherence import incoherences
from tests.services.test_generation import MONDAY, configured, having, said, used
from tests.services.worldmaking import SECRET, TODAY

FACTS = PackageFacts(
    name="Voice 100",
    cost=Decimal("3.5"),
    retail=Decimal("9.99"),
    setup_cost=Decimal(1),
    setup_retail=Decimal(25),
    frequency="monthly",
    frequency_match="31, 15",
    description="Hundred minutes",
    minimum_days=30,
    type="free_minutes",
    destination_patterns="+44 33*",
    minimum_spend=False,
)


@pytest.mark.spec("CXS-36")
def test_a_package_keeps_every_field(w):
    key = save_package(w.ctx("billing"), FACTS)
    row = get_package(w.ctx("viewer"), key)
    kept = replace(FACTS, frequency_match="15, 31", destination_patterns="44, 33")
    assert all(
        getattr(row, name) == getattr(kept, name) for name in PackageFacts.__dataclass_fields__
    )
    save_package(
        w.ctx("billing"), replace(FACTS, name="Voice 200", frequency="daily", type="none"), key, 1
    )
    row = get_package(w.ctx("viewer"), key)
    assert (row.name, row.version, row.frequency_match, row.destination_patterns) == (
        "Voice 200",
        2,
        "",
        "",
    )
    assert [row.id for row in list_packages(w.ctx("viewer"), "voice")] == [key]
    with pytest.raises(Conflict):
        save_package(w.ctx("billing"), FACTS, key, 1)
    with pytest.raises(Forbidden):
        save_package(w.ctx("sales"), FACTS)
    assert [entry.action for entry in w.all(AuditEntry) if entry.entity == "package"] == [
        "created",
        "changed",
    ]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x\0"}),
        ("retail", {"retail": Decimal(-1)}),
        ("cost", {"cost": Decimal("0.000001")}),
        ("setup_retail", {"setup_retail": Decimal("NaN")}),
        ("frequency", {"frequency": "yearly"}),
        ("frequency_match", {"frequency_match": "32"}),
        ("minimum_days", {"minimum_days": -1}),
        ("type", {"type": "gift"}),
        ("destination_patterns", {"destination_patterns": ""}),
        ("destination_patterns", {"destination_patterns": "abc"}),
    ],
    ids=str,
)
def test_a_wrong_package_is_refused_at_its_field(lite, field, change):
    with pytest.raises(Invalid) as error:
        save_package(lite.ctx("billing"), replace(FACTS, **change))
    assert list(error.value.fields) == [field]
    assert lite.all(Package) == []


@pytest.mark.spec("CXS-41")
def test_a_package_is_assigned_once_however_often_the_button_is_pressed(w):
    key = save_package(w.ctx("billing"), FACTS)
    facts = AssignmentFacts(key, Decimal(2), MONDAY, minutes=100)
    ctx, customer = w.ctx("billing"), w.customers["a"]
    assert assign_package(ctx, customer, facts, key="k") == assign_package(
        ctx, customer, facts, key="k"
    )
    (row,) = list_assignments(w.ctx("viewer"), customer_id=customer)
    assert (row.package.name, row.assignment.quantity, row.assignment.minutes) == (
        "Voice 100",
        2,
        100,
    )
    assert len(list_assignments(w.ctx("viewer"), package_id=key)) == 1
    with pytest.raises(NotFound):
        assign_package(ctx, 999, facts)
    with pytest.raises(Forbidden):
        assign_package(w.ctx("sales"), customer, facts)
    w.change(Package, key, is_active=False)
    with pytest.raises(Refused, match="not active"):
        assign_package(ctx, customer, facts)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("quantity", {"quantity": Decimal(0)}),
        ("quantity", {"quantity": Decimal("0.0001")}),
        ("end_on", {"end_on": MONDAY - timedelta(1)}),
        ("minutes", {"minutes": None}),
        ("minutes", {"minutes": 10**9}),
    ],
    ids=str,
)
def test_a_wrong_assignment_is_refused_at_its_field(lite, field, change):
    key = save_package(lite.ctx("billing"), FACTS)
    facts = AssignmentFacts(key, Decimal(1), MONDAY, minutes=1)
    with pytest.raises(Invalid) as error:
        assign_package(lite.ctx("billing"), lite.customers["a"], replace(facts, **change))
    assert list(error.value.fields) == [field]


@pytest.mark.spec("CXS-40")
def test_an_assignment_cannot_be_removed_before_its_minimum_days(w):
    early = having(w, "a", {"minimum_days": 30}, start_on=TODAY - timedelta(29))
    with pytest.raises(Refused, match="at least 30 days"):
        remove_assignment(w.ctx("billing"), early)
    w.clock.instant += timedelta(days=1)
    remove_assignment(w.ctx("billing"), early)
    remove_assignment(w.ctx("billing"), early)
    row = w.all(PackageAssignment)[0]
    assert (row.end_on, row.removed_at is not None) == (TODAY + timedelta(1), True)
    assert list_assignments(w.ctx("viewer")) == []
    with pytest.raises(NotFound):
        get_assignment(w.ctx("billing"), early)
    assert [one.action for one in w.all(AuditEntry) if one.entity == "assignment"] == ["removed"]
    with pytest.raises(Forbidden):
        remove_assignment(w.ctx("sales"), early)


def test_an_assignment_is_changed_but_not_its_start_once_it_was_charged(w):
    customer = configured(w)
    key = having(w, "a", {"minimum_days": 10})
    row = w.all(PackageAssignment)[0]
    facts = AssignmentFacts(row.package_id, Decimal(3), MONDAY)
    assert change_assignment(w.ctx("billing"), key, facts, version=1) == 2
    with pytest.raises(Conflict):
        change_assignment(w.ctx("billing"), key, facts, version=1)
    with pytest.raises(Refused, match="at least"):
        change_assignment(w.ctx("billing"), key, replace(facts, end_on=MONDAY), version=2)
    first = auto_generate(w.ctx("billing"), customer).invoice_ids[0]
    assert said(w, first) == [("Line rental", 9000)]
    with pytest.raises(Refused, match="charged already"):
        change_assignment(w.ctx("billing"), key, replace(facts, start_on=TODAY), version=2)
    later = replace(facts, end_on=TODAY, auto_decrement=True, quantity=Decimal(4))
    assert change_assignment(w.ctx("billing"), key, later, version=2) == 3
    kept = get_assignment(w.ctx("viewer"), key)
    assert [
        getattr(kept.assignment, name) for name in ("end_on", "auto_decrement", "quantity")
    ] == [
        TODAY,
        True,
        4,
    ]
    assert said(w, first) == [("Line rental", 9000)]
    with pytest.raises(Forbidden):
        change_assignment(w.ctx("sales"), key, facts, version=3)


def test_a_removed_package_is_charged_up_to_its_last_day(w):
    customer = configured(w)
    key = having(w, "a", {"frequency": "daily", "retail": Decimal(1)})
    w.clock.instant -= timedelta(days=10)  # 11 November
    remove_assignment(w.ctx("billing"), key)
    w.clock.instant += timedelta(days=10)
    made = auto_generate(w.ctx("billing"), customer).invoice_ids
    assert [len(w.lines(invoice)) for invoice in made] == [7, 3]


@pytest.mark.spec("CXS-42", "CXS-34")
def test_auto_decrement_takes_the_amount_from_the_credit_and_not_the_invoice(w):
    customer = configured(w)
    having(w, "a", {"setup_retail": Decimal(5)}, auto_decrement=True, quantity=Decimal(2))
    having(w, "a", {"name": "Invoiced"})
    assert charge_packages(w.ctx("admin")) == (4, [])
    assert charge_packages(w.ctx("admin")) == (0, [])
    rows = w.all(Payment)
    assert [(row.kind, row.total_minor, row.paid_on, row.status) for row in rows] == [
        ("purchase", -1000, MONDAY, "COMPLETED"),
        ("purchase", -6000, MONDAY, "COMPLETED"),
        ("purchase", -6000, date(2026, 11, 9), "COMPLETED"),
        ("purchase", -6000, date(2026, 11, 16), "COMPLETED"),
    ]
    made = auto_generate(w.ctx("billing"), customer).invoice_ids
    assert [said(w, key) for key in made] == [[("Invoiced", 3000)]] * 2
    with pytest.raises(Forbidden):
        charge_packages(w.ctx("accounting"))


@pytest.mark.spec("CXS-43")
@pytest.mark.parametrize("auto_decrement", [True, False])
def test_run_package_simulates_and_then_charges_the_same_once(w, auto_decrement):
    configured(w)
    key = having(w, "a", {"setup_retail": Decimal(5)}, auto_decrement=auto_decrement)
    ctx, until = w.ctx("billing"), date(2026, 11, 10)
    told = run_package(ctx, key, until, simulate=True)
    assert [(one.text, one.on, one.amount_minor) for one in told] == [
        ("Line rental: setup", MONDAY, 500),
        ("Line rental", MONDAY, 3000),
        ("Line rental", date(2026, 11, 9), 3000),
    ]
    assert (w.all(PackageCharge), w.all(Payment), w.all(Invoice)) == ([], [], [])
    done = run_package(ctx, key, until, simulate=False)
    assert [replace(one, payment_id=None, invoice_id=None) for one in done] == told
    assert len(w.all(Payment)) == (3 if auto_decrement else 0)
    assert [row.subtotal_minor for row in w.all(Invoice)] == ([] if auto_decrement else [6500])
    assert run_package(ctx, key, until, simulate=False) == []
    assert run_package(ctx, key, until, simulate=True) == []
    assert incoherences(w.database, SECRET) == []


def test_run_package_is_for_billing_and_never_runs_ahead(w):
    configured(w)
    key = having(w, "a")
    with pytest.raises(Forbidden):
        run_package(w.ctx("sales"), key, TODAY, simulate=True)
    with pytest.raises(NotFound):
        run_package(w.ctx("billing"), 999, TODAY, simulate=False)
    told = run_package(w.ctx("billing"), key, date(2030, 1, 1), simulate=True)
    assert max(one.on for one in told) == date(2026, 11, 16)


def bare(charged):
    return [replace(one, payment_id=None, invoice_id=None) for one in charged]


def many(w):
    """A customer with a package on invoices, one on credit, a met minimum and a removed one."""
    customer = configured(w)
    having(w, "a", {"setup_retail": Decimal(5)})
    having(w, "a", {"name": "Credit line"}, auto_decrement=True)
    having(w, "a", {"name": "Minimum", "retail": Decimal(1), "minimum_spend": True})
    gone = having(w, "a", {"name": "Gone", "frequency": "daily", "retail": Decimal(1)})
    having(w, "b", {"name": "Another's"})
    used(w, "a", MONDAY, "5")
    w.change(PackageAssignment, gone, end_on=MONDAY, removed_at=w.clock.instant)
    return customer


@pytest.mark.spec("CXS-43")
def test_all_packages_of_a_customer_are_simulated_and_then_charged_the_same_once(w):
    customer = many(w)
    ctx, until = w.ctx("billing"), date(2026, 11, 10)
    told = run_packages(ctx, customer, until, simulate=True)
    assert [(one.text, one.on.day, one.amount_minor) for one in told] == [
        ("Line rental: setup", 2, 500),
        ("Line rental", 2, 3000),
        ("Credit line", 2, 3000),
        ("Gone", 2, 100),
        ("Minimum: minimum spend", 8, 0),
        ("Line rental", 9, 3000),
        ("Credit line", 9, 3000),
    ]
    assert (w.all(PackageCharge), w.all(Payment), w.all(Invoice)) == ([], [], [])
    done = run_packages(ctx, customer, until, simulate=False)
    assert bare(done) == told
    assert [(row.kind, row.total_minor) for row in w.all(Payment)] == [("purchase", -3000)] * 2
    assert [row.subtotal_minor for row in w.all(Invoice)] == [6600]
    assert len(w.all(PackageCharge)) == len(told)
    for simulate in (True, False):
        assert run_packages(ctx, customer, until, simulate=simulate) == []
    assert incoherences(w.database, SECRET) == []
    with pytest.raises(Forbidden):
        run_packages(w.ctx("sales"), customer, until, simulate=True)
    with pytest.raises(NotFound):
        run_packages(ctx, 999, until, simulate=False)


@pytest.mark.spec("CXS-43")
def test_pressed_twice_at_once_each_charge_is_made_once(w):
    customer = many(w)
    told = run_packages(w.ctx("billing"), customer, TODAY, simulate=True)
    start = Barrier(6)

    def press(who):
        start.wait()
        return run_packages(w.ctx(who), customer, TODAY, simulate=False)

    with ThreadPoolExecutor(6) as people:
        made = list(people.map(press, ["billing", "billing2", "admin"] * 2))
    assert sorted(map(len, made)) == [0] * 5 + [len(told)]
    assert bare(max(made, key=len)) == told
    keys = [(row.assignment_id, row.kind, row.charged_on) for row in w.all(PackageCharge)]
    assert (len(keys), len(set(keys)), len(w.all(Invoice))) == (len(told), len(told), 1)
    assert incoherences(w.database, SECRET) == []


@pytest.mark.spec("CXS-43")
def test_a_cancelled_draft_of_run_package_gives_its_charges_back(w):
    customer = many(w)
    ctx, until = w.ctx("billing"), date(2026, 11, 10)
    before = run_packages(ctx, customer, until, simulate=True)
    first = run_packages(ctx, customer, until, simulate=False)[0].invoice_id
    w.move("billing", first, Action.CANCEL, reason="Too early")
    told = run_packages(ctx, customer, until, simulate=True)
    assert told == [one for one in before if one.text != "Credit line"]
    done = run_packages(ctx, customer, until, simulate=False)
    assert bare(done) == told
    assert {one.invoice_id for one in done} == {first + 1}
    assert run_packages(ctx, customer, until, simulate=True) == []
    assert incoherences(w.database, SECRET) == []


@pytest.mark.spec("CXS-43", "6.3-T4")
def test_a_dissolved_draft_of_run_package_is_not_charged_again(w):
    customer = many(w)
    ctx, until = w.ctx("billing"), date(2026, 11, 10)
    first = run_packages(ctx, customer, until, simulate=False)[0].invoice_id
    w.move("billing", first, Action.ASSEMBLE)
    w.move("billing", first, Action.DISSOLVE)
    waiting = [row.net_minor for row in w.all(ChargeLine) if row.status == "PENDING"]
    assert sum(waiting) == sum(line.net_minor for line in w.lines(first))
    assert run_packages(ctx, customer, until, simulate=True) == []
    assert run_packages(ctx, customer, until, simulate=False) == []
    assert incoherences(w.database, SECRET) == []


def test_charges_that_come_to_nothing_are_remembered_without_a_draft(w):
    configured(w)
    key = having(w, "a", {"retail": Decimal(1), "minimum_spend": True})
    used(w, "a", MONDAY, "5")
    until = date(2026, 11, 10)
    for amounts in ([0], []):
        done = run_package(w.ctx("billing"), key, until, simulate=False)
        assert [one.amount_minor for one in done] == amounts
    assert (w.all(Invoice), [row.invoice_id for row in w.all(PackageCharge)]) == ([], [None])


def test_a_minimum_that_was_met_is_not_asked_for_again(w):
    configured(w)
    key = having(w, "a", {"retail": Decimal(1), "minimum_spend": True}, auto_decrement=True)
    used(w, "a", MONDAY, "5")
    assert [
        one.amount_minor for one in run_package(w.ctx("billing"), key, TODAY, simulate=False)
    ] == [0, 100]
    assert [row.total_minor for row in w.all(Payment)] == [-100]
    assert len(w.all(PackageCharge)) == 2
