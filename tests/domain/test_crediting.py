"""Credits never exceed their invoice, and together they come to it, to the cent."""

from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.credit_limits import Asked, Group, Sums, sums_of, together, within
from billing_app.domain.crediting import credit_of, left, parts
from billing_app.domain.currencies import currency
from billing_app.domain.errors import Invalid
from billing_app.domain.totals import DiscountType, DocumentInput, LineInput, TaxMode, compute

NOTHING = Sums({}, {})
RATES = [Decimal(19), Decimal(7), Decimal("5.5"), Decimal(0)]


def a_line(no=10, quantity=3, price="19.99", rate="20", **more):
    own = None if rate is None else Decimal(rate)
    return LineInput(no, Decimal(quantity), Decimal(price), tax_rate=own, **more)


def a_document(*lines, code="EUR", **more):
    return DocumentInput(currency(code), list(lines), **more)


def credited(doc, *askings):
    """Credit the quantities one after the other; each answers its document and its totals."""
    invoice, done, made = sums_of(doc, compute(doc)), NOTHING, []
    for wanted in askings:
        rest = left(invoice, done)
        asked = {no: one.quantity for no, one in rest.items()} if wanted is None else wanted
        numbered = {no: Decimal(quantity) for no, quantity in asked.items()}
        credit = credit_of(doc, invoice, done, parts(rest, numbered))
        totals = compute(credit)
        made.append((credit, totals))
        own = {line.line_no: line.line_no for line in credit.lines}
        done = together([done, sums_of(credit, totals, own)])
    return made


def taxable(totals):
    return totals.total - totals.tax_total


@pytest.mark.spec("T12", "DLY-42", "6.5-6a")
def test_a_first_credit_in_full_says_what_the_invoice_says():
    doc = a_document(
        a_line(10, discount_type=DiscountType.PERCENT, discount_value=Decimal(10)),
        a_line(20, 1, "50", "7"),
        discount_type=DiscountType.FIXED,
        discount_value=Decimal(15),
    )
    [(credit, totals)] = credited(doc, None)
    assert totals == compute(doc)
    assert credit == doc


@pytest.mark.spec("T12", "6.14-V21")
def test_the_last_credit_takes_the_cent_that_rounding_left():
    doc = a_document(*(a_line(no, 1, "0.35", "19") for no in (10, 20, 30)))
    assert compute(doc).tax_total == 20
    made = credited(doc, {10: 1}, {20: 1}, {30: 1})
    assert [totals.tax_total for _, totals in made] == [7, 6, 7]
    assert sum(totals.total for _, totals in made) == compute(doc).total == 125


@pytest.mark.spec("T12")
def test_a_quantity_takes_its_part_and_the_last_one_what_is_left():
    doc = a_document(a_line(10, 3, "0.335", "0"))
    assert compute(doc).total == 101
    made = credited(doc, {10: 1}, {10: 1}, {10: 1})
    assert [totals.total for _, totals in made] == [34, 34, 33]
    assert [credit.lines[0].quantity for credit, _ in made] == [Decimal(1)] * 3


@pytest.mark.spec("T12")
def test_a_part_above_its_price_is_said_with_a_price_that_holds_it():
    doc = a_document(a_line(10, 3, "0.333", "0"))
    made = credited(doc, {10: 1}, {10: 1}, {10: 1})
    assert [totals.total for _, totals in made] == [33, 34, 33]
    assert made[1][0].lines[0].unit_price == Decimal("0.34000")


@pytest.mark.spec("T12", "6.14-V22")
def test_prices_with_tax_are_credited_as_they_were_charged():
    doc = a_document(a_line(10, 1, "500", "19"), a_line(20, 2, "10", "19"), prices_include_tax=True)
    made = credited(doc, {10: 1}, {20: 1}, {20: 1})
    assert [totals.total for _, totals in made] == [50000, 1000, 1000]
    assert sum(totals.tax_total for _, totals in made) == compute(doc).tax_total


@pytest.mark.spec("T12")
def test_a_fixed_tax_is_credited_in_proportion_and_wholly_with_the_last():
    doc = a_document(a_line(10, 3, "10", None), tax_mode=TaxMode.FIXED, tax_value=Decimal("1.00"))
    made = credited(doc, {10: 1}, {10: 1}, {10: 1})
    assert [totals.tax_total for _, totals in made] == [33, 34, 33]


