"""From drawn pages to a file. fpdf2 writes it; fonts come ready-made from `faces`.

The file follows PDF/A-3B in structure (sRGB output intent, XMP that equals the document
information, no open action), so an e-invoice can be attached to it. It states no date but the
document's: the same snapshot always gives the same bytes.
"""

import zlib
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from html import escape
from io import BytesIO
from typing import Any

from fpdf import FPDF
from fpdf.enums import OutputIntentSubType, PDFResourceType
from fpdf.fonts import PDFFontDescriptor
from fpdf.image_datastructures import RasterImageInfo
from fpdf.image_parsing import get_img_info
from fpdf.output import CIDSystemInfo, OutputProducer, PDFFont, PDFICCProfile
from fpdf.syntax import Name, PDFArray, PDFContentStream
from fpdf.util import builtin_srgb2014_bytes
from PIL import Image, UnidentifiedImageError

from billing_app.documents.pdf.canvas import Canvas, Page, Usage, inter_weight
from billing_app.documents.pdf.faces import RESOURCES, face, program
from billing_app.documents.pdf.typeset import block_glyphs

PRODUCER = "billing-app with fpdf2"
SYMBOLIC = 4
LOGO_FORMATS = ("PNG", "JPEG")
LARGEST_LOGO = 4000 * 4000
PRINTED_LOGO = (1600, 400)  # more than 600 dpi at the size it is printed
TO_UNICODE = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
    "{blocks}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
)
CHARS_A_BLOCK = 100  # Adobe Technical Note 5014


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the file says about itself."""

    title: str
    author: str
    language: str
    dated: date


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture read once: what fpdf2 embeds, and its shape (width by height)."""

    picture: dict[str, Any]
    shape: float


class Packed(PDFContentStream):
    """A stream that is compressed already."""

    def __init__(self, packed: bytes, length1: int | None = None) -> None:
        super().__init__(packed)
        self.filter = Name("FlateDecode")
        self.length1 = length1


class Paper(FPDF):
    """fpdf2 without its own text path: pages arrive as operators, fonts as `usage`."""

    usage: Usage


class Producer(OutputProducer):
    """Writes the fonts of `usage`, and no open action (a paper does nothing by itself)."""

    fpdf: Paper

    def _add_fonts(self, *_: object) -> dict[int, Any]:
        used = {name: block_glyphs(inter_weight(name) or 0, blocks)
                for name, blocks in self.fpdf.usage.blocks.items()}  # fmt: skip
        for name, glyphs in self.fpdf.usage.glyphs.items():
            used[name] = {**used.get(name, {}), **glyphs}
        return {
            RESOURCES[name]: self._add_font(name, used[name])
            for name in sorted(used, key=RESOURCES.__getitem__)
        }

    def _add_font(self, name: str, glyphs: dict[int, str]) -> PDFFont:
        embedded = program(name, frozenset(glyphs))
        base = f"AAAAAA+{name}"
        font = PDFFont(subtype="Type0", base_font=base, encoding="Identity-H")
        descendant = PDFFont("CIDFontType2", base, d_w=1000, w=embedded.widths)
        descendant.c_i_d_system_info = CIDSystemInfo()
        descendant.c_i_d_to_g_i_d_map = Name("Identity")  # type: ignore[assignment]
        descendant.font_descriptor = descriptor(name, base)
        stream = Packed(embedded.packed, embedded.size)
        descendant.font_descriptor.font_file2 = stream  # type: ignore[attr-defined]
        font.descendant_fonts = PDFArray([descendant])
        font.to_unicode = Packed(unicode_map(tuple(sorted(glyphs.items()))))
        for part in (font, descendant, descendant.c_i_d_system_info,
                     descendant.font_descriptor, stream, font.to_unicode):  # fmt: skip
            self._add_pdf_obj(part, "fonts")
        return font

    def _finalize_catalog(self, catalog_obj: Any, *rest: Any, **named: Any) -> None:  # noqa: ANN401
        super()._finalize_catalog(catalog_obj, *rest, **named)
        catalog_obj.open_action = None


