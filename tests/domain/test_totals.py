"""Totals: the worked examples of the specification, signs, limits and prices with tax."""

import time
from decimal import Decimal
from itertools import count

import pytest

from billing_app.domain.currencies import currency
from billing_app.domain.errors import Invalid
from billing_app.domain.totals import (
    DiscountType,
    DocumentInput,
    LineInput,
    TaxGroup,
    TaxMode,
    compute,
)

PERCENT, FIXED = DiscountType.PERCENT, DiscountType.FIXED


def a_line(quantity, price, rate=None, *, percent=None, fixed=None, no=10, category="S"):
    """A line; `percent` or `fixed` is its discount."""
    kind = PERCENT if percent is not None else FIXED if fixed is not None else DiscountType.NONE
    value = Decimal(str(percent or fixed or 0))
    own = None if rate is None else Decimal(str(rate))
    return LineInput(no, Decimal(str(quantity)), Decimal(str(price)), kind, value, own, category)


def a_document(*lines, code="EUR", percent=None, fixed=None, **more):
    """A document of these lines, numbered 10, 20, ..."""
    numbered = [
        LineInput(no, *(getattr(line, name) for name in LineInput.__slots__[1:]))
        for no, line in zip(count(10, 10), lines, strict=False)
    ]
    kind = PERCENT if percent is not None else FIXED if fixed is not None else DiscountType.NONE
    value = Decimal(str(percent or fixed or 0))
    return DocumentInput(currency(code), numbered, kind, value, **more)


def problems_of(doc):
    with pytest.raises(Invalid) as refused:
        compute(doc)
    return refused.value.fields


@pytest.mark.spec("6.14-V1")
@pytest.mark.spec("CXS-12")
def test_net_tax_and_total_of_two_rates():
    totals = compute(a_document(a_line(10, "10.00", 20), a_line(5, "1.00", 6)))
    assert (totals.subtotal, totals.tax_total, totals.total) == (10500, 2030, 12530)


@pytest.mark.spec("6.14-V2")
@pytest.mark.spec("CRM-17")
def test_a_line_discount_comes_off_before_tax():
    totals = compute(a_document(a_line(3, "19.99", 20, percent=10)))
    line = totals.lines[0]
    assert (line.gross, line.discount, line.net, line.tax, line.total) == (
        5997,
        600,
        5397,
        1079,
        6476,
    )
    assert totals.total == 6476


@pytest.mark.spec("6.14-V3")
@pytest.mark.spec("CRM-19")
def test_an_invoice_discount_is_spread_by_net_before_tax():
    totals = compute(a_document(a_line(1, 100, 20), a_line(1, 50, 0), fixed=15))
    assert [line.share for line in totals.lines] == [1000, 500]
    assert (totals.tax_total, totals.total) == (1800, 15300)
    assert totals.discount_total == 1500


@pytest.mark.spec("6.14-V4")
def test_the_odd_cent_of_an_invoice_discount_goes_to_the_first_line():
    totals = compute(a_document(*[a_line(1, 10)] * 3, fixed=10))
    assert [line.share for line in totals.lines] == [334, 333, 333]


@pytest.mark.spec("6.14-V21")
def test_tax_is_rounded_once_per_group_and_its_cents_spread_over_the_lines():
    totals = compute(a_document(*[a_line(1, "0.35", 19)] * 3))
    assert (totals.tax_total, totals.total) == (20, 125)
    assert [line.tax for line in totals.lines] == [7, 7, 6]


@pytest.mark.spec("6.14-V22")
def test_a_price_with_tax_meets_the_entered_amount_exactly():
    totals = compute(a_document(a_line(1, 500, 19), prices_include_tax=True))
    assert (totals.net, totals.tax_total, totals.total) == (42017, 7983, 50000)
    line = totals.lines[0]
    assert (line.gross, line.net, line.tax, line.total) == (42017, 42017, 7983, 50000)


@pytest.mark.spec("6.14-V22")
@pytest.mark.parametrize("minor", [1, 2, 99, 100, 12345, 50000, 99999])
def test_every_total_with_tax_can_be_reached(minor):
    price = Decimal(minor).scaleb(-2)
    totals = compute(a_document(a_line(1, price, 19), prices_include_tax=True))
    assert totals.total == minor


@pytest.mark.spec("6.14-V23")
@pytest.mark.parametrize(
    ("code", "line", "net", "tax", "total"),
    [
        ("JPY", (3, 333, 10), 999, 100, 1099),
        ("KWD", (1, "1.2345", 5), 1235, 62, 1297),
    ],
)
def test_amounts_round_to_the_digits_of_their_currency(code, line, net, tax, total):
    totals = compute(a_document(a_line(*line), code=code))
    assert (totals.net, totals.tax_total, totals.total) == (net, tax, total)


@pytest.mark.spec("CRM-18")
def test_the_subtotal_is_quantity_times_price_before_discounts_and_tax():
    totals = compute(
        a_document(a_line(2, 389, 19), a_line(3, 640, 19, percent=10), a_line(1, 1450, 19))
    )
    assert (totals.subtotal, totals.line_discounts, totals.net) == (414800, 19200, 395600)


