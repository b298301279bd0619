"""IBAN and BIC: what is written on paper can be paid to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.banking import parse_bic, parse_iban
from billing_app.domain.errors import Invalid

# The examples of the IBAN registry.
GOOD = (
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
)


@pytest.mark.parametrize("code", GOOD)
def test_an_iban_is_kept_without_blanks(code):
    assert parse_iban(code, "iban") == code
    spaced = " ".join(code[at : at + 4] for at in range(0, len(code), 4))
    assert parse_iban(f" {spaced.lower()}\u00a0", "iban") == code


@given(st.sampled_from(GOOD), st.data())
def test_no_mistyped_sign_passes(code, data):
    at = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from("0123456789ABCXYZ").filter(lambda sign: sign != code[at]))
    with pytest.raises(Invalid):
        parse_iban(code[:at] + other + code[at + 1 :], "iban")


@pytest.mark.parametrize(
    "code", ["DE", "DE8937040044053201300", "DE8937040044053201300０", "<b>", "x" * 40]
)
def test_what_is_no_iban_is_refused(code):
    with pytest.raises(Invalid) as told:
        parse_iban(code, "iban")
    assert "no IBAN" in told.value.fields["iban"]


def test_a_bic_has_eight_or_eleven_signs():
    assert parse_bic("coba deff xxx", "bic") == "COBADEFFXXX"
    assert parse_bic("COBADEFF", "bic") == "COBADEFF"
    for wrong in ("COBADEFFX", "1OBADEFF", "COBA"):
        with pytest.raises(Invalid):
            parse_bic(wrong, "bic")


def test_nothing_stays_nothing():
    assert parse_iban("  ", "iban") == parse_bic("", "bic") == ""
