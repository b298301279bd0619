"""Money adds up to the cent and never mixes currencies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.apportion import split as split_whole
from billing_app.domain.currencies import CURRENCIES, currency
from billing_app.domain.errors import Invalid, MixedCurrencies
from billing_app.domain.money import (
    MAX_AMOUNT,
    MAX_MINOR,
    Money,
    format_amount,
    format_minor,
    from_minor,
    half_up,
    max_minor,
    plain_amount,
    round_half_up,
    to_minor,
)

EUR, JPY, KWD = currency("EUR"), currency("JPY"), currency("KWD")
minors = st.integers(-MAX_MINOR, MAX_MINOR)
weights = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("EUR", 2),
        ("JPY", 0),
        ("KWD", 3),
        ("TND", 3),
        ("ISK", 0),
        ("HUF", 2),
        ("CLF", 4),
        ("IRR", 2),
    ],
)
def test_a_currency_has_the_decimals_of_iso_4217(code, digits):
    assert currency(code).digits == digits


def test_the_list_holds_the_active_currencies_and_no_metals():
    assert len(CURRENCIES) > 160
    assert {"XCG", "ZWG", "SLE", "VED"} <= set(CURRENCIES)
    assert not {"XAU", "XXX", "XTS", "BGN", "HRK"} & set(CURRENCIES)
    assert str(EUR) == "EUR"


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XXX", "E U", "ＥＵＲ"])
def test_an_unknown_currency_is_refused_at_its_field(code):
    with pytest.raises(Invalid) as refused:
        currency(code)
    assert list(refused.value.fields) == ["currency"]


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("0.004999", 2, "0.00"),
        ("-0.004", 2, "0.00"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("0.0105", 3, "0.011"),
        ("1.2345", 3, "1.235"),
    ],
)
def test_amounts_round_half_up_away_from_zero(value, digits, expected):
    assert str(round_half_up(Decimal(value), digits)) == expected


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**8))
def test_whole_number_rounding_agrees_with_decimal_rounding(numerator, denominator):
    doubled = 2 * abs(numerator) + denominator
    size = doubled // (2 * denominator)
    assert half_up(numerator, denominator) == (size if numerator >= 0 else -size)
    assert half_up(-numerator, denominator) == -half_up(numerator, denominator)


@given(minors, st.sampled_from([0, 2, 3, 4]))
def test_minor_units_and_amounts_are_two_writings_of_one_thing(minor, digits):
    if abs(minor) <= max_minor(digits):
        assert to_minor(from_minor(minor, digits), digits) == minor


@pytest.mark.parametrize(
    "amount", ["1000000000000", "-1000000000000", "1E+9999999", "Infinity", "NaN", "sNaN"]
)
def test_an_amount_beyond_the_limit_is_refused(amount):
    with pytest.raises(Invalid, match="go up to 999,999,999,999.99"):
        to_minor(Decimal(amount), 2)


def test_the_largest_amount_fits_and_one_cent_more_does_not():
    assert to_minor(MAX_AMOUNT, 2) == MAX_MINOR == max_minor(2)
    assert max_minor(0) == 999_999_999_999
    with pytest.raises(Invalid, match="99,999,999,999.999"):
        to_minor(MAX_AMOUNT, 3)


@pytest.mark.parametrize(
    ("minor", "digits", "columns", "text", "plain"),
    [
        (123456, 2, ("1,234", "56"), "1,234.56", "1234.56"),
        (-123456, 2, ("\u22121,234", "56"), "\u22121,234.56", "-1234.56"),
        (-5, 2, ("\u22120", "05"), "\u22120.05", "-0.05"),
        (1099, 0, ("1,099", ""), "1,099", "1099"),
        (-1099, 0, ("\u22121,099", ""), "\u22121,099", "-1099"),
        (1297, 3, ("1", "297"), "1.297", "1.297"),
        (0, 2, ("0", "00"), "0.00", "0.00"),
    ],
)
@pytest.mark.spec("6.16-9")
def test_amounts_are_written_for_screens_and_for_machines(minor, digits, columns, text, plain):
    assert format_minor(minor, digits) == columns
    assert format_amount(minor, digits) == text
    assert plain_amount(minor, digits) == plain


@given(minors, st.sampled_from([0, 2, 3, 4]))
def test_a_plain_amount_reads_back_as_itself(minor, digits):
    assert Decimal(plain_amount(minor, digits)) == from_minor(minor, digits)


def test_money_of_one_currency_adds_and_compares():
    one, two = Money.of(Decimal("1.005"), EUR), Money.of(Decimal(-2), EUR)
    assert one == Money(101, EUR)
    assert one + two == Money(-99, EUR)
    assert one - two == Money(301, EUR)
    assert -one == Money(-101, EUR)
    assert abs(two) == Money(200, EUR)
    assert two < one
    assert two <= one
    assert one > two
    assert one >= one
    assert one.amount == Decimal("1.01")
    assert bool(one)
    assert not Money.zero(EUR)
    assert str(Money(-123456, EUR)) == "EUR \u22121,234.56"


@pytest.mark.parametrize(
    "mix",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
    ],
)
def test_two_currencies_never_meet(mix):
    with pytest.raises(MixedCurrencies, match="EUR and JPY cannot be mixed"):
        mix(Money(1, EUR), Money(1, JPY))
    assert Money(1, EUR) != Money(1, JPY)


@pytest.mark.spec("6.14-V4")
def test_a_split_gives_the_odd_cents_to_the_largest_remainders_first_positions_first():
    assert [part.minor for part in Money(1000, EUR).split([1, 1, 1])] == [334, 333, 333]
    assert [part.minor for part in Money(-1000, EUR).split([1, 1, 1])] == [-334, -333, -333]
    assert [part.minor for part in Money(5, EUR).split([Decimal("0.5"), Decimal("1.5")])] == [1, 4]


def test_a_split_by_nothing_but_zeros_is_even():
    assert [part.minor for part in Money(5, EUR).split([0, 0])] == [3, 2]


def test_a_split_by_weights_that_cancel_out_follows_their_sizes():
    assert [part.minor for part in Money(4, EUR).split([3, -3])] == [2, 2]


def test_nothing_can_be_split_over_nobody():
    assert Money(0, EUR).split([]) == ()
    with pytest.raises(ValueError, match="nothing to spread"):
        Money(1, EUR).split([])


@given(minors, weights)
def test_parts_sum_to_the_whole_to_the_cent(minor, parts):
    money = Money(minor, KWD)
    assert sum((part.minor for part in money.split(parts)), 0) == minor


@given(minors, weights)
def test_the_parts_of_a_negated_whole_are_the_negated_parts(minor, parts):
    assert split_whole(-minor, parts) == [-part for part in split_whole(minor, parts)]


@given(st.integers(0, MAX_MINOR), st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_no_part_is_more_than_a_cent_from_its_exact_share(minor, parts):
    total = sum(parts)
    if total:
        for part, weight in zip(split_whole(minor, parts), parts, strict=True):
            assert abs(part * total - minor * weight) < total
