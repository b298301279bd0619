"""The customer portal: what is shown, to whom, and what never leaves the server."""

import json
import re
from pathlib import Path

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
@pytest.mark.parametrize(
    "address",
    [
        "/portal",
        "/portal/invoices",
        "/portal/invoices/{id}",
        "/portal/due",
        "/portal/payments",
        "/portal/statement",
        "/portal/orders",
        "/portal/packages",
        "/portal/profile",
        "/portal/account",
    ],
)
def test_no_portal_page_scrolls_sideways_on_a_phone(
    tabs: Tabs, store: Store, address: str, width: int
) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("l40a", (width, 780))
    page.goto(address.format(id=invoice_id))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Opening…")).to_have_count(0)
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= width


@pytest.mark.spec("ERP-47")
def test_a_table_is_filtered_grouped_arranged_and_its_layout_kept(tabs: Tabs, store: Store) -> None:
    store.posted(document_type_id=store.types["CRO"])
    page = open_list(tabs.sign_in("l90a"))
    try:
        page.get_by_role("button", name="Columns", exact=True).click()
        page.get_by_role("checkbox", name="Due date").click()
        expect(page.get_by_role("columnheader", name="Due date")).to_be_visible()
        page.get_by_role("button", name="Move up: Due date").click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Group", exact=True).click()
        page.get_by_role("checkbox", name="Type name").click()
        page.keyboard.press("Escape")
        group = page.get_by_test_id("group-row").filter(has_text="Type name: Credit Note")
        expect(group).to_contain_text("Amount EUR \u2212")
        page.get_by_role("button", name="Filter", exact=True).click()
        page.locator("#filter-date\\.from").fill("soon")
        page.get_by_role("button", name="Apply filters").click()
        expect(page.locator("#filter-date\\.from-error")).to_contain_text("Enter a date")
        page.locator("#filter-date\\.from").fill("")
        page.locator("#filter-type").fill("credit")
        page.get_by_role("button", name="Apply filters").click()
        expect(page.get_by_test_id("group-row")).to_have_count(1)
        page.reload()
        expect(page.get_by_role("button", name="Remove Type name credit")).to_be_visible()
        heads = [head.strip() for head in page.get_by_role("columnheader").all_inner_texts()]
        assert heads[-2:] == ["Due date", "Amount"]
        with page.expect_download() as saved:
            page.get_by_role("link", name="Download as CSV").click()
        text = saved.value.path().read_text(encoding="utf-8")
        assert text.splitlines()[0] == "Document No,Last download,Type name,Date,Due date,Amount"
        assert "Invoice" not in text.partition("\n")[2]
    finally:
        page.reload()
        page.get_by_role("button", name="Columns", exact=True).click()
        page.get_by_role("button", name="Reset Layout").click()
    expect(page.get_by_test_id("group-row")).to_have_count(0)
    expect(page.get_by_role("columnheader", name="Due date")).to_have_count(0)


@pytest.mark.spec("ERP-23", "ERP-24", "ERP-25", "ERP-48", "RELIABILITY-P27")
def test_files_come_and_go_by_their_permission(tabs: Tabs, store: Store, tmp_path: Path) -> None:
    paper = tmp_path / "Berth plan.pdf"
    paper.write_bytes(b"%PDF-1.4 plan")
    invoice_id = store.posted()
    staff = tabs.sign_in("billing")
    drawer = desk.open_record(staff, invoice_id)
    drawer.get_by_label("Add a file").set_input_files(paper)
    drawer.get_by_role("button", name="Upload").click()
    expect(staff.get_by_test_id("file-row")).to_have_count(1)
    page = tabs.sign_in("l40a")
    page.goto(f"/portal/invoices/{invoice_id}")
    expect(page.get_by_role("article")).to_be_visible()
    expect(page.get_by_role("heading", name="Files")).to_have_count(0)
    address = staff.get_by_role("link", name="Berth plan.pdf").get_attribute("href") or ""
    assert page.request.get(address).status == 404
    staff.get_by_label("Access permission of Berth plan.pdf").select_option(
        label="Internal users + external users"
    )
    expect(desk.notice(staff, "Now for:")).to_be_visible()
    page.reload()
    row = page.get_by_test_id("file-row")
    expect(row).to_contain_text("PDF")
    with page.expect_download() as saved:
        row.get_by_role("link", name="Berth plan").click()
    assert saved.value.path().read_bytes() == b"%PDF-1.4 plan"
    answer = page.request.get(address)
    assert answer.headers["content-disposition"].startswith("attachment")
    page.goto("/portal/profile")
    lie = tmp_path / "page.pdf"
    lie.write_bytes(b"<html><script>alert(1)</script>")
    page.get_by_label("Add a file").set_input_files(lie)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_contain_text("not taken")
    page.get_by_label("Add a file").set_input_files(paper)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_test_id("file-row")).to_contain_text("Berth plan")


@pytest.mark.spec("ERP-36", "ERP-37", "ERP-42")
def test_an_owner_adds_changes_and_removes_a_person(tabs: Tabs) -> None:
    page = tabs.sign_in("l90a")
    page.goto("/portal/users")
    expect(page.get_by_test_id("person-row").first).to_be_visible()
    expect(page.get_by_test_id("person-row").filter(has_text="This is you")).to_have_count(1)
    email = page.get_by_label("E-mail of the account")
    email.fill("nobody@nowhere.example")
    page.get_by_role("button", name="Add person").click()
    expect(page.get_by_text("No account has this e-mail.")).to_be_visible()
    email.fill("l40@customer-b.example")
    page.get_by_role("button", name="Add person").click()
    added = page.get_by_test_id("person-row").filter(has_text="l40@customer-b.example")
    expect(added).to_contain_text("Last 30 days")
    added.get_by_role("button", name="Edit the access of").click()
    form = page.get_by_role("form", name="Access of Maria Kowalska")
    form.get_by_label("Days back").fill("")
    form.get_by_role("button", name="Save access").click()
    expect(added).to_contain_text("All documents")
    added.get_by_role("button", name="Edit the access of").click()
    page.get_by_role("button", name="Remove access").click()
    expect(added).to_have_count(0)


@pytest.mark.spec("ERP-43", "DLY-43")
def test_a_german_customer_reads_german_and_downloads_the_statement(
    tabs: Tabs, store: Store
) -> None:
    store.speak(CUSTOMER_A, "de")
    page = tabs.sign_in("l40a")
    try:
        page.goto("/portal")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Sie schulden")
        assert page.locator(".portal").get_attribute("lang") == "de"
        page.get_by_role("link", name="Kontoauszug").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Kontoauszug")
        expect(page.get_by_test_id("statement-row").first).to_be_visible()
        with page.expect_download() as saved:
            page.get_by_role("link", name="PDF").click()
        assert saved.value.path().read_bytes().startswith(b"%PDF-")
    finally:
        store.speak(CUSTOMER_A, "en")
