"""One-time codes of an authenticator app (RFC 6238, through passlib), and its QR code.

Six digits of HMAC-SHA-1, a new one each 30 seconds: what every authenticator app knows.
"""

from datetime import datetime

import segno

from billing_app.security.passwords import quiet_passlib

with quiet_passlib():
    from passlib.exc import TokenError
    from passlib.totp import TOTP

STEP_SECONDS = 30
LONGEST = 16


def matching_step(key: bytes, code: str, now: datetime, last_step: int) -> int | None:
    """The time step whose code this is: now, or one before or after; None for none of them.

    A code of `last_step` or before is none: each is taken once.
    """
    if len(code) > LONGEST:
        return None
    app = TOTP(key=key, format="raw")
    try:
        found = app.match(
            code, time=int(now.timestamp()), window=STEP_SECONDS, last_counter=last_step
        )
    except (TokenError, ValueError):
        return None
    return int(found.counter)


def code_at(key: bytes, now: datetime) -> str:
    """The code of this moment, as the app shows it."""
    return str(TOTP(key=key, format="raw").generate(time=int(now.timestamp())).token)


def app_address(key: bytes, email: str, issuer: str) -> str:
    """What the QR code says to the app."""
    plain = " ".join(issuer.replace(":", " ").split()) or "Billing"
    return str(TOTP(key=key, format="raw").to_uri(label=email.replace(":", ""), issuer=plain))


def qr_picture(address: str) -> str:
    """The address as a QR code: an inline SVG, dark on white in both themes."""
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


def key_in_letters(key: bytes) -> str:
    """The key to type where no picture can be taken: letters and digits in fours."""
    letters = str(TOTP(key=key, format="raw").base32_key)
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))
