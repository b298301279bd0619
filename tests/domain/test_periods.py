"""Calendars: due dates, month ends, schedules, recurrence."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.errors import Invalid
from billing_app.domain.periods import (
    Frequency,
    Period,
    Schedule,
    add_months,
    due_date,
    finished_periods,
    match_dates,
    month_end,
    needs_second_confirmation,
    period_of,
    recurrence_dates,
)

FEBRUARY = Period(date(2025, 2, 1), date(2025, 2, 28))
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@pytest.mark.spec("6.14-V10", "ERP-51")
def test_the_due_date_is_the_document_date_and_the_terms_days():
    assert due_date(date(2020, 3, 15), 7) == date(2020, 3, 22)
    assert due_date(date(2020, 3, 15), 0) == date(2020, 3, 15)


@pytest.mark.parametrize("term", [-1, 3651])
def test_a_term_outside_its_bounds_is_refused(term):
    with pytest.raises(Invalid) as refused:
        due_date(date(2020, 3, 15), term)
    assert list(refused.value.fields) == ["due_date"]


def test_months_are_counted_from_the_anchor_and_clamped_to_the_months_end():
    anchor = date(2024, 1, 31)
    assert [add_months(anchor, n) for n in (1, 2, 3, 13)] == [
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2024, 4, 30),
        date(2025, 2, 28),
    ]
    assert add_months(anchor, -2) == date(2023, 11, 30)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


@given(days, st.integers(-60, 60))
def test_a_month_on_is_the_same_day_or_the_months_last(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and later == month_end(later))


@pytest.mark.parametrize(
    ("schedule", "first", "last"),
    [
        (Schedule.DAILY, date(2025, 3, 12), date(2025, 3, 12)),
        (Schedule.WEEKLY, date(2025, 3, 10), date(2025, 3, 16)),
        (Schedule.MONTHLY, date(2025, 3, 1), date(2025, 3, 31)),
    ],
)
def test_a_period_is_a_day_a_week_from_monday_or_a_calendar_month(schedule, first, last):
    period = period_of(schedule, date(2025, 3, 12))
    assert period == Period(first, last)
    assert first in period
    assert last in period
    assert last + timedelta(days=1) not in period
    assert period.invoice_date == last + timedelta(days=1)


def test_without_a_schedule_there_are_no_periods():
    with pytest.raises(Invalid, match="Choose a schedule"):
        period_of(Schedule.NONE, date(2025, 3, 12))
    assert list(finished_periods(Schedule.NONE, date(2025, 1, 1), date(2025, 3, 12))) == []


@pytest.mark.spec("CXS-17")
def test_only_finished_periods_are_invoiced_oldest_first():
    periods = list(finished_periods(Schedule.WEEKLY, date(2025, 3, 5), date(2025, 3, 17)))
    assert [period.first for period in periods] == [date(2025, 3, 3), date(2025, 3, 10)]
    assert len(list(finished_periods(Schedule.WEEKLY, date(2025, 3, 5), date(2025, 3, 16)))) == 1
    assert list(finished_periods(Schedule.DAILY, date(2025, 3, 5), date(2025, 3, 5))) == []


@given(st.sampled_from([Schedule.DAILY, Schedule.WEEKLY, Schedule.MONTHLY]), days)
def test_finished_periods_follow_each_other_without_gap(schedule, since):
    periods = list(finished_periods(schedule, since, since + timedelta(days=100)))
    assert since in periods[0]
    for before, after in pairwise(periods):
        assert before.invoice_date == after.first


@pytest.mark.spec("6.14-V11", "CXS-37")
def test_a_package_matching_15_and_31_is_charged_on_the_15th_and_the_last_day():
    started = date(2024, 1, 1)
    assert match_dates(Schedule.MONTHLY, [15, 31], FEBRUARY, started) == (
        date(2025, 2, 15),
        date(2025, 2, 28),
    )
    march = Period(date(2025, 3, 1), date(2025, 3, 31))
    assert match_dates(Schedule.MONTHLY, [31, 15, 15], march, started) == (
        date(2025, 3, 15),
        date(2025, 3, 31),
    )


def test_days_clamped_to_the_same_month_end_are_charged_once():
    assert match_dates(Schedule.MONTHLY, [28, 29, 30, 31], FEBRUARY, date(2024, 1, 1)) == (
        date(2025, 2, 28),
    )


@pytest.mark.spec("CXS-36")
def test_without_matches_the_day_of_the_start_decides():
    week = Period(date(2025, 3, 10), date(2025, 3, 16))
    wednesday, fifth = date(2025, 1, 1), date(2025, 1, 5)
    assert match_dates(Schedule.WEEKLY, [], week, wednesday) == (date(2025, 3, 12),)
    assert match_dates(Schedule.MONTHLY, [], FEBRUARY, fifth) == (date(2025, 2, 5),)
    assert match_dates(Schedule.WEEKLY, [1, 7], week, wednesday) == (week.first, week.last)


def test_a_daily_package_is_charged_every_day_and_one_without_frequency_once():
    week = Period(date(2025, 3, 10), date(2025, 3, 16))
    assert len(match_dates(Schedule.DAILY, [], week, week.first)) == 7
    assert match_dates(Schedule.NONE, [], week, date(2025, 3, 11)) == (date(2025, 3, 11),)
    assert match_dates(Schedule.NONE, [], week, date(2025, 3, 1)) == ()


@pytest.mark.parametrize(
    ("schedule", "match"), [(Schedule.WEEKLY, 8), (Schedule.WEEKLY, 0), (Schedule.MONTHLY, 32)]
)
def test_a_match_outside_the_calendar_is_refused(schedule, match):
    with pytest.raises(Invalid, match="Days to charge on"):
        match_dates(schedule, [match], FEBRUARY, date(2025, 1, 1))


@pytest.mark.spec("CRM-31")
def test_a_recurrence_catches_up_to_today_and_returns_to_the_31st():
    dates = list(recurrence_dates(date(2025, 1, 31), Frequency.MONTHLY, date(2025, 4, 29)))
    assert dates == [date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)]


@pytest.mark.spec("CRM-31")
def test_a_recurrence_stops_at_its_end_or_its_occurrences():
    start, today = date(2025, 1, 1), date(2026, 1, 1)
    weekly = list(recurrence_dates(start, Frequency.WEEKLY, today, occurrences=3))
    assert weekly == [date(2025, 1, 1), date(2025, 1, 8), date(2025, 1, 15)]
    quarterly = recurrence_dates(start, Frequency.QUARTERLY, today, end=date(2025, 7, 1))
    assert list(quarterly) == [date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1)]
    assert list(recurrence_dates(start, Frequency.ANNUALLY, today)) == [start, date(2026, 1, 1)]
    assert list(recurrence_dates(start, Frequency.WEEKLY, today, occurrences=0)) == []


@pytest.mark.spec("DLY-34")
def test_a_date_before_the_previous_month_is_asked_twice():
    today = date(2025, 3, 10)
    assert needs_second_confirmation(date(2025, 1, 31), today)
    assert not needs_second_confirmation(date(2025, 2, 1), today)
