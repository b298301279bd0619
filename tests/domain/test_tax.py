"""VAT categories: what each needs, and which rates can stand with it."""

from decimal import Decimal

import pytest

from billing_app.domain.errors import Invalid
from billing_app.domain.tax import NEEDS, TaxCategory, exemption_reason, rate_problem, tax_category


def test_the_seven_categories_are_known_by_their_codes():
    assert {str(category) for category in TaxCategory} == {"S", "Z", "E", "AE", "K", "G", "O"}
    assert set(NEEDS) == set(TaxCategory)
    assert tax_category("AE") is TaxCategory.REVERSE_CHARGE
    assert TaxCategory.REVERSE_CHARGE.label == "Reverse charge"


@pytest.mark.parametrize("code", ["", "s", "L", "B", "SS"])
def test_an_unknown_category_is_refused_with_the_known_ones(code):
    with pytest.raises(Invalid, match="S, Z, E, AE, K, G, O") as refused:
        tax_category(code, field="lines.10.tax_category")
    assert list(refused.value.fields) == ["lines.10.tax_category"]


@pytest.mark.parametrize("category", ["E", "AE", "K", "G", "O"])
def test_every_category_without_tax_has_a_reason_and_one_of_its_own_wins(category):
    assert exemption_reason(category)
    assert exemption_reason(category, " Sea transport ") == "Sea transport"


@pytest.mark.parametrize("category", ["S", "Z"])
def test_taxed_and_zero_rated_lines_have_no_exemption_reason(category):
    assert exemption_reason(category) == ""


def test_reverse_charge_and_intra_community_supply_need_the_buyers_vat_number():
    needing = {category for category, needs in NEEDS.items() if needs.buyer_vat_no}
    assert needing == {TaxCategory.REVERSE_CHARGE, TaxCategory.INTRA_COMMUNITY}


@pytest.mark.parametrize(
    ("category", "rate", "problem"),
    [
        ("S", "19", ""),
        ("S", "0", ""),
        ("S", "100", ""),
        ("S", "5.25", ""),
        ("E", "0", ""),
        ("S", "100.01", "between 0 % and 100 %"),
        ("S", "-1", "between 0 % and 100 %"),
        ("S", "NaN", "between 0 % and 100 %"),
        ("S", "Infinity", "between 0 % and 100 %"),
        ("S", "5.255", "at most 2 decimals"),
        ("AE", "19", "Reverse charge carries no tax"),
        ("X", "19", "no such tax category"),
    ],
)
def test_a_rate_stands_with_its_category_or_says_why_not(category, rate, problem):
    assert problem in rate_problem(category, Decimal(rate))
    assert bool(problem) == bool(rate_problem(category, Decimal(rate)))


def test_an_empty_rate_stands_with_every_category():
    assert not any(rate_problem(category, None) for category in TaxCategory)
