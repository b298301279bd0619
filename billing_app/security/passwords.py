"""Passwords: argon2 through passlib, capped, at most two hashes at once (RELIABILITY 4.8)."""

import threading
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from billing_app.domain.errors import Invalid


@contextmanager
def quiet_passlib() -> Iterator[None]:
    """Import passlib: it reads argon2.__version__ and imports crypt, which only warn."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*argon2.__version__.*")
        warnings.filterwarnings("ignore", message="'crypt' is deprecated.*")
        yield


with quiet_passlib():
    from passlib.context import CryptContext
    from passlib.hash import argon2

    _CONTEXT = CryptContext(
        schemes=["argon2"],
        argon2__type="ID",
        argon2__time_cost=3,
        argon2__memory_cost=64 * 1024,
        argon2__parallelism=4,
    )
    argon2.set_backend("argon2_cffi")  # it warns when it loads

MAX_BYTES = 1024
LEAST_OWN, LEAST_DIFFERENT = 8, 5  # characters beyond the obvious words; different ones
LONG_WORD = 4
LEAST_LENGTH = 15  # NIST SP 800-63B-4: 15 where the password is the only factor
_AT_MOST_TWO = threading.BoundedSemaphore(2)
_NOBODY = (  # the hash of random bytes that nobody kept; making one anew delays every start
    "$argon2id$v=19$m=65536,t=3,p=4$EiJEyFkrZUzJmbPW2"
    "vs/5w$LW6aNYs+4Q1qeX1sDki8Kz1OG0TMVMvncuRbLwXG2CY"
)
OBVIOUS = ("password", "passwort", "billing", "invoice", "rechnung", "123456", "qwerty", "letmein")


def hash_password(password: str) -> str:
    """The stored form of a password."""
    with _AT_MOST_TWO:
        return str(_CONTEXT.hash(_normal(password)))


def verify_password(password: str, stored: str) -> tuple[bool, str | None]:
    """Whether it fits, and a better stored form if the old one is outdated.

    With an empty `stored` a dummy is verified, so that unknown accounts take as long.
    """
    if len(password.encode("utf-8", "replace")) > MAX_BYTES:
        password = ""
    with _AT_MOST_TWO:
        fits, better = _CONTEXT.verify_and_update(_normal(password), stored or _NOBODY)
    return bool(fits and stored), better


def check_new_password(password: str, *about: str) -> None:
    """Refuse a weak new password with a sentence; `about` are words it must not contain."""
    if len(password.encode("utf-8", "replace")) > MAX_BYTES:
        raise Invalid.of("password", "Passwords have at most 1,024 bytes.")
    if len(password) < LEAST_LENGTH:
        raise Invalid.of(
            "password", f"Passwords have at least {LEAST_LENGTH} characters. A sentence works well."
        )
    folded = password.casefold()
    words = [
        word for word in (*OBVIOUS, *(text.casefold() for text in about)) if len(word) >= LONG_WORD
    ]
    rest = folded
    for word in words:
        rest = rest.replace(word, "")
    if len(rest) < LEAST_OWN or len(set(folded)) < LEAST_DIFFERENT:
        raise Invalid.of("password", "This password is easy to guess. Use a longer sentence.")


def _normal(password: str) -> str:
    whole = password.encode("utf-8", "replace").decode()  # a lone surrogate has no bytes to hash
    return unicodedata.normalize("NFC", whole)
