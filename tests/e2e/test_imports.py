"""A file of another system, from upload to undo, in a browser (ORO-19, SPEC 6.12)."""

import re
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs

pytestmark = pytest.mark.e2e
EXPORT = (
    "Ledger export of March\r\n\r\n"
    "Rechnungsnr.;Rechnungsdatum;Kunde;Bezeichnung;Menge;Einzelpreis;MwSt %;Gesamtbetrag\r\n"
    "EX-1;01.03.2026;Nordlicht Import GmbH;Wartung;2;510,00;19;1.213,80\r\n"
    ";;;Anfahrt;1;0,00;19;\r\n"
    "EX-2;03.03.2026;Nordlicht Import GmbH;Ersatzteil;1;1.020,00;19;1.200,00\r\n"
)


def upload(page: Page, name: str, content: bytes) -> None:
    page.goto("/imports")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Upload and look").click()
    page.wait_for_url(re.compile(r"/imports/\d+"))
    page.get_by_role("button", name="Compare with what is here").click()
    expect(page.get_by_role("heading", name="What the file changes")).to_be_visible()


def row(page: Page, number: str) -> Locator:
    return page.get_by_test_id("import-item-row").filter(has_text=number)


def bring_in(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Bring in [0-9]")).click()
    review = page.get_by_role("alertdialog", name="Bring these invoices in")
    expect(review).to_contain_text("Nothing is sent to anybody")
    review.get_by_role("button", name="Bring in", exact=True).click()


@pytest.mark.spec("ORO-19", "6.12")
def test_a_file_is_compared_brought_in_corrected_repeated_and_undone(
    tabs: Tabs, tmp_path: Path
) -> None:
    page = tabs.sign_in("accounting")
    upload(page, "march.csv", EXPORT.encode("cp1252"))
    expect(row(page, "EX-1")).to_contain_text("1,213.80")
    expect(row(page, "EX-1")).to_contain_text("New")
    expect(row(page, "EX-2")).to_contain_text("its lines come to 1,213.80 (13.80 more)")
    bring_in(page)
    expect(desk.notice(page, "1 invoice brought in.")).to_be_visible()
    row(page, "EX-1").get_by_role("link", name="EX-1").click()
    expect(desk.heading(page)).to_have_text("EX-1")
    page.go_back()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download refused rows to correct").click()
    refused = tmp_path / "refused.csv"
    download.value.save_as(refused)
    text = refused.read_text(encoding="utf-8-sig")
    assert "13.80 more" in text
    upload(page, "march-fixed.csv", text.replace('"1.200,00"', '"1.213,80"').encode())
    bring_in(page)
    expect(row(page, "EX-2").get_by_role("link", name="EX-2")).to_be_visible()

    upload(page, "march.csv", EXPORT.encode("cp1252"))
    expect(row(page, "EX-1")).to_contain_text("Same")
    expect(page.get_by_role("button", name=re.compile("^Bring in [0-9]"))).to_have_count(0)

    page.goto("/imports")
    page.get_by_test_id("import-row").get_by_role("link", name="march-fixed.csv").click()
    page.get_by_role("button", name="Undo import…").click()
    page.get_by_role("alertdialog", name="Undo this import").get_by_role(
        "button", name="Undo import", exact=True
    ).click()
    expect(desk.notice(page, "1 invoice undone.")).to_be_visible()
    expect(row(page, "EX-2")).to_contain_text("Undone")


@pytest.mark.spec("ORO-19")
def test_what_the_file_does_not_tell_is_asked(tabs: Tabs) -> None:
    page = tabs.sign_in("accounting")
    page.goto("/imports")
    page.get_by_label("Or paste its rows").fill(
        "invoice,date,customer,price\nAS-1,03/05/2026,Nordlicht Import GmbH,1.020\n"
    )
    page.get_by_role("button", name="Upload and look").click()
    problems = page.get_by_role("group", name="What to correct")
    expect(problems).to_contain_text("date can be read in two ways (03/05/2026)")
    page.get_by_label("How date is read").select_option(label="12/31/2026")
    page.get_by_label("How price is read").select_option(label="1.234,56")
    page.get_by_label("Source").fill("ledger two")
    page.get_by_role("button", name="Compare with what is here").click()
    expect(row(page, "AS-1")).to_contain_text("1,020.00")
    expect(problems).to_have_count(0)


@pytest.mark.spec("6.7", "RELIABILITY-P27")
def test_below_accounting_nobody_uploads_and_no_other_site_does(tabs: Tabs) -> None:
    page = tabs.sign_in("billing")
    file = {"file": {"name": "x.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}}
    assert page.request.get("/imports").status == 404
    assert page.request.post("/imports/files/new", multipart=file).status == 404
    page = tabs.sign_in("accounting")
    foreign = {"Origin": "https://evil.example"}
    assert page.request.post("/imports/files/new", multipart=file, headers=foreign).status == 403
    asked = HTTPConnection(urlsplit(tabs.url).netloc)
    asked.request("POST", "/imports/files/new", headers={"Content-Length": "22100000"})
    assert asked.getresponse().status == 413  # before a byte of the body
    nobody = tabs.anyone()
    answer = nobody.request.post("/imports/files/new", multipart=file, max_redirects=0)
    assert answer.headers["location"] == "/login"
