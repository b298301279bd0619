"""Bringing calls in: every charge as expected, nothing twice, nothing lost."""

import csv
import gzip
import json
import tracemalloc
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from billing_app.domain.errors import Forbidden, Invalid
from billing_app.integrations.imports.usage import (
    CALLS,
    CARDS,
    COLUMNS,
    PRICES,
    call_of,
    read_usage,
)
from billing_app.persistence.tables import (
    AuditEntry,
    Customer,
    Rate,
    RateCard,
    UsageImport,
    UsageProblem,
    UsageRecord,
)
from billing_app.services.usage.cards import confirm_rate, held_rates
from billing_app.services.usage.importing import import_usage
from billing_app.services.usage.report import exact
from billing_app.services.usage.rerating import rate_again
from billing_app.services.usage.source import BadRow, SourceCall

DATA = Path(__file__).parents[3] / "shared" / "data" / "usage" / "cdr_2026-10_dev"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the sample usage is not on this machine")
TABLES = (AuditEntry, Customer, Rate, RateCard, UsageImport, UsageProblem, UsageRecord)
PRICE_HEAD = "prefix,destination,rate_per_min_usd,mcd_s,pulse_s,connect_cost_usd"
UK_RATE = "44,United Kingdom,0.02228,60,6,0"
CARD = {"gold": {"precision_dp": 6, "charge_rounding": "half-up", "duration_rounding": "full-up"}}


def a_call(at=1, **changes):
    cells = {
        "call_id": f"call-{at}",
        "call_time_utc": f"2026-10-01T00:00:{at % 60:02d}.000Z",
        "customer": "C0001",
        "card_id": "gold",
        "source": "4420",
        "destination": "442079460000",
        "direction": "outbound",
        "duration_s": "61",
        "sip_code": "200",
        "release_reason": "Normal Clearing",
        "pdd_ms": "3244",
    }
    return ",".join((cells | changes).values())


@pytest.fixture
def folder(tmp_path):
    """Writes a folder of usage from rows."""

    def write(*calls, prices=(UK_RATE,), cards=CARD, name="usage"):
        place = tmp_path / name
        place.mkdir(exist_ok=True)
        head = ",".join(COLUMNS)
        text = "\n".join([head, *calls]) + "\n"
        (place / CALLS).write_bytes(gzip.compress(text.encode("utf-8", "surrogateescape")))
        (place / PRICES).write_bytes(gzip.compress("\n".join([PRICE_HEAD, *prices]).encode()))
        (place / CARDS).write_text(json.dumps(cards))
        return place

    return write


def imported(world, place, **more):
    return import_usage(world.ctx(), read_usage(place), **more)


def footprint(world):
    return {kind.__tablename__: len(world.all(kind)) for kind in TABLES}


@needs_data
@pytest.mark.spec("CXS-23", "CXS-24")
def test_every_call_of_the_sample_costs_what_is_expected(lite):
    report = imported(lite, DATA)
    control = json.loads((DATA / "expected" / "control_totals.json").read_text())
    assert exact(report.charge) == control["charge"] == "20649.075079"
    assert (report.calls_made, report.unrated, report.connected) == (200_002, 377, 110_198)
    assert (report.billed_s, report.problem_count) == (control["billed_s"], 0)
    rows = {row.call_id: row for row in lite.all(UsageRecord)}
    with gzip.open(DATA / "expected" / "expected_rated.csv.gz", "rt") as file:
        for call in csv.DictReader(file):
            row = rows.pop(call["call_id"])
            assert (row.destination_code, row.billed_s, row.charge) == (
                call["destination_code"],
                int(call["billed_s"]),
                Decimal(call["charge"]),
            ), call
            assert row.is_rated == (call["destination_name"] != "UNRATED")
    assert rows == {}
    assert sums_of(lite) == expected_sums()


def sums_of(world):
    numbers = {row.id: row.number for row in world.all(Customer)}
    sums = defaultdict(lambda: [0, 0, 0, 0, Decimal(0)])
    for row in world.all(UsageRecord):
        found = sums[numbers[row.customer_id], row.used_on, row.destination_code]
        facts = (1, row.duration_ms > 0, row.duration_ms, row.billed_s, row.charge)
        for at, value in enumerate(facts):
            found[at] += value
    return {key: tuple(value) for key, value in sums.items()}


def expected_sums():
    name = "expected_usage_customer_day_destination.csv.gz"
    with gzip.open(DATA / "expected" / name, "rt") as file:
        return {
            (row["customer"], date.fromisoformat(row["day_utc"]), row["destination_code"]): (
                int(row["calls"]),
                int(row["connected"]),
                int(Decimal(row["duration_s"]) * 1000),
                int(row["billed_s"]),
                Decimal(row["charge"]),
            )
            for row in csv.DictReader(file)
        }


