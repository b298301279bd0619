"""Names in any script print, and no text can break a paper."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_app.documents.pdf import render_invoice
from billing_app.documents.pdf.faces import ALL_FACES, FOLDER
from billing_app.documents.pdf.typeset import typeset
from billing_app.documents.pdf.wrap import Type, lines_of

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "naughty" / "blns.json"

NAMES = {
    "Japanese": "株式会社ハルヴォルセン乳業",
    "rare Japanese": "髙橋﨑",
    "simplified Chinese": "北京牛奶有限公司",
    "traditional Chinese": "臺灣乳業股份有限公司",
    "Korean": "할보르센 낙농 주식회사",
    "Arabic": "جهاز قياس",
    "Hebrew": "ערכת כיול",
    "Greek": "Ελαιώνες Παππά",
    "Cyrillic": "ООО «Молоко» Їжак",
    "Hindi": "हिन्दी दूध",
    "Thai": "บริษัท นมไทย",
    "Bengali": "বাংলা দুধ",
    "Tamil": "தமிழ் பால்",
    "Georgian": "საქართველო",
    "Armenian": "Հայաստան",
    "Amharic": "ኢትዮጵያ",
    "Vietnamese": "Công ty Sữa Việt",
    "Polish": "Zażółć gęślą jaźń",
    "emoji": "Café 🎉 👩\u200d🚀",
    "symbols": "☎ ✉ ☑",
}


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_any_script_has_all_its_glyphs(an_invoice, script):
    line = typeset(NAMES[script], 500, "jp")
    assert line.pieces
    box = typeset("\u25a1", 400, "jp").pieces[0].shows[0][1].strip("<>")
    for piece in line.pieces:
        codes = "".join(re.findall("<([0-9A-F]+)>", "".join(operand for _, operand in piece.shows)))
        glyphs = [codes[at : at + 4] for at in range(0, len(codes), 4)]
        assert "0000" not in glyphs
        assert not (piece.face.startswith("Inter") and box in glyphs)


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_any_script_can_be_copied_from_the_paper(an_invoice, script):
    invoice = an_invoice()
    buyer = replace(invoice.buyer, name=NAMES[script])
    document = pypdfium2.PdfDocument(render_invoice(replace(invoice, buyer=buyer)))
    text = document[0].get_textpage().get_text_range()
    squeezed = "".join(text.split())
    for word in NAMES[script].split():
        if script in {"Arabic", "Hebrew"}:
            assert word in squeezed or word[::-1] in squeezed
        elif script != "emoji":
            assert word in squeezed


def test_a_character_no_font_has_is_shown_as_a_box(an_invoice, text_of):
    line = typeset("A\U00012345B", 500, "cn")
    assert [piece.spoken for piece in line.pieces] == [None, "\U00012345", None]
    box = typeset("\u25a1", 400, "cn").pieces[0]
    assert line.pieces[1].shows == box.shows
    assert line.pieces[1].width > 0


def test_right_to_left_words_stand_in_their_own_order_and_digits_keep_theirs():
    pieces = typeset("رقم 4410", 400, "cn").pieces
    latin = [at for at, piece in enumerate(pieces) if piece.face.startswith("Inter")]
    assert latin[0] == 0  # the number is read last, so it stands leftmost
    assert typeset("abc שלום", 400, "cn").pieces[0].face.startswith("Inter")


def test_a_name_cannot_turn_the_text_after_it_around():
    plain, turned = typeset("Invoice 100", 400, "cn"), typeset("\u202eInvoice 100\u202c", 400, "cn")
    assert "".join(o for p in plain.pieces for _, o in p.shows) == "".join(
        o for p in turned.pieces for _, o in p.shows
    )


def test_figures_are_all_equally_wide():
    assert (
        len({typeset(digit, weight, "cn").width for digit in "0123456789" for weight in (400,)})
        == 1
    )
    assert typeset("1111", 600, "cn").width == typeset("8888", 600, "cn").width


def test_markup_is_printed_as_it_was_typed(an_invoice, text_of):
    name = "**bold** <b>b</b> __u__ {nb} \\n (x) %s & ~"
    assert name in text_of(render_invoice(an_invoice(document_text=name)))


def test_a_number_never_parts_from_its_unit():
    setting = Type(9.5, 500, "cn")
    assert lines_of("Thermometer, amber, \u221210 to 110 °C", setting, 57.5)[-1].startswith("110")


@pytest.mark.parametrize("text", ["x" * 500, "株式会社" * 60, "नमस्ते" * 60, "a b " * 200, "ก้" * 200])
def test_a_broken_text_fits_its_column_and_loses_nothing(text):
    setting = Type(9.5, 400, "cn")
    lines = lines_of(text, setting, 57.5)
    assert all(setting.width(line) <= 57.5 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def everywhere(invoice, text):
    """Put a text into every place a user can write to."""
    seller = replace(invoice.seller, name=text, sender_line=text, bank_name=text, website=text)
    buyer = replace(
        invoice.buyer, name=text, address_lines=(text, text), country=text, contact=text
    )
    line = replace(invoice.lines[0], name=text, details=(text,), unit=text, discount_text=text)
    return replace(
        invoice, seller=seller, buyer=buyer, lines=(line,), document_text=text, invoice_text=text,
        notes=text, terms=text, po_number=text, buyer_reference=text, payment_terms_text=text,
        title=text, number=text, language="en",
    )  # fmt: skip


def naughty():
    if not NAUGHTY.exists():
        return []
    return json.loads(NAUGHTY.read_text("utf-8"))


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the shared list of naughty strings is not here")
def test_naughty_strings_stop_no_invoice(an_invoice):
    for text in naughty():
        file = render_invoice(everywhere(an_invoice(), text), draft=len(text) % 2 == 0)
        with pypdfium2.PdfDocument(file) as document:
            assert len(document) >= 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_no_text_stops_an_invoice(an_invoice, text):
    file = render_invoice(everywhere(an_invoice(), text))
    with pypdfium2.PdfDocument(file) as document:
        assert len(document) >= 1


def test_the_fonts_come_with_their_licences_and_stay_small():
    assert {path.stem for path in FOLDER.glob("*.ttf")} == set(ALL_FACES)
    assert len(list(FOLDER.glob("OFL-*.txt"))) == 3
    sizes = [path.stat().st_size for path in FOLDER.glob("*.ttf")]
    assert max(sizes) < 5_000_000
    assert sum(sizes) < 12 * 1024 * 1024