@pytest.mark.spec("T12")
def test_nothing_is_credited_twice():
    doc = a_document(a_line(10, 3), a_line(20, 1))
    invoice = sums_of(doc, compute(doc))
    (credit, totals), *_ = credited(doc, {10: 2})
    done = sums_of(credit, totals, {10: 10})
    rest = left(invoice, done)
    assert rest[10].quantity == 1
    with pytest.raises(Invalid) as refused:
        parts(rest, {10: Decimal(2), 20: Decimal(-1), 30: Decimal(1)})
    assert refused.value.fields == {
        "lines.10.quantity": "Enter a quantity up to 1; no more is left.",
        "lines.20.quantity": "Enter a quantity up to 1; no more is left.",
        "lines.30.quantity": "Nothing of this line is left to credit.",
    }
    with pytest.raises(Invalid, match="Choose at least one line"):
        parts(rest, {})
    everything = credited(doc, None)
    whole = sums_of(*everything[0], {10: 10, 20: 20})
    assert left(invoice, whole) == {}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"unit_price": Decimal("20.00")}, "Of line 10 only EUR 59.97 is left to credit."),
        ({"quantity": Decimal(4), "unit_price": Decimal(1)}, "Line 10 has a quantity of 3 only."),
        ({"tax_rate": Decimal(7)}, "All corrections together would come to EUR 59.97 at 7 %"),
    ],
)
@pytest.mark.spec("T12")
def test_a_credit_that_was_changed_stays_within_its_invoice(changed, sentence):
    doc = a_document(a_line())
    invoice = sums_of(doc, compute(doc))
    with pytest.raises(Invalid, match=sentence):
        within(
            replace(doc, lines=[replace(doc.lines[0], **changed)]), doc, invoice, NOTHING, {10: 10}
        )


@pytest.mark.spec("T12")
def test_a_line_of_ones_own_stays_within_the_rate():
    doc = a_document(a_line(10, 1, "100", "20"), a_line(20, 1, "50", "7"))
    invoice = sums_of(doc, compute(doc))
    goodwill = a_document(a_line(10, 1, "60", "7"))
    with pytest.raises(Invalid, match=r"EUR 60.00 at 7 %; the original has EUR 50.00 at 7 %"):
        within(goodwill, doc, invoice, NOTHING, {})
    ours = within(a_document(a_line(10, 1, "40", "7")), doc, invoice, NOTHING, {})
    assert compute(ours).total == 4280
    after = sums_of(ours, compute(ours), {})
    assert after.lines == {}
    assert after.groups[Group("S", Decimal("7.00"))].amount == 4000


@pytest.mark.spec("T12")
def test_a_price_reduction_leaves_the_rest_of_the_line_to_credit():
    doc = a_document(a_line(10, 3, "10", "20"))
    invoice = sums_of(doc, compute(doc))
    cheaper = within(
        replace(doc, lines=[replace(doc.lines[0], unit_price=Decimal(1))]),
        doc,
        invoice,
        NOTHING,
        {10: 10},
    )
    done = sums_of(cheaper, compute(cheaper), {10: 10})
    rest = left(invoice, done)
    assert rest == {10: Asked(Decimal(1), 2700)}
    last = compute(credit_of(doc, invoice, done, parts(rest, {10: Decimal(1)})))
    assert last.total + compute(cheaper).total == compute(doc).total


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"prices_include_tax": True}, "tax"), ({"tax_mode": TaxMode.FIXED}, "tax")],
)
def test_a_credit_speaks_of_prices_as_its_invoice_does(changed, field):
    doc = a_document(a_line())
    with pytest.raises(Invalid) as refused:
        within(replace(doc, **changed), doc, sums_of(doc, compute(doc)), NOTHING, {10: 10})
    assert list(refused.value.fields) == [field]


def test_a_tax_amount_is_not_credited_beyond_the_invoices():
    doc = a_document(a_line(rate=None), tax_mode=TaxMode.FIXED, tax_value=Decimal(3))
    invoice = sums_of(doc, compute(doc))
    with pytest.raises(Invalid, match=r"only EUR 3.00 of tax"):
        within(replace(doc, tax_value=Decimal(4)), doc, invoice, NOTHING, {10: 10})


