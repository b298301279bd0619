"""When jobs are due: once a local day, each missed day once, whatever the clock does."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from billing_app.domain.jobs import due_at, due_days, next_due

BERLIN = "Europe/Berlin"
AT = time(2, 30)


def utc(day, hour, minute=0):
    return datetime(2026, *day, hour, minute, tzinfo=UTC)


@pytest.mark.spec("RELIABILITY-P15", "6.9")
def test_every_missed_day_is_due_oldest_first():
    now = utc((11, 21), 9)
    assert due_days(AT, date(2026, 11, 18), now, BERLIN) == [
        date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21),
    ]  # fmt: skip
    assert due_days(AT, date(2026, 11, 21), now, BERLIN) == []
    assert due_days(AT, date(2027, 1, 1), now, BERLIN) == []  # the clock went back
    assert len(due_days(AT, date(2026, 1, 1), now, BERLIN)) == 7


def test_the_first_run_is_of_today_and_not_before_its_time():
    assert due_days(AT, None, utc((11, 21), 1, 29), BERLIN) == []
    assert due_days(AT, None, utc((11, 21), 1, 30), BERLIN) == [date(2026, 11, 21)]


@pytest.mark.parametrize("changing", [(3, 29), (10, 25)])
def test_a_skipped_or_repeated_hour_runs_once(changing):
    last, runs = date(2026, changing[0], changing[1] - 1), []
    now = utc(changing, 0) - timedelta(hours=12)
    for _ in range(24 * 12):
        now += timedelta(minutes=5)
        for day in due_days(AT, last, now, BERLIN):
            runs.append(day)
            last = day
    assert runs == [date(2026, *changing)]


def test_the_next_run_is_shown_in_the_future_or_is_waiting():
    at = due_at(date(2026, 11, 21), AT, BERLIN)
    assert at == utc((11, 21), 1, 30)
    assert next_due(AT, date(2026, 11, 20), utc((11, 21), 1), BERLIN) == at
    assert next_due(AT, date(2026, 11, 20), utc((11, 21), 5), BERLIN) == at
    assert next_due(AT, date(2026, 11, 21), utc((11, 21), 5), BERLIN) == utc((11, 22), 1, 30)
