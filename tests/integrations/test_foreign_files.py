"""Exports of many systems as invoices: whatever their dialect, their titles and their figures."""

import csv
import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from billing_app.domain.errors import BillingError, Invalid, Refused
from billing_app.domain.foreign.columns import Column, Mapping
from billing_app.domain.foreign.days import DayStyle
from billing_app.domain.foreign.reading import read_invoices
from billing_app.domain.foreign.styles import settled
from billing_app.integrations.imports.files.reading import read_table
from billing_app.integrations.imports.files.suggesting import suggested

DATA = Path(__file__).parents[3] / "shared" / "data" / "import_samples"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the sample data is not on this machine")
pytestmark = pytest.mark.spec("6.12", "ORO-19")


def read(content, **changes):
    """The suggestion, what is asked, and the groups by key."""
    raw = content.encode() if isinstance(content, str) else content
    table = read_table(raw)
    suggestion = suggested(table, currency="EUR")
    mapping, questions = settled(table, suggestion.mapping)
    for name, value in changes.items():
        mapping = Mapping(**{**{f: getattr(mapping, f) for f in mapping.__slots__}, name: value})
    groups = {group.key or group.span: group for group in read_invoices(table, mapping)}
    return suggestion, questions, groups


def invoices(content, **changes):
    groups = read(content, **changes)[2]
    assert [group.problems for group in groups.values() if group.problems] == []
    return {key: group.invoice for key, group in groups.items()}


def sample(path):
    return (DATA / path).read_bytes()


@needs_data
def test_quickbooks_desktop():
    (one,) = invoices(sample("quickbooks_easyquickimport__MIT/invoice.csv")).values()
    assert (one.number, one.currency, one.total_minor) == ("180510-0001", "USD", 1000)
    assert (one.customer.name, one.customer.external_id) == ("HomeBase LLC", "HomeBase")
    assert one.document_date == date(2018, 5, 10)


@needs_data
def test_the_xero_template_says_which_rows_end_before_they_begin():
    _, questions, groups = read(sample("headers_only/xero_SalesInvoiceTemplate.csv"))
    assert questions == ()  # 29/3/2019 tells that the day comes first
    found = {key: group.invoice for key, group in groups.items()}
    assert found["12"].document_date == date(2019, 6, 7)
    assert found["12"].due_on == date(2019, 2, 8)
    assert {key: one.total_minor for key, one in found.items()} == {
        "12": 206_700, "48": 24_300, "94": 486_000,
    }  # fmt: skip


@needs_data
def test_the_answers_of_xeros_interface():
    _, _, groups = read(sample("xero__MIT/openapi_examples.json"))
    made = {one.number or key: one for key, g in groups.items() if (one := g.invoice)}
    sums = {key: one.total_minor for key, one in made.items()}
    assert (sums["INV-0002"], sums["INV-0003"], sums["INV-0007"]) == (4600, 11_500, 4000)
    assert made["INV-0003"].lines[0].tax_rate == 15
    assert made["INV-0002"].paid_minor == 4600
    said = " ".join(problem for group in groups.values() for problem in group.problems)
    assert '"VOIDED"' in said
    assert "supplier's bill" in said


@needs_data
def test_stripes_amounts_are_cents_and_its_days_seconds():
    found = invoices(sample("stripe_openapi__MIT/fixtures3_billing_subset.json"))
    one = found["in_1Pgc6tB7WZ01zgkWu9fdqL6I"]
    assert (one.total_minor, one.currency, one.is_posted) == (1000, "USD", False)
    assert one.lines[0].unit_price == 10
    assert one.document_date == date(2009, 2, 13)
    credit = found["cn_1Pgc75B7WZ01zgkWJMPt5riP"]
    assert (credit.kind, credit.total_minor) == ("credit", 1690)


@needs_data
def test_stripes_payments_are_amounts_in_units():
    found = invoices(sample("csv2ofx__MIT/stripe-all.csv"))
    assert sum(one.total_minor for one in found.values()) == 11_250
    assert {one.currency for one in found.values()} == {"CAD"}


