"""Recurring invoices: days that never drift, and what a repeat says."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.periods import Frequency, add_months
from billing_app.domain.recurrence import (
    Change,
    Rhythm,
    check_move,
    in_force,
    next_repeat,
    repeats,
    rhythm_from,
    shifted,
)

JANUARY = date(2027, 1, 31)
days = st.dates(date(2000, 1, 1), date(2080, 12, 31))
frequencies = st.sampled_from(list(Frequency))


def first_days(rhythm, count, changes=None):
    return [one.on for one in islice(repeats(rhythm, changes or {}), count)]


@pytest.mark.spec("CRM-31", "6.9")
def test_a_month_s_end_does_not_drift_over_48_months():
    rhythm = rhythm_from(JANUARY, date(2027, 2, 28), Frequency.MONTHLY)
    got = first_days(rhythm, 48)
    expected = [
        date(2027 + at // 12, at % 12 + 1, monthrange(2027 + at // 12, at % 12 + 1)[1])
        for at in range(1, 49)
    ]
    assert got == expected
    assert date(2028, 2, 29) in got
    assert [day for day in got if day.month == 3] == [
        date(year, 3, 31) for year in range(2027, 2031)
    ]


@pytest.mark.spec("CRM-31")
@pytest.mark.parametrize(
    ("source", "start", "frequency", "third"),
    [
        (date(2027, 1, 15), date(2027, 2, 15), Frequency.MONTHLY, date(2027, 4, 15)),
        (date(2027, 1, 15), date(2027, 3, 1), Frequency.MONTHLY, date(2027, 5, 1)),
        (date(2026, 11, 30), date(2027, 2, 28), Frequency.QUARTERLY, date(2027, 8, 30)),
        (date(2024, 2, 29), date(2025, 2, 28), Frequency.ANNUALLY, date(2027, 2, 28)),
        (date(2027, 1, 4), date(2027, 1, 11), Frequency.WEEKLY, date(2027, 1, 25)),
        (date(2027, 1, 4), date(2027, 1, 6), Frequency.WEEKLY, date(2027, 1, 20)),
        (date(2027, 1, 31), date(2027, 3, 31), Frequency.MONTHLY, date(2027, 5, 31)),
    ],
)
def test_the_source_is_the_anchor_where_the_start_is_of_its_series(source, start, frequency, third):
    rhythm = rhythm_from(source, start, frequency)
    assert first_days(rhythm, 3)[0] == start
    assert first_days(rhythm, 3)[2] == third


@given(days, frequencies, st.integers(1, 60))
def test_the_days_of_a_plan_rise_and_keep_the_day_of_their_anchor(source, frequency, steps):
    start = rhythm_from(
        source,
        add_months(source, 12) if frequency != "weekly" else source + timedelta(7),
        frequency,
    )
    got = first_days(start, steps)
    assert all(before < after for before, after in pairwise(got))
    for day in got:
        if frequency is Frequency.WEEKLY:
            assert day.weekday() == source.weekday()
        else:
            assert day.day == min(source.day, monthrange(day.year, day.month)[1])


@given(days, frequencies, st.integers(0, 40), st.integers(1, 40))
def test_every_due_day_knows_its_place(source, frequency, at, occurrences):
    rhythm = Rhythm(source, frequency, 1, occurrences=occurrences)
    if at < occurrences:
        assert rhythm.place_of(rhythm.due_on(at)) == at
    else:
        with pytest.raises(Refused):
            rhythm.place_of(rhythm.due_on(at))


@pytest.mark.spec("CRM-31")
def test_a_plan_stops_at_its_end_or_its_occurrences():
    start = date(2027, 2, 28)
    twice = rhythm_from(JANUARY, start, Frequency.MONTHLY, occurrences=2)
    assert first_days(twice, 9) == [start, date(2027, 3, 31)]
    until = rhythm_from(JANUARY, start, Frequency.MONTHLY, end_on=date(2027, 4, 30))
    assert first_days(until, 9) == [start, date(2027, 3, 31), date(2027, 4, 30)]


@pytest.mark.parametrize(
    ("start", "more", "field"),
    [
        (JANUARY, {}, "start"),
        (date(2027, 2, 28), {"end_on": date(2027, 2, 27)}, "end"),
        (date(2027, 2, 28), {"occurrences": 0}, "occurrences"),
        (date(2027, 2, 28), {"occurrences": 1201}, "occurrences"),
        (date(2027, 2, 28), {"occurrences": 2, "end_on": date(2027, 9, 1)}, "occurrences"),
    ],
)
def test_a_plan_that_makes_no_sense_is_told_at_its_field(start, more, field):
    with pytest.raises(Invalid) as caught:
        rhythm_from(JANUARY, start, Frequency.MONTHLY, **more)
    assert set(caught.value.fields) == {field}


def test_a_skipped_repeat_is_used_up_and_a_moved_one_keeps_its_place():
    rhythm = rhythm_from(JANUARY, date(2027, 2, 28), Frequency.MONTHLY, occurrences=3)
    changes = {
        date(2027, 2, 28): Change(is_skipped=True),
        date(2027, 3, 31): Change(moved_to=date(2027, 4, 2)),
    }
    shown = list(repeats(rhythm, changes))
    assert [(one.on, one.is_skipped) for one in shown] == [
        (date(2027, 2, 28), True),
        (date(2027, 4, 2), False),
        (date(2027, 4, 30), False),
    ]
    assert next_repeat(rhythm, changes, 0).due_on == date(2027, 3, 31)
    assert next_repeat(rhythm, changes, 3) is None
    assert [one.at for one in repeats(rhythm, changes, 1, 1)] == [1]


@pytest.mark.parametrize(
    ("to", "fits"),
    [
        (date(2027, 2, 28), False),
        (date(2027, 3, 1), True),
        (date(2027, 4, 29), True),
        (date(2027, 4, 30), False),
    ],
)
def test_a_repeat_moves_between_its_neighbours(to, fits):
    rhythm = rhythm_from(JANUARY, date(2027, 2, 28), Frequency.MONTHLY)
    if fits:
        check_move(rhythm, {}, 1, to)
    else:
        with pytest.raises(Invalid):
            check_move(rhythm, {}, 1, to)
    with pytest.raises(Invalid):  # where the neighbour was moved to counts
        check_move(rhythm, {date(2027, 4, 30): Change(moved_to=date(2027, 3, 1))}, 1, to)


@pytest.mark.parametrize(
    ("span", "due", "frequency", "expected"),
    [
        (
            (date(2027, 2, 1), date(2027, 2, 28)),
            date(2027, 3, 5),
            Frequency.MONTHLY,
            (date(2027, 3, 1), date(2027, 3, 31)),
        ),
        (
            (date(2027, 1, 1), date(2027, 3, 31)),
            date(2027, 5, 5),
            Frequency.QUARTERLY,
            (date(2027, 4, 1), date(2027, 6, 30)),
        ),
        (
            (date(2027, 1, 15), date(2027, 2, 14)),
            date(2027, 3, 5),
            Frequency.MONTHLY,
            (date(2027, 2, 15), date(2027, 3, 14)),
        ),
        (
            (date(2027, 1, 31), None),
            date(2027, 3, 5),
            Frequency.MONTHLY,
            (date(2027, 2, 28), None),
        ),
        (
            (None, date(2027, 2, 7)),
            date(2027, 2, 19),
            Frequency.WEEKLY,
            (None, date(2027, 2, 21)),
        ),
        ((None, None), date(2027, 3, 5), Frequency.MONTHLY, (None, None)),
    ],
)
def test_the_days_of_a_line_move_along(span, due, frequency, expected):
    source = date(2027, 2, 5)
    assert shifted(*span, source, due, frequency) == expected


def test_the_newest_price_from_a_day_on_counts():
    changes = [(date(2027, 6, 1), Decimal(20)), (date(2027, 3, 1), Decimal(15))]
    at = {date(2027, 2, 28): 10, date(2027, 3, 1): 15, date(2027, 5, 31): 15, date(2028, 1, 1): 20}
    for due, price in at.items():
        assert in_force(changes, due, Decimal(10)) == Decimal(price)
