"""Every total opens into what it is made of, in the words of the editor."""

from decimal import Decimal

import pytest

from billing_app.domain.currencies import currency
from billing_app.domain.totals import (
    DerivationRow,
    DiscountType,
    DocumentInput,
    LineInput,
    TaxMode,
    compute,
    derivation,
)


def a_line(no, quantity, price, rate, kind=DiscountType.NONE, value="0", category="S"):
    return LineInput(
        no, Decimal(quantity), Decimal(price), kind, Decimal(value), Decimal(rate), category
    )


def the_pictured_invoice(**more):
    lines = [
        a_line(10, "2", "389.00", "19"),
        a_line(20, "3", "640.00", "19", DiscountType.PERCENT, "10.00"),
        a_line(30, "1", "1450", "19"),
        a_line(40, "1.125", "4200", "0", category="E"),
    ]
    facts = {"discount_type": DiscountType.PERCENT, "discount_value": Decimal(2)} | more
    return DocumentInput(currency("EUR"), lines, **facts)


def steps_of(doc, words=None):
    return derivation(compute(doc), doc, words)


@pytest.mark.spec("CRM-21")
def test_the_steps_are_those_of_the_editor():
    steps = steps_of(the_pictured_invoice(), {"E": "sea transport"})
    assert [(step.label, step.minor, step.sentence) for step in steps] == [
        (
            "Subtotal",
            887300,
            "Quantity × unit price of all lines, before discounts and tax.",
        ),
        ("Line discounts", -19200, "10 % of 1,920.00 on line 20."),
        (
            "Invoice discount 2 %",
            -17362,
            "2 % of 8,681.00, spread over the lines by net amount.",
        ),
        ("Tax 19 %", 73661, "Base 3,876.88."),
        ("Tax 0 %, sea transport", 0, "Base 4,630.50, exempt."),
        ("Tax", 73661, "Sum of the taxes above."),
        ("Total EUR", 924399, "Subtotal, discounts and taxes together."),
    ]


def test_tax_opens_into_its_lines_its_share_of_the_discount_and_its_base():
    tax = steps_of(the_pictured_invoice())[3]
    assert tax.rows == (
        DerivationRow("Line 10, net", 77800),
        DerivationRow("Line 20, net", 172800),
        DerivationRow("Line 30, net", 145000),
        DerivationRow("Share of the 2 % invoice discount", -7912),
        DerivationRow("Base", 387688, is_sum=True),
        DerivationRow("× 19 %, rounded once, half up", 73661),
    )


def test_the_rows_of_every_sum_add_up_to_it():
    steps = steps_of(the_pictured_invoice())
    for step in (*steps[:3], *steps[-2:]):
        assert sum(row.minor for row in step.rows) == step.minor
    assert steps[0].rows[3] == DerivationRow("Line 40, 1.125 × 4,200", 472500)
    assert steps[1].rows == (DerivationRow("Line 20, 10 % of 1,920.00", -19200),)


def test_without_discounts_there_are_no_steps_for_them():
    doc = DocumentInput(currency("JPY"), [a_line(10, "-3", "333", "10")])
    steps = steps_of(doc)
    assert [step.label for step in steps] == ["Subtotal", "Tax 10 %", "Total JPY"]
    assert steps[0].rows == (DerivationRow("Line 10, \u22123 × 333", -999),)
    assert [row.label for row in steps[1].rows] == [
        "Line 10, net",
        "Base",
        "× 10 %, rounded once, half up",
    ]


def test_several_and_fixed_discounts_are_named():
    lines = [
        a_line(10, "1", "100", "5.25", DiscountType.FIXED, "10"),
        a_line(20, "1", "100", "0", DiscountType.PERCENT, "12.5"),
    ]
    doc = DocumentInput(currency("EUR"), lines, DiscountType.FIXED, Decimal(20))
    steps = steps_of(doc)
    assert steps[1].sentence == "2 lines have a discount of their own."
    assert steps[1].rows[0].label == "Line 10, 10.00 off 100.00"
    assert steps[2].label == "Invoice discount"
    assert steps[2].sentence == "A fixed amount off 177.50, spread over the lines by net amount."
    assert steps[3].rows[1].label == "Share of the invoice discount"
    assert steps[3].label == "Tax 5.25 %"
    assert steps[4].sentence == "Base 77.64."


def test_a_fixed_tax_amount_says_so():
    doc = the_pictured_invoice(tax_mode=TaxMode.FIXED, tax_value=Decimal(5))
    tax = steps_of(doc)[3]
    assert (tax.label, tax.rows[-1].label) == ("Tax, fixed amount", "Fixed tax amount")


@pytest.mark.spec("6.14-V22")
def test_prices_with_tax_show_how_the_tax_is_taken_out():
    doc = DocumentInput(currency("EUR"), [a_line(10, "1", "500", "19")], prices_include_tax=True)
    steps = steps_of(doc)
    assert steps[0].sentence.endswith("less the tax included.")
    assert steps[1].rows[-1] == DerivationRow("19 ÷ 119 of 500.00, rounded once, half up", 7983)