@needs_data
@pytest.mark.parametrize(
    "path",
    [
        "csv2ofx__MIT/xero.csv",
        "quickbooks_easyquickimport__MIT/transaction.csv",
        "quickbooks_easyquickimport__MIT/customer.csv",
    ],
)
def test_a_file_that_holds_no_invoices_says_what_it_is(path):
    with pytest.raises(Refused, match="Export the invoices"):
        read(sample(path))


def test_title_lines_windows_text_and_german_figures():
    text = (
        "Rechnungsausgangsbuch\r\nMandant 4711;;;\r\n\r\n"
        "Rechnungsnr.;Rechnungsdatum;Kundennr.;Kunde;Bezeichnung;Menge;Einzelpreis;MwSt %;Gesamtbetrag\r\n"
        "RE-100;01.02.2026;10077;Müller & Söhne GmbH;Wartung;2;510,00;19;1.213,80\r\n"
        "RE-101;03.02.2026;10078;Bäckerei Öz;Ersatzteil;1;1.020,00;19;1.213,80\r\n"
        ";;;;Anfahrt;1;0,00;19;\r\n"
        "Summe;;;;;;;;2.427,60\r\n"
    )
    found = invoices(text.encode("cp1252"))
    assert {key: one.total_minor for key, one in found.items()} == {
        "RE-100": 121_380,
        "RE-101": 121_380,
    }
    assert found["RE-100"].customer.name == "Müller & Söhne GmbH"
    assert [line.text for line in found["RE-101"].lines] == ["Ersatzteil", "Anfahrt"]


def test_two_header_rows_blank_parents_and_a_byte_order_mark():
    text = (
        "\ufeffInvoice,,,Customer,,Item,,,\nNo,Date,Due,Name,Email,Description,Qty,Price,Amount\n"
        'A-1,2026-01-01,2026-01-31,Acme,a@acme.example,Widget,2,"1.020,00","2.040,00"\n'
        ',,,,,Gadget,1,"5,50","5,50"\n'
        'A-2,2026-01-02,2026-02-01,Beta,b@beta.example,Widget,1,"1.020,00","1.020,00"\n'
    )
    found = invoices(text)
    assert found["A-1"].total_minor == 204_550
    assert len(found["A-1"].lines) == 2
    assert found["A-2"].customer.email == "b@beta.example"


def test_dollars_in_cells_and_lines_repeated_with_their_heads():
    text = (
        "Client Name,Invoice #,Date Issued,Invoice Status,Item Name,Rate,Quantity,"
        "Line Subtotal,Tax 1 Amount,Line Total,Currency\n"
        'Acme,0000123,2026-03-01,paid,Design,"$13.50",4,"$54.00","$2.70","$56.70",USD\n'
        'Acme,0000123,2026-03-01,paid,Hosting,"$1,020.00",1,"$1,020.00","$51.00","$1,071.00",USD\n'
        'Beta,0000124,2026-03-02,draft,Hours,"$80.00",1.5,"$120.00",,"$120.00",USD\n'
    )
    found = invoices(text)
    assert (found["0000123"].total_minor, found["0000123"].is_posted) == (112_770, True)
    assert [line.tax_rate for line in found["0000123"].lines] == [5, 5]
    assert (found["0000124"].total_minor, found["0000124"].is_posted) == (12_000, False)


def test_carriage_returns_alone_end_lines_and_one_row_may_be_an_invoice():
    text = (
        "Invoice No.\tAccount Ref\tDate\tDetails\tNet Amount\tTax Amount\tGross Amount\r"
        "SI-1\tHALV01\t31/01/2026\tService Jan\t100.00\t20.00\t120.00\r"
        "SI-2\tHALV01\t28/02/2026\tService Feb\t1,020.00\t204.00\t1,224.00\r"
    )
    found = invoices(text)
    assert found["SI-1"].lines[0].tax_rate == 20
    assert found["SI-2"].total_minor == 122_400
    assert found["SI-2"].customer.number == "HALV01"


