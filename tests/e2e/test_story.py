"""The whole story: an invoice is written, posted, seen by its customer, and downloaded."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import CUSTOMER_A

pytestmark = pytest.mark.e2e
TOTAL_MINOR, TOTAL = "50454", "504.54"


@pytest.mark.spec("CRM-12", "CXS-4", "CXS-6", "CXS-7", "CXS-12", "CRM-17", "CRM-18", "CRM-21",
                  "ERP-1", "ERP-4", "ERP-7", "ERP-15", "ERP-16", "ERP-21", "ERP-29", "ERP-30",
                  "ORO-13", "ORO-14", "ORO-15", "ORO-25", "DLY-2", "CRM-27", "ORO-16")  # fmt: skip
def test_an_invoice_is_written_posted_seen_and_downloaded(tabs: Tabs) -> None:
    billing = tabs.sign_in("billing")
    invoice_id = _written(billing)

    accounting = tabs.sign_in("accounting")
    number = _posted(accounting, invoice_id)

    customer = tabs.sign_in("l40a")
    delivered = _downloaded(customer, invoice_id, number)

    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(delivered)).pages)
    assert delivered.startswith(b"%PDF")
    assert number in text
    assert TOTAL in text
    kept = accounting.request.get(f"/invoices/{invoice_id}.pdf")
    assert hashlib.sha256(kept.body()).digest() == hashlib.sha256(delivered).digest()


def _written(page: Page) -> int:
    desk.open_grid(page)
    page.get_by_role("link", name="New invoice").first.click()
    page.wait_for_url("**/invoices/new")
    desk.choose_customer(page, "hansekontor", CUSTOMER_A)

    region = desk.add_line(page, product="Technical consulting · CONS")
    expect(region.locator("#f-line-unit_price")).to_have_value("128.00")
    expect(region.locator("#f-line-tax_rate")).to_have_value("19")
    desk.type_line(page, quantity="3")
    expect(region.get_by_role("definition").first).to_have_text("384.00")
    expect(desk.total(page)).to_have_attribute("data-minor", "45696")
    desk.save_line(page)

    region = desk.add_line(
        page, description="Night pilotage, Größe L", quantity="2", unit_price="19,99"
    )
    expect(region.locator("#f-line-tax_rate")).to_have_value("19")
    expect(desk.total(page)).to_have_attribute("data-minor", TOTAL_MINOR)
    desk.save_line(page)
    assert page.get_by_test_id("line-row").count() == 2

    derived = page.locator("details.grand")
    derived.locator("summary").click()
    expect(derived.locator(".why")).to_contain_text("423.98")
    return desk.keep_as_draft(page)


def _posted(page: Page, invoice_id: int) -> str:
    desk.open_record(page, invoice_id)
    expect(desk.posting(page, "Draft")).to_be_visible()
    page.get_by_role("button", name="Post invoice…").click()
    expect(desk.review(page)).to_contain_text(CUSTOMER_A)
    expect(desk.review(page)).to_contain_text(f"EUR {TOTAL}")
    desk.agree(page, "Post invoice")
    expect(desk.posting(page, "Posted")).to_be_visible()
    expect(desk.heading(page)).to_have_text(desk.NUMBER)
    expect(page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    number = desk.heading(page).inner_text()
    expect(desk.notice(page, f"{number} is posted.")).to_be_visible()
    expect(desk.row(page, invoice_id)).to_contain_text(number)
    return number


def _downloaded(page: Page, invoice_id: int, number: str) -> bytes:
    page.goto("/portal")
    page.get_by_role("navigation").get_by_role("link", name="Invoices").click()
    row = desk.row(page, invoice_id)
    expect(row).to_contain_text(number)
    expect(row.locator(".last")).to_have_text("")
    expect(row.locator("[data-minor]")).to_have_attribute("data-minor", TOTAL_MINOR)
    row.get_by_role("link", name=f"Open {number}").click()
    page.wait_for_url(f"**/portal/invoices/{invoice_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Invoice {number}")
    expect(page.get_by_role("row").filter(has_text="Night pilotage, Größe L")).to_contain_text(
        "39.98"
    )
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download PDF").click()
    assert waiting.value.suggested_filename == f"{number}.pdf"
    page.get_by_role("link", name="All invoices").click()
    expect(desk.row(page, invoice_id).locator(".last")).not_to_have_text("")
    return Path(waiting.value.path()).read_bytes()
