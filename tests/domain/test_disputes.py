"""Disputes: the table of their states, and how much of an invoice they may be about."""

from decimal import Decimal
from itertools import product

import pytest

from billing_app.domain.access import PORTAL_MATRIX, STAFF_MATRIX, Permission
from billing_app.domain.credit_limits import Asked
from billing_app.domain.crediting import Part
from billing_app.domain.disputes import (
    STEPS,
    UNDECIDED,
    DisputeAction,
    DisputeState,
    disputable,
    marked,
    refuse_undisputable,
    step,
    still_left,
)
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.lifecycle import Posting

OUTSIDE = [pair for pair in product(DisputeState, DisputeAction) if pair not in STEPS]


def asked(quantity, amount):
    return Asked(Decimal(quantity), amount)


def part(line_no, quantity, amount):
    return Part(line_no, Decimal(quantity), amount)


def test_what_is_undecided_can_be_answered_decided_and_withdrawn():
    for state in UNDECIDED:
        found = {action: step(state, action).to.label for action in DisputeAction}
        assert list(found.values()) == ["Answered", "Accepted", "Rejected", "Withdrawn"]


@pytest.mark.parametrize(("state", "action"), OUTSIDE)
def test_what_is_decided_stays_as_it_is(state, action):
    with pytest.raises(Refused, match=f"This dispute is {state}. It stays as it is."):
        step(state, action)


def test_staff_decide_who_may_credit_and_customers_withdraw():
    decides = {action: row.permission for (_, action), row in STEPS.items()}
    assert decides.pop(DisputeAction.WITHDRAW) in PORTAL_MATRIX
    assert set(decides.values()) == {Permission.INVOICE_REVERSE} <= set(STAFF_MATRIX)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.parametrize("posting", Posting)
def test_only_a_posted_invoice_of_ours_is_disputed(direction, kind, posting):
    is_ours = (direction, kind) == (Direction.OUT, DocumentKind.INVOICE)
    if is_ours and posting is Posting.POSTED:
        refuse_undisputable("INV-1", posting, direction, kind)
        return
    said = "is no invoice" if not is_ours else "is void" if posting is Posting.VOID else "changed"
    with pytest.raises(Refused, match=said):
        refuse_undisputable("INV-1", posting, direction, kind)


def test_what_one_dispute_is_about_no_other_one_is():
    rest = {10: asked(3, 300), 20: asked(1, 50), 30: asked(-2, -20)}
    taken = [part(10, 1, 100), part(10, "0.5", 50), part(20, 1, 50), part(30, -1, -10)]
    assert disputable(rest, taken) == {10: asked("1.5", 150), 30: asked(-1, -10)}
    assert disputable(rest, []) == rest


def test_a_credit_made_meanwhile_leaves_nothing_negative():
    assert disputable({10: asked(2, 40)}, [part(10, 1, 60)]) == {10: asked(1, 0)}
    assert disputable({10: asked(1, 40)}, [part(10, 2, 60)]) == {}


def test_marks_are_within_what_is_left():
    rest = {10: asked(3, 100), 20: asked(1, 50)}
    assert marked(rest, {10: Decimal(1)}, "INV-1") == (part(10, 1, 33),)
    assert marked(rest, None, "INV-1") == (part(10, 3, 100), part(20, 1, 50))
    for quantity in ("3.001", "-1", "0", "0.0001"):
        with pytest.raises(Invalid) as error:
            marked(rest, {10: Decimal(quantity)}, "INV-1")
        assert error.value.fields == {
            "lines.10.quantity": "Enter a quantity up to 3; no more is left."
        }
    with pytest.raises(Invalid, match="Nothing of this line is left to dispute"):
        marked(rest, {30: Decimal(1)}, "INV-1")
    with pytest.raises(Invalid, match="Choose at least one line to dispute"):
        marked(rest, {}, "INV-1")
    with pytest.raises(Refused, match="Nothing of INV-1 is left to dispute"):
        marked({}, None, "INV-1")


@pytest.mark.parametrize(
    ("rest", "is_left"),
    [({10: asked(2, 20)}, True), ({10: asked(1, 10)}, True), ({10: asked("0.9", 9)}, False),
     ({}, False), ({10: asked(-2, -20)}, False)],
)  # fmt: skip
def test_what_is_disputed_is_left_to_credit_or_not(rest, is_left):
    assert still_left(rest, [part(10, 1, 10)]) is is_left
