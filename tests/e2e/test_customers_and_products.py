"""Customers and products: lists, search, forms, and what they refuse."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import CUSTOMER_A, CUSTOMER_B, Store

pytestmark = pytest.mark.e2e


def open_list(tabs: Tabs, address: str) -> Page:
    page = tabs.sign_in("billing")
    page.goto(address)
    expect(page.locator("[data-row]").first).to_be_visible()
    return page


def summary(page: Page) -> Locator:
    return page.get_by_role("group", name="What to correct")


def test_customers_are_listed_and_found_by_name_and_number(tabs: Tabs) -> None:
    page = open_list(tabs, "/customers")
    rows = page.get_by_test_id("customer-row")
    expect(page.get_by_role("region", name="Count")).to_contain_text("customers")
    for typed in ("Żegluga", "żegluga", "10002", "customer-b.example"):
        page.get_by_role("searchbox", name="Search customers").fill(typed)
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(CUSTOMER_B)


@pytest.mark.spec("CXS-1")
def test_a_customer_s_invoices_are_reached_from_its_page_and_all_from_the_menu(tabs: Tabs) -> None:
    page = open_list(tabs, "/customers")
    page.get_by_role("searchbox", name="Search customers").fill("10002")
    row = page.get_by_test_id("customer-row")
    expect(row).to_have_count(1)
    row.get_by_role("link").first.click()
    page.locator('a[href^="/invoices?customer="]').click()
    names = page.locator(f"{desk.ROWS} .c-cust")
    expect(names.first).to_have_text(CUSTOMER_B)
    assert set(names.all_inner_texts()) == {CUSTOMER_B}
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Invoices").click()
    page.get_by_role("button", name="Remove filter Customer").click()
    expect(names.filter(has_not_text=CUSTOMER_B).first).to_be_visible()


def test_a_percent_sign_is_searched_for_and_no_wildcard(tabs: Tabs) -> None:
    page = open_list(tabs, "/customers")
    page.get_by_role("searchbox", name="Search customers").fill("100%")
    expect(page.get_by_role("heading", name="No customer here")).to_be_visible()
    page.goto("/products")
    page.get_by_role("searchbox", name="Search products").fill("V%T")
    expect(page.get_by_role("heading", name="No product here")).to_be_visible()


def test_a_new_customer_gets_a_number_and_can_be_invoiced(tabs: Tabs) -> None:
    page = open_list(tabs, "/customers")
    page.get_by_role("link", name="New customer").click()
    page.wait_for_url("**/customers/new")
    page.get_by_label("Name", exact=True).fill("Skagerrak Tug & Salvage ApS")
    page.locator("#c-country").fill("dk")
    page.get_by_role("button", name="Add contact").click()
    page.get_by_label("Contact name").fill("Mette Holm")
    page.get_by_label("Contact e-mail").fill("mette@skagerrak.example")
    page.get_by_role("button", name="Save customer").click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    expect(desk.notice(page, "Skagerrak Tug & Salvage ApS is saved.")).to_be_visible()
    page.get_by_role("button", name="Details").click()
    expect(page.locator("#c-number")).to_have_value("10027")
    expect(page.locator("#c-country")).to_have_value("DK")
    expect(page.get_by_label("Contact name")).to_have_value("Mette Holm")
    page.goto("/invoices/new")
    expect(page.get_by_role("button", name="Add line")).to_be_visible()
    desk.choose_customer(page, "skagerrak", "Skagerrak Tug & Salvage ApS")


@pytest.mark.spec("CXS-28")
def test_a_customers_currency_is_fixed_after_creation(tabs: Tabs, store: Store) -> None:
    page = tabs.sign_in("billing")
    page.goto(f"/customers/{store.customers[CUSTOMER_A]}?tab=details")
    currency = page.get_by_label("Currency")
    expect(currency).to_have_value("EUR")
    if currency.is_editable():
        currency.fill("USD")
        page.locator("#c-phone").fill("+49 40 1")
        page.get_by_role("button", name="Save customer").click()
        expect(summary(page)).to_be_focused()
        expect(summary(page)).to_contain_text("The currency stays EUR")
        expect(page.locator("#c-phone")).to_have_value("+49 40 1")


def test_a_taken_number_is_refused_and_nothing_typed_is_lost(tabs: Tabs) -> None:
    page = tabs.sign_in("billing")
    page.goto("/customers/new")
    page.get_by_label("Name", exact=True).fill("Twin GmbH")
    page.locator("#c-number").fill("10001")
    page.get_by_label("Street").fill("Doppelweg 2")
    page.get_by_role("button", name="Save customer").click()
    expect(summary(page)).to_be_focused()
    expect(summary(page)).to_contain_text(f"The number 10001 belongs to {CUSTOMER_A}.")
    for field, typed in (("name", "Twin GmbH"), ("number", "10001"), ("street", "Doppelweg 2")):
        expect(page.locator(f"#c-{field}")).to_have_value(typed)
    summary(page).get_by_role("link", name="Number").click()
    expect(page.locator("#c-number")).to_be_focused()
    expect(page.locator("#c-number")).to_have_attribute("aria-invalid", "true")


def test_bad_customer_fields_are_told_together(tabs: Tabs) -> None:
    page = tabs.sign_in("billing")
    page.goto("/customers/new")
    page.locator("#c-country").fill("Germany")
    page.locator("#c-email").fill("a@b, c@d")
    page.get_by_label("Currency").fill("XQX")
    page.get_by_role("button", name="Save customer").click()
    told = summary(page)
    for sentence in (
        "Give the customer a name.",
        "two-letter code",
        "not one e-mail",
        "not a currency",
    ):
        expect(told).to_contain_text(sentence)
    expect(page.locator("#c-country")).to_have_value("Germany")


def test_an_edited_customer_is_renamed_everywhere(tabs: Tabs, store: Store) -> None:
    name, renamed = "Kieler Yachtwerft eG", "Kieler Yachtwerft SE"
    invoice_id = store.draft(customer=name)
    page = tabs.sign_in("billing")
    page.goto(f"/customers/{store.customers[name]}?tab=details")
    page.get_by_label("Name", exact=True).fill(renamed)
    page.get_by_role("button", name="Save customer").click()
    expect(desk.notice(page, f"{renamed} is saved.")).to_be_visible()
    desk.open_grid(page)
    expect(desk.row(page, invoice_id)).to_contain_text(renamed)


def test_products_are_listed_found_made_and_used(tabs: Tabs) -> None:
    page = open_list(tabs, "/products")
    rows = page.get_by_test_id("product-row")
    page.get_by_role("searchbox", name="Search products").fill("NAV-ENC")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("17.35")
    page.get_by_role("link", name="New product").click()
    page.get_by_label("SKU").fill("FEND")
    page.get_by_label("Name").fill("Fender hire")
    page.get_by_label("Unit", exact=True).fill("day")
    page.get_by_label("Unit price").fill("12,345")
    page.get_by_label("Tax percent").fill("7")
    page.get_by_role("button", name="Save product").click()
    expect(summary(page)).to_contain_text("can be read in two ways")
    expect(page.get_by_label("Name")).to_have_value("Fender hire")
    page.get_by_label("Unit price").fill("12,34567")
    page.get_by_role("button", name="Save product").click()
    expect(desk.notice(page, "Fender hire is saved.")).to_be_visible()
    page.goto("/invoices/new")
    region = desk.add_line(page, product="Fender hire · FEND")
    expect(region.locator("#f-line-unit_price")).to_have_value("12.34567")
    expect(region.locator("#f-line-tax_rate")).to_have_value("7")


def test_a_taken_sku_is_refused(tabs: Tabs) -> None:
    page = tabs.sign_in("billing")
    page.goto("/products/new")
    for label, text in (("SKU", "CONS"), ("Name", "Twin"), ("Unit price", "1")):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Save product").click()
    expect(summary(page)).to_contain_text("The SKU CONS belongs to Technical consulting.")
    expect(page.get_by_label("Name")).to_have_value("Twin")
