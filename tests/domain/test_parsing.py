"""Typed figures and dates: what is read, how, and what is refused before it can do harm."""

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.errors import Invalid
from billing_app.domain.money import MAX_MINOR, format_amount, from_minor, plain_amount
from billing_app.domain.parsing import (
    clean_text,
    parse_amount,
    parse_date,
    parse_percent,
    parse_quantity,
    parse_unit_price,
)

ATTACKS = [
    "",
    " ",
    "NaN",
    "nan",
    "sNaN",
    "Infinity",
    "-inf",
    "1e400",
    "1E+9999999",
    "1e5",
    "10**9",
    "0x10",
    "1_000",
    "１２",
    "٣",
    "५",
    "5\n",
    "\n5",
    "5\r\n",
    "5\t",
    "\u00a05",
    "5\x00",
    "--5",
    "+5",
    "5-",
    "- 5",
    "5 EUR",
    "€5",
    ".5",
    "5.",
    ",5",
    "5,",
    "1,23,456",
    "1.234.56",
    "1,234,56",
    "1 23",
    "1  234",
    "1 234'567",
    "1.5.5",
    "1,2.3,4",
    "½",
    "²",
    "1" * 21,
    "1" * 1_000_000,
    "1" + "0" * 30,
    "=1+1",
    "-",
    "\u2212",
]


def parse_eur(text, **more):
    return parse_amount(text, field="amount", digits=2, code="EUR", **more)


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize(
    "parse",
    [
        lambda text: parse_amount(text, field="f", digits=2, allow_negative=True),
        lambda text: parse_quantity(text, field="f"),
        lambda text: parse_unit_price(text, field="f"),
        lambda text: parse_percent(text, field="f"),
    ],
)
def test_what_is_not_a_plain_figure_is_refused_at_its_field(parse, text):
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert list(refused.value.fields) == ["f"]
    assert refused.value.fields["f"].endswith(".")


@pytest.mark.parametrize("text", ["1E+9999999", "1" * 1_000_000, "9" * 39, "1e400"])
def test_a_huge_figure_is_refused_at_once(text):
    started = time.perf_counter()
    with pytest.raises(Invalid):
        parse_quantity(text, field="quantity")
    assert time.perf_counter() - started < 0.01


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1 234.56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234\u202f567", "1234567"),
        ("1'234'567.5", "1234567.5"),
        ("1\u2019234.50", "1234.50"),
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1.234.567,89", "1234567.89"),
        ("0", "0"),
        ("007", "7"),
        (" 5 ", "5"),
        ("999,999,999,999.99", "999999999999.99"),
    ],
)
def test_a_figure_is_read_with_point_or_comma_and_with_thousands(text, value):
    assert parse_eur(text) == Decimal(value)


def test_a_comma_before_three_digits_means_thousands_where_three_decimals_cannot_be():
    assert parse_eur("1,234") == 1234
    assert parse_amount("12,345", field="f", digits=0) == 12345


@pytest.mark.parametrize("parse", [parse_quantity, parse_unit_price])
def test_a_comma_before_three_digits_is_refused_where_both_readings_make_sense(parse):
    with pytest.raises(Invalid, match=r"1,234 can be read in two ways\. Write 1234 or 1\.234\."):
        parse("1,234", field="quantity")
    assert parse("0,234", field="quantity") == Decimal("0.234")
    assert parse("1.234", field="quantity") == Decimal("1.234")
    assert parse("1234,567", field="quantity") == Decimal("1234.567")


def test_a_dinar_amount_with_one_comma_before_three_digits_is_ambiguous_too():
    with pytest.raises(Invalid, match="two ways"):
        parse_amount("1,234", field="f", digits=3)


@pytest.mark.parametrize(
    ("text", "digits", "code", "sentence"),
    [
        ("1.234", 2, "EUR", "Amounts in EUR have at most 2 decimals."),
        ("1.5", 0, "JPY", "Amounts in JPY have no decimals."),
        ("1.2345", 3, "", "Amounts have at most 3 decimals."),
        ("1.25", 1, "", "Amounts have at most 1 decimal."),
    ],
)
def test_too_many_decimals_are_refused_by_the_currency(text, digits, code, sentence):
    with pytest.raises(Invalid) as refused:
        parse_amount(text, field="amount", digits=digits, code=code)
    assert refused.value.fields == {"amount": sentence}


def test_an_amount_is_negative_only_where_that_is_allowed():
    with pytest.raises(Invalid, match="cannot be negative"):
        parse_eur("-5")
    assert parse_eur("-5", allow_negative=True) == -5
    assert parse_eur("\u22125.25", allow_negative=True) == Decimal("-5.25")


def test_minus_zero_is_zero():
    assert str(parse_eur("-0.00", allow_negative=True)) == "0.00"
    assert str(parse_eur("-0")) == "0"


def test_an_amount_has_a_largest_value():
    with pytest.raises(Invalid, match="999,999,999,999.99"):
        parse_eur("1000000000000")
    with pytest.raises(Invalid, match="goes up to 100.5"):
        parse_eur("100.51", maximum=Decimal("100.5"))


def test_a_quantity_has_three_decimals_and_a_thousand_million_at_most():
    assert parse_quantity("-1.125", field="q") == Decimal("-1.125")
    assert parse_quantity("1000000000", field="q") == 10**9
    for text in ("1000000000.001", "-1000000001", "0.0001"):
        with pytest.raises(Invalid):
            parse_quantity(text, field="q")


