"""What a payment says, and what may become of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.currencies import currency
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.money import Money
from billing_app.domain.payments import (
    RECORDED_METHODS,
    PaymentMethod,
    PaymentState,
    check_cancel,
    check_complete,
    method_label,
    payment_number,
    public_description,
)
from billing_app.domain.settlement import (
    SMALL_DIFFERENCE_MINOR,
    Part,
    PaymentKind,
    PaymentSource,
    check_write_off,
    refund_parts,
    settles,
    still_fitting,
)

EUR = currency("EUR")


@pytest.mark.spec("CXS-32")
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("October # called twice, promised Friday", "October"),
        ("#all of it", ""),
        ("October", "October"),
        ("a # b # c", "a"),
        ("", ""),
    ],
)
def test_what_follows_a_hash_is_private(written, shown):
    assert public_description(written) == shown


@pytest.mark.spec("CXS-32")
@given(st.text(), st.text())
def test_no_word_behind_a_hash_is_ever_public(before, after):
    said = public_description(f"{before}#{after}")
    assert "#" not in said
    assert before.startswith(said)


@pytest.mark.spec("CRM-24")
def test_the_methods_are_those_of_the_specification():
    assert [one.label for one in RECORDED_METHODS] == [
        "Bank transfer",
        "Credit card",
        "Cash",
        "Cheque",
        "PayPal",
        "Stripe",
        "Other",
    ]
    assert PaymentMethod.WRITE_OFF not in RECORDED_METHODS
    assert method_label("cheque") == "Cheque"
    assert method_label("direct_debit") == "Direct debit"


@pytest.mark.spec("DLY-47")
def test_money_in_is_pmi_and_money_out_is_pmo():
    assert payment_number("receipt", 12) == "PMI-000012"
    assert payment_number("payment", 1_234_567) == "PMO-1234567"
    assert payment_number("refund", 3) == "PMO-000003"


@pytest.mark.spec("CXS-30", "CXS-35", "6.5-11")
def test_who_may_become_what():
    manual, gateway = PaymentSource.MANUAL, PaymentSource.GATEWAY
    check_complete(PaymentState.PENDING, PaymentSource.PORTAL)
    check_complete(PaymentState.CANCELLED, manual)
    with pytest.raises(Refused, match="completed already"):
        check_complete(PaymentState.COMPLETED, manual)
    with pytest.raises(Refused, match="completes this payment itself"):
        check_complete(PaymentState.PENDING, gateway)
    for state in (PaymentState.PENDING, PaymentState.COMPLETED):
        check_cancel(state, PaymentKind.RECEIPT, manual, 0)
    with pytest.raises(Refused, match="cancelled already"):
        check_cancel(PaymentState.CANCELLED, PaymentKind.RECEIPT, manual, 0)
    with pytest.raises(Refused, match="Refund it instead"):
        check_cancel(PaymentState.COMPLETED, PaymentKind.RECEIPT, gateway, 0)
    with pytest.raises(Refused, match="Delete the refund first"):
        check_cancel(PaymentState.COMPLETED, PaymentKind.RECEIPT, manual, 1)
    with pytest.raises(Refused, match="Delete it instead"):
        check_cancel(PaymentState.COMPLETED, PaymentKind.REFUND, manual, 0)


@pytest.mark.spec("6.5-7", "6.5-9")
@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("document", list(DocumentKind))
def test_each_document_is_settled_by_one_kind_of_its_own_direction(direction, document):
    fitting = {
        (kind, way)
        for kind in PaymentKind
        for way in Direction
        if settles(kind, way, document, direction)
    }
    expected = {
        (Direction.OUT, DocumentKind.INVOICE): {(PaymentKind.RECEIPT, Direction.OUT)},
        (Direction.OUT, DocumentKind.CREDIT): {(PaymentKind.PAYMENT, Direction.OUT)},
        (Direction.IN, DocumentKind.INVOICE): {(PaymentKind.PAYMENT, Direction.IN)},
        (Direction.IN, DocumentKind.CREDIT): {(PaymentKind.RECEIPT, Direction.IN)},
    }
    assert fitting == expected.get((direction, document), set())


def test_only_a_small_difference_after_a_payment_is_written_off_with_a_reason():
    limit = Money(SMALL_DIFFERENCE_MINOR, EUR)
    check_write_off(limit, 1, "bank charges")
    with pytest.raises(Invalid, match="EUR 5.01 is too much to write off; the most is EUR 5.00"):
        check_write_off(Money(SMALL_DIFFERENCE_MINOR + 1, EUR), 1, "bank charges")
    with pytest.raises(Refused, match="Nothing is paid yet"):
        check_write_off(limit, 0, "bank charges")
    with pytest.raises(Refused, match="Nothing is open"):
        check_write_off(Money(0, EUR), 100, "bank charges")
    with pytest.raises(Invalid) as refused:
        check_write_off(limit, 1, "  ")
    assert list(refused.value.fields) == ["reason"]


@pytest.mark.spec("6.5-12", "ORO-45")
@given(st.integers(-50, 500), st.lists(st.integers(0, 200), max_size=8), st.data())
def test_a_refund_takes_the_rest_first_and_never_more_than_a_document_got(rest, amounts, data):
    allocated = [Part(at, minor) for at, minor in enumerate(amounts)]
    most = max(rest, 0) + sum(amounts)
    amount = data.draw(st.integers(0, most))
    from_rest, parts = refund_parts(amount, rest, allocated)
    assert from_rest + sum(part.minor for part in parts) == amount
    assert from_rest == min(amount, max(rest, 0))
    assert all(0 < part.minor <= amounts[part.id] for part in parts)


@pytest.mark.spec("6.5-9", "6.5-11")
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 100)), max_size=12),
    st.dictionaries(st.integers(0, 5), st.integers(-20, 100)),
)
def test_what_still_fits_is_within_what_was_allocated_and_within_what_is_open(rows, opens):
    parts = still_fitting([Part(*row) for row in rows], opens)
    for key in range(6):
        kept = sum(part.minor for part in parts if part.id == key)
        asked = sum(minor for at, minor in rows if at == key)
        assert kept == min(asked, max(opens.get(key, 0), 0))
