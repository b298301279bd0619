"""The shipped fonts: what each covers, how wide its glyphs are, and the part a document embeds."""

import zlib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import uharfbuzz as hb  # type: ignore[import-untyped]

FOLDER = Path(__file__).parents[1] / "fonts"
EM = 1000  # PDF measures glyphs in thousandths of the font size

REGULAR, MEDIUM, SEMIBOLD = 400, 500, 600
INTER = {REGULAR: "Inter-Regular", MEDIUM: "Inter-Medium", SEMIBOLD: "Inter-SemiBold"}

SHAPED = (
    "NotoSans", "NotoSansArabic", "NotoSansHebrew", "NotoSansDevanagari", "NotoSansThai",
    "NotoSansBengali", "NotoSansTamil", "NotoSansTelugu", "NotoSansGujarati", "NotoSansGurmukhi",
    "NotoSansKannada", "NotoSansMalayalam", "NotoSansSinhala", "NotoSansGeorgian",
    "NotoSansArmenian", "NotoSansEthiopic", "NotoSansKhmer", "NotoSansLao", "NotoSansMyanmar",
    "NotoEmoji",
)  # fmt: skip
# One Han character has different forms by country, so the order depends on the document.
EAST_ASIAN = {
    "jp": ("NotoSansJP", "NotoSansSC", "NotoSansKR"),
    "cn": ("NotoSansSC", "NotoSansJP", "NotoSansKR"),
    "kr": ("NotoSansKR", "NotoSansSC", "NotoSansJP"),
}
SYMBOLS = ("NotoSansSymbols", "NotoSansSymbols2")
ALL_FACES = (*INTER.values(), *SHAPED[:-1], *EAST_ASIAN["jp"], *SYMBOLS, SHAPED[-1])
RESOURCES = {name: index for index, name in enumerate(ALL_FACES, start=1)}

# A viewer needs the outlines and their measures; names and character maps stay at home.
UNUSED_TABLES = ("cmap", "name", "post", "OS/2", "GSUB", "GPOS", "GDEF")


@dataclass(frozen=True, slots=True)
class Face:
    """One font file."""

    name: str
    font: Any  # hb.Font; the library has no types
    is_shaped: bool
    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]
    widths: dict[int, int] = field(default_factory=dict)

    def glyph(self, char: str) -> int:
        """The glyph of a character; 0, the visible box, when the font lacks it."""
        return int(self.font.get_nominal_glyph(ord(char)) or 0)

    def width(self, glyph: int) -> int:
        """The advance of a glyph in thousandths of an em, as the PDF will state it."""
        known = self.widths.get(glyph)
        if known is None:
            known = self.scaled(self.font.get_glyph_h_advance(glyph))
            self.widths[glyph] = known
        return known

    def scaled(self, units: float) -> int:
        """Font units as thousandths of an em."""
        return round(units * EM / int(self.font.face.upem))


@cache
def face(name: str) -> Face:
    """Open a font once per process."""
    opened = hb.Font(hb.Face(hb.Blob.from_file_path(str(FOLDER / f"{name}.ttf"))))
    scale = EM / opened.face.upem
    extents = opened.get_font_extents("ltr")
    head = opened.face.reference_table("head").data
    corners = [int.from_bytes(head[at : at + 2], "big", signed=True) for at in (36, 38, 40, 42)]
    left, bottom, right, top = (round(corner * scale) for corner in corners)
    return Face(
        name=name,
        font=opened,
        is_shaped=name in SHAPED,
        ascent=round(extents.ascender * scale),
        descent=round(extents.descender * scale),
        cap_height=round(0.73 * EM),
        box=(left, bottom, right, top),
    )


@lru_cache(maxsize=4096)
def fallback(char: str, region: str) -> Face | None:
    """The first font beside Inter that has a character, or None."""
    order = (*SHAPED[:-1], *EAST_ASIAN[region], *SYMBOLS, SHAPED[-1])
    return next((found for name in order if (found := face(name)).glyph(char)), None)


@dataclass(frozen=True, slots=True)
class Program:
    """The embedded part of a font: compressed file, its plain size, widths of its glyphs."""

    packed: bytes
    size: int
    widths: str


@lru_cache(maxsize=256)
def program(name: str, glyphs: frozenset[int]) -> Program:
    """Cut a font down to `glyphs`. Glyph numbers stay, so texts encode the same everywhere."""
    source = face(name)
    wanted = hb.SubsetInput()
    wanted.flags = (
        hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.NO_HINTING
    )
    wanted.glyph_set.update(glyphs | {0})
    wanted.drop_table_tag_set.update(
        int.from_bytes(tag.encode("ascii"), "big") for tag in UNUSED_TABLES
    )
    data = hb.subset(source.font.face, wanted).blob.data
    widths = "".join(f"{glyph}[{source.width(glyph)}]" for glyph in sorted(glyphs | {0}))
    return Program(packed=zlib.compress(data), size=len(data), widths=f"[{widths}]")
