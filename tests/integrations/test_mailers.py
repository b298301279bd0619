"""Every mailer takes the same letters; the SMTP one in front of servers that fail (G3)."""

import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from billing_app.integrations.mail.folder import FolderMailer
from billing_app.integrations.mail.smtp import Server, SmtpMailer, server_at
from billing_app.integrations.mail.writing import written
from billing_app.services.mail.ports import Attachment, Letter, MailDelayed, MailRefused
from tests.support.mail_sink import Sink, a_certificate

SENDER = "billing@aldermoor.example"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\r\n.\r\n..\n%%EOF"
LETTER = Letter(
    message_key="0123456789abcdef",
    sender_name="Aldermoor Müller, GmbH",
    reply_to="office@aldermoor.example",
    to=("anna@customer.example",),
    cc=("ben@customer.example",),
    subject="Invoice INV-1 für März",
    text="Dear Ms Żółć,\n\n.\nFrom the desk\n" + "long " * 400,
    at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    attachments=(Attachment("INV-1.pdf", PDF),),
)


def mailer(sink, **more):
    return SmtpMailer(server_at(sink.url), SENDER, **more)


@pytest.fixture(params=["smtp", "folder"])
def way(request, tmp_path):
    """A mailer, and what it delivered."""
    if request.param == "smtp":
        with Sink() as sink:
            yield mailer(sink), lambda: [one.content for one in sink.taken]
    else:
        folder = tmp_path / "mails"
        yield (
            FolderMailer(folder, SENDER),
            lambda: [path.read_bytes().partition(b"\r\n")[2] for path in folder.glob("*.eml")],
        )


@pytest.mark.spec("6.11", "CRM-22", "ORO-10")
def test_a_letter_arrives_whole(way):
    one, delivered = way
    one.send(LETTER, "anna@customer.example")
    (content,) = delivered()
    mail = message_from_bytes(content, policy=default)
    assert mail["From"].addresses[0].display_name == "Aldermoor Müller, GmbH"
    assert mail["From"].addresses[0].addr_spec == SENDER
    assert (mail["To"], mail["Cc"], mail["Subject"]) == (
        "anna@customer.example",
        "ben@customer.example",
        "Invoice INV-1 für März",
    )
    assert mail["Message-ID"] == "<0123456789abcdef@aldermoor.example>"
    assert mail["Reply-To"] == "office@aldermoor.example"
    assert mail["Date"].datetime == LETTER.at
    assert "Bcc" not in mail
    assert "\n".join(mail.get_body(("plain",)).get_content().splitlines()) == LETTER.text
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("INV-1.pdf", "application/pdf")
    assert file.get_content() == PDF
    assert all(len(line) <= 998 for line in content.splitlines())


def test_the_same_letter_is_the_same_bytes():
    assert written(LETTER, SENDER) == written(LETTER, SENDER)
    automatic = written(replace(LETTER, is_automatic=True, attachments=()), SENDER)
    assert b"Auto-Submitted: auto-generated\r\n" in automatic


@pytest.mark.spec("6.11")
@pytest.mark.parametrize("sign", ["\n", "\r", "\r\n", "\0", "\u2028", "\u0085", "\x1b"])
def test_no_name_or_subject_makes_a_header(sign):
    hostile = f"x{sign}Bcc: eve@evil.example{sign}{sign}body"
    content = written(replace(LETTER, subject=hostile, sender_name=hostile), SENDER)
    mail = message_from_bytes(content, policy=default)
    assert "Bcc" not in mail
    assert mail["Subject"].startswith("x Bcc: eve")


@pytest.mark.spec("RELIABILITY-G3")
def test_only_the_one_recipient_is_on_the_envelope():
    with Sink() as sink:
        mailer(sink).send(LETTER, "hidden@customer.example")
        (taken,) = sink.taken
    assert (taken.sender, taken.recipients) == (SENDER, ("hidden@customer.example",))
    assert b"hidden@" not in taken.content


