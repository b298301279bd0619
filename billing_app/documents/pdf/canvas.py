"""A page drawn at explicit positions: millimetres from the top left corner, texts by baseline."""

import re
from dataclasses import dataclass, field
from typing import Literal

from billing_app.documents.pdf.faces import INTER, MEDIUM, REGULAR, RESOURCES, SEMIBOLD
from billing_app.documents.pdf.typeset import Piece, typeset
from billing_app.documents.pdf.wrap import EM_MM, Type, one_line

K = 72 / 25.4
PAGE_HEIGHT = 297.0
PAGE_WIDTH = 210.0
LEFT, RIGHT = 25.0, 190.0

BODY, SMALL, HEADING, TITLE, LARGEST = 9.5, 8.0, 11.0, 15.0, 20.0

DARK = re.compile(b"\x01+")

Edge = Literal["left", "right"]
Colour = tuple[float, ...]

BLACK: Colour = (0.0,)
HAIRLINE: Colour = (0.69,)  # 31 % black
WASH: Colour = (0.92,)  # 8 % black


@dataclass(slots=True)
class Usage:
    """Which glyphs of which font a document has used so far."""

    blocks: dict[str, int] = field(default_factory=dict)
    glyphs: dict[str, dict[int, str]] = field(default_factory=dict)

    def note(self, piece: Piece) -> None:
        """Count a piece in."""
        if piece.blocks:
            self.blocks[piece.face] = self.blocks.get(piece.face, 0) | piece.blocks
        if not piece.glyphs:
            self.glyphs.setdefault(piece.face, {})
            return
        used = self.glyphs.setdefault(piece.face, {})
        for glyph, text in piece.glyphs:
            if text or glyph not in used:
                used[glyph] = used.get(glyph) or text


@dataclass(slots=True)
class Page:
    """The operators of one page and the fonts and pictures they name."""

    operators: list[str] = field(default_factory=list)
    fonts: set[int] = field(default_factory=set)
    logos: list[tuple[float, float, float, float]] = field(default_factory=list)


class Canvas:
    """Pages under the pen."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.usage = Usage()
        self.pages: list[Page] = []
        self._font: tuple[str, float] | None = None
        self._fill: Colour | None = None

    def new_page(self) -> None:
        """Turn to a fresh page. A page starts without any font or colour set."""
        self.pages.append(Page())
        self.forget_setting()

    def forget_setting(self) -> None:
        """Forget font and colour: another page is under the pen."""
        self._font = None
        self._fill = None

    def regular(self, size: float = BODY) -> Type:
        """Weight 400."""
        return Type(size, REGULAR, self.region)

    def medium(self, size: float = BODY) -> Type:
        """Weight 500."""
        return Type(size, MEDIUM, self.region)

    def semibold(self, size: float = BODY) -> Type:
        """Weight 600."""
        return Type(size, SEMIBOLD, self.region)

    def text(self, at: tuple[float, float], text: str, setting: Type, edge: Edge = "left") -> None:
        """Write one line; `at` is its baseline at the left or right edge."""
        if not text:
            return
        line = typeset(one_line(text), setting.weight, self.region)
        x, y = at
        if edge == "right":
            x -= line.width * setting.size * EM_MM
        self.fill(BLACK)
        for piece in line.pieces:
            self._show(piece, x, y, setting.size)
            x += piece.width * setting.size * EM_MM

    def _show(self, piece: Piece, x: float, y: float, size: float) -> None:
        page = self.pages[-1]
        self.usage.note(piece)
        write = page.operators.append
        select = self._select(piece.face, size)
        place = f"{x * K:.2f} {(PAGE_HEIGHT - y) * K:.2f} Td"
        if piece.spoken is None and len(piece.shows) == 1:
            write(f"BT {select}{place} {piece.shows[0][1]} Tj ET")
            return
        shows = "".join(
            f"{rise * size / 1000:.2f} Ts [{operand}] TJ " for rise, operand in piece.shows
        )
        spoken = (piece.spoken or "").encode("utf-16-be").hex().upper()
        write(f"/Span <</ActualText <FEFF{spoken}>>> BDC BT {select}{place} {shows}0 Ts ET EMC")

    def _select(self, face: str, size: float) -> str:
        """The font operator, only where the font changes."""
        if self._font == (face, size):
            return ""
        self._font = (face, size)
        index = RESOURCES[face]
        self.pages[-1].fonts.add(index)
        return f"/F{index} {size:g} Tf "

    def fill(self, colour: Colour) -> None:
        """Choose the colour of what is filled next, texts too: grey level, or red green blue."""
        if self._fill != colour:
            self._fill = colour
            operator = "g" if len(colour) == 1 else "rg"
            values = " ".join(f"{value:.3g}" for value in colour)
            self.pages[-1].operators.append(f"{values} {operator}")

    def rule(
        self, x: tuple[float, float], y: float, thick: float = 0.1, colour: Colour = BLACK
    ) -> None:
        """A horizontal rule, its middle at y."""
        self.box((x[0], y - thick / 2), (x[1] - x[0], thick), colour)

    def box(
        self, at: tuple[float, float], extent: tuple[float, float], colour: Colour = BLACK
    ) -> None:
        """A filled rectangle from its top left corner."""
        self.fill(colour)
        x, y, width, height = at[0], PAGE_HEIGHT - at[1] - extent[1], *extent
        self.pages[-1].operators.append(
            f"{x * K:.2f} {y * K:.2f} {width * K:.2f} {height * K:.2f} re f"
        )

    def modules(self, at: tuple[float, float], side: float, rows: tuple[bytes, ...]) -> None:
        """A square code as one path, dark neighbours of a row joined."""
        bars = [
            f"{run.start()} {row} {run.end() - run.start()} 1 re"
            for row, bits in enumerate(rows)
            for run in DARK.finditer(bits)
        ]
        self.fill(BLACK)
        place = f"{at[0] * K:.2f} {(PAGE_HEIGHT - at[1]) * K:.2f}"
        path = "\n".join(bars)
        self.pages[-1].operators.append(
            f"q {side * K:.4f} 0 0 {-side * K:.4f} {place} cm\n{path} f Q"
        )

    def logo(self, at: tuple[float, float], extent: tuple[float, float]) -> None:
        """Leave the place of the logo to the writer, which owns the picture."""
        self.pages[-1].logos.append((*at, *extent))

    def turned(self, text: str, centre: tuple[float, float], setting: Type, turn: str) -> None:
        """A word turned about its middle; `turn` is the matrix of the turn."""
        half = setting.width(text) / 2
        piece = typeset(text, setting.weight, self.region).pieces[0]
        self.usage.note(piece)
        self.fill(WASH)
        drop = 0.36 * setting.size * EM_MM * 1000  # half a capital's height, so the middle is met
        middle = f"{centre[0] * K:.2f} {(PAGE_HEIGHT - centre[1]) * K:.2f}"
        select = self._select(piece.face, setting.size)
        self.pages[-1].operators.append(
            f"q {turn} {middle} cm BT {select}{-half * K:.2f} {-drop * K:.2f} Td"
            f" {piece.shows[0][1]} Tj ET Q"
        )
        self._font = None


def inter_weight(name: str) -> int | None:
    """The weight of an Inter file, None for any other font."""
    return next((weight for weight, known in INTER.items() if known == name), None)