@pytest.mark.spec("CXS-12")
def test_the_invoice_of_the_editor_picture_adds_up():
    totals = compute(
        a_document(
            a_line(2, 389, 19),
            a_line(3, 640, 19, percent=10),
            a_line(1, 1450, 19),
            a_line("1.125", 4200, 0, category="E"),
            percent=2,
        )
    )
    assert (totals.subtotal, totals.line_discounts, totals.invoice_discount) == (
        887300,
        19200,
        17362,
    )
    assert totals.groups == (
        TaxGroup("S", Decimal(19), 387688, 73661, (10, 20, 30)),
        TaxGroup("E", Decimal(0), 463050, 0, (40,)),
    )
    assert totals.total == 924399


@pytest.mark.spec("CRM-20")
def test_one_rate_fills_in_for_lines_without_their_own():
    lines = (a_line(1, 100), a_line(1, 100, 7), a_line(1, 100, category="AE"))
    totals = compute(a_document(*lines, tax_mode=TaxMode.RATE, tax_value=Decimal(19)))
    assert [(group.category, group.rate, group.tax) for group in totals.groups] == [
        ("S", 19, 1900),
        ("S", 7, 700),
        ("AE", 0, 0),
    ]


@pytest.mark.spec("CRM-20")
def test_a_fixed_tax_amount_is_one_group_and_the_lines_carry_none():
    doc = a_document(
        a_line(1, 100, 19), a_line(1, 50), tax_mode=TaxMode.FIXED, tax_value=Decimal("12.345")
    )
    totals = compute(doc)
    assert totals.groups == (TaxGroup("S", None, 15000, 1235, (10, 20)),)
    assert [line.tax for line in totals.lines] == [0, 0]
    assert totals.total == 16235


def test_a_line_without_rate_has_no_tax_where_each_line_has_its_own():
    totals = compute(a_document(a_line(1, 100)))
    assert totals.groups == (TaxGroup("Z", Decimal(0), 10000, 0, (10,)),)


def test_the_standard_rate_of_nothing_is_zero_rated():
    totals = compute(a_document(a_line(1, 1, 0), a_line(1, 1, 0, category="Z")))
    assert [group.category for group in totals.groups] == ["Z"]


def test_an_empty_document_has_empty_totals():
    totals = compute(a_document())
    assert (totals.total, totals.lines, totals.groups) == (0, (), ())


def test_a_line_of_quantity_zero_counts_nothing():
    assert compute(a_document(a_line(0, 100, 19), a_line(1, 1, 19), percent=50)).total == 60


def test_a_discount_moves_a_negative_line_towards_zero():
    line = compute(a_document(a_line(-1, 100, 20, percent=10))).lines[0]
    assert (line.gross, line.discount, line.net, line.tax) == (-10000, -1000, -9000, -1800)
    line = compute(a_document(a_line(-1, 100, 20, fixed=30))).lines[0]
    assert (line.gross, line.discount, line.net) == (-10000, -3000, -7000)


def test_a_discount_over_lines_of_both_signs_still_sums_up():
    totals = compute(
        a_document(a_line(1, 100, 19), a_line(-1, 40, 19), a_line(1, 1, 7), percent=10)
    )
    assert totals.invoice_discount == sum(line.share for line in totals.lines) == 610
    assert [line.share for line in totals.lines] == [1000, -400, 10]


def test_lines_that_cancel_out_leave_no_tax_though_each_shows_its_own():
    totals = compute(a_document(a_line(1, 1000, 19), a_line(-1, "999.99", 19)))
    assert totals.tax_total == 0
    assert [line.tax for line in totals.lines] == [19000, -19000]


def test_a_negative_fixed_tax_follows_a_negative_base():
    doc = a_document(a_line(-1, 100), tax_mode=TaxMode.FIXED, tax_value=Decimal(19))
    assert compute(doc).total == -11900


def test_prices_with_tax_and_discounts_add_up_in_every_column():
    doc = a_document(
        a_line(3, "19.99", 19, percent=10),
        a_line(1, "7.77", 7, fixed=1),
        a_line(2, "5.55", 19),
        percent=3,
        prices_include_tax=True,
    )
    totals = compute(doc)
    entered = 5997 - 600 + 777 - 100 + 1110
    assert totals.total == entered - round(entered * 3 / 100)
    for line in totals.lines:
        assert line.net == line.gross - line.discount
        assert line.total == line.net - line.share + line.tax
    assert totals.net == sum(line.net for line in totals.lines)
    assert totals.total == totals.net - totals.invoice_discount + totals.tax_total


