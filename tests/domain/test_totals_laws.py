"""Laws of totals that hold for every document: sums, order, mirror, groups."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from billing_app.domain.currencies import currency
from billing_app.domain.errors import Invalid
from billing_app.domain.money import half_up
from billing_app.domain.totals import DiscountType, DocumentInput, LineInput, TaxMode, compute

RATES = ["0", "5", "7", "19", "20", "5.25"]
quantities = st.decimals(-1000, 1000, places=3)
prices = st.decimals(-10000, 10000, places=5)
percents = st.decimals(0, 100, places=2)
discounts = st.one_of(
    st.just((DiscountType.NONE, Decimal(0))),
    st.tuples(st.just(DiscountType.PERCENT), percents),
)


@st.composite
def some_lines(draw):
    lines = []
    for position in range(draw(st.integers(1, 12))):
        kind, value = draw(discounts)
        rate = draw(st.sampled_from([None, *RATES]))
        lines.append(
            LineInput(
                10 * position + 10,
                draw(quantities),
                draw(prices),
                kind,
                value,
                None if rate is None else Decimal(rate),
                "S" if rate is None or rate != "0" else draw(st.sampled_from("SZEO")),
            )
        )
    return lines


@st.composite
def documents(draw):
    kind, value = draw(discounts)
    mode = draw(st.sampled_from(TaxMode))
    tax_value = {TaxMode.LINE: Decimal(0), TaxMode.RATE: Decimal("12.5"), TaxMode.FIXED: Decimal(7)}
    return DocumentInput(
        currency(draw(st.sampled_from(["EUR", "JPY", "KWD"]))),
        draw(some_lines()),
        kind,
        value,
        mode,
        tax_value[mode],
        draw(st.booleans()) and mode is not TaxMode.FIXED,
    )


def figures(totals):
    return (
        totals.groups,
        totals.subtotal,
        totals.line_discounts,
        totals.net,
        totals.invoice_discount,
        totals.discount_total,
        totals.tax_total,
        totals.total,
    )


@given(documents())
def test_parts_add_up_in_every_column(doc):
    totals = compute(doc)
    lines = totals.lines
    for line in lines:
        assert line.net == line.gross - line.discount
        assert line.taxable == line.net - line.share
        assert line.total == line.taxable + line.tax
    assert totals.subtotal == sum(line.gross for line in lines)
    assert totals.line_discounts == sum(line.discount for line in lines)
    assert totals.net == sum(line.net for line in lines) == totals.subtotal - totals.line_discounts
    assert totals.invoice_discount == sum(line.share for line in lines)
    assert totals.discount_total == totals.line_discounts + totals.invoice_discount
    assert totals.tax_total == sum(group.tax for group in totals.groups)
    assert totals.total == totals.net - totals.invoice_discount + totals.tax_total


@given(documents())
def test_every_line_is_in_one_group_and_groups_add_up_from_their_lines(doc):
    totals = compute(doc)
    by_number = {line.line_no: line for line in totals.lines}
    assert sorted(no for group in totals.groups for no in group.line_nos) == sorted(by_number)
    for group in totals.groups:
        lines = [by_number[no] for no in group.line_nos]
        assert group.base == sum(line.taxable for line in lines)
        if group.rate is not None:
            assert group.tax == sum(line.tax for line in lines)


@pytest.mark.spec("6.14-V21")
@given(documents())
def test_each_group_is_taxed_and_rounded_once(doc):
    totals = compute(doc)
    for group in totals.groups:
        if group.rate is None:
            continue
        amount, whole = group.base, Fraction(100)
        if doc.prices_include_tax:
            amount, whole = group.base + group.tax, 100 + Fraction(group.rate)
        exact = amount * Fraction(group.rate) / whole
        assert group.tax == half_up(exact.numerator, exact.denominator)


@given(documents(), st.randoms())
def test_the_order_of_lines_changes_nothing_in_the_totals(doc, random):
    shuffled = list(doc.lines)
    random.shuffle(shuffled)
    before, after = compute(doc), compute(replace(doc, lines=shuffled))
    assert figures(before) == figures(after)
    assert sorted(before.lines) == sorted(after.lines)


@given(documents())
def test_a_credit_mirrors_its_invoice_to_the_cent(doc):
    mirrored = replace(doc, lines=[replace(line, quantity=-line.quantity) for line in doc.lines])
    invoice, credit = compute(doc), compute(mirrored)
    assume(doc.tax_mode is not TaxMode.FIXED or invoice.net != invoice.invoice_discount)
    assert credit.total == -invoice.total
    assert credit.tax_total == -invoice.tax_total
    assert credit.invoice_discount == -invoice.invoice_discount
    for ours, theirs in zip(invoice.lines, credit.lines, strict=True):
        assert theirs.line_no == ours.line_no
        assert theirs[1:] == tuple(-amount for amount in ours[1:])


@given(documents())
def test_each_line_shows_its_own_tax_to_the_cent(doc):
    totals = compute(doc)
    rates = {no: group.rate for group in totals.groups for no in group.line_nos}
    for line in totals.lines:
        rate = rates[line.line_no]
        if rate is not None:
            amount = line.total if doc.prices_include_tax else line.taxable
            whole = 100 + Fraction(rate) if doc.prices_include_tax else 100
            assert abs(line.tax - amount * Fraction(rate) / whole) < 1


@given(documents())
def test_a_discount_never_crosses_zero(doc):
    totals = compute(doc)
    if not doc.prices_include_tax:
        for line in totals.lines:
            assert line.gross * line.discount >= 0
            assert abs(line.discount) <= abs(line.gross)
        assert abs(totals.invoice_discount) <= abs(totals.net)


@given(some_lines())
def test_prices_with_tax_sum_to_the_amount_entered(lines):
    doc = DocumentInput(currency("EUR"), lines, prices_include_tax=True)
    plain = compute(DocumentInput(currency("EUR"), lines, tax_mode=TaxMode.FIXED))
    assert compute(doc).total == plain.net


@settings(max_examples=300)
@given(st.decimals(), st.decimals(), st.decimals())
def test_any_decimals_are_computed_or_refused_with_a_field(quantity, price, rate):
    doc = DocumentInput(currency("EUR"), [LineInput(10, quantity, price, tax_rate=rate)])
    try:
        compute(doc)
    except Invalid as error:
        assert error.fields
