"""Usage summed up by period, and the file of its calls."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing_app.documents.csv import csv_rows
from billing_app.domain.errors import Forbidden, Invalid, NotFound
from billing_app.persistence.tables import UsageRecord
from billing_app.services.generation.invoicing import generate_periods
from billing_app.services.usage import detail
from billing_app.services.usage.detail import HEADER, usage_detail
from billing_app.services.usage.summaries import last_hours, summary
from tests.services.test_generation import MONDAY, TUESDAY, configured, used
from tests.services.worldmaking import NOW, TODAY


@pytest.mark.spec("CXS-18")
@pytest.mark.parametrize(
    ("schedule", "firsts"),
    [
        ("daily", [TODAY, TUESDAY, MONDAY]),
        ("weekly", [date(2026, 11, 16), MONDAY]),
        ("monthly", [date(2026, 11, 1)]),
    ],
)
def test_usage_is_summed_by_utc_periods_newest_first(w, schedule, firsts):
    customer = configured(w)
    for on in (MONDAY, MONDAY, TUESDAY, TODAY):
        used(w, "a", on, "0.123456", billed_s=90, cost=Decimal("0.1"))
    used(w, "a", MONDAY, "0", billed_s=0)
    used(w, "a", TUESDAY, "0", is_rated=False)
    used(w, "b", MONDAY, "7")
    currency, rows = summary(w.ctx("viewer"), customer, schedule)
    assert (currency, [row.period.first for row in rows]) == ("EUR", firsts)
    assert [row.is_finished for row in rows] == [row.period.last < TODAY for row in rows]
    figures = rows[-1].figures
    if schedule == "daily":
        assert (figures.attempts, figures.connected, figures.billed_s) == (3, 2, 180)
        assert (figures.asr, figures.acd_s) == (Decimal(200) / 3, 90)
        assert (figures.charge, figures.profit) == (Decimal("0.246912"), Decimal("0.046912"))
    assert sum(row.figures.attempts for row in rows) == 6
    assert sum(row.figures.unrated for row in rows) == 1


@pytest.mark.spec("CXS-20")
def test_a_period_that_is_invoiced_names_its_invoice(w):
    customer = configured(w)
    used(w, "a", MONDAY, "1")
    (invoice_id,) = generate_periods(w.ctx("billing"), customer, "weekly", [MONDAY]).invoice_ids
    _, rows = summary(w.ctx("viewer"), customer, "weekly")
    assert [row.invoice_id for row in rows] == [invoice_id]
    _, rows = summary(w.ctx("viewer"), customer, "daily")
    assert [row.invoice_id for row in rows] == [0]


def test_the_last_hours_are_those_before_now(w):
    customer = configured(w)
    for hours in (1, 23, 25, -1):
        used(w, "a", TODAY, "1", started_at=NOW - timedelta(hours=hours))
    currency, figures = last_hours(w.ctx("viewer"), customer)
    assert (currency, figures.attempts, figures.charge) == ("EUR", 2, 2)
    used_nothing = last_hours(w.ctx("viewer"), w.customers["b"])[1]
    assert (used_nothing.attempts, used_nothing.asr, used_nothing.acd_s) == (0, 0, 0)


@pytest.mark.spec("CXS-21", "CXS-22")
def test_the_file_of_a_period_holds_its_calls_in_utc_and_no_cost(w, monkeypatch):
    monkeypatch.setattr(detail, "BATCH", 2)
    customer = configured(w)
    for at, on in enumerate((MONDAY, MONDAY, MONDAY, TUESDAY, MONDAY + timedelta(7))):
        used(w, "a", on, "0.1", call_id=f"c{at}", cost=Decimal("77.7"), source="=1+1")
    used(w, "b", MONDAY, "9")
    found = usage_detail(w.ctx("viewer"), customer, "weekly", TUESDAY)
    text = b"".join(csv_rows(HEADER, found.rows)).decode()
    lines = text.split("\r\n")
    assert found.name == f"usage-{customer}-2026-11-02-2026-11-08.csv"
    assert lines[0] == (
        "usage_id,started_at_utc,source,destination,destination_code,destination_name,"
        "duration_s,billed_duration_s,rate,connect_cost,charge,currency,invoice_number"
    )
    assert [line.split(",")[0] for line in lines[1:-1]] == ["c0", "c1", "c2", "c3"]
    assert lines[1] == (
        "c0,2026-11-02T12:00:00.000Z,'=1+1,4420,44,United Kingdom,"
        "60.000,60,0.000000,0.000000,0.100000,EUR,"
    )
    assert "77.7" not in text


def test_summaries_and_files_are_refused_to_strangers(lite):
    used(lite, "a", MONDAY, "1")
    customer = lite.customers["a"]
    for asked in (
        lambda who: summary(lite.ctx(who), customer, "daily"),
        lambda who: last_hours(lite.ctx(who), customer),
        lambda who: usage_detail(lite.ctx(who), customer, "daily", MONDAY),
    ):
        with pytest.raises(Forbidden):
            asked("a90")
    for schedule in ("none", "hourly"):
        with pytest.raises(Invalid):
            summary(lite.ctx("viewer"), customer, schedule)
        with pytest.raises(Invalid):
            usage_detail(lite.ctx("viewer"), customer, schedule, MONDAY)
    with pytest.raises(NotFound):
        summary(lite.ctx("viewer"), 999, "daily")
    assert len(lite.all(UsageRecord)) == 1
