"""When packages are charged, and usage as lines of an invoice."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.errors import Invalid
from billing_app.domain.packages import (
    ChargeKind,
    Terms,
    charges_due,
    read_matches,
    read_patterns,
    removable_from,
    top_up,
    window_of,
)
from billing_app.domain.periods import Period, Schedule
from billing_app.domain.usage_lines import OTHER_DESTINATIONS, Grouping, Used, usage_lines

FEBRUARY = Period(date(2025, 2, 1), date(2025, 2, 28))
MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)
WEEK = Period(MONDAY, date(2025, 3, 9))


def terms(**changes):
    facts = {
        "retail": Decimal(50),
        "quantity": Decimal(1),
        "start_on": date(2025, 1, 10),
        "matches": (15, 31),
    }
    return Terms(**(facts | changes))


def days(due):
    return [one.on for one in due]


@pytest.mark.spec("CXS-37", "V11")
def test_a_monthly_package_on_15_and_31_bills_on_the_15th_and_the_last_day():
    assert days(charges_due(terms(), FEBRUARY)) == [date(2025, 2, 15), date(2025, 2, 28)]


@pytest.mark.spec("CXS-38")
def test_setup_is_charged_once_on_the_day_of_assignment():
    with_setup = terms(setup_retail=Decimal(99), start_on=date(2025, 2, 15), quantity=Decimal(2))
    due = charges_due(with_setup, FEBRUARY)
    assert [(one.kind, one.on.day, one.quantity, one.unit_price) for one in due] == [
        (ChargeKind.SETUP, 15, 2, 99),
        (ChargeKind.RECURRING, 15, 2, 50),
        (ChargeKind.RECURRING, 28, 2, 50),
    ]
    march = Period(date(2025, 3, 1), date(2025, 3, 31))
    assert {one.kind for one in charges_due(with_setup, march)} == {ChargeKind.RECURRING}


@pytest.mark.spec("CXS-41")
def test_only_match_dates_inside_the_assignment_are_charged_and_whole():
    short = terms(start_on=date(2025, 2, 16), end_on=date(2025, 2, 28))
    assert days(charges_due(short, FEBRUARY)) == [date(2025, 2, 28)]
    assert charges_due(terms(end_on=date(2025, 1, 31)), FEBRUARY) == []
    assert charges_due(terms(start_on=date(2025, 3, 1)), FEBRUARY) == []


@pytest.mark.parametrize(
    ("frequency", "matches", "count"),
    [(Schedule.DAILY, (), 28), (Schedule.WEEKLY, (1, 3), 8), (Schedule.MONTHLY, (), 1)],
)
def test_each_frequency_has_its_rhythm(frequency, matches, count):
    assert len(charges_due(terms(frequency=frequency, matches=matches), FEBRUARY)) == count


def test_a_package_without_frequency_is_charged_once():
    once = terms(frequency=Schedule.NONE, matches=(), start_on=date(2025, 2, 3))
    assert days(charges_due(once, FEBRUARY)) == [date(2025, 2, 3)]
    assert charges_due(once, Period(date(2025, 3, 1), date(2025, 3, 31))) == []


@pytest.mark.spec("CXS-39", "V5")
@pytest.mark.parametrize(("spent", "missing"), [(25, 25), (60, 0), (50, 0), (0, 50)])
def test_a_minimum_spend_charges_what_is_missing(spent, missing):
    assert top_up(50, spent) == missing


def test_a_minimum_falls_due_at_the_end_of_the_packages_own_month():
    minimum = terms(is_minimum=True, matches=(1,), start_on=date(2025, 1, 1))
    weeks = [Period(MONDAY - timedelta(7 * at), MONDAY - timedelta(7 * at - 6)) for at in range(5)]
    due = [one for week in reversed(weeks) for one in charges_due(minimum, week)]
    assert [(one.kind, one.on, one.window) for one in due] == [
        (ChargeKind.TOP_UP, date(2025, 2, 28), FEBRUARY)
    ]


def test_a_minimum_counts_once_for_each_match_date_in_the_assignment():
    both = charges_due(terms(is_minimum=True), FEBRUARY)
    assert [(one.on.day, one.quantity) for one in both] == [(28, 2)]
    ended = charges_due(terms(is_minimum=True, end_on=date(2025, 2, 20)), FEBRUARY)
    assert [(one.on.day, one.quantity) for one in ended] == [(28, 1)]
    assert charges_due(terms(is_minimum=True, end_on=date(2025, 2, 3)), FEBRUARY) == []


def test_a_minimum_without_frequency_counts_once():
    once = terms(is_minimum=True, frequency=Schedule.NONE, matches=(), start_on=date(2025, 2, 3))
    assert [one.window for one in charges_due(once, FEBRUARY)] == [FEBRUARY]
    assert window_of(once, date(2030, 1, 1)) == Period(date(2025, 2, 3), date.max)


@given(
    start=st.dates(date(2024, 1, 1), date(2025, 12, 31)),
    length=st.integers(0, 400),
    frequency=st.sampled_from(list(Schedule)),
    schedule=st.sampled_from([Schedule.DAILY, Schedule.WEEKLY, Schedule.MONTHLY]),
    is_minimum=st.booleans(),
)
def test_no_schedule_loses_or_repeats_a_charge(start, length, frequency, schedule, is_minimum):
    from billing_app.domain.periods import period_of

    end = start + timedelta(days=length)
    one = terms(
        start_on=start,
        end_on=end,
        frequency=frequency,
        matches=(),
        is_minimum=is_minimum,
        setup_retail=Decimal(1),
    )
    horizon = Period(start, end + timedelta(days=80))
    whole = [(due.kind, due.on, due.quantity) for due in charges_due(one, horizon)]
    parts, period = [], period_of(schedule, start)
    while period.first <= horizon.last:
        parts += [(due.kind, due.on, due.quantity) for due in charges_due(one, period)]
        period = period_of(schedule, period.last + timedelta(days=1))
    assert [due for due in parts if due[1] <= horizon.last] == whole


@pytest.mark.spec("CXS-40")
def test_an_assignment_stays_for_its_minimum_days():
    assert removable_from(date(2025, 1, 31), 30) == date(2025, 3, 2)


@pytest.mark.parametrize(
    ("text", "frequency", "read"),
    [
        ("31, 15,15", Schedule.MONTHLY, (15, 31)),
        (" ", Schedule.MONTHLY, ()),
        ("7;1", Schedule.WEEKLY, (1, 7)),
    ],
)
def test_days_to_match_are_read(text, frequency, read):
    assert read_matches(text, frequency) == read


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("32", Schedule.MONTHLY),
        ("0", Schedule.MONTHLY),
        ("8", Schedule.WEEKLY),
        ("one", Schedule.MONTHLY),
        ("1", Schedule.DAILY),
        ("1,,", Schedule.MONTHLY),
    ],
)
def test_days_that_cannot_match_are_refused(text, frequency):
    with pytest.raises(Invalid) as error:
        read_matches(text, frequency)
    assert list(error.value.fields) == ["frequency_match"]


def test_destination_patterns_are_prefixes():
    assert read_patterns("44, +4420*\n33 44") == ("44", "4420", "33")
    with pytest.raises(Invalid):
        read_patterns("44x")


USED = [
    Used(MONDAY, "UK", 2, 60, 100_000),
    Used(MONDAY, "IN", 1, 60, 200_000),
    Used(TUESDAY, "UK", 1, 60, 50_000),
]


@pytest.mark.spec("CXS-25", "V7")
def test_usage_is_one_line_a_day_or_one_a_destination_with_the_same_total():
    by_day = usage_lines(USED, Grouping.DAY, WEEK, 2)
    assert [(one.text, one.amount_minor) for one in by_day] == [
        ("2025-03-03", 30),
        ("2025-03-04", 5),
    ]
    by_place = usage_lines(USED, Grouping.DESTINATION, WEEK, 2)
    assert [(one.text, one.amount_minor) for one in by_place] == [("IN", 20), ("UK", 15)]
    assert [one.calls for one in by_day] == [3, 1]
    assert [one.period for one in by_place] == [WEEK, WEEK]
    assert by_day[0].period == Period(MONDAY, MONDAY)


@given(
    st.lists(
        st.builds(
            Used,
            st.dates(MONDAY, WEEK.last),
            st.sampled_from(["UK", "IN", "", "FR"]),
            st.integers(1, 9),
            st.integers(0, 999),
            st.integers(0, 10**8),
        ),
        max_size=40,
    ),
    st.sampled_from([0, 2, 3]),
)
def test_both_groupings_come_to_the_same_total(used, digits):
    sums = {
        sum(one.amount_minor for one in usage_lines(used, way, WEEK, digits)) for way in Grouping
    }
    exact = Decimal(sum(one.charge for one in used)).scaleb(digits - 6)
    assert sums == {int(exact.quantize(Decimal(1), "ROUND_HALF_UP"))}


def test_what_costs_nothing_has_no_line_and_a_place_without_a_name_is_other():
    free = [USED[0]._replace(charge=0), USED[2]._replace(destination="")]
    assert [one.text for one in usage_lines(free, Grouping.DESTINATION, WEEK, 2)] == [
        OTHER_DESTINATIONS
    ]
    assert usage_lines([], Grouping.DAY, WEEK, 2) == []
