"""The boundary of typed text: what may be stored is normal, visible and of a known length."""

import re
import unicodedata

from billing_app.domain.errors import Invalid

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_BREAKS = re.compile("[\n\t\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# they turn the order of what follows on screen, so that a name reads as another one
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean_text(text: str, *, field: str, maximum: int, multiline: bool = False) -> str:
    """The text in normal form (NFC), trimmed; empty is allowed.

    `maximum` counts characters after that. Line breaks and tabs pass only where `multiline`.
    Raises: Invalid for control characters, lone surrogates, direction overrides and overlength.
    """
    if multiline:
        text = text.replace("\r\n", "\n")
    if _SURROGATES.search(text):
        raise Invalid.of(field, "This text holds a broken character. Type it again.")
    if _CONTROLS.search(text) or (not multiline and _LINE_BREAKS.search(text.strip())):
        what = "a control character" if multiline else "a line break or control character"
        raise Invalid.of(field, f"This text holds {what}. Remove it.")
    if _TURNING.search(text):
        raise Invalid.of(field, "This text holds a mark that reverses its order. Remove it.")
    cleaned = unicodedata.normalize("NFC", text).strip()
    if len(cleaned) > maximum:
        raise Invalid.of(field, f"At most {maximum:,} characters; this has {len(cleaned):,}.")
    return cleaned
