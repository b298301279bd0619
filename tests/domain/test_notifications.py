"""The sentences of notifications, and where they lead."""

import pytest

from billing_app.domain.notifications import KINDS, Kind, link_of, sentence
from billing_app.domain.permissions import STAFF_MATRIX


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_sentences_its_switch_and_people_of_the_staff(kind):
    assert KINDS[kind].label
    assert KINDS[kind].permission in STAFF_MATRIX
    for times in (1, 2_000):
        said = sentence(kind, "INV-1", times)
        assert "INV-1" in said
        assert said.endswith(".")
        assert not {"{", "}"} & set(said)


def test_what_happened_again_says_how_often():
    assert sentence(Kind.PAYMENT_CAME, "PMI-7", 1) == "PMI-7 came in online."
    assert (
        sentence(Kind.PAYMENT_CAME, "PMI-7", 1_200)
        == "1,200 payments came in online, the latest is PMI-7."
    )


def test_a_record_that_is_gone_leads_to_what_is_left_of_it():
    assert link_of(Kind.SENT_BACK, 7) == "/invoices?invoice=7"
    assert link_of(Kind.SENT_BACK, 0) == "/pending"
    assert link_of(Kind.JOB_FAILED, 7) == "/jobs?run=7"
