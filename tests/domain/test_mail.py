"""Addresses, subjects, file names and retries: what is typed stays in its field."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.errors import Invalid
from billing_app.domain.mail import (
    MOST_TRIES,
    MailFacts,
    Recipient,
    check,
    paper_name,
    parse_address,
    parse_copies,
    pause,
)

GOOD = MailFacts("anna@customer.example", "Invoice 1", "Dear Anna")


def refused(**changes):
    facts = {"to": GOOD.to, "subject": GOOD.subject, "text": GOOD.text} | changes
    with pytest.raises(Invalid) as error:
        check(MailFacts(**facts))
    return error.value.fields


@pytest.mark.spec("CRM-22", "6.11")
def test_a_mail_goes_to_one_person_with_copies():
    found = check(
        MailFacts(
            " Anna.B+c@Customer.EXAMPLE ",
            "  S ",
            "T",
            "a@b.example; c@d.example\n",
            "e@müller.example",
        )
    )
    assert found.recipients == (
        Recipient("to", "Anna.B+c@customer.example"),
        Recipient("cc", "a@b.example"),
        Recipient("cc", "c@d.example"),
        Recipient("bcc", "e@xn--mller-kva.example"),
    )
    assert (found.subject, found.text) == ("S", "T")


@pytest.mark.spec("6.11", "RELIABILITY-G3")
@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
@pytest.mark.parametrize(
    "typed",
    [
        "anna", "@b.example", "a@", "a@b", "a b@c.example", "a@b..example", ".a@b.example",
        "a.@b.example", "a@-b.example", "Anna <a@b.example>", "a@b.example>\r\nRCPT TO:<x@y.example",
        "a@b.example\0", "a@b.example\u2028c", "a\u202e@b.example", '"a b"@c.example',
        "a@b.example@c.example", "a@[127.0.0.1]", "a" * 65 + "@b.example", "a@" + "b" * 250 + ".example",
        "żółć@b.example", "a@b.example\tc", "a@\ud800.example",
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused_at_its_field(field, typed):
    assert list(refused(**{field: typed})) == [field]


def test_several_addresses_in_to_and_the_same_one_twice_are_refused():
    assert "one address" in refused(to="a@b.example, c@d.example")["to"]
    assert "twice" in refused(cc="ANNA@customer.example")["cc"]
    assert "twice" in refused(bcc="a@b.example, a@B.example")["bcc"]
    assert "At most 20" in refused(cc=",".join(f"a{at}@b.example" for at in range(21)))["cc"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"to": "", "subject": " ", "text": "\n"}, {"to", "subject", "text"}),
        ({"subject": "a\r\nBcc: x@y.example"}, {"subject"}),
        ({"subject": "a\nb"}, {"subject"}),
        ({"subject": "a\0"}, {"subject"}),
        ({"subject": "a\u2028b"}, {"subject"}),
        ({"subject": "x" * 201}, {"subject"}),
        ({"text": "x" * 20_001}, {"text"}),
        ({"text": "a\0"}, {"text"}),
    ],
)
def test_every_wrong_field_gets_its_sentence(changes, fields):
    assert set(refused(**changes)) == fields


@given(st.text(max_size=80))
def test_whatever_is_typed_an_address_that_passes_is_one_plain_word(typed):
    try:
        found = parse_address(typed, "to")
    except Invalid:
        return
    assert found.isascii()
    assert found.isprintable()
    assert found.count("@") == 1
    assert not set(found) & set(' ,;<>()[]\\":')


@given(st.text(alphabet=st.sampled_from("a@b.,; \n"), max_size=60))
def test_copies_are_addresses_or_a_sentence(typed):
    try:
        assert all(one == parse_address(one, "cc") for one in parse_copies(typed, "cc"))
    except Invalid as error:
        assert list(error.fields) == ["cc"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("INV-2026-11-00001", "INV-2026-11-00001.pdf"),
        ("../../etc/passwd", "etc-passwd.pdf"),
        ("R\u202efdp.exe", "R-fdp-exe.pdf"),
        ('a";filename=x\r\n', "a-filename-x.pdf"),
        ("Ä/ß", "document.pdf"),
        ("x" * 300, "x" * 60 + ".pdf"),
        ("", "document.pdf"),
    ],
)
def test_a_files_name_is_made_from_the_number_and_is_a_plain_word(label, name):
    assert paper_name(label) == name


@given(st.integers(1, MOST_TRIES - 1), st.integers(0, 999))
def test_a_mail_waits_longer_each_time_and_is_given_up_in_the_end(tries, chance):
    wait = pause(tries, chance)
    assert timedelta(minutes=1) <= wait <= timedelta(hours=7, minutes=12)
    assert pause(tries, 0) <= wait < pause(tries, 0) * 6 / 5
    assert pause(MOST_TRIES, chance) is None
    assert sum((pause(n, 0) for n in range(1, MOST_TRIES)), timedelta()) > timedelta(hours=24)
