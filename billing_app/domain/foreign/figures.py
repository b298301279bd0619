"""Figures as other systems write them: the decimal mark is told by the whole column.

A cell is evidence for a mark when it can be read one way only: "1.020,00" and "12,5" need the
comma, "1,020.00" and "12.50" the point. "1.020" and "1,020" can be read both ways and tell
nothing. A column that holds nothing else is ambiguous, one with evidence for both is mixed; of
either a person says how it is read, nobody guesses.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from billing_app.domain.errors import Invalid

LONGEST = 40
_SIGNS = "$€£¥₹₽₺₩฿"
_SIGN_CODES = {"€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW", "฿": "THB",
               "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD",
               "R$": "BRL", "HK$": "HKD", "S$": "SGD"}  # fmt: skip
_MINUSES = "-\u2212\u2013\u2012\ufe63\uff0d"
_GAPS = re.compile("(?<=[0-9])[ '\u00a0\u202f\u2009\u2019](?=[0-9]{3}(?![0-9]))")
_DRESS = re.compile(
    rf"^([A-Za-z]{{0,2}}[{_SIGNS}]|[A-Za-z]{{3}}|)\s*([-0-9.,{_MINUSES}].*?)\s*"
    rf"([{_SIGNS}]|[A-Za-z]{{3}}|%)?$"
)
_BODY = re.compile(r"[0-9]*(?:[.,][0-9]+)*")
_NOTHING = frozenset({"", "-", "–", "—", "--", "n/a", "na", "null", "none"})


class FigureStyle(StrEnum):
    """Which mark stands before the decimals."""

    POINT = "point"
    COMMA = "comma"

    @property
    def label(self) -> str:
        """An example of it."""
        return "1,234.56" if self is FigureStyle.POINT else "1.234,56"


POINT, COMMA = FigureStyle.POINT, FigureStyle.COMMA


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is no figure."""
    return text.strip().lower() in _NOTHING


def is_figure(text: str) -> bool:
    """Whether a cell can be read as a figure in either style."""
    try:
        body, _ = _undressed(text)
    except Invalid:
        return False
    return bool(body)


def evidence(text: str) -> FigureStyle | None:
    """The only style in which a cell makes sense; None where both do, or none is needed."""
    try:
        body, _ = _undressed(text)
    except Invalid:
        return None
    points, commas = body.count("."), body.count(",")
    if points and commas:
        return POINT if body.rindex(".") > body.rindex(",") else COMMA
    if points > 1 or commas > 1:
        return COMMA if points else POINT
    if not points and not commas:
        return None
    mark = "." if points else ","
    whole, _, rest = body.partition(mark)
    could_group = len(rest) == 3 and 1 <= len(whole) <= 3 and whole.lstrip("0") != ""  # noqa: PLR2004
    if could_group and not whole.startswith("0"):
        return None
    return POINT if mark == "." else COMMA


def is_open(text: str) -> bool:
    """Whether a cell can be read both ways, with different values."""
    try:
        body, _ = _undressed(text)
    except Invalid:
        return False
    return ("." in body or "," in body) and evidence(text) is None


class Reading(StrEnum):
    """How sure a column's style is."""

    CLEAR = "clear"
    OPEN = "open"
    MIXED = "mixed"


def recognised(cells: Iterable[str]) -> tuple[FigureStyle | None, Reading]:
    """The style of a column; None where a person has to say."""
    found: set[FigureStyle] = set()
    any_open = False
    for cell in cells:
        said = evidence(cell)
        if said is not None:
            found.add(said)
        any_open = any_open or is_open(cell)
    if len(found) > 1:
        return None, Reading.MIXED
    if found:
        return found.pop(), Reading.CLEAR
    return (None, Reading.OPEN) if any_open else (POINT, Reading.CLEAR)


def read_figure(text: str, style: FigureStyle, *, field: str) -> Decimal | None:
    """The figure of a cell; None for an empty one. Brackets and a trailing minus are negative.

    Raises: Invalid at `field` for what is no figure in this style.
    """
    if is_nothing(text):
        return None
    body, is_negative = _undressed(text)
    group, mark = (",", ".") if style is POINT else (".", ",")
    whole, _, rest = body.partition(mark)
    if not body or mark in rest or group in rest or not _is_grouped(whole, group):
        raise Invalid.of(field, f'"{text[:LONGEST]}" is no figure like {style.label}')
    digits = whole.replace(group, "") or "0"
    value = Decimal(f"{digits}.{rest}" if rest else digits)
    return -value if is_negative and value else value


def sign_currency(text: str) -> str:
    """The currency whose sign or code a cell carries; empty where it has none or only "$"."""
    found = _DRESS.match(text.strip().strip("()"))
    if found is None:
        return ""
    for part in (found[1], found[3] or ""):
        if part in _SIGN_CODES:
            return _SIGN_CODES[part]
        if len(part) == 3 and part.isalpha():  # noqa: PLR2004  a code of ISO 4217
            return part.upper()
    return ""


def _undressed(text: str) -> tuple[str, bool]:
    """The digits and marks of a cell, and whether it is negative."""
    plain = text.strip()
    if len(plain) > LONGEST:
        raise Invalid.of("figure", "it is too long for a figure")
    plain = plain.removesuffix(".-").removesuffix(",-")  # "12,-" has no cents
    is_negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1].strip() if is_negative else plain
    if plain[:1] in _MINUSES and plain:
        is_negative, plain = True, plain[1:].strip()
    dressed = _DRESS.match(plain)
    plain = dressed[2] if dressed else plain
    for at in (0, -1):
        if plain and plain[at] in _MINUSES:
            is_negative, plain = True, plain.strip(_MINUSES).strip()
    plain = _GAPS.sub("", plain.lstrip("+"))
    if not _BODY.fullmatch(plain) or not any(sign.isdigit() for sign in plain):
        raise Invalid.of("figure", f'"{text[:LONGEST]}" is no figure')
    return plain, is_negative


def _is_grouped(whole: str, group: str) -> bool:
    head, *rest = whole.split(group)
    return all(len(part) == 3 for part in rest) and (not rest or 1 <= len(head) <= 3)  # noqa: PLR2004