def test_a_line_the_invoice_does_not_have_cannot_be_credited():
    doc = a_document(a_line())
    with pytest.raises(Invalid, match="The original has no line 70"):
        within(doc, doc, sums_of(doc, compute(doc)), NOTHING, {10: 70})


def test_a_fixed_tax_without_an_amount_is_credited_with_the_last_line():
    doc = a_document(
        a_line(10, 1, "10", None),
        a_line(20, -1, "10", None),
        tax_mode=TaxMode.FIXED,
        tax_value=Decimal(3),
    )
    [(_, totals)] = credited(doc, None)
    assert (totals.total, totals.tax_total) == (300, 300)


AMOUNTS = st.decimals(Decimal("0.001"), Decimal("9999.99999"), places=5)
LINES = st.builds(
    LineInput,
    line_no=st.just(0),
    quantity=st.decimals(Decimal("0.001"), Decimal(500), places=3),
    unit_price=AMOUNTS,
    discount_type=st.sampled_from([DiscountType.NONE, DiscountType.PERCENT]),
    discount_value=st.decimals(0, 100, places=2),
    tax_rate=st.sampled_from([*RATES, None]),
)


@st.composite
def documents(draw):
    lines = [
        replace(line, line_no=no)
        for no, line in zip(count(10, 10), draw(st.lists(LINES, min_size=1, max_size=6)))
    ]
    mode = draw(st.sampled_from(list(TaxMode)))
    value = {TaxMode.LINE: 0, TaxMode.RATE: 16, TaxMode.FIXED: 25}[mode]
    return a_document(
        *lines,
        code=draw(st.sampled_from(["EUR", "JPY", "KWD"])),
        discount_type=draw(st.sampled_from([DiscountType.NONE, DiscountType.PERCENT])),
        discount_value=draw(st.decimals(0, 100, places=2)),
        tax_mode=mode,
        tax_value=Decimal(value),
        prices_include_tax=mode is not TaxMode.FIXED and draw(st.booleans()),
    )


@pytest.mark.spec("T12", "6.5-4", "6.5-6a")
@given(documents(), st.data())
def test_the_parts_of_an_invoice_come_to_the_invoice(doc, data):
    whole = compute(doc)
    invoice, done, shown = sums_of(doc, whole), NOTHING, []
    for _ in range(data.draw(st.integers(1, 4))):
        rest = left(invoice, done)
        chosen = data.draw(st.lists(st.sampled_from(sorted(rest)), unique=True)) if rest else []
        wanted = {
            no: rest[no].quantity
            if rest[no].quantity <= Decimal("0.001")
            else data.draw(st.decimals(Decimal("0.001"), rest[no].quantity, places=3))
            for no in chosen
        }
        if wanted:
            done = _take(doc, invoice, done, wanted, shown)
    rest = left(invoice, done)
    if rest:
        done = _take(doc, invoice, done, {no: one.quantity for no, one in rest.items()}, shown)
    assert sum(taxable(one) for one in shown) == taxable(whole)
    assert sum(one.tax_total for one in shown) == whole.tax_total
    assert left(invoice, done) == {}


def _take(doc, invoice, done, wanted, shown):
    """One more credit; whatever it takes, nothing goes beyond the invoice."""
    credit = credit_of(doc, invoice, done, parts(left(invoice, done), wanted))
    totals = compute(credit)
    shown.append(totals)
    after = together(
        [done, sums_of(credit, totals, {one.line_no: one.line_no for one in credit.lines})]
    )
    for no, asked in after.lines.items():
        assert 0 <= asked.amount <= invoice.lines[no].amount
    for key, group in after.groups.items():
        assert 0 <= group.amount <= invoice.groups[key].amount
        assert 0 <= group.tax <= invoice.groups[key].tax
    for group in totals.groups:  # never more than a cent or two from what the rate says
        line_tax = sum(line.tax_shift for line in credit.lines if line.line_no in group.line_nos)
        assert abs(line_tax) <= 2 + len(shown)
    return after
