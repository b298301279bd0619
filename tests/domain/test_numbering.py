"""Numbers: their format, their series, and what may be typed by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.errors import Invalid
from billing_app.domain.numbering import (
    NumberGenerator,
    SeriesKey,
    document_id,
    format_number,
    is_in_series,
    series_key,
    validate_typed_number,
)

MARCH = date(2025, 3, 31)


@pytest.mark.spec("6.14-V12", "ORO-26")
def test_a_monthly_number_has_prefix_month_and_five_digits():
    assert format_number("INV-", MARCH, 123) == "INV-2025-03-00123"


@pytest.mark.spec("6.14-V12", "ORO-28")
def test_the_counter_widens_above_its_padding():
    assert format_number("INV-", MARCH, 100_000) == "INV-2025-03-100000"


@pytest.mark.spec("ORO-26")
def test_a_number_without_months_has_prefix_and_counter():
    assert format_number("INV-", MARCH, 123, NumberGenerator.ID) == "INV-00123"
    assert format_number("INV-", MARCH, 1, NumberGenerator.ID, 6) == "INV-000001"


def test_numbers_count_from_one():
    with pytest.raises(Invalid):
        format_number("INV-", MARCH, 0)


def test_a_document_id_never_looks_like_a_number():
    assert document_id(123) == "D-000123"
    assert document_id(1_234_567) == "D-1234567"


@pytest.mark.spec("6.16-3")
def test_a_series_counts_per_company_type_and_month():
    assert series_key(1, "INO", MARCH) == SeriesKey(1, "INO", "2025-03")
    assert series_key(1, "INO", MARCH, NumberGenerator.ID) == SeriesKey(1, "INO", "")
    keys = {
        series_key(c, t, d)
        for c in (1, 2)
        for t in ("INO", "CRO")
        for d in (MARCH, date(2025, 4, 1))
    }
    assert len(keys) == 8


@pytest.mark.spec("CRM-14", "ORO-25")
def test_a_typed_number_is_kept():
    assert validate_typed_number(" R/2025-77 ") == "R/2025-77"
    assert validate_typed_number("") == ""


@pytest.mark.parametrize("text", ["-", "D-000123", "a\nb", "x" * 51, "a\u202eb"])
def test_a_typed_number_that_would_mislead_is_refused(text):
    with pytest.raises(Invalid) as refused:
        validate_typed_number(text)
    assert list(refused.value.fields) == ["invoice_number"]


@given(st.dates(), st.integers(1, 10**7), st.sampled_from(NumberGenerator))
def test_every_number_of_a_series_is_recognised_as_its_own(day, counter, generator):
    assert is_in_series(format_number("INV-", day, counter, generator), "INV-", generator)


@pytest.mark.parametrize("number", ["R-1", "INV-77", "INV-2025-00123", "INV-2025-03-", "INV-"])
def test_other_numbers_do_not_collide_with_the_monthly_series(number):
    assert not is_in_series(number, "INV-")
