"""A snapshot holds everything a paper says, and its text form is canonical."""

import json
import unicodedata
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_app.documents.snapshot import (
    Buyer,
    Seller,
    Snapshot,
    SnapshotLine,
    SnapshotTax,
    from_json,
    to_json,
)

texts = st.text(st.characters(codec="utf-8"), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9))
amounts = st.integers(-(10**14), 10**14)
dates = st.none() | st.dates()
lines = st.builds(
    SnapshotLine,
    line_no=st.integers(1, 9999),
    name=texts,
    details=st.tuples(texts),
    quantity=decimals,
    unit_price=decimals,
    tax_rate=st.none() | decimals,
    net=amounts,
    date_from=dates,
)
groups = st.builds(
    SnapshotTax, category=texts, rate=st.none() | decimals, base=amounts, tax=amounts
)


@settings(max_examples=40)
@given(
    name=texts,
    lines=st.lists(lines, max_size=3).map(tuple),
    groups=st.lists(groups, max_size=3).map(tuple),
    logo=st.none() | st.binary(max_size=8),
    due=dates,
)
def test_a_snapshot_comes_back_exactly_as_it_was_written(
    an_invoice, name, lines, groups, logo, due
):
    invoice = an_invoice(
        seller=Seller(name=name, logo=logo, footer_columns=((name,), ())),
        buyer=Buyer(name=name, address_lines=(name, "")),
        lines=lines,
        groups=groups,
        due_on=due,
    )
    assert from_json(to_json(invoice)) == invoice


def test_the_text_of_a_snapshot_is_canonical(an_invoice):
    text = to_json(an_invoice(notes="e\u0301"))
    assert text == json.dumps(
        json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert '"notes":"\u00e9"' in text
    assert '"total":"20885"' in text
    assert '"unit_price":"32.50"' in text
    assert '"due_on":"2026-11-09"' in text


def test_a_decimal_is_written_without_an_exponent(an_invoice, a_line):
    text = to_json(an_invoice(lines=(a_line(quantity=Decimal("1E+3")),)))
    assert '"quantity":"1000"' in text


def test_a_snapshot_of_an_unknown_version_is_refused(an_invoice):
    text = to_json(an_invoice()).replace('"version":"v1"', '"version":"v9"')
    with pytest.raises(ValueError, match="version v9"):
        from_json(text)


def test_a_broken_character_never_keeps_a_snapshot_from_being_stored(an_invoice):
    assert "\ufffd" in to_json(an_invoice(notes="\ud800")).encode("utf-8").decode("utf-8")


@pytest.mark.spec("DLY-17")
def test_a_snapshot_has_no_place_for_an_internal_comment():
    names = {field.name for kind in (Snapshot, SnapshotLine) for field in fields(kind)}
    assert not {name for name in names if "internal" in name or "comment" in name}


def test_a_snapshot_cannot_be_changed(an_invoice):
    invoice = an_invoice()
    with pytest.raises(AttributeError):
        invoice.total = 1
    assert replace(invoice, due_on=date(2027, 1, 1)) != invoice
