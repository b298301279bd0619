"""Entries of the audit trail as people read them."""

import pytest

from billing_app.domain.history import (
    HIDDEN,
    NOTHING,
    SECRET,
    Change,
    Sight,
    differences,
    field_words,
    verb_words,
)

ALL = Sight()


def test_what_changed_comes_first_and_what_stayed_says_where():
    found = differences(
        "setting",
        {"enable_invoices": "on", "scope": "company", "scope_id": 1},
        {"enable_invoices": "off", "scope": "company", "scope_id": 1},
        ALL,
    )
    assert found == (
        Change("Enable Invoices", "on", "off"),
        Change("Scope", "Company", "Company"),
    )


def test_a_field_that_was_not_there_was_nothing():
    assert differences("user", {}, {"staff_level": 30, "is_active": True}, ALL) == (
        Change("Level", NOTHING, "30"),
        Change("Active", NOTHING, "yes"),
    )
    assert differences("user", {"name": "A"}, {"name": None}, ALL) == (
        Change("Name", "A", NOTHING),
    )
    assert differences("user", {}, {}, ALL) == ()


@pytest.mark.parametrize("key", ["password_hash", "guest_token", "api_key", "webhook_secret"])
def test_a_secret_is_never_shown(key):
    assert differences("user", {key: "a"}, {key: "b"}, ALL)[0].was == SECRET
    assert differences("user", {key: "a"}, {key: "b"}, ALL)[0].now == SECRET


@pytest.mark.spec("DLY-12", "DLY-13")
@pytest.mark.parametrize(
    ("entity", "key"), [("customer", "street"), ("invoice", "customer_name"), ("order", "customer")]
)
def test_who_sees_no_partners_reads_no_partner_in_a_difference(entity, key):
    changed = differences(entity, {key: "Halvorsen"}, {key: "Brixham"}, Sight(partners=False))
    assert (changed[0].was, changed[0].now) == (HIDDEN, HIDDEN)
    assert differences(entity, {key: "H"}, {key: "B"}, Sight(vessels=False))[0].was == "H"


def test_who_sees_no_vessels_reads_no_vessel():
    changed = differences("voyage", {"vessel": "Ada"}, {"vessel": "Ida"}, Sight(vessels=False))
    assert (changed[0].was, changed[0].now) == (HIDDEN, HIDDEN)


def test_fields_and_verbs_are_words():
    assert field_words("total_minor") == "Total (minor units)"
    assert field_words("customer_id") == "Customer"
    assert verb_words("password_link_made") == "Password link made"
    assert verb_words("text changed") == "Text changed"
