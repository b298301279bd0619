"""Ages of debts: five buckets that hold every day once."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.aging import Age, age_of, first_due, last_due

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2190, 1, 1))


@pytest.mark.spec("6.4", "CRM-6", "DLY-11")
@pytest.mark.parametrize(
    ("late", "age"),
    [
        (-400, Age.NOT_DUE), (0, Age.NOT_DUE), (1, Age.TO_30), (30, Age.TO_30), (31, Age.TO_60),
        (60, Age.TO_60), (61, Age.TO_90), (90, Age.TO_90), (91, Age.OVER_90), (4000, Age.OVER_90),
    ],
)  # fmt: skip
def test_the_age_goes_by_the_days_past_the_due_date(late, age):
    as_of = date(2026, 11, 21)
    assert age_of(as_of - timedelta(days=late), as_of) is age
    assert age.is_overdue == (late > 0)


def test_without_a_due_date_nothing_is_overdue():
    assert age_of(None, date(2026, 11, 21)) is Age.NOT_DUE


@given(due_on=DAYS, as_of=DAYS)
def test_the_days_of_an_age_are_those_whose_age_it_is(due_on, as_of):
    for age in Age:
        first, last = first_due(age, as_of), last_due(age, as_of)
        is_within = (first is None or first <= due_on) and (last is None or due_on <= last)
        assert is_within == (age_of(due_on, as_of) is age)