def descriptor(name: str, base: str) -> PDFFontDescriptor:
    """The measures of a font, in thousandths of an em."""
    source = face(name)
    described = PDFFontDescriptor(
        ascent=source.ascent,
        descent=source.descent,
        cap_height=source.cap_height,
        flags=SYMBOLIC,  # type: ignore[arg-type]
        font_b_box=f"[{' '.join(map(str, source.box))}]",
        italic_angle=0,
        stem_v=80,
        missing_width=source.width(0),
    )
    described.font_name = Name(base)
    return described


@lru_cache(maxsize=256)
def unicode_map(glyphs: tuple[tuple[int, str], ...]) -> bytes:
    """Say which text each glyph stands for, so a reader can search and copy."""
    entries = [
        f"<{glyph:04X}> <{text.encode('utf-16-be').hex().upper()}>\n"
        for glyph, text in glyphs
        if text
    ]
    blocks = ""
    for start in range(0, len(entries), CHARS_A_BLOCK):
        part = entries[start : start + CHARS_A_BLOCK]
        blocks += f"{len(part)} beginbfchar\n{''.join(part)}endbfchar\n"
    return zlib.compress(TO_UNICODE.replace("{blocks}", blocks).encode("ascii"))


@lru_cache(maxsize=32)
def read_logo(file: bytes) -> Logo | None:
    """Read a PNG or JPEG; anything else, or a broken file, is no logo and stops no invoice."""
    try:
        with Image.open(BytesIO(file), formats=LOGO_FORMATS) as opened:
            width, height = opened.size
            if not 0 < width * height <= LARGEST_LOGO:
                return None
            picture = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
        picture.thumbnail(PRINTED_LOGO)
        info = get_img_info("logo", picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    return Logo(dict(info), width / height)


@lru_cache(maxsize=1)
def colour_profile() -> PDFICCProfile:
    """The sRGB profile that PDF/A asks for, compressed once; each document takes a copy."""
    return PDFICCProfile(bytes(builtin_srgb2014_bytes()), n=3, alternate="DeviceRGB")


def write(canvas: Canvas, facts: Facts, logo: Logo | None) -> bytes:
    """Write the file."""
    paper = Paper(format="A4", unit="mm")
    paper.usage = canvas.usage
    paper.set_auto_page_break(auto=False)
    describe(paper, facts)
    if logo is not None:
        paper.image_cache.images["logo"] = RasterImageInfo({**logo.picture, "i": 1, "usages": 1})
    for page in canvas.pages:
        add(paper, page)
    return bytes(paper.output(output_producer_class=Producer))


def add(paper: Paper, page: Page) -> None:
    """Hand one page to fpdf2."""
    paper.add_page()
    number = paper.page
    contents = paper.pages[number].contents
    assert isinstance(contents, bytearray)  # noqa: S101 (fpdf2 keeps open pages so)
    contents += "\n".join(page.operators).encode("ascii") + b"\n"
    for index in sorted(page.fonts):
        paper._resource_catalog.add(PDFResourceType.FONT, index, number)  # noqa: SLF001
    for x, y, width, height in page.logos:
        paper.image("logo", x=x, y=y, w=width, h=height)


def describe(paper: Paper, facts: Facts) -> None:
    """Set language, title, dates and the profile, all the same in both places PDF has for them."""
    paper.set_lang(facts.language)
    paper.set_title(facts.title)
    paper.set_author(facts.author)
    paper.set_producer(PRODUCER)
    created = datetime.combine(facts.dated, time(), UTC)
    paper.set_creation_date(created)
    paper.set_xmp_metadata(xmp(facts, created.strftime("%Y-%m-%dT%H:%M:%S+00:00")))
    profile = copy(colour_profile())
    paper.add_output_intent(
        OutputIntentSubType.PDFA, "sRGB", "IEC 61966-2-1:1999", dest_output_profile=profile
    )
    paper.pdf_version = "1.7"


def xmp(facts: Facts, created: str) -> str:
    """The metadata packet: PDF/A-3B and the facts."""
    title, author = escape(facts.title), escape(facts.author)
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'
        ' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>"
        f"<dc:language><rdf:Bag><rdf:li>{escape(facts.language)}</rdf:li></rdf:Bag></dc:language>"
        f"<xmp:CreateDate>{created}</xmp:CreateDate><xmp:ModifyDate>{created}</xmp:ModifyDate>"
        f"<pdf:Producer>{PRODUCER}</pdf:Producer>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
