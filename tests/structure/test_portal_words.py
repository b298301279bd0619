"""The portal is complete in German, and its figures and days are the customer's."""

from datetime import date
from decimal import Decimal

import pytest

from billing_app.domain.payment_status import PaymentStatus
from billing_app.portal.shell.tongue import Tongue, german, language_of
from tests.support.portal_words import portal_words

WORDS = portal_words() | {one.label for one in PaymentStatus} | {"Credit Note"}
GERMAN, ENGLISH = Tongue("de"), Tongue("en")
NO_SENTENCES = {"from_on", "to_on"}  # names of fields


def test_there_are_words_to_translate():
    assert len(WORDS) > 200


@pytest.mark.parametrize("words", sorted(WORDS - NO_SENTENCES))
def test_every_sentence_has_its_german_one_with_the_same_places(words):
    assert words in german()
    places = {part.partition("}")[0] for part in words.split("{")[1:]}
    assert places == {part.partition("}")[0] for part in german()[words].split("{")[1:]}


@pytest.mark.parametrize(
    ("chosen", "language"),
    [("de", "de"), ("de-AT", "de"), ("DE", "de"), ("en", "en"), ("fr", "en"), ("", "en")],
)
def test_the_customers_language_decides(chosen, language):
    assert language_of(chosen) == language


def test_amounts_days_and_counts_are_written_by_language():
    assert ENGLISH.money(-123_450, "EUR") == "EUR \u22121,234.50"
    assert GERMAN.money(-123_450, "EUR") == "\u22121.234,50 EUR"
    assert GERMAN.amount(1_234, "JPY") == "1.234"
    assert (ENGLISH.day(date(2026, 3, 9)), GERMAN.day(date(2026, 3, 9))) == (
        "9 Mar 2026",
        "09.03.2026",
    )
    assert GERMAN.number(Decimal("1234.5"), 2) == "1.234,50"
    assert GERMAN.month(2026, 3) == "März 2026"
    assert GERMAN.count(1, "{count} day", "{count} days") == "1 Tag"
    assert GERMAN.count(2_000, "{count} day", "{count} days") == "2.000 Tage"
    assert ENGLISH.say("You owe {amount}.", amount="{count}") == "You owe {count}."