def test_a_spreadsheet_keeps_figures_days_and_never_runs_a_formula():
    book = Workbook()
    sheet = book.active
    sheet.append(["Invoices of March"])
    sheet.append([])
    sheet.append(
        ["Invoice number", "Date", "Customer", "Description", "Quantity", "Unit price", "Tax rate"]
    )
    sheet.append(["X-1", date(2026, 3, 1), "Acme", "Work", 3, 19.99, 0.19])
    sheet.append(["X-2", date(2026, 3, 2), "Acme", "=1+1", 1.020, 1.5, 0.19])
    raw = io.BytesIO()
    book.save(raw)
    suggestion, questions, groups = read(raw.getvalue())
    assert suggestion.mapping.columns["Date"] is Column.DATE
    assert questions == ()  # a sheet's number is no text that could be read in two ways
    assert groups["X-1"].invoice.total_minor == 7136
    assert groups["X-1"].invoice.document_date == date(2026, 3, 1)
    assert groups["X-2"].invoice.lines[0].quantity == Decimal("1.02")
    assert groups["X-2"].invoice.lines[0].text == ""  # what was never computed is empty


def test_a_list_of_objects_with_lines_inside():
    told = {
        "data": [
            {
                "invoiceNumber": "J-1",
                "date": "2026-03-01",
                "customer": {"name": "Acme", "email": "a@acme.example"},
                "currency": "EUR",
                "items": [
                    {"description": "Work", "quantity": 2, "price": 1.005},
                    {"description": "Travel", "quantity": 1, "price": 1.020},
                ],
            }
        ]
    }
    found = invoices(json.dumps(told))
    assert [str(line.unit_price) for line in found["J-1"].lines] == ["1.005", "1.02"]
    assert found["J-1"].customer.email == "a@acme.example"


def test_lines_side_by_side_stand_below_each_other():
    text = (
        "number,date,customer,line1Desc,line1Quantity,line1Amount,line2Desc,line2Quantity,line2Amount\n"
        "S-1,2026-01-01,Acme,Tea,2,3.00,Cake,1,4.50\nS-2,2026-01-02,Acme,Tea,1,1.50,,,\n"
    )
    found = invoices(text)
    assert [[line.text for line in one.lines] for one in found.values()] == [
        ["Tea", "Cake"],
        ["Tea"],
    ]
    assert [one.total_minor for one in found.values()] == [750, 150]


@pytest.mark.parametrize(
    ("column", "cells", "word"),
    [("Date", "03/05/2026", "Date"), ("Price", "1.020", "Price")],
)
def test_what_can_be_read_in_two_ways_is_asked(column, cells, word):
    row = {"Invoice": "Q-1", "Date": "2026-05-03", "Customer": "Acme", "Price": "12"} | {
        column: cells
    }
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    _, questions, _ = read(text)
    assert [question.head for question in questions] == [word]
    assert cells in questions[0].sentence


