"""Make the font files beside this script from the published fonts; for renewing them only.

The sources are the npm packages `@expo-google-fonts/<family>` (folders `400Regular`, `500Medium`,
`600SemiBold`; Inter 0.4.2, the Noto families 0.4.1 to 0.4.7), unpacked somewhere outside the
project. Then: `python make_fonts.py <folder that holds the families>`.

Two things are done. Each font is cut down to the characters an invoice can carry, without hints.
And in Inter the digits stand for their tabular forms, so figures line up in columns on every text
path without any shaping. All licences are SIL OFL 1.1; the texts lie beside the files.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

HERE = Path(__file__).parent
DIGITS = "0123456789"

# Blocks of Inter: Latin with all its extensions, IPA, modifiers, marks, Greek, Cyrillic,
# punctuation, super- and subscripts, currency, letter-like, number forms, arrows, mathematics.
INTER_BLOCKS = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x2B0, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF),
    (0x400, 0x52F), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF),
    (0x2116, 0x2122), (0x2150, 0x215E), (0x2190, 0x2199), (0x2212, 0x2215), (0x221E, 0x221E),
    (0x2248, 0x2248), (0x2260, 0x2265), (0x25A0, 0x25CF), (0x2713, 0x2717), (0xFFFD, 0xFFFD),
)  # fmt: skip
WEIGHTS = {"Regular": "400Regular", "Medium": "500Medium", "SemiBold": "600SemiBold"}

# Every other Latin, Greek and Cyrillic letter: what Inter lacks is taken from Noto Sans.
LETTER_BLOCKS = (
    (0x20, 0x7E), (0xA0, 0x52F), (0x1AB0, 0x1AFF), (0x1C80, 0x1C8F), (0x1D00, 0x1FFF),
    (0x2000, 0x20F0), (0x2100, 0x218F), (0x25CC, 0x25CC), (0x2C60, 0x2C7F), (0x2DE0, 0x2E5D),
    (0xA640, 0xA69F), (0xA700, 0xA7FF), (0xAB30, 0xAB6F), (0xFB00, 0xFB06), (0xFE20, 0xFE2F),
)  # fmt: skip
SYMBOL_BLOCKS = (
    (0x20, 0x20), (0x2190, 0x21FF), (0x2300, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x27BF),
    (0x2B00, 0x2BFF), (0x1F100, 0x1F1E5),
)  # fmt: skip

SCRIPTS = (
    "arabic", "armenian", "bengali", "devanagari", "ethiopic", "georgian", "gujarati", "gurmukhi",
    "hebrew", "kannada", "khmer", "lao", "malayalam", "myanmar", "sinhala", "tamil", "telugu",
    "thai",
)  # fmt: skip

FULL_WIDTH = (
    (0x2010, 0x2027), (0x3000, 0x30FF), (0x3200, 0x33FF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF),
)  # fmt: skip
LATIN_AND_BLANKS = frozenset((*range(0x100), 0xFFFD))
NAME_VARIANTS = "髙﨑𠮷濵栁塚神祥福靖館鶴隆諸都羽蘒羡"


def spread(blocks: Iterable[tuple[int, int]]) -> set[int]:
    """All code points of inclusive ranges."""
    return {code for first, last in blocks for code in range(first, last + 1)}


def charset(codec: str, leads: range, trails: range) -> set[int]:
    """The characters of a two-byte national standard, asked from Python's codec for it."""
    found: set[int] = set()
    for lead in leads:
        for trail in trails:
            found.update(map(ord, bytes((lead, trail)).decode(codec, errors="ignore")))
    return found - LATIN_AND_BLANKS


def japanese() -> set[int]:
    """JIS X 0208 levels 1 and 2 with the vendor extensions that family names need."""
    shift_jis = charset("cp932", range(0x81, 0xFD), range(0x40, 0xFD))
    return shift_jis | spread(FULL_WIDTH) | set(map(ord, NAME_VARIANTS))


def chinese() -> set[int]:
    """GB 2312 and the frequent level of Big5: simplified and traditional."""
    simplified = charset("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF))
    traditional = charset("big5", range(0xA1, 0xC7), range(0x40, 0xFF))
    return simplified | traditional | spread((*FULL_WIDTH, (0x3100, 0x312F)))


def korean() -> set[int]:
    """All Hangul syllables, the letters they are made of, and the hanja of KS X 1001."""
    hanja = charset("euc_kr", range(0xCA, 0xFE), range(0xA1, 0xFF))
    return spread(((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3))) | (hanja - chinese())


def with_tabular_digits(font: TTFont) -> None:
    """Let the characters 0 to 9 mean the `tnum` forms."""
    forms = {ord(digit): font.getBestCmap()[ord(digit)] + ".tf" for digit in DIGITS}
    for table in font["cmap"].tables:
        table.cmap.update(forms)


def cut(source: Path, target: str, codes: set[int] | None, *, tabular: bool, shaped: bool) -> None:
    """Write the subset of `source` that covers `codes` (all of it without them)."""
    font = TTFont(source, recalcTimestamp=False)
    if tabular:
        with_tabular_digits(font)
    options = Options(hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 4, 5, 6, 13, 14])
    options.layout_features = Options().layout_features if shaped else []
    options.drop_tables += ["STAT", "vhea", "vmtx", "BASE", "gasp", "meta"]
    if not shaped:
        options.drop_tables += ["GSUB", "GPOS", "GDEF"]
    subsetter = Subsetter(options)
    covered = set(font.getBestCmap())
    subsetter.populate(unicodes=covered if codes is None else covered & codes)
    subsetter.subset(font)
    font.save(HERE / target)


def regular(folder: Path, family: str) -> Path:
    """The regular weight of a published family."""
    return next((folder / family / "400Regular").glob("*.ttf"))


def make_inter(folder: Path) -> set[int]:
    """Write the three weights of the paper; the characters Inter has."""
    for weight, place in WEIGHTS.items():
        source = next((folder / "inter" / place).glob("*.ttf"))
        cut(source, f"Inter-{weight}.ttf", spread(INTER_BLOCKS), tabular=True, shaped=False)
    return set(TTFont(HERE / "Inter-Regular.ttf").getBestCmap())


def main(folder: Path) -> None:
    """Write every font file."""
    inter = make_inter(folder)
    letters = spread(LETTER_BLOCKS)
    cut(regular(folder, "noto-sans"), "NotoSans.ttf", letters, tabular=False, shaped=True)
    for script in SCRIPTS:
        target = f"NotoSans{script.capitalize()}.ttf"
        cut(regular(folder, f"noto-sans-{script}"), target, None, tabular=False, shaped=True)
    cut(regular(folder, "noto-emoji"), "NotoEmoji.ttf", None, tabular=False, shaped=True)
    symbols = spread(SYMBOL_BLOCKS) - inter | {0x20}
    for family, target in (("symbols", "NotoSansSymbols"), ("symbols-2", "NotoSansSymbols2")):
        source = regular(folder, f"noto-sans-{family}")
        cut(source, f"{target}.ttf", symbols, tabular=False, shaped=False)
    for region, codes in (("jp", japanese()), ("sc", chinese()), ("kr", korean())):
        source = regular(folder, f"noto-sans-{region}")
        cut(source, f"NotoSans{region.upper()}.ttf", codes, tabular=False, shaped=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
