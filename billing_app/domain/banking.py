"""Bank accounts as they are written on paper: IBAN (ISO 13616) and BIC (ISO 9362)."""

import re

from billing_app.domain.errors import Invalid

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_DIVISOR = 97


def parse_iban(text: str, field: str) -> str:
    """An IBAN without blanks; empty stays empty. Raises: Invalid where a digit must be wrong."""
    code = _compact(text)
    if code and not (_IBAN.fullmatch(code) and _is_whole(code)):
        raise Invalid.of(field, "This is no IBAN: a sign is missing, too many, or mistyped.")
    return code


def parse_bic(text: str, field: str) -> str:
    """A BIC of 8 or 11 signs; empty stays empty. Raises: Invalid."""
    code = _compact(text)
    if code and not _BIC.fullmatch(code):
        raise Invalid.of(field, "A BIC has 8 or 11 letters and digits, like COBADEFFXXX.")
    return code


def _compact(text: str) -> str:
    return "".join(text.split()).upper()


def _is_whole(code: str) -> bool:
    """Whether the check digits agree: letters count from 10, the first four signs go last."""
    return int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % _DIVISOR == 1
