"""Texts beyond Inter: direction (Unicode bidi), choice of font, shaping."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import uharfbuzz as hb  # type: ignore[import-untyped]
from fpdf.bidi import BidiParagraph, auto_detect_base_direction

from billing_app.documents.pdf.faces import INTER, Face, face, fallback
from billing_app.documents.pdf.typeset import Alphabet, Line, Piece, alphabet, latin

BOX = "\u25a1"
RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))
JOINERS = "\u200c\u200d"
VARIATIONS = range(0xFE00, 0xFE10)
# Controls that reorder what stands around them: on paper a name must not do that.
DIRECTIVES = frozenset("\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = DIRECTIVES | frozenset(
    "\u00ad\u034f\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
)
TAGS = range(0xE0000, 0xE1000)
MIRRORED = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of one direction that one font draws."""

    text: str
    face: Face
    is_rtl: bool


def typeset_scripts(text: str, weight: int, region: str) -> Line:
    """Lay out a line of any scripts; the order of its pieces is the one on the paper."""
    seen = "".join(char for char in text if not is_unseen(char))
    pieces: list[Piece] = []
    for part, is_rtl in directions(seen):
        stretches = list(by_face(part, weight, region, is_rtl=is_rtl))
        ordered = reversed(stretches) if is_rtl else stretches
        pieces.extend(drawn(stretch, weight) for stretch in ordered)
    return Line(tuple(pieces), sum(piece.width for piece in pieces))


def is_unseen(char: str) -> bool:
    """Whether a character draws nothing and steers nothing here."""
    return char in UNSEEN or ord(char) in TAGS


def directions(text: str) -> list[tuple[str, bool]]:
    """Cut a line into stretches of one direction, in the order they stand on the paper."""
    if not any(unicodedata.bidirectional(char) in RIGHT_TO_LEFT for char in text):
        return [(text, False)]
    base = auto_detect_base_direction(text)
    paragraph = BidiParagraph(text, base_direction=base, preserve_bn_chars=True)
    runs: list[tuple[int, str]] = []
    for char in paragraph.get_characters_with_embedding_level():
        if runs and runs[-1][0] == char.embedding_level:
            runs[-1] = (char.embedding_level, runs[-1][1] + char.character)
        else:
            runs.append((char.embedding_level, char.character))
    return [(part, level % 2 == 1) for level, part in reordered(runs)]


