"""What a call costs: prefixes, seconds, steps and the rounding of each card."""

from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.errors import Invalid
from billing_app.domain.rating import (
    MILLION,
    CardRules,
    Prefixes,
    Price,
    Rated,
    Rounding,
    billed_seconds,
    divided,
    price_problem,
    price_warning,
    rated,
    shown,
)

UK = Price("44", "United Kingdom", 22_280, 60, 6)
DECIMALS = {
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_DOWN: ROUND_HALF_DOWN,
}


@pytest.mark.spec("CXS-24", "V6")
@pytest.mark.parametrize(("seconds", "billed"), [(10, 60), (60, 60), (61, 66), (66, 66), (67, 72)])
def test_a_call_bills_the_minimum_and_then_whole_increments(seconds, billed):
    assert billed_seconds(seconds, 60, 6) == billed
    assert rated(CardRules(), UK, seconds * 1000).billed_s == billed


@pytest.mark.parametrize(
    ("rounding", "billed"),
    [(Rounding.UP, 61), (Rounding.DOWN, 60), (Rounding.HALF_UP, 61), (Rounding.HALF_DOWN, 60)],
)
def test_the_card_rounds_half_a_second(rounding, billed):
    rules = CardRules(durations=rounding)
    assert rated(rules, UK._replace(minimum_s=1, increment_s=1), 60_500).billed_s == billed


def test_a_call_that_rounds_to_no_second_costs_nothing_at_all():
    price = UK._replace(connect_cost=50_000)
    assert rated(CardRules(durations=Rounding.DOWN), price, 999) == Rated(0, 0)
    assert rated(CardRules(durations=Rounding.UP), price, 1) == Rated(60, 72_280)


@pytest.mark.parametrize(
    ("rounding", "charge"),
    [
        (Rounding.UP, 30_000),
        (Rounding.DOWN, 20_000),
        (Rounding.HALF_UP, 30_000),
        (Rounding.HALF_DOWN, 20_000),
    ],
)
def test_the_card_rounds_half_a_cent(rounding, charge):
    price = UK._replace(rate=25_000)
    assert rated(CardRules(digits=2, charges=rounding), price, 60_000).charge == charge


@pytest.mark.spec("CXS-23")
def test_calls_are_rounded_one_by_one_and_then_summed():
    rules = CardRules(digits=2, charges=Rounding.UP)
    calls = [rated(rules, UK, 60_000).charge for _ in range(100)]
    assert sum(calls) == 3 * MILLION  # minutes times the rate would be 2.228


def test_the_longest_prefix_wins():
    prefixes = Prefixes([UK, UK._replace(prefix="4420"), UK._replace(prefix="442")])
    assert len(prefixes) == 3
    found = [prefixes.find(number) for number in ("442071", "44279", "441", "4", "", "33")]
    assert [price and price.prefix for price in found] == ["4420", "442", "44", None, None, None]


def test_a_prefix_that_is_the_whole_number_matches():
    assert Prefixes([UK]).find("44") == UK
    assert Prefixes([]).find("44") is None


def test_a_number_with_a_plus_has_no_prefix_of_digits():
    assert Prefixes([UK]).find("+4420") is None


@given(
    rate=st.integers(0, 10**9),
    connect=st.integers(0, 10**7),
    duration_ms=st.integers(0, 10**8),
    minimum=st.integers(0, 3600),
    increment=st.integers(1, 3600),
    digits=st.integers(0, 6),
    charges=st.sampled_from(list(Rounding)),
    durations=st.sampled_from(list(Rounding)),
)
def test_whole_numbers_and_decimals_agree(
    rate, connect, duration_ms, minimum, increment, digits, charges, durations
):
    rules = CardRules(digits, charges, durations)
    price = Price("1", "x", rate, minimum, increment, connect)
    seconds = int((Decimal(duration_ms) / 1000).quantize(Decimal(1), DECIMALS[durations]))
    billed, charge = 0, Decimal(0)
    if seconds:
        billed = max(minimum, seconds)
        while (billed - minimum) % increment:
            billed += 1
        exact = Decimal(connect * 60 + rate * billed)
        unit = 60 * 10 ** (6 - digits)
        whole, rest = divmod(int(exact), unit)
        up = {
            Rounding.UP: rest > 0,
            Rounding.DOWN: False,
            Rounding.HALF_UP: 2 * rest >= unit,
            Rounding.HALF_DOWN: 2 * rest > unit,
        }[charges]
        charge = (whole + up) * 10 ** (6 - digits)
    assert rated(rules, price, duration_ms) == Rated(billed, charge)


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_rounding_never_moves_by_a_whole_unit(amount, unit):
    ways = [divided(amount, unit, rounding) for rounding in Rounding]
    assert max(ways) - min(ways) <= 1
    assert divided(amount, unit, Rounding.DOWN) <= divided(amount, unit, Rounding.HALF_DOWN)
    assert divided(amount, unit, Rounding.HALF_DOWN) <= divided(amount, unit, Rounding.HALF_UP)
    assert divided(amount, unit, Rounding.HALF_UP) <= divided(amount, unit, Rounding.UP)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 3600))
def test_a_longer_call_never_costs_less(one, other, increment):
    price = UK._replace(increment_s=increment)
    shorter, longer = sorted((one, other))
    assert rated(CardRules(), price, shorter).charge <= rated(CardRules(), price, longer).charge


def test_a_card_has_at_most_six_decimals():
    with pytest.raises(Invalid):
        CardRules(digits=7)


@pytest.mark.parametrize(
    "price",
    [
        UK._replace(prefix=""),
        UK._replace(prefix="44x"),
        UK._replace(prefix="\u0664"),
        UK._replace(rate=-1),
        UK._replace(connect_cost=-1),
        UK._replace(increment_s=0),
        UK._replace(minimum_s=-1),
        UK._replace(minimum_s=3601),
    ],
    ids=str,
)
def test_an_impossible_price_is_refused(price):
    assert price_problem(price)


def test_a_usual_price_is_taken_without_a_warning():
    assert (price_problem(UK), price_warning(UK), price_warning(UK, UK)) == ("", "", "")


def test_odd_prices_warn():
    assert (
        price_warning(UK._replace(rate=2_339 * MILLION)) == "2,339.00 a minute is more than 10.00."
    )
    assert "connection" in price_warning(UK._replace(connect_cost=11 * MILLION))
    twin = price_warning(UK, UK._replace(rate=30_000))
    assert twin == "The prefix 44 has two prices: 0.03 and 0.02228."


def test_millionths_are_shown_with_the_decimals_they_have():
    assert [shown(value) for value in (0, 1, 10_000, 1_234_500_000)] == [
        "0.00",
        "0.000001",
        "0.01",
        "1,234.50",
    ]
