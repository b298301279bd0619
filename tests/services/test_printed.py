"""What settings print on a paper, frozen with its snapshot."""

import io

import pypdf
import pytest

from billing_app.documents.pdf import render_invoice
from billing_app.documents.snapshot import from_json
from billing_app.persistence.tables import Snapshot
from billing_app.services.papers import preview, staff_paper
from billing_app.services.settings import change_setting


def snapshot(w, invoice_id):
    row = next(row for row in w.all(Snapshot) if row.invoice_id == invoice_id)
    return from_json(row.content)


@pytest.mark.spec("DLY-44", "ORO-24", "ORO-15")
def test_words_fields_and_seller_are_printed_and_a_posted_paper_stays_as_it_is(w):
    before = w.posted()
    first = staff_paper(w.ctx("viewer"), before)
    for key, value in (
        ("total_in_words", "on"),
        ("printed_fields_above", "Terminal: Hamburg\nBerth: 7"),
        ("printed_fields_below", "Agent: Rolf"),
        ("seller_name", "Aldermoor Instruments"),
        ("seller_address", "Kai 1\n20457 Hamburg"),
        ("seller_tax_id", "DE999999999"),
    ):
        change_setting(w.ctx("admin"), key, value, scope="company", scope_id=1)
    after = w.posted()
    made = snapshot(w, after)
    assert made.total_words == "Sixty-four and 76/100 EUR"
    assert made.fields_above == (("Terminal", "Hamburg"), ("Berth", "7"))
    assert made.fields_below == (("Agent", "Rolf"),)
    assert (made.seller.name, made.seller.address_lines, made.seller.vat_no) == (
        "Aldermoor Instruments",
        ("Kai 1", "20457 Hamburg"),
        "DE999999999",
    )
    assert made.seller.iban == "DE89370400440532013000"
    assert snapshot(w, before).total_words == ""
    again = staff_paper(w.ctx("viewer"), before)
    assert (again.content, again.sha256) == (first.content, first.sha256)
    assert preview(w.ctx("viewer"), before).content != first.content


@pytest.mark.spec("DLY-44")
def test_a_paper_shows_its_words_and_fields(lite):
    change_setting(lite.ctx("admin"), "total_in_words", "on")
    eight = "\n".join(f"Label {at}: Value {at}" for at in range(8))
    four = "\n".join(f"Below {at}: Amount {at}" for at in range(4))
    change_setting(lite.ctx("admin"), "printed_fields_above", eight)
    change_setting(lite.ctx("admin"), "printed_fields_below", four)
    file = render_invoice(snapshot(lite, lite.posted()))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages)
    for word in (
        "Sixty-four and 76/100",
        "Label 0: Value 0",
        "Label 7: Value 7",
        "Below 3: Amount 3",
    ):
        assert word in text
