"""A statement adds up, whatever days it is asked for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.statement import Entry, EntryKind, accounts

FIRST = date(2026, 1, 1)


def entry(day, minor, kind=EntryKind.INVOICE, code="EUR", key=1):
    return Entry(FIRST + timedelta(days=day), kind, key, f"N-{key}", "", code, minor)


@pytest.mark.spec("DLY-43")
def test_the_balance_runs_and_what_came_before_is_the_opening_balance():
    entries = [
        entry(10, -4000, EntryKind.RECEIPT, key=9),
        entry(0, 10000, key=1),
        entry(10, 5000, key=2),
        entry(40, 7, key=3),
        entry(3, 99, code="USD"),
    ]
    whole = accounts(entries)
    assert [account.currency for account in whole] == ["EUR", "USD"]
    assert [row.balance_minor for row in whole[0].rows] == [10000, 15000, 11000, 11007]
    january = accounts(entries, FIRST + timedelta(days=1), FIRST + timedelta(days=30))[0]
    assert january.opening_minor == 10000
    assert [row.entry.id for row in january.rows] == [2, 9]
    assert january.closing_minor == 11000


@pytest.mark.spec("DLY-43")
@given(
    st.lists(
        st.tuples(
            st.integers(0, 60),
            st.integers(-(10**6), 10**6),
            st.sampled_from(["EUR", "JPY"]),
            st.sampled_from(list(EntryKind)),
        ),
        max_size=30,
    ),
    st.integers(-5, 65),
    st.integers(0, 40),
)
def test_one_months_closing_balance_is_the_nexts_opening(rows, start, length):
    entries = [
        entry(day, minor, kind, code, key) for key, (day, minor, code, kind) in enumerate(rows)
    ]
    begin = FIRST + timedelta(days=start)
    end = begin + timedelta(days=length)
    now = {account.currency: account for account in accounts(entries, begin, end)}
    then = {account.currency: account for account in accounts(entries, end + timedelta(days=1))}
    whole = {account.currency: account for account in accounts(entries)}
    for code, account in now.items():
        moved = sum(row.entry.amount_minor for row in account.rows)
        assert account.opening_minor + moved == account.closing_minor
        assert account.closing_minor == then[code].opening_minor
        assert then[code].closing_minor == whole[code].closing_minor
        assert all(begin <= row.entry.on <= end for row in account.rows)