def test_the_same_file_twice_changes_nothing(w, folder):
    place = folder(a_call(1), a_call(2, destination="9990"), "broken", a_call(3, duration_s="-1"))
    first = imported(w, place)
    before = footprint(w)
    second = imported(w, place)
    assert (first.calls_made, first.problem_count) == (2, 2)
    assert (second.calls_made, second.same, second.problem_count) == (0, 2, 2)
    assert footprint(w) == before


def test_a_call_that_comes_again_with_other_facts_is_listed_and_changes_nothing(w, folder):
    imported(w, folder(a_call(1)))
    report = imported(w, folder(a_call(1, duration_s="600"), a_call(2), a_call(2, duration_s="7")))
    assert list(report.problems) == ["its id belongs to another call"]
    assert (report.problem_count, report.calls_made) == (2, 1)
    assert [row.duration_ms for row in w.all(UsageRecord)] == [61_000, 61_000]


BAD = {
    "it starts in the future": a_call(9, call_time_utc="2027-01-01T00:00:00.000Z"),
    "the duration is negative": a_call(9, duration_s="-1.5"),
    "the duration is no number of seconds": a_call(9, duration_s="NaN"),
    "the duration is longer than a month": a_call(9, duration_s="99999999"),
    "source holds what cannot be kept": a_call(9, source="44\x0020"),
    "customer holds what cannot be kept": a_call(9, customer="C\udcff1"),
    "call_time_utc is no time of the calendar": a_call(9, call_time_utc="2026-02-30T00:00:00Z"),
    "call_time_utc holds what cannot be kept": a_call(9, call_time_utc="yesterday"),
    "its customer is not known": a_call(9, customer="no number"),
    "its rate card is not known": a_call(9, card_id="silver"),
    "it has 2 cells where 11 belong": "half a,line",
    "it is too long": "x" * 20_000,
    "call_id holds what cannot be kept": a_call(9, call_id=""),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_row_that_cannot_be_used_is_kept_with_its_reason(lite, folder, reason):
    report = imported(lite, folder(a_call(1), BAD[reason], a_call(2)))
    assert list(report.problems) == [reason]
    assert (report.calls_made, report.rows_read) == (2, 3)
    (problem,) = lite.all(UsageProblem)
    assert (problem.row_no, problem.reason) == (3, reason)
    assert problem.content[:10] == BAD[reason].replace("\0", "␀").replace("\udcff", "?")[:10]
    (run,) = lite.all(UsageImport)
    assert (run.calls, run.problems) == (2, 1)


def test_bad_rows_are_kept_on_both_engines(w, folder):
    report = imported(w, folder(*BAD.values()))
    assert len(w.all(UsageProblem)) == report.problem_count == len(BAD)


def test_a_broken_quote_spoils_its_own_row_only(lite, folder):
    broken = a_call(1, release_reason='"never closed')
    report = imported(lite, folder(broken, a_call(2), a_call(3, release_reason='"a, b"')))
    assert (report.calls_made, report.problem_count) == (2, 1)


def test_a_file_that_is_cut_off_keeps_its_whole_batches_and_says_so(lite, folder):
    place = folder(*(a_call(at) for at in range(1, 400)))
    whole = (place / CALLS).read_bytes()
    (place / CALLS).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Invalid, match="damaged or cut off"):
        imported(lite, place)
    (place / CALLS).write_bytes(whole)
    assert imported(lite, place).calls_made + len(lite.all(UsageImport)) >= 399
    assert len(lite.all(UsageRecord)) == 399


@pytest.mark.parametrize("missing", [CALLS, PRICES, CARDS])
def test_a_folder_without_a_file_is_refused(folder, missing):
    place = folder(a_call())
    (place / missing).unlink()
    with pytest.raises(Invalid, match=missing):
        read_usage(place)


@pytest.mark.parametrize(
    "cards",
    [[], {"a": 1}, {"a": {}}, {"": CARD["gold"]}, {"a": CARD["gold"] | {"precision_dp": 9}}],
)
def test_a_list_of_cards_that_is_none_is_refused(folder, cards):
    with pytest.raises(Invalid):
        read_usage(folder(a_call(), cards=cards))


def test_customers_are_made_under_their_number_in_the_currency_of_the_rates(w, folder):
    imported(w, folder(a_call(1), a_call(2, customer="C0002")))
    made = {row.number: row for row in w.all(Customer) if row.number.startswith("C")}
    assert {(row.name, row.currency) for row in made.values()} == {
        ("Customer C0001", "USD"),
        ("Customer C0002", "USD"),
    }
    created = [
        row for row in w.all(AuditEntry) if (row.entity, row.action) == ("customer", "created")
    ]
    assert {row.entity_id for row in created} == {row.id for row in made.values()}


def test_customers_are_refused_where_none_may_be_made(lite, folder):
    report = imported(lite, folder(a_call()), make_customers=False)
    assert list(report.problems) == ["its customer is not known"]
    assert (report.calls_made, len(lite.all(UsageProblem))) == (0, 1)


