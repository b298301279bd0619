"""Exports open in a spreadsheet as what they are: numbers as numbers, texts as texts."""

import csv
import io
from datetime import date
from decimal import Decimal
from types import GeneratorType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.documents.csv import csv_rows

STARTERS = "=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20"


def written(*rows, **options):
    return b"".join(csv_rows(("Name", "Amount"), rows, **options)).decode("utf-8")


def test_a_row_is_written_as_rfc_4180_says():
    assert written(("Bolt, 5 mm", 'say "hi"'), ("two\nlines", None)) == (
        'Name,Amount\r\n"Bolt, 5 mm","say ""hi"""\r\n"two\nlines",\r\n'
    )


def test_numbers_stay_numbers_even_when_negative():
    text = written((-5, Decimal("-1234567.500")), (0, Decimal("1E+2")))
    assert text.endswith("-5,-1234567.500\r\n0,100\r\n")


def test_a_date_is_written_as_iso_8601():
    assert written(("x", date(2026, 10, 9))).endswith("x,2026-10-09\r\n")


@pytest.mark.parametrize("starter", list(STARTERS))
def test_a_text_that_starts_like_a_formula_is_neutralised(starter):
    cell = next(csv.reader(io.StringIO(written((starter + "1+1",)), newline="")))
    cell = list(csv.reader(io.StringIO(written((starter + "1+1",)), newline="")))[1][0]
    assert cell == "'" + starter + "1+1"


@pytest.mark.parametrize("mask", ['"', "'", ";", ",", " ", '";', '" ', "\u00a0", "\ufeff"])
def test_a_formula_hidden_behind_a_quote_or_separator_is_neutralised(mask):
    cell = list(csv.reader(io.StringIO(written((mask + "=HYPERLINK(1)",)), newline="")))[1][0]
    assert cell == "'" + mask + "=HYPERLINK(1)"


@pytest.mark.parametrize("text", ["Müller & Söhne", "a=b", "5 - 3", "x@example.com", "", "'"])
def test_an_ordinary_text_is_left_alone(text):
    assert list(csv.reader(io.StringIO(written((text, "")), newline="")))[1][0] == text


def test_a_byte_order_mark_is_written_only_when_asked_for():
    assert written(bom=True).startswith("\ufeffName")
    assert written().startswith("Name")


def test_rows_are_streamed_one_by_one():
    def endless():
        while True:
            yield ("x", 1)

    rows = csv_rows(("Name", "Amount"), endless())
    assert isinstance(rows, GeneratorType)
    assert [next(rows) for _ in range(3)] == [b"Name,Amount\r\n", b"x,1\r\n", b"x,1\r\n"]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_any_texts_come_back_through_a_csv_reader(rows):
    made = b"".join(csv_rows(("a", "b"), rows)).decode("utf-8", "strict")
    back = list(csv.reader(io.StringIO(made, newline="")))[1:]
    expected = [tuple(t.encode("utf-8", "replace").decode() for t in row) for row in rows]
    assert len(back) == len(expected)
    for got, wanted in zip(back, expected, strict=True):
        assert all(g in (w, "'" + w) for g, w in zip(got, wanted, strict=True))
