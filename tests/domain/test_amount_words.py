"""Amounts in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.amount_words import amount_in_words, english, german


@pytest.mark.spec("DLY-44")
@pytest.mark.parametrize(
    ("number", "in_english", "in_german"),
    [
        (0, "zero", "null"),
        (1, "one", "eins"),
        (16, "sixteen", "sechzehn"),
        (21, "twenty-one", "einundzwanzig"),
        (30, "thirty", "dreißig"),
        (99, "ninety-nine", "neunundneunzig"),
        (100, "one hundred", "einhundert"),
        (101, "one hundred one", "einhunderteins"),
        (1000, "one thousand", "eintausend"),
        (1001, "one thousand one", "eintausendeins"),
        (1234, "one thousand two hundred thirty-four", "eintausendzweihundertvierunddreißig"),
        (21_000, "twenty-one thousand", "einundzwanzigtausend"),
        (101_000, "one hundred one thousand", "einhunderteintausend"),
        (1_000_000, "one million", "eine Million"),
        (2_000_001, "two million one", "zwei Millionen eins"),
        (1_000_000_000, "one billion", "eine Milliarde"),
    ],
)
def test_a_number_in_words(number, in_english, in_german):
    assert english(number) == in_english
    assert german(number) == in_german


@pytest.mark.spec("DLY-44")
@pytest.mark.parametrize(
    ("minor", "digits", "code", "language", "expected"),
    [
        (10_530, 2, "EUR", "en", "One hundred five and 30/100 EUR"),
        (10_530, 2, "EUR", "de", "Einhundertfünf und 30/100 EUR"),
        (1_099, 0, "JPY", "ja", "One thousand ninety-nine JPY"),
        (1_297, 3, "KWD", "en", "One and 297/1000 KWD"),
        (-5, 2, "EUR", "en", "Minus zero and 05/100 EUR"),
    ],
)
def test_an_amount_in_words(minor, digits, code, language, expected):
    assert amount_in_words(minor, digits, code, language) == expected


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_different_numbers_have_different_words(one, other):
    assert (english(one) == english(other)) == (one == other)
    assert (german(one) == german(other)) == (one == other)
