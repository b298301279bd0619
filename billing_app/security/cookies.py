"""The session cookie: its name, its flags, and reading it strictly.

`__Host-sid` with Secure over https; plain `sid` only on a loopback address.
Source: RELIABILITY section 0, "Cookie name".
"""

import hashlib
import secrets

from starlette.responses import Response

from billing_app.settings import Settings

MAX_COOKIE_HEADER = 4096
TWELVE_HOURS = 12 * 3600
FIVE_MINUTES = 5 * 60
TOKEN_LENGTHS = range(20, 129)


def cookie_name(settings: Settings) -> str:
    """The name under which browsers keep the session."""
    return "__Host-sid" if settings.is_https else "sid"


def half_cookie_name(settings: Settings) -> str:
    """The name of the cookie between password and code; it is no session."""
    return "__Host-half" if settings.is_https else "half"


def new_token() -> str:
    """A fresh session token with 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the server keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_of(header: str | None, name: str) -> str:
    """The hash of the one session cookie in a Cookie header; empty when absent or doubled."""
    if not header or len(header) > MAX_COOKIE_HEADER:
        return ""
    values = [
        value
        for key, _, value in (part.strip().partition("=") for part in header.split(";"))
        if key == name
    ]
    if len(values) != 1 or not values[0].isascii() or len(values[0]) not in TOKEN_LENGTHS:
        return ""
    return token_hash(values[0])


def set_session(response: Response, token: str, settings: Settings) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=TWELVE_HOURS,
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",  # strict would sign people out who follow a link from a mail
    )


def clear_session(response: Response, settings: Settings) -> None:
    """Take the session and what the page kept of it."""
    response.delete_cookie(
        cookie_name(settings), path="/", secure=settings.is_https, httponly=True, samesite="lax"
    )
    response.headers["Clear-Site-Data"] = '"storage"'


def set_half(response: Response, token: str, settings: Settings) -> None:
    """Give the browser what it needs for the second step of signing in."""
    response.set_cookie(
        half_cookie_name(settings),
        token,
        max_age=FIVE_MINUTES,
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="strict",
    )


def clear_half(response: Response, settings: Settings) -> None:
    """Take what the second step needed."""
    response.delete_cookie(
        half_cookie_name(settings), path="/", secure=settings.is_https, httponly=True,
        samesite="strict",
    )  # fmt: skip
