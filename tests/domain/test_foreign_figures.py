"""Figures and days of other systems: told by the column, asked for where it does not tell."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign import days, figures
from billing_app.domain.foreign.days import DayStyle, read_day
from billing_app.domain.foreign.figures import FigureStyle, Reading, read_figure, sign_currency

POINT, COMMA = FigureStyle.POINT, FigureStyle.COMMA
pytestmark = pytest.mark.spec("6.12", "ORO-19")


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("$13.50", POINT, "13.50"),
        ("1.020,00", COMMA, "1020.00"),
        ("1,020.00", POINT, "1020.00"),
        ("1 020,50 €", COMMA, "1020.50"),
        ("1\u202f020,50", COMMA, "1020.50"),
        ("CHF 1'020.50", POINT, "1020.50"),
        ("(12.50)", POINT, "-12.50"),
        ("12,50-", COMMA, "-12.50"),
        ("\u221212.50", POINT, "-12.50"),
        ("-$5.00", POINT, "-5.00"),
        ("US$ 7.25", POINT, "7.25"),
        ("13.50 USD", POINT, "13.50"),
        ("1.020", COMMA, "1020"),
        ("1.020", POINT, "1.020"),
        (".5", POINT, "0.5"),
        ("12,-", COMMA, "12"),
    ],
)
def test_a_figure_is_read_in_the_style_of_its_column(text, style, value):
    assert read_figure(text, style, field="x") == Decimal(value)


@pytest.mark.parametrize("text", ["", " - ", "n/a", "—"])
def test_an_empty_cell_is_no_figure(text):
    assert read_figure(text, POINT, field="x") is None


@pytest.mark.parametrize(
    "text",
    [
        "1.020,00",
        "12,5",
        "1,02,03",
        "1e9",
        "NaN",
        "Infinity",
        "1_000",
        "٣",
        "1.2.3",
        "x12",
        "9" * 41,
    ],
)
def test_what_is_no_figure_in_the_style_is_refused(text):
    with pytest.raises(Invalid):
        read_figure(text, POINT, field="x")


@pytest.mark.parametrize(
    ("cells", "style", "reading"),
    [
        (["1.020", "12,5"], COMMA, Reading.CLEAR),
        (["1,020", "12.5"], POINT, Reading.CLEAR),
        (["1.020", "2.500"], None, Reading.OPEN),
        (["1,020"], None, Reading.OPEN),
        (["12.50", "12,50"], None, Reading.MIXED),
        (["12", ""], POINT, Reading.CLEAR),
        (["1.234.567"], COMMA, Reading.CLEAR),
        (["0.125"], POINT, Reading.CLEAR),
        (["1234,567"], COMMA, Reading.CLEAR),
    ],
)
def test_a_column_tells_its_style_or_is_asked_about(cells, style, reading):
    assert figures.recognised(cells) == (style, reading)


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([POINT, COMMA]))
def test_a_grouped_figure_is_read_as_it_was_written(value, style):
    text = f"{value:,.2f}"
    if style is COMMA:
        text = text.translate(str.maketrans(",.", ".,"))
    assert read_figure(text, style, field="x") == value
    assert figures.evidence(text) is style


def test_a_sign_names_its_currency_unless_it_has_many():
    assert sign_currency("€ 5,00") == sign_currency("5,00 €") == "EUR"
    assert sign_currency("5.00 USD") == "USD"
    assert sign_currency("$5.00") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-01", date(2026, 2, 1)),
        ("2026-02-01T23:59:00Z", date(2026, 2, 1)),
        ("2021-02-03 13:12", date(2021, 2, 3)),
        ("2026/2/1", date(2026, 2, 1)),
        ("20260201", date(2026, 2, 1)),
        ("01.02.2026", date(2026, 2, 1)),
        ("1.2.26", date(2026, 2, 1)),
        ("23-Jan-15", date(2015, 1, 23)),
        ("Jan 5, 2026", date(2026, 1, 5)),
        ("5 March 2026", date(2026, 3, 5)),
        ("5. Mai 2026", date(2026, 5, 5)),
        ("3. Dez. 2026", date(2026, 12, 3)),
        ("1234567890", date(2009, 2, 13)),
        ("/Date(1539993600000+0000)/", date(2018, 10, 20)),
    ],
)
def test_a_day_that_tells_itself_needs_no_style(text, expected):
    assert [read_day(text, style, field="x") for style in DayStyle] == [expected] * 2


def test_two_numbers_are_read_in_the_style_of_their_column():
    assert read_day("7/6/2019", DayStyle.DAY_FIRST, field="x") == date(2019, 6, 7)
    assert read_day("7/6/2019", DayStyle.MONTH_FIRST, field="x") == date(2019, 7, 6)
    assert days.recognised(["7/6/2019", "29/3/2019"]) == (DayStyle.DAY_FIRST, Reading.CLEAR)
    assert days.recognised(["7/6/2019", "3/29/2019"]) == (DayStyle.MONTH_FIRST, Reading.CLEAR)
    assert days.recognised(["7/6/2019", "8/2/2019"]) == (None, Reading.OPEN)
    assert days.recognised(["29/3/2019", "3/29/2019"]) == (None, Reading.MIXED)


@pytest.mark.parametrize("text", ["31.02.2026", "2026-13-01", "tomorrow", "12", "99/99/9999"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(Invalid):
        read_day(text, DayStyle.DAY_FIRST, field="x")
