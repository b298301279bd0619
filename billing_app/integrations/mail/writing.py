"""A letter as the bytes of RFC 5322: the same letter is always the same bytes."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from billing_app.services.mail.ports import Letter


def written(letter: Letter, sender: str) -> bytes:
    """The mail. BCC has no place in it; long lines and other alphabets are encoded to 7 bit."""
    mail = EmailMessage(policy=SMTP)
    local, _, domain = sender.partition("@")
    mail["From"] = Address(
        display_name=_one_line(letter.sender_name), username=local, domain=domain
    )
    mail["To"] = ", ".join(letter.to)
    if letter.cc:
        mail["Cc"] = ", ".join(letter.cc)
    if letter.reply_to and letter.reply_to != sender:
        mail["Reply-To"] = letter.reply_to
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = f"<{letter.message_key}@{domain}>"
    if letter.is_automatic:
        mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text + "\n", cte="quoted-printable")
    for file in letter.attachments:
        mail.add_attachment(file.content, maintype="application", subtype="pdf", filename=file.name)
    if letter.attachments:
        mail.set_boundary(f"=_{sha256(letter.message_key.encode()).hexdigest()[:40]}")
    return mail.as_bytes()


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