def reordered(runs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Rule L2 of the bidi algorithm on whole runs: reverse from the highest level down."""
    for level in range(max(level for level, _ in runs), 0, -1):
        ordered: list[tuple[int, str]] = []
        turned: list[tuple[int, str]] = []
        for run in runs:
            if run[0] >= level:
                turned.insert(0, run)
            else:
                ordered += [*turned, run]
                turned = []
        runs = ordered + turned
    return runs


def by_face(text: str, weight: int, region: str, *, is_rtl: bool) -> Iterator[Stretch]:
    """Cut a text into stretches by the font that draws them, in reading order."""
    inter = face(INTER[weight])
    known = alphabet(weight).codes
    current: Face | None = None
    start = 0
    for at, char in enumerate(text):
        chosen = choose(text, at, current, inter if char in known else None, region)
        if current is not None and chosen is not current:
            yield Stretch(text[start:at], current, is_rtl)
            start = at
        current = chosen
    if current is not None:
        yield Stretch(text[start:], current, is_rtl)


def choose(text: str, at: int, current: Face | None, inter: Face | None, region: str) -> Face:
    """The font of one character: marks and blanks stay with the stretch they stand in."""
    char = text[at]
    if current is not None and current.is_shaped and stays(char, current):
        return current
    following = text[at + 1 : at + 2]
    if following and unicodedata.category(following)[0] == "M" and is_letter(char):
        together = fallback(following, region)  # a base stands in the font that has its mark
        if together is not None and together.glyph(char):
            return together
    return inter or fallback(char, region) or face(INTER[400])


def stays(char: str, current: Face) -> bool:
    """Whether a character that has no script of its own follows the font before it."""
    if char in JOINERS or ord(char) in VARIATIONS:
        return True
    kind = unicodedata.category(char)[0]
    return kind in "MZP" and bool(current.glyph(char)) and current.name != "NotoEmoji"


def is_letter(char: str) -> bool:
    """Whether a character can carry a mark."""
    return unicodedata.category(char)[0] in "LNS"


def drawn(stretch: Stretch, weight: int) -> Piece:
    """The glyphs of a stretch."""
    if stretch.face.is_shaped:
        return shaped(stretch)
    table = alphabet(weight)
    text = mirrored(stretch.text) if stretch.is_rtl else stretch.text
    text = "".join(char for char in text if char not in JOINERS and ord(char) not in VARIATIONS)
    if stretch.face.name in INTER.values() and all(char in table.codes for char in text):
        return latin(text, weight, table)
    return plain(text, stretch, table)


def mirrored(text: str) -> str:
    """Right to left without shaping: the other order, brackets turned."""
    return "".join(MIRRORED.get(char, char) for char in reversed(text))


def plain(text: str, stretch: Stretch, table: Alphabet) -> Piece:
    """One glyph per character; a white square shows what no font has."""
    is_missing = stretch.face.name in INTER.values() and not all(c in table.codes for c in text)
    box = stretch.face.glyph(BOX)  # a glyph of its own: PDF/A forbids glyph 0
    glyphs = [(stretch.face.glyph(char) or box, char) for char in text]
    code = "".join(f"{glyph:04X}" for glyph, _ in glyphs)
    width = sum(stretch.face.width(glyph) for glyph, _ in glyphs)
    spoken = speakable(text) if is_missing else None
    used = tuple((glyph, BOX if glyph == box else char) for glyph, char in glyphs)
    return Piece(stretch.face.name, ((0, f"<{code}>"),), width, 0, used, spoken)


def speakable(text: str) -> str:
    """A text as it may stand in the file; a lone surrogate is no character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shaped(stretch: Stretch) -> Piece:
    """Let HarfBuzz join, order and place the glyphs."""
    buffer = hb.Buffer()
    buffer.add_str(speakable(stretch.text))
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if stretch.is_rtl else "ltr"
    hb.shape(stretch.face.font, buffer)
    writer = ShapedWriter(stretch)
    for glyph, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        writer.place(glyph.codepoint, glyph.cluster, place)
    return writer.piece()


class ShapedWriter:
    """Turns placed glyphs into TJ operands: moves left and right inside, one operand per rise."""

    def __init__(self, stretch: Stretch) -> None:
        self.stretch = stretch
        self.shows: list[tuple[int, list[str]]] = []
        self.glyphs: list[tuple[int, str]] = []
        self.clusters: set[int] = set()
        self.pen = 0  # where the next glyph would stand without a move
        self.origin = 0  # where the shaper wants the line to be

    def place(self, glyph: int, cluster: int, position: object) -> None:
        """Add one glyph."""
        units = self.stretch.face.scaled
        offset = self.origin + units(position.x_offset)  # type: ignore[attr-defined]
        rise = units(position.y_offset)  # type: ignore[attr-defined]
        if not self.shows or self.shows[-1][0] != rise:
            self.shows.append((rise, []))
        operand = self.shows[-1][1]
        if offset != self.pen:
            operand.append(str(self.pen - offset))
        operand.append(f"<{glyph:04X}>")
        self.pen = offset + self.stretch.face.width(glyph)
        self.origin += units(position.x_advance)  # type: ignore[attr-defined]
        is_first = cluster not in self.clusters
        self.clusters.add(cluster)
        self.glyphs.append((glyph, self.stretch.text[cluster] if is_first else ""))

    def piece(self) -> Piece:
        """Finish: leave the pen where the text ends."""
        if self.shows and self.pen != self.origin:
            self.shows[-1][1].append(str(self.pen - self.origin))
        shows = tuple((rise, "".join(operand)) for rise, operand in self.shows)
        name = self.stretch.face.name
        spoken = speakable(self.stretch.text)
        return Piece(name, shows, self.origin, 0, tuple(self.glyphs), spoken)