@pytest.mark.spec("6.16-11")
def test_an_invoice_has_at_most_ten_thousand_lines():
    line = a_line(1, 1, 19)
    lines = [
        LineInput(no, *([getattr(line, n) for n in LineInput.__slots__[1:]]))
        for no in range(10_001)
    ]
    assert compute(DocumentInput(currency("EUR"), lines[:10_000])).total == 1_190_000
    assert problems_of(DocumentInput(currency("EUR"), lines)) == {
        "lines": "An invoice has at most 10,000 lines; this one has 10,001."
    }


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (a_line("1000000000.001", 1), "quantity"),
        (a_line("0.0001", 1), "quantity"),
        (a_line("NaN", 1), "quantity"),
        (a_line("sNaN", 1), "quantity"),
        (a_line("Infinity", 1), "quantity"),
        (a_line("1E+9999999", 1), "quantity"),
        (a_line("1E-9999999", 1), "quantity"),
        (a_line(1, "0.000001"), "unit_price"),
        (a_line(1, "-Infinity"), "unit_price"),
        (a_line(1, "1E+12"), "unit_price"),
        (a_line("1E+9", "1E+9"), "unit_price"),
        (a_line(1, 100, percent="100.01"), "discount"),
        (a_line(1, 100, percent=-5), "discount"),
        (a_line(1, 100, percent="33.333333"), "discount"),
        (a_line(1, 100, fixed="100.01"), "discount"),
        (a_line(-1, 100, fixed="100.01"), "discount"),
        (a_line(1, 100, fixed=-1), "discount"),
        (a_line(1, 100, fixed="NaN"), "discount"),
        (a_line(1, 100, "100.01"), "tax_rate"),
        (a_line(1, 100, -1), "tax_rate"),
        (a_line(1, 100, "19.999"), "tax_rate"),
        (a_line(1, 100, "NaN"), "tax_rate"),
        (a_line(1, 100, "sNaN"), "tax_rate"),
        (a_line(1, 100, 19, category="AE"), "tax_rate"),
        (a_line(1, 100, 19, category="Q"), "tax_category"),
    ],
)
def test_a_figure_outside_its_limits_is_refused_at_its_line_and_field(line, field):
    started = time.perf_counter()
    problems = problems_of(a_document(a_line(1, 1), line))
    assert time.perf_counter() - started < 0.2
    assert list(problems) == [f"lines.20.{field}"]
    assert problems[f"lines.20.{field}"].endswith(".")


def test_all_lines_with_problems_are_named_at_once():
    lines = (a_line(1, 100, 101, percent=101), a_line(1, 1), a_line("NaN", 1))
    assert set(problems_of(a_document(*lines))) == {
        "lines.10.discount",
        "lines.10.tax_rate",
        "lines.30.quantity",
    }


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"percent": 101}, "discount"),
        ({"fixed": "100.01"}, "discount"),
        ({"fixed": -1}, "discount"),
        ({"tax_mode": TaxMode.RATE, "tax_value": Decimal(101)}, "tax"),
        ({"tax_mode": TaxMode.RATE, "tax_value": Decimal("NaN")}, "tax"),
        ({"tax_mode": TaxMode.FIXED, "tax_value": Decimal(-1)}, "tax"),
        ({"tax_mode": TaxMode.FIXED, "tax_value": Decimal("1E+13")}, "tax"),
        ({"tax_mode": TaxMode.FIXED, "tax_value": Decimal("Infinity")}, "tax"),
        (
            {"tax_mode": TaxMode.FIXED, "tax_value": Decimal(1), "prices_include_tax": True},
            "tax",
        ),
    ],
)
def test_a_document_figure_outside_its_limits_is_refused_at_its_field(more, field):
    assert list(problems_of(a_document(a_line(1, 100), **more))) == [field]


def test_a_whole_discount_of_the_whole_amount_is_allowed():
    assert compute(a_document(a_line(1, 100, 19, percent=100))).total == 0
    assert compute(a_document(a_line(1, 100, 19), fixed=100)).total == 0


def test_a_total_beyond_the_limit_is_refused_though_each_line_fits():
    line = a_line(1, "999999999999.99", 19)
    assert list(problems_of(a_document(line))) == ["total"]
    assert list(problems_of(a_document(a_line(1, "999999999999"), a_line(1, 1)))) == ["total"]
    assert compute(a_document(a_line(1, "999999999999.99"))).total == 99_999_999_999_999


def test_a_line_number_used_twice_is_refused():
    lines = [LineInput(10, Decimal(1), Decimal(1)), LineInput(10, Decimal(1), Decimal(2))]
    assert problems_of(DocumentInput(currency("EUR"), lines)) == {
        "lines.10.line_no": "The line number 10 is used twice."
    }


def test_lines_come_out_in_the_order_they_went_in():
    lines = [LineInput(no, Decimal(1), Decimal(no), tax_rate=Decimal(19)) for no in (30, 10, 20)]
    totals = compute(DocumentInput(currency("EUR"), lines))
    assert [line.line_no for line in totals.lines] == [30, 10, 20]
    assert [line.net for line in totals.lines] == [3000, 1000, 2000]
    assert totals.groups[0].line_nos == (10, 20, 30)
