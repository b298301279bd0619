"""From a text to glyphs: what is drawn, in which font, how wide.

Inter carries nearly everything and needs no shaping; that path is a table look-up. Any other
script goes to `scripts`. All results are remembered, since papers repeat themselves.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from operator import or_
from typing import NamedTuple

from billing_app.documents.pdf.faces import INTER, face

# Most papers share one embedded part of Inter: ASCII, German, and the signs of an invoice. Western
# European letters come as a block too; any other glyph is embedded for itself.
ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + (
    "\u00a0ÄÖÜäöüßé°µ·\u00d7±§€£\u2013\u2014\u2212\u2019“”„…"
)
WESTERN = range(0xA0, 0x100)
INTER_CODES = (
    (0x20, 0x7E), (0xA0, 0x36F), (0x370, 0x52F), (0x1E00, 0x1EFF), (0x2002, 0x200A),
    (0x2010, 0x2027), (0x202F, 0x205E), (0x2070, 0x2713), (0xFFFD, 0xFFFD),
)  # fmt: skip
INVISIBLE = frozenset("\u00ad\u034f")
# Marks need their base: a text that holds one is shaped.
MARKS = range(0x300, 0x370)


class Piece(NamedTuple):
    """A stretch in one font.

    `shows` are operands of TJ, each with its rise above the baseline (both in thousandths of an
    em). `blocks` is the bit set of the blocks of Inter used; `glyphs` are the glyphs used beyond
    them, with the text each stands for. `spoken` is the text when glyphs alone cannot say it.
    """

    face: str
    shows: tuple[tuple[int, str], ...]
    width: int
    blocks: int = 0
    glyphs: tuple[tuple[int, str], ...] = ()
    spoken: str | None = None


class Line(NamedTuple):
    """A text ready to draw, left to right."""

    pieces: tuple[Piece, ...]
    width: int


@dataclass(frozen=True, slots=True)
class Alphabet:
    """One weight of Inter as look-up tables: character to code, width and block bit."""

    codes: dict[str, str]
    widths: dict[str, int]
    bits: dict[str, int]


@cache
def alphabet(weight: int) -> Alphabet:
    """Read the tables of a weight once."""
    source = face(INTER[weight])
    table = Alphabet({}, {}, {})
    for first, last in INTER_CODES:
        for char in map(chr, range(first, last + 1)):
            glyph = source.glyph(char)
            if not glyph or char in INVISIBLE or ord(char) in MARKS:
                continue
            table.codes[char] = f"{glyph:04X}"
            table.widths[char] = source.width(glyph)
            table.bits[char] = block_bit(char)
    return table


def block_bit(char: str) -> int:
    """The bit of the block a character is embedded with; 0 if it has none."""
    if char in ALWAYS:
        return 1
    return 2 if ord(char) in WESTERN else 0


@lru_cache(maxsize=64)
def block_glyphs(weight: int, blocks: int) -> dict[int, str]:
    """Glyph to character for a bit set of blocks; the lowest character where two share one."""
    table = alphabet(weight)
    wanted: dict[int, str] = {}
    for char, code in table.codes.items():
        if table.bits[char] & (blocks | 1):
            wanted.setdefault(int(code, 16), char)
    return wanted


@lru_cache(maxsize=32768)
def typeset(text: str, weight: int, region: str) -> Line:
    """Lay a one-line text out. `region` says whose forms of shared Han characters are meant."""
    table = alphabet(weight)
    try:
        piece = latin(text, weight, table)
    except KeyError:
        # Imported here: scripts builds on the tables above.
        from billing_app.documents.pdf.scripts import typeset_scripts  # noqa: PLC0415

        return typeset_scripts(unicodedata.normalize("NFC", text), weight, region)
    return Line((piece,), piece.width)


def latin(text: str, weight: int, table: Alphabet) -> Piece:
    """A stretch that Inter has whole. Raises: KeyError at the first character it lacks."""
    code = "".join([table.codes[char] for char in text])
    width = sum([table.widths[char] for char in text])
    shows = ((0, f"<{code}>"),)
    if text.isascii():
        return Piece(INTER[weight], shows, width, 1)
    blocks = 1 | reduce(or_, [table.bits[char] for char in text])
    rare = tuple((int(table.codes[char], 16), char) for char in text if not table.bits[char])
    return Piece(INTER[weight], shows, width, blocks, rare)
