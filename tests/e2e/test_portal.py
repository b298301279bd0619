"""The customer portal: what is shown, to whom, and what never leaves the server."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import CUSTOMER_A, CUSTOMER_B, Store

pytestmark = pytest.mark.e2e
SECRET = "They always haggle; never below 5 %"
NOT_FOUND = "This document was not found"


def open_list(page: Page) -> Page:
    page.goto("/portal/invoices")
    expect(desk.rows(page).first).to_be_visible()
    return page


@pytest.mark.spec("ERP-3", "ERP-5", "ERP-6", "ERP-8", "ERP-9")
def test_the_list_has_its_five_columns_newest_first_with_count_and_sum(
    tabs: Tabs, store: Store
) -> None:
    credit = store.posted(customer=CUSTOMER_B, document_type_id=store.types["CRO"])
    page = open_list(tabs.sign_in("l40b"))
    heads = page.get_by_role("columnheader").all_inner_texts()
    assert heads == ["Open", "Document No", "Last download", "Type name", "Date", "Amount"]
    expect(page.get_by_role("columnheader", name="Date")).to_have_attribute(
        "aria-sort", "descending"
    )
    shown = desk.rows(page)
    kinds = set(shown.locator(".type").all_inner_texts())
    assert kinds == {"Invoice", "Credit Note"}
    expect(desk.row(page, credit).locator("[data-minor]")).to_have_attribute("data-minor", "-17969")
    foot = page.locator("tfoot")
    expect(foot.get_by_role("rowheader")).to_contain_text(str(shown.count()))
    alive = page.locator(f"{desk.ROWS}:not(.void) [data-minor]")
    total = sum(int(cell.get_attribute("data-minor") or 0) for cell in alive.all())
    expect(foot.locator("[data-minor]")).to_have_attribute("data-minor", str(total))
    dates = [store.invoice(int(row.get_attribute("data-id") or 0)).document_date
             for row in shown.all()]  # fmt: skip
    assert dates == sorted(dates, reverse=True)


@pytest.mark.spec("ERP-2", "ERP-32", "ERP-34", "ERP-43")
@pytest.mark.parametrize("person", ["l10a", "l30a"])
def test_below_billing_there_is_no_menu_entry_no_page_and_no_pdf(
    tabs: Tabs, store: Store, person: str
) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in(person)
    page.goto("/portal")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link", name="Home")).to_be_visible()
    expect(pages.get_by_role("link", name="Invoices")).to_have_count(0)
    assert "invoices this month" not in page.content()
    for address in ("/portal/invoices", f"/portal/invoices/{invoice_id}"):
        tabs.allow(404, address)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404
        expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    assert page.request.get(f"/invoices/{invoice_id}.pdf").status == 404


@pytest.mark.spec("ERP-1", "ERP-4", "ERP-30")
def test_another_customers_invoice_is_not_found(tabs: Tabs, store: Store) -> None:
    theirs, draft = store.posted(customer=CUSTOMER_B), store.draft()
    page = tabs.sign_in("l40a")
    for invoice_id in (theirs, draft, 999_999):
        page.goto(f"/portal/invoices/{invoice_id}")
        expect(page.get_by_role("heading", name=NOT_FOUND)).to_be_visible()
        assert page.request.get(f"/invoices/{invoice_id}.pdf").status == 404
    open_list(page)
    for invoice_id in (theirs, draft):
        expect(desk.row(page, invoice_id)).to_have_count(0)
    for address in ("/invoices", "/", "/customers"):
        answer = page.request.get(address, max_redirects=0)
        assert answer.status in {303, 404}, "staff pages do not exist for customers"


@pytest.mark.spec("ERP-16", "ERP-17", "ERP-18", "ERP-19", "DLY-17")
def test_the_document_shows_its_facts_and_nothing_internal(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted(
        lines=(store.line("Tug, in", price="100.00"), store.line("Tug, out", price="50.00")),
        internal_comment=SECRET,
    )
    page = tabs.sign_in("l40a")
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda f: frames.append(str(f))))
    page.goto(f"/portal/invoices/{invoice_id}")
    number = store.invoice(invoice_id).number
    sheet = page.get_by_role("article")
    expect(sheet.get_by_role("heading", level=1)).to_have_text(f"Invoice {number}")
    for label in ("Date", "No", "Created by", "Status", "Amount to pay", "Currency"):
        expect(sheet.locator("dl.facts dt").filter(has_text=label).first).to_be_visible()
    expect(sheet).to_contain_text("Enterprise company")
    expect(sheet).to_contain_text("Nordlicht Marine Services GmbH")
    expect(sheet).to_contain_text(CUSTOMER_A)
    heads = sheet.locator("table.lines").get_by_role("columnheader").all_inner_texts()
    assert [head.casefold() for head in heads] == [
        "line no", "product", "quantity", "unit", "unit price", "discount", "line amount",
    ]  # fmt: skip
    assert sheet.locator("table.lines .no").all_inner_texts() == ["10", "20"]
    expect(page.get_by_role("region", name="Amount and actions")).to_contain_text("EUR 178.50")

    assert any(number in frame for frame in frames), "the frames were listened to"
    for text in (page.content(), *frames):
        assert "haggle" not in text
        for word in ("Assembled", "Ready for Posting", "internal_comment"):
            assert word not in text


@pytest.mark.spec("ERP-10", "ERP-11", "ERP-12", "ERP-14")
def test_document_types_of_the_site_restrict_list_page_and_pdf(tabs: Tabs, store: Store) -> None:
    invoice = store.posted()
    credit = store.posted(document_type_id=store.types["CRO"])
    page = tabs.sign_in("l40a")
    try:
        store.set_site(json.dumps({"InvoiceDocumentTypes": [str(store.types["CRO"])]}))
        open_list(page)
        expect(desk.row(page, credit)).to_be_visible()
        assert set(page.locator(f"{desk.ROWS} .type").all_inner_texts()) == {"Credit Note"}
        page.goto(f"/portal/invoices/{invoice}")
        expect(page.get_by_role("heading", name=NOT_FOUND)).to_be_visible()
        assert page.request.get(f"/invoices/{invoice}.pdf").status == 404

        store.set_site(json.dumps({"InvoiceDocumentTypes": []}))
        page.goto("/portal/invoices")
        expect(page.get_by_role("heading", name="No documents")).to_be_visible()
    finally:
        store.set_site("{}")
    open_list(page)
    expect(desk.row(page, invoice)).to_be_visible()
    expect(desk.row(page, credit)).to_be_visible()


@pytest.mark.spec("ERP-20")
def test_hide_lines_takes_the_lines_table_away(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("l40a")
    try:
        store.set_site(json.dumps({"HideLines": True}))
        page.goto(f"/portal/invoices/{invoice_id}")
        expect(page.get_by_role("article")).to_contain_text("Amount to pay")
        expect(page.locator("table.lines")).to_have_count(0)
        assert "Berth survey" not in page.content()
    finally:
        store.set_site("{}")
    page.reload()
    expect(page.locator("table.lines")).to_contain_text("Berth survey")


@pytest.mark.spec("ORO-33")
def test_the_download_is_missing_where_the_setting_is_off(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("l40a")
    store.set("enable_pdf_download_in_portal", "off")
    try:
        page.goto(f"/portal/invoices/{invoice_id}")
        expect(page.get_by_role("article")).to_be_visible()
        expect(page.get_by_role("link", name="Download PDF")).to_have_count(0)
        assert page.request.get(f"/invoices/{invoice_id}.pdf").status == 404
    finally:
        store.set("enable_pdf_download_in_portal", "on")


@pytest.mark.spec("ERP-4", "ERP-30")
def test_a_staff_download_is_no_last_download(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    staff = tabs.sign_in("accounting")
    assert staff.request.get(f"/invoices/{invoice_id}.pdf").ok
    page = open_list(tabs.sign_in("l40a"))
    expect(desk.row(page, invoice_id).locator(".last")).to_have_text("")
    assert page.request.get(f"/invoices/{invoice_id}.pdf").ok
    page.reload()
    expect(desk.row(page, invoice_id).locator(".last")).to_have_text(
        f"{store.today_plus(0):%-d %b %Y}"
    )


@pytest.mark.spec("ERP-43", "ERP-45")
def test_home_says_what_is_owed_and_leads_to_it(tabs: Tabs) -> None:
    page = tabs.sign_in("l40a")
    page.goto("/portal")
    expect(page.get_by_role("heading", level=1)).to_contain_text("You owe EUR")
    expect(page.get_by_role("list", name="This month")).to_contain_text("invoices this month")
    number = page.get_by_role("table", name="Due payments").get_by_role("link").first
    text = number.inner_text()
    number.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


@pytest.mark.spec("ERP-38", "ERP-40")
def test_a_person_of_two_customers_switches_between_them(tabs: Tabs, store: Store) -> None:
    theirs = store.posted(customer=CUSTOMER_B)
    store.give_access("l80@customer-a.example", CUSTOMER_B, role=40)
    page = open_list(tabs.sign_in("l80a"))
    expect(desk.row(page, theirs)).to_have_count(0)
    page.get_by_role("button", name=f"Customer: {CUSTOMER_A}").click()
    page.get_by_role("button", name=re.compile(f"^{CUSTOMER_B}")).click()
    expect(page.get_by_role("button", name=f"Customer: {CUSTOMER_B}")).to_be_visible()
    open_list(page)
    expect(desk.row(page, theirs)).to_be_visible()


def test_a_search_in_the_list_finds_numbers(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    page = open_list(tabs.sign_in("l40a"))
    page.get_by_role("searchbox", name="Search invoices").fill(store.invoice(invoice_id).number)
    expect(desk.rows(page)).to_have_count(1)
    expect(desk.row(page, invoice_id)).to_be_visible()


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("address", ["/portal", "/portal/invoices", "/portal/invoices/{id}"])
def test_no_portal_page_scrolls_sideways_on_a_phone(
    tabs: Tabs, store: Store, address: str, width: int
) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("l40a", (width, 780))
    page.goto(address.format(id=invoice_id))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("table").first).to_be_visible()
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= width
