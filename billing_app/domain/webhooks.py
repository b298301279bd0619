"""Messages we send to others' systems: topics, signature, when one is tried again (ORO-46)."""

import hashlib
import hmac
import re
from datetime import timedelta
from urllib.parse import urlsplit

from billing_app.domain.errors import Invalid

PAYMENT_STATUS = "invoice.payment_status_updated"
TOPIC = re.compile(rf"{re.escape(PAYMENT_STATUS)}(\.[0-9]{{1,15}})?")
MAX_URL = 512
PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
MOST_TRIES = 10


def topics_of(invoice_id: int) -> tuple[str, str]:
    """The topics a change of an invoice's payment status goes out under."""
    return PAYMENT_STATUS, f"{PAYMENT_STATUS}.{invoice_id}"


def check_url(url: str) -> str:
    """An address to send to. Raises: Invalid at "url"."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme not in {"http", "https"} or not text.isprintable():
        raise Invalid.of("url", "Enter an address like https://example.com/hook.")
    if parts.username is not None or parts.fragment or len(text) > MAX_URL:
        raise Invalid.of("url", "Leave name, password and # out of the address.")
    return text


def check_topics(text: str) -> str:
    """Topics, one a line or between commas, without repeats. Raises: Invalid at "topics"."""
    found = list(dict.fromkeys(part for part in re.split(r"[\s,]+", text) if part))
    wrong = [one for one in found if not TOPIC.fullmatch(one)]
    if wrong or not found:
        raise Invalid.of("topics", f"Topics are {PAYMENT_STATUS}, or the same with .<invoice id>.")
    return ",".join(found)


def signature(secret: str, at: int, body: bytes) -> str:
    """The header that proves a message: seconds since 1970, and the HMAC of them and the body."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def pause(tries: int) -> timedelta | None:
    """How long to wait after so many tries in vain; None to give up."""
    return PAUSES[min(tries - 1, len(PAUSES) - 1)] if tries < MOST_TRIES else None
