"""What stands on the paper of an invoice or a credit note."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdf
import pytest
import segno

from billing_app.documents.pdf import code, render_invoice, settlement
from billing_app.documents.snapshot import SnapshotTax


@pytest.mark.spec("CRM-27", "ERP-21")
def test_the_paper_holds_all_details_lines_totals_and_terms(an_invoice, a_line, text_of):
    lines = (
        a_line(10),
        a_line(20, name="Data logging", quantity=Decimal(1250), unit="samples",
               unit_price=Decimal("0.0285"), discount_text="", net=3563, details=()),
    )  # fmt: skip
    invoice = an_invoice(
        lines=lines,
        invoice_text="With thanks for the visit.",
        notes="Please quote the number.",
        terms="Goods remain ours until paid.",
        payment_terms_text="30 days net.",
        order_number="SO-7",
        buyer_reference="Dept 4",
    )
    text = text_of(render_invoice(invoice))
    for fact in (
        "Invoice INV-2026-10-00031", "10 Oct 2026", "9 Nov 2026", "1 Sep to 8 Oct 2026", "10482",
        "PO 77-2291", "SO-7", "Dept 4", "DE999999999", "Halvorsen Dairy GmbH", "Hafenallee 40",
        "25813 Husum", "Accounts payable", "Ida Halvorsen", "Thank you for your order.",
        "Calibration of pH electrode", "On site, with certificate", "32.50", "10 %", "19 %",
        "175.50", "Data logging", "1,250", "samples", "0.0285", "35.63", "211.13", "40.11",
        "251.24", "Amount to pay", "€ 251.24", "With thanks for the visit.", "30 days net.",
        "Please quote the number.", "Goods remain ours until paid.", "VAT ID DE123456789",
        "DE89 3704 0044 0532 0130 00", "Musterbank Hamburg", "COBADEFFXXX",
        "Please pay € 251.24 by 9 Nov 2026", "Page 1 of 1 · INV-2026-10-00031",
    ):  # fmt: skip
        assert fact in text, fact


@pytest.mark.spec("DLY-40")
def test_a_draft_is_marked_and_asks_for_nothing(an_invoice, pages_of, a_line):
    lines = tuple(a_line(10 * at) for at in range(1, 60))
    pages = pages_of(render_invoice(an_invoice(lines=lines, number=None), draft=True))
    assert len(pages) > 1
    for page in pages:
        assert "DRAFT" in page
        assert "D-000031 · Draft" in page
    assert "Draft invoice" in pages[0]
    assert "Draft, not an invoice" in pages[-1]
    assert "IBAN" not in "".join(pages)
    assert "Please pay" not in "".join(pages)


@pytest.mark.spec("DLY-40")
def test_a_draft_never_shows_a_number_even_if_it_has_one(an_invoice, text_of):
    text = text_of(render_invoice(an_invoice(), draft=True))
    assert "INV-2026-10-00031" not in text


@pytest.mark.spec("DLY-40")
def test_a_posted_invoice_bears_no_draft_mark(an_invoice, text_of):
    assert "draft" not in text_of(render_invoice(an_invoice())).lower()


def test_a_credit_note_names_the_invoice_it_credits_and_asks_for_nothing(an_invoice, text_of):
    credit = an_invoice(
        kind="credit",
        title="Credit Note",
        number="CRN-3",
        due_on=None,
        credited_number="INV-27",
        credited_date=date(2026, 9, 17),
    )
    text = text_of(render_invoice(credit))
    for fact in ("Credit Note CRN-3", "INV-27", "17 Sep 2026", "Credited to you", "€ 208.85"):
        assert fact in text
    assert "Nothing to pay" in text
    assert "IBAN" not in text
    assert "Draft credit note" in text_of(render_invoice(credit, draft=True))


def test_what_was_paid_in_advance_lowers_the_amount_to_pay(an_invoice, text_of):
    text = text_of(render_invoice(an_invoice(prepaid=10000)))
    assert "\u2212100.00" in text
    assert "€ 108.85" in text
    assert "EUR108.85" in settlement.epc_payload(an_invoice(prepaid=10000))


def test_a_paid_invoice_asks_for_nothing(an_invoice, text_of):
    text = text_of(render_invoice(an_invoice(prepaid=20885)))
    assert "Nothing to pay" in text
    assert "IBAN" not in text


def test_an_invoice_discount_stands_between_the_lines_and_the_tax(an_invoice, text_of):
    invoice = an_invoice(invoice_discount=1000, discount_label="Loyalty 5 %")
    text = text_of(render_invoice(invoice))
    assert text.index("Sum of lines") < text.index("Loyalty 5 %") < text.index("Gross")
    assert "\u221210.00" in text


@pytest.mark.parametrize(
    ("currency", "digits", "minor", "shown"),
    [
        ("JPY", 0, 1234567, "JPY 1,234,567"),
        ("KWD", 3, 1234567, "KWD 1,234.567"),
        ("EUR", 2, 1234567, "€ 12,345.67"),
        ("USD", 2, 1234567, "USD 12,345.67"),
    ],
)
def test_each_currency_shows_its_own_decimals(an_invoice, text_of, currency, digits, minor, shown):
    invoice = an_invoice(currency=currency, digits=digits, total=minor)
    text = text_of(render_invoice(invoice))
    assert shown in text
    assert f"Amount, {currency}" in text


def test_a_yen_price_has_no_decimals_of_its_own(an_invoice, a_line, text_of):
    line = a_line(unit_price=Decimal("1200.00"))
    assert "1,200 " in text_of(render_invoice(an_invoice(currency="JPY", digits=0, lines=(line,))))


@pytest.mark.parametrize("count", [1, 7, 12, 13, 40, 120])
def test_every_tax_group_has_a_row_of_its_own(an_invoice, text_of, count):
    groups = tuple(
        SnapshotTax(category="S", rate=Decimal(at) / 4 + 1, base=100000 + at, tax=1000 + at)
        for at in range(count)
    )
    text = text_of(render_invoice(an_invoice(groups=groups)))
    for group in groups:
        assert f"1,000.{group.base % 100:02d}" in text
        assert f"{group.rate.normalize():f} %" in text
    assert "Amount to pay" in text


def test_the_reason_of_an_exemption_stands_on_the_paper(an_invoice, a_line, text_of):
    group = SnapshotTax(
        category="AE", rate=Decimal(0), base=17550, tax=0, reason="reverse charge (Art. 196)"
    )
    line = a_line(tax_rate=Decimal(0), tax_category="AE")
    text = text_of(render_invoice(an_invoice(lines=(line,), groups=(group,))))
    assert "AE 0 %" in text
    assert "AE: reverse charge (Art. 196)." in text


def test_without_any_discount_the_paper_has_no_discount_column(an_invoice, a_line, text_of):
    assert "Discount" in text_of(render_invoice(an_invoice()))
    bare = an_invoice(lines=(a_line(discount_text=""),))
    assert "Discount" not in text_of(render_invoice(bare))


def test_figures_of_any_length_are_printed_whole(an_invoice, a_line, text_of):
    line = a_line(
        quantity=Decimal("123456789.123456"), unit_price=Decimal("9876543210.12345"), net=10**17 + 7
    )
    text = text_of(render_invoice(an_invoice(lines=(line,))))
    for figure in ("123,456,789.123456", "9,876,543,210.12345", "1,000,000,000,000,000.07"):
        assert figure in text


@pytest.mark.spec("DLY-17")
def test_only_the_snapshot_is_printed(an_invoice):
    with pytest.raises(TypeError):
        an_invoice(internal_comment="never pay this one early")


def test_the_file_states_its_title_and_language(an_invoice):
    reader = pypdf.PdfReader(io.BytesIO(render_invoice(an_invoice(language="de"))))
    assert reader.metadata.title == "Invoice INV-2026-10-00031"
    assert reader.metadata.author == "Aldermoor Instruments GmbH"
    assert reader.trailer["/Root"]["/Lang"] == "de"
    assert "/OpenAction" not in reader.trailer["/Root"]


def test_a_german_paper_speaks_german(an_invoice, text_of):
    text = text_of(render_invoice(an_invoice(language="de-AT", title="Rechnung")))
    for words in ("Zu zahlen", "€ 208,85", "10. Okt. 2026", "Seite 1 von 1"):
        assert words in text


def test_the_payment_code_says_whom_how_much_and_which_invoice(an_invoice):
    payload = settlement.epc_payload(an_invoice())
    assert payload == (
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nAldermoor Instruments GmbH\nDE89370400440532013000\n"
        "EUR208.85\n\n\nINV-2026-10-00031"
    )


@pytest.mark.parametrize("length", [84, 106, 122, 152, 180, 400])
@pytest.mark.parametrize("words", ["BCD\n002\nAldermoor ", "\x7f\x00~", "9a"])
def test_the_modules_of_the_payment_code_are_those_of_the_standard(length, words):
    text = (words * 400)[:length]  # the full capacity of each version, so nothing is padding
    made = segno.make_qr(text, error="m", boost_error=False, mask=code.MASK, mode="byte")
    assert code.matrix(text) == tuple(bytes(row) for row in made.matrix)


def test_a_payment_code_is_padded_as_the_standard_says():
    first, second = code.codewords(b"a" * 80, (43, 43))
    assert first[:3].hex() == "450616"
    assert second[-4:].hex() == "ec11ec11"
    assert len(code.matrix("a" * 80)) == 37


@pytest.mark.parametrize(
    "changes",
    [{"currency": "USD"}, {"total": 10**11}, {"total": -5}, {"number": None}, {"kind": "credit"}],
)
def test_there_is_no_payment_code_where_the_standard_has_none(an_invoice, changes):
    assert settlement.epc_payload(an_invoice(**changes)) is None


def test_without_a_bank_account_the_paper_still_says_what_to_pay(an_invoice, text_of):
    invoice = an_invoice()
    text = text_of(
        render_invoice(replace(invoice, seller=replace(invoice.seller, iban="", bic="")))
    )
    assert "Please pay € 208.85" in text
    assert "IBAN" not in text


@pytest.mark.parametrize("logo", [b"", b"\x89PNG\r\n\x1a\nbroken", b"<svg/>", b"GIF89a"])
def test_a_broken_logo_stops_no_invoice(an_invoice, text_of, logo):
    invoice = an_invoice()
    text = text_of(render_invoice(replace(invoice, seller=replace(invoice.seller, logo=logo))))
    assert "€ 208.85" in text