def test_a_unit_price_has_five_decimals():
    assert parse_unit_price("0.00125", field="p") == Decimal("0.00125")
    assert parse_unit_price("-3", field="p", allow_negative=True) == -3
    for text in ("0.000001", "-3"):
        with pytest.raises(Invalid):
            parse_unit_price(text, field="p")


@pytest.mark.parametrize("text", ["19", "19 %", "19%", "19.00", "19,00", " 19 "])
def test_a_percentage_is_read_with_or_without_its_sign(text):
    assert parse_percent(text, field="tax") == 19


@pytest.mark.parametrize("text", ["100.01", "-5", "33.333333", "%", "5 % %"])
def test_a_percentage_outside_its_bounds_is_refused(text):
    with pytest.raises(Invalid):
        parse_percent(text, field="tax")


def test_a_percentage_can_have_another_bound():
    assert parse_percent("150", field="markup", maximum=200) == 150
    with pytest.raises(Invalid, match="goes up to 50"):
        parse_percent("51", field="markup", maximum=50)


@given(st.integers(-MAX_MINOR, MAX_MINOR), st.sampled_from([0, 2]))
def test_what_a_screen_or_a_file_shows_reads_back_as_itself(minor, digits):
    for text in (format_amount(minor, digits), plain_amount(minor, digits)):
        if abs(minor) <= 999_999_999_999:
            read = parse_amount(text, field="f", digits=digits, allow_negative=True)
            assert read == from_minor(minor, digits)


@given(st.text())
def test_any_text_is_read_or_refused_with_a_sentence(text):
    for parse in (parse_quantity, parse_date, parse_percent):
        try:
            parse(text, field="f")
        except Invalid as error:
            assert error.fields["f"].endswith(".")


@pytest.mark.parametrize(
    "text",
    ["2026-11-21", "21 Nov 2026", "21 nov 2026", "21 November 2026", "21.11.2026", " 2026-11-21 "],
)
def test_a_date_is_read_in_its_three_writings(text):
    assert parse_date(text, field="date") == date(2026, 11, 21)


def test_a_date_with_one_digit_day_and_month_is_read():
    assert parse_date("1.3.2026", field="date") == date(2026, 3, 1)
    assert parse_date("1 May 2026", field="date") == date(2026, 5, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "tomorrow",
        "11/21/2026",
        "21/11/2026",
        "21.11.26",
        "2026-1-5",
        "21 Nvo 2026",
        "２０２６-11-21",
        "2026-11-21\n",
        "2026-11-21T00:00",
        "+2026-11-21",
    ],
)
def test_other_writings_of_a_date_are_refused(text):
    with pytest.raises(Invalid, match="Enter a date such as 21 Nov 2026"):
        parse_date(text, field="date")


@pytest.mark.parametrize("text", ["2026-02-29", "31.4.2026", "0 Nov 2026", "2026-13-01"])
def test_a_day_that_does_not_exist_is_refused(text):
    with pytest.raises(Invalid, match="no such day"):
        parse_date(text, field="date")


@pytest.mark.parametrize("text", ["1899-12-31", "2200-01-01", "0000-01-01", "9999-12-31"])
def test_a_year_far_off_is_refused(text):
    with pytest.raises(Invalid, match="between 1900 and 2199"):
        parse_date(text, field="date")


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_reads_back_from_each_writing(day):
    spoken = f"{day.day} {day:%b} {day.year}"
    for text in (day.isoformat(), f"{day.day}.{day.month}.{day.year}", spoken):
        assert parse_date(text, field="date") == day


def test_text_is_trimmed_and_composed():
    assert clean_text("  Cafe\u0301 \n", field="name", maximum=10) == "Café"
    assert clean_text("", field="name", maximum=10) == ""
    assert clean_text("日本語 🚢 العربية", field="name", maximum=20) == "日本語 🚢 العربية"


def test_several_lines_are_kept_where_they_are_allowed():
    assert clean_text("a\r\n\tb\nc\n", field="notes", maximum=10, multiline=True) == "a\n\tb\nc"


@pytest.mark.parametrize("multiline", [False, True])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a\x00b", "control character"),
        ("a\x1b[31m", "control character"),
        ("a\x85b", "control character"),
        ("a\x7fb", "control character"),
        ("a\rb", "control character"),
        ("a\x0bb", "control character"),
        ("\ud800", "broken character"),
        ("a\u202eb", "reverses its order"),
        ("a\u2066b", "reverses its order"),
    ],
)
def test_what_cannot_be_stored_or_seen_is_refused(text, sentence, multiline):
    with pytest.raises(Invalid, match=sentence) as refused:
        clean_text(text, field="name", maximum=100, multiline=multiline)
    assert list(refused.value.fields) == ["name"]


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\r\nb", "a\u2028b"])
def test_a_single_line_has_no_line_breaks(text):
    with pytest.raises(Invalid, match="line break"):
        clean_text(text, field="title", maximum=10)


def test_a_text_that_is_too_long_says_by_how_much():
    with pytest.raises(Invalid, match="At most 255 characters; this has 1,000"):
        clean_text("x" * 1000, field="title", maximum=255)
    assert len(clean_text(" " + "x" * 255 + " ", field="title", maximum=255)) == 255
