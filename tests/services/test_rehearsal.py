"""Tomorrow's run, rehearsed: what is odd stands first, and nothing is written."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from billing_app.cli.rehearsing import report
from billing_app.domain.errors import Forbidden, Invalid, Refused
from billing_app.domain.lifecycle import Action
from billing_app.domain.rehearsal import Kind, change_percent, jump
from billing_app.persistence.tables import Customer, Invoice
from billing_app.services.generation.invoicing import auto_generate
from billing_app.services.generation.rehearsal import rehearse
from billing_app.services.invoices.moves import move_invoice
from billing_app.services.settings import change_setting
from tests.services.test_generation import MONDAY, WEEKS, configured, having, used

TODAY = date(2026, 11, 21)
NEXT_MONDAY = date(2026, 11, 23)


def odd(found):
    return [(one.kind, one.customer_id, one.sentence) for one in found.oddities]


@pytest.mark.spec("6.9")
def test_tomorrow_is_compared_with_the_week_before(w):
    customer = configured(w)
    used(w, "a", WEEKS[1], "10")
    auto_generate(w.ctx("billing"), customer)
    used(w, "a", date(2026, 11, 17), "12")
    assert rehearse(w.ctx("admin"), TODAY).drafts == []
    found = rehearse(w.ctx("admin"), NEXT_MONDAY)
    (draft,) = found.drafts
    assert (draft.net_minor, draft.before_minor, draft.lines) == (1200, 1000, 1)
    assert (draft.period.first, found.sums) == (date(2026, 11, 16), {"EUR": 1440})
    assert found.oddities == []
    assert len(w.all(Invoice)) == 1


@pytest.mark.spec("6.9")
def test_a_jump_is_odd_beyond_the_set_share(w):
    customer = configured(w)
    used(w, "a", MONDAY, "10")
    used(w, "a", WEEKS[1], "16")
    found = rehearse(w.ctx("admin"), TODAY)  # the second week follows one of the same run
    assert odd(found) == [(Kind.JUMP, customer, "EUR 16.00 after 10.00: up 60 %.")]
    change_setting(w.ctx("admin"), "rehearsal_jump_percent", "60")
    assert rehearse(w.ctx("admin"), TODAY).oddities == []
    for wrong in ("0", "", "-5", "half", "10001"):
        with pytest.raises(Invalid):
            change_setting(w.ctx("admin"), "rehearsal_jump_percent", wrong)


@pytest.mark.spec("6.9")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "now nothing is there to charge for 2026-11-09 to 2026-11-15."),
        ({"is_active": False}, "now the customer is not active any more."),
        ({"invoice_schedule": "none"}, "now the customer has no invoice schedule any more."),
    ],
    ids=str,
)
def test_a_customer_who_had_an_invoice_and_gets_none_is_missed(w, change, said):
    customer = configured(w)
    used(w, "a", MONDAY, "10")
    auto_generate(w.ctx("billing"), customer)
    w.change(Customer, customer, **change)
    found = rehearse(w.ctx("admin"), TODAY)
    assert odd(found) == [(Kind.MISSING, customer, f"EUR 10.00 last period; {said}")]
    assert found.names[customer][1] == "Halvorsen Dairy"


def test_who_changed_to_another_schedule_is_not_missed(w):
    customer = configured(w)
    used(w, "a", MONDAY, "10")
    auto_generate(w.ctx("billing"), customer)
    w.change(Customer, customer, invoice_schedule="monthly")
    assert rehearse(w.ctx("admin"), TODAY).oddities == []


@pytest.mark.spec("6.9", "CXS-23")
def test_usage_without_a_price_and_who_fails_stand_before_jumps(w):
    a, b = configured(w), configured(w, "b")
    used(w, "a", MONDAY, "1")
    used(w, "a", WEEKS[1], "9")
    used(w, "a", MONDAY, "0", is_rated=False)
    used(w, "a", TODAY, "0", is_rated=False)  # of a week that has not ended
    used(w, "b", MONDAY, "1")
    w.change(Customer, b, payment_term_days=9_999)
    found = rehearse(w.ctx("admin"), TODAY)
    assert [(one.kind, one.customer_id) for one in found.oddities] == [
        (Kind.FAILED, b),
        (Kind.UNPRICED, a),
        (Kind.JUMP, a),
    ]
    assert found.oddities[1].sentence == "1 call has no rate and will not be charged."


def test_a_dead_invoice_is_rehearsed_as_given_back(w):
    customer = configured(w)
    having(w, "a")
    used(w, "a", MONDAY, "1")
    first, _ = auto_generate(w.ctx("billing"), customer).invoice_ids
    assert rehearse(w.ctx("admin"), TODAY).drafts == []
    move_invoice(w.ctx("billing"), first, Action.DELETE)
    (draft,) = rehearse(w.ctx("admin"), TODAY).drafts
    assert (draft.net_minor, draft.lines, draft.before_minor) == (3100, 2, None)


def test_who_may_rehearse_what_and_whose_names_are_told(w):
    customer = configured(w)
    used(w, "a", MONDAY, "1")
    with pytest.raises(Forbidden):
        rehearse(w.ctx("accounting"), TODAY)
    with pytest.raises(Refused, match="a year ahead"):
        rehearse(w.ctx("admin"), TODAY + timedelta(400))
    blind = replace(w.people["admin"], sees_partner=False)
    assert rehearse(w.ctx(blind), TODAY).names[customer][1] == "Hidden"


def test_the_operator_reads_oddities_first(w):
    configured(w)
    having(w, "a", auto_decrement=True)
    used(w, "a", MONDAY, "10")
    used(w, "a", WEEKS[1], "16")
    text = report(rehearse(w.ctx("admin"), TODAY)).splitlines()
    assert text[0] == "Rehearsed as of 2026-11-21. Nothing was written."
    assert text[1] == "1 to look at first:"
    assert "Jump: 10001" in text[2]
    assert text[-2] == "2 drafts, with tax EUR 31.20."
    assert text[-1] == "3 purchases from customers' credit."
    assert "(+60 %)" in text[4]
    assert "the first one" in text[3]


def test_a_change_is_counted_from_what_was_before():
    assert change_percent(150, 100) == 50
    assert change_percent(50, -100) == 150
    assert change_percent(5, 0) is None
    assert jump(1, "EUR", 150, 100, 50) is None
    assert jump(1, "EUR", 151, 100, 50).weight == 51
    assert jump(1, "JPY", 1, 3, 50).sentence == "JPY 1 after 3: down 67 %."
    assert jump(1, "EUR", 5, 0, 50) is None