def test_a_customer_of_another_currency_is_not_charged_in_the_wrong_one(lite, folder):
    report = imported(lite, folder(a_call(customer="10001")))
    assert list(report.problems) == ["its rates are in USD, its customer pays in EUR"]


def test_calls_without_a_rate_are_kept_and_rated_later(w, folder):
    imported(w, folder(a_call(1), a_call(2, destination="33123")))
    assert rate_again(w.ctx("billing")) == (0, 1)
    france = "33,France,0.05,1,1,0.01"
    report = imported(w, folder(prices=(UK_RATE, france)))
    assert report.rates_made == 1
    assert rate_again(w.ctx("billing")) == (1, 0)
    assert rate_again(w.ctx("billing")) == (0, 0)
    row = next(row for row in w.all(UsageRecord) if row.destination == "33123")
    assert (row.is_rated, row.destination_name, row.billed_s) == (True, "France", 61)
    assert row.charge == Decimal("0.060833")
    assert w.all(AuditEntry)[-1].action == "rated again"


def test_a_rated_call_keeps_its_charge_when_the_rate_changes(w, folder):
    imported(w, folder(a_call(1)))
    (before,) = w.all(UsageRecord)
    report = imported(w, folder(a_call(1), a_call(2), prices=("44,United Kingdom,9,60,6,0",)))
    assert (report.rates_changed, report.same) == (1, 1)
    rate_again(w.ctx("billing"))
    first, second = sorted(w.all(UsageRecord), key=lambda row: row.id)
    assert (first.charge, second.charge) == (before.charge, Decimal("9.9"))


@pytest.mark.parametrize(
    ("prices", "warning"),
    [
        ((UK_RATE, "4420,London,2339,60,6,0"), "2,339.00 a minute is more than 10.00."),
        (
            (UK_RATE, "4420,London,0.03,60,6,0", "4420,London,0.04,60,6,0"),
            "The prefix 4420 has two prices: 0.03 and 0.04.",
        ),
    ],
)
def test_an_odd_rate_warns_and_bills_nothing_until_somebody_confirms_it(w, folder, prices, warning):
    place = folder(a_call(1, destination="442012"), a_call(2, destination="4499"), prices=prices)
    report = imported(w, place)
    assert list(report.warnings) == [warning]
    assert warning in report.text()
    assert (report.rated, report.unrated) == (1, 1)  # London does not fall back to the UK's rate
    assert rate_again(w.ctx("billing")) == (0, 1)
    ((rate, code, currency),) = held_rates(w.ctx("viewer"))
    assert (rate.prefix, rate.warning, code, currency) == ("4420", warning, "gold", "USD")
    with pytest.raises(Forbidden):
        confirm_rate(w.ctx("sales"), rate.id)
    assert confirm_rate(w.ctx("billing"), rate.id) == "4420"
    assert rate_again(w.ctx("billing")) == (1, 0)
    assert held_rates(w.ctx("viewer")) == []
    imported(w, place)
    assert held_rates(w.ctx("viewer")) == []  # what is confirmed stays so


def test_a_price_row_of_no_use_is_listed(lite, folder):
    report = imported(
        lite, folder(a_call(), prices=(UK_RATE, "45,Denmark,NaN,60,6,0", "46,Sweden,0.1,60,0,0"))
    )
    assert report.problem_count == 2
    assert len(lite.all(Rate)) == 1


def test_a_dry_run_reports_the_same_and_writes_nothing(w, folder):
    place = folder(a_call(1), a_call(2, destination="9"), "broken")
    before = footprint(w)
    dry = imported(w, place, dry_run=True)
    assert footprint(w) == before
    wet = imported(w, place)
    for name in (
        "rows_read",
        "calls_made",
        "rated",
        "unrated",
        "charge",
        "customers_made",
        "problem_count",
    ):
        assert getattr(dry, name) == getattr(wet, name), name


def test_only_accounting_imports_and_only_billing_rates_again(lite, folder):
    source = read_usage(folder(a_call()))
    with pytest.raises(Forbidden):
        import_usage(lite.ctx("billing"), source)
    with pytest.raises(Forbidden):
        rate_again(lite.ctx("sales"))


def test_memory_does_not_grow_with_the_file(lite, folder):
    def peak(rows):
        place = folder(*(a_call(at, call_id=f"m{rows}-{at}") for at in range(rows)))
        source = read_usage(place)
        tracemalloc.start()
        for _ in source.calls:
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < 2 * peak(2_000) + 1_000_000


def test_a_row_is_read_to_the_millisecond():
    call = call_of(2, a_call(duration_s="1322.9"))
    assert isinstance(call, SourceCall)
    assert (call.duration_ms, call.started_at.utcoffset()) == (1_322_900, timedelta(0))
    assert isinstance(call_of(2, a_call(duration_s="1.0001")), BadRow)