@pytest.mark.spec("RELIABILITY-G3")
@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ({"rcpt": {"anna@customer.example": b"550 5.1.1 no \x1b[31msuch user"}}, MailRefused,
         "550 5.1.1 no [31msuch user"),
        ({"rcpt": {"anna@customer.example": b"451 4.7.1 greylisted"}}, MailDelayed, "451 4.7.1"),
        ({"after_data": b"554 5.6.0 not this"}, MailRefused, "554"),
        ({"after_data": b"452 4.3.1 full"}, MailDelayed, "452"),
        ({"after_data": b"354 what"}, MailDelayed, "354"),
        ({"drops_after_data": True}, MailDelayed, "both carry the same Message-ID"),
    ],
)  # fmt: skip
def test_what_a_server_says_no_to_is_not_sent(how, error, said):
    with Sink(**how) as sink, pytest.raises(error) as failed:
        mailer(sink).send(LETTER, "anna@customer.example")
    assert said in failed.value.sentence


@pytest.mark.spec("RELIABILITY-G3")
@pytest.mark.parametrize("how", [{"greeting_delay": 30}, {"dribbles": True}])
def test_a_server_that_stalls_is_left_alone(how):
    began = time.monotonic()
    with Sink(**how) as sink, pytest.raises(MailDelayed):
        mailer(sink, step_seconds=1, whole_seconds=2).send(LETTER, "anna@customer.example")
    assert time.monotonic() - began < 12


def test_where_nobody_listens_the_mail_waits():
    with Sink() as sink:
        url = sink.url
    with pytest.raises(MailDelayed):
        SmtpMailer(server_at(url), SENDER).send(LETTER, "anna@customer.example")


@pytest.mark.spec("RELIABILITY-G3")
def test_off_this_machine_nothing_is_sent_in_the_open():
    with Sink() as sink, pytest.raises(MailDelayed, match="STARTTLS"):
        mailer(sink, needs_tls=True).send(LETTER, "anna@customer.example")
    assert not [one for one in sink.commands if one.upper().startswith((b"MAIL", b"AUTH"))]
    assert not Server("mail.example", 587).is_loopback
    assert Server("127.0.0.1", 25).is_loopback
    assert Server("localhost", 25).is_loopback


@pytest.mark.spec("RELIABILITY-G3")
def test_a_mail_goes_encrypted_and_only_where_the_certificate_holds(tmp_path):
    certificate = a_certificate(tmp_path)
    trust = ssl.create_default_context(cafile=str(certificate[0]))
    with Sink(offers_tls=True, certificate=certificate) as sink:
        mailer(sink, needs_tls=True, trust=trust).send(LETTER, "anna@customer.example")
        (taken,) = sink.taken
        assert taken.is_encrypted
        assert taken.files() == {"INV-1.pdf": PDF}
        with pytest.raises(MailDelayed, match="certificate does not hold"):
            mailer(sink, needs_tls=True).send(LETTER, "anna@customer.example")
        assert len(sink.taken) == 1


def test_a_sign_in_that_fails_is_the_operators_matter_and_the_mail_waits():
    with Sink(wants_sign_in=b"535 5.7.8 no") as sink:
        server = replace(server_at(sink.url), user="u", password="p")
        with pytest.raises(MailDelayed, match="does not accept the sign-in"):
            SmtpMailer(server, SENDER).send(LETTER, "anna@customer.example")
        assert sink.taken == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 587)),
        ("smtp://a%40b:p%3Aw@mail.example:2525", Server("mail.example", 2525, "a@b", "p:w")),
        ("smtps://mail.example", Server("mail.example", 465, is_wrapped=True)),
    ],
)
def test_the_address_of_a_server(url, server):
    assert server_at(url) == server


@pytest.mark.parametrize(
    "url", ["", "mail.example", "http://mail.example", "smtp://", "smtp://a:x"]
)
def test_what_is_no_address_of_a_server(url):
    with pytest.raises(ValueError, match="smtp://"):
        server_at(url)
