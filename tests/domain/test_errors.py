"""An error is a sentence with facts, and no fact can break it."""

import pickle

import pytest

from billing_app.domain.errors import (
    BillingError,
    Conflict,
    Forbidden,
    IllegalTransition,
    Invalid,
    NotFound,
    PostingNotAllowed,
    Refused,
    Unavailable,
)


def test_an_error_speaks_its_message_with_the_facts_put_in():
    error = IllegalTransition(label="D-000123", status="Void", done="posted")
    assert error.sentence == "D-000123 is Void, so it cannot be posted."
    assert str(error) == error.sentence
    assert error.code == "invoice.illegal_transition"
    assert error.facts == {"label": "D-000123", "status": "Void", "done": "posted"}


@pytest.mark.parametrize(
    "name", ["{0.__class__}", "{label.__class__}", "{", "}", "{{x}}", "{other}", "%s", "{label!r}"]
)
def test_what_a_person_typed_never_breaks_or_fills_a_sentence(name):
    error = Refused("{label} has no lines.", label=name, other="secret")
    assert error.sentence == f"{name} has no lines."


def test_a_place_without_a_fact_stays_visible():
    assert Refused("{label} is {status}.", label="D-1").sentence == "D-1 is {status}."


def test_a_message_without_facts_is_spoken_as_it_is():
    assert Conflict("Name {x} {").sentence == "Name {x} {"


def test_a_code_can_be_given_with_the_error():
    assert Refused("No.", code="invoice.no_lines").code == "invoice.no_lines"
    assert Refused("No.").code == "billing.refused"


def test_an_invalid_entry_names_each_field_with_its_sentence():
    error = Invalid.many({"due_date": "Too early.", "lines.20.discount": "Too {much}."})
    assert error.fields == {"due_date": "Too early.", "lines.20.discount": "Too {much}."}
    assert error.sentence == "Too early."
    assert Invalid.of("sku", "Taken by {x}.").fields == {"sku": "Taken by {x}."}


def test_an_invalid_entry_without_fields_still_says_something():
    assert Invalid.many({}).sentence == "Please check what was entered."
    assert Invalid("The file is empty.").sentence == "The file is empty."


@pytest.mark.parametrize(
    "error",
    [
        Invalid.of("amount", "Too {much}."),
        PostingNotAllowed(label="D-1"),
        Refused("{label} is late.", label="X", code="a.b"),
    ],
)
def test_an_error_travels_between_processes_unchanged(error):
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), back.sentence, back.code, back.facts) == (
        type(error),
        error.sentence,
        error.code,
        error.facts,
    )
    assert vars(back) == vars(error)
    assert str(back) == str(error)


@pytest.mark.parametrize("family", [Refused, Invalid, NotFound, Forbidden, Conflict, Unavailable])
def test_every_family_is_a_billing_error_with_a_code_and_a_sentence_of_its_own(family):
    error = family()
    assert isinstance(error, BillingError)
    assert error.code != BillingError.code
    assert error.sentence.endswith(".")


@pytest.mark.spec("DLY-6")
def test_the_four_eyes_refusal_has_the_title_of_its_dialog():
    assert PostingNotAllowed.title == "Posting not allowed"
    assert PostingNotAllowed.code == "invoice.posting_not_allowed"
