"""Breaking texts into lines that fit a width."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from billing_app.documents.pdf.typeset import typeset

EM_MM = 25.4 / 72 / 1000  # one thousandth of an em, for each point of size
BREAKS = re.compile("[ \t\u1680\u2000-\u2006\u2008-\u200b\u205f\u3000]+")
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# A number never parts from its unit.
MEASURE = re.compile(
    r"(?<=\d) (?=[%€°]|(?:[mcknµ]?m|[km]?g|t|[mcµ]?l|h|min|s|[kM]?Wh?|V|m?A|[kMG]?Hz|m?bar"
    r"|[kM]?Pa|K|EUR|USD|GBP|CHF|[KMGT]i?B|pcs|mol/l|g/ml)(?!\w))"
)
NOT_FIRST = frozenset(
    "、。，．）」』】〕〉》！？：；・ーぁぃぅぇぉっゃゅょァィゥェォッャュョ,.)]}!?:;"  # noqa: RUF001
)
# CJK radicals to Yi, compatibility ideographs, full-width forms, the planes of rare ideographs.
IDEOGRAPHIC = re.compile("[\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


class Type(NamedTuple):
    """How a text is set: size in pt, weight, and the region of its Han forms."""

    size: float
    weight: int
    region: str

    def width(self, text: str) -> float:
        """The width of a one-line text in mm."""
        return typeset(text, self.weight, self.region).width * self.size * EM_MM

    def at(self, size: float) -> "Type":
        """The same in another size."""
        return Type(size, self.weight, self.region)


def lines_of(text: str, setting: Type, width: float) -> list[str]:
    """Break a text at its line ends, then at blanks, then wherever a word is too long."""
    found: list[str] = []
    for paragraph in re.split("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text):
        found += paragraph_lines(cleaned(paragraph), setting, width)
    while found and not found[-1]:
        found.pop()
    return found


def cleaned(text: str) -> str:
    """Blanks for controls: they have no look of their own."""
    return CONTROLS.sub(" ", text)


def one_line(text: str) -> str:
    """A text for a place that has one line only."""
    return text if CONTROLS.search(text) is None else " ".join(cleaned(text).split())


@lru_cache(maxsize=8192)
def paragraph_lines(text: str, setting: Type, width: float) -> tuple[str, ...]:
    """Break one paragraph: greedily, since short lines of a column gain nothing from more."""
    text = text.rstrip()
    if setting.width(text) <= width:
        return (text,)
    lines: list[str] = []
    line = ""
    for word in BREAKS.split(MEASURE.sub("\u00a0", text)):
        longer = f"{line} {word}" if line else word
        if setting.width(longer) <= width:
            line = longer
            continue
        *full, line = broken(line, word, setting, width)
        lines += full
    return (*lines, line) if line else tuple(lines)


def broken(line: str, word: str, setting: Type, width: float) -> list[str]:
    """Put a word that does not follow `line` any more onto lines of its own.

    Scripts that write without blanks begin right behind what is there.
    """
    if line and is_unspaced(word):
        word = f"{line} {word}"
    elif line:
        return [line, *broken("", word, setting, width)]
    found: list[str] = []
    while setting.width(word) > width and len(word) > 1:
        cut = last_fit(word, setting, width)
        found.append(word[:cut].rstrip())
        word = word[cut:].lstrip()
    return [*found, word]


def last_fit(word: str, setting: Type, width: float) -> int:
    """How many characters fit, at least one; never between a letter and its mark."""
    low, high = 1, min(len(word), 1 + int(width / (setting.size * EM_MM * 100)))
    while low < high:
        middle = (low + high + 1) // 2
        if setting.width(word[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    cut = low
    while cut > 1 and not may_break(word, cut):
        cut -= 1
    return cut if may_break(word, cut) else low


def may_break(word: str, at: int) -> bool:
    """Whether a line may end before the character at `at`."""
    if at >= len(word):
        return True
    after, before = word[at], word[at - 1]
    if unicodedata.category(after)[0] == "M" or "\u200d" in (after, before) or after in NOT_FIRST:
        return False
    if is_ideographic(after) or is_ideographic(before):
        return True
    # within Latin inside Chinese text: keep words whole where a blank or a Han character is near
    return not any(is_ideographic(char) or char == " " for char in word[max(0, at - 24) : at])


def is_ideographic(char: str) -> bool:
    """Whether lines may break on both sides of a character."""
    return IDEOGRAPHIC.match(char) is not None


def is_unspaced(word: str) -> bool:
    """Whether a word belongs to a script that writes without blanks."""
    return IDEOGRAPHIC.search(word) is not None