def test_an_ambiguous_column_follows_the_others_of_its_file():
    text = "Invoice;Date;Customer;Qty;Price\nQ-1;2026-05-03;Acme;1.020;12,50\n"
    found = invoices(text)
    assert found["Q-1"].lines[0].quantity == 1020


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("B-1,2026-01-01,Acme,Work,2,10.00,25.00,", "2 × 10 is 20.00, the file states 25.00"),
        ("B-1,2026-01-01,Acme,Work,2,10.00,20.00,99.99", "79.99 less"),
        ("B-1,2026-02-31,Acme,Work,2,10.00,20.00,", "no day of the calendar"),
        ("B-1,,Acme,Work,2,10.00,20.00,", "no invoice date"),
        ("B-1,2026-01-01,,Work,2,10.00,20.00,", "names no customer"),
        ("B-1,2026-01-01,Acme,Work,2,ten,20.00,", "no figure"),
        (",2026-01-01,Acme,Work,2,10.00,20.00,", "no invoice number"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(row, said):
    head = "Invoice,Date,Customer,Description,Qty,Unit price,Amount,Total\n"
    good = "G-1,2026-01-01,Acme,Work,1,10.00,10.00,10.00\n"
    groups = read(head + good + row + "\n")[2]
    assert groups["G-1"].invoice is not None
    (bad,) = [group for key, group in groups.items() if key != "G-1"]
    assert bad.invoice is None
    assert said in " ".join(bad.problems)


def test_a_negative_invoice_is_a_credit_note_with_positive_amounts():
    text = "Invoice,Date,Customer,Description,Qty,Unit price,Total\nC-1,2026-01-01,Acme,Back,-2,10.00,-20.00\n"
    (credit,) = invoices(text).values()
    assert (credit.kind, credit.total_minor, credit.lines[0].quantity) == ("credit", 2000, 2)


def test_a_tax_that_no_rate_of_two_decimals_makes_is_kept_as_an_amount():
    text = "Invoice,Date,Customer,Description,Qty,Unit price,Tax amount,Total\nN-1,2026-01-01,Acme,A,1,1000.00,88.75,1088.75\n"
    (one,) = invoices(text).values()
    assert one.total_minor == 108_875
    assert one.tax_mode == "fixed" or one.lines[0].tax_rate == Decimal("8.88")


def test_prices_with_tax_come_to_the_stated_total():
    text = "Invoice,Date,Customer,Description,Qty,Unit price,VAT rate,Total\nI-1,2026-01-01,Acme,A,1,500.00,19,500.00\n"
    assert read(text)[2]["I-1"].problems
    (one,) = invoices(text, prices_include_tax=True).values()
    assert one.total_minor == 50_000


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Zs"]),
    max_size=12,
)


@settings(max_examples=150)
@given(
    rows=st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=6),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_rows_in_any_dialect_are_the_same_rows(rows, separator, end, encoding):
    import unicodedata

    clean = [[unicodedata.normalize("NFC", cell) for cell in row] for row in rows]
    given_rows = [[f"K-{at}", *row] for at, row in enumerate(clean)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["Invoice", "Customer", "Date", "Text", "Note"])
    writer.writerows(given_rows)
    table = read_table(out.getvalue().encode(encoding))
    at = [
        table.header.index(name)
        for name in ("Invoice", "Customer", "Date", "Text", "Note")
        if name in table.header
    ]
    assert [[row.cells[i] for i in at] for row in table.rows] == given_rows


def zipped(**parts):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return raw.getvalue()


@pytest.mark.spec("RELIABILITY-P27")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"%PDF-1.7 x",
        b"\x1f\x8b\x08rest",
        b"<html></html>",
        b"\xd0\xcf\x11\xe0old",
        b"PK\x03\x04broken",
        zipped(sheet="x" * 30_000_000),
        zipped(sheet='<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        b'{"a": 1',
        b'{"a": NaN}',
        b"[" * 100_000,
        b'{"hello": "world"}',
        b"1,2,3\n4,5,6\n",
        b"Invoice,Date\n" + b"a,b\n" * 100_001,
        b"Invoice,Date\nA-1," + b"x" * 5_000 + b"\n",
        b"a\0b\0\xff\xfe\0",
        b"x" * (20 * 1024 * 1024 + 1),
    ],
    ids=range(18),
)
def test_what_is_no_file_of_invoices_is_refused_in_words(content):
    with pytest.raises(BillingError) as refused:
        suggested(read_table(content))
    assert isinstance(refused.value, Invalid | Refused)


def test_the_mapping_is_kept_and_found_again():
    text = "Invoice;Date;Customer;Price\nQ-1;03/05/2026;Acme;1.020\n"
    table = read_table(text.encode())
    mapping, _ = settled(table, suggested(table).mapping)
    mapping = mapping.assigned("Price", Column.TOTAL)
    kept = Mapping.from_json(mapping.to_json())
    assert kept == mapping
    assert DayStyle.DAY_FIRST not in kept.days.values()
