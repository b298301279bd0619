"""The command palette and the keys: everything can be reached without a mouse."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import CUSTOMER_B, Store

pytestmark = pytest.mark.e2e


def palette(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Command palette")


def ask(page: Page, text: str) -> Locator:
    """Type into the palette; answers its lines once they fit."""
    field = palette(page).get_by_role("combobox", name="Search or jump to")
    expect(field).to_be_focused()
    field.fill(text)
    return palette(page).get_by_role("option")


@pytest.mark.parametrize("key", ["Control+k", "/"])
def test_the_palette_opens_by_key_and_closes_by_escape(tabs: Tabs, key: str) -> None:
    page = desk.open_grid(tabs.sign_in("viewer"))
    page.keyboard.press(key)
    expect(palette(page)).to_be_visible()
    expect(palette(page).get_by_role("status")).to_contain_text("results")
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()


@pytest.mark.parametrize("by", ["number", "amount"])
def test_it_finds_an_invoice_and_opens_it_by_keyboard(tabs: Tabs, store: Store, by: str) -> None:
    invoice_id = store.posted(lines=(store.line("Anchor chain", price="6412.37"),))
    number = store.invoice(invoice_id).number
    page = desk.open_grid(tabs.sign_in("accounting"))
    page.keyboard.press("Control+k")
    found = ask(page, number if by == "number" else "7,630.72")
    hit = found.filter(has_text=number)
    expect(hit).to_be_visible()
    expect(hit).to_contain_text("EUR 7,630.72")
    for _ in range(12):
        if hit.get_attribute("aria-selected") == "true":
            break
        page.keyboard.press("ArrowDown")
    field = palette(page).get_by_role("combobox")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("invoice-"))
    page.keyboard.press("Enter")
    expect(desk.heading(page)).to_have_text(number)
    assert page.url.endswith(f"?invoice={invoice_id}")


def test_it_finds_a_customer(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("billing"))
    page.keyboard.press("/")
    found = ask(page, "Bałtyk")
    hit = found.filter(has_text="10002")
    expect(hit).to_contain_text(CUSTOMER_B)
    hit.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CUSTOMER_B)


def test_it_runs_an_action_on_the_open_record_by_keyboard(tabs: Tabs, store: Store) -> None:
    invoice_id = store.assembled()
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    page.keyboard.press("Control+k")
    found = ask(page, "post this")
    expect(found).to_have_count(1)
    expect(found).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(desk.review(page)).to_contain_text(f"Post D-{invoice_id:06d}?")
    page.keyboard.press("Control+Enter")
    expect(desk.posting(page, "Posted")).to_be_visible()


def test_it_offers_nobody_what_the_level_forbids(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("viewer"))
    page.keyboard.press("Control+k")
    found = ask(page, "new")
    expect(palette(page).get_by_role("status")).to_have_text("0 results")
    expect(found).to_have_count(0)


def test_keys_lead_to_places_and_help_lists_them(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("billing"))
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("New invoice")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    for chord, place in (("c", "Customers"), ("t", "Products"), ("i", "Invoices")):
        page.keyboard.press("g")
        page.keyboard.press(chord)
        expect(page.get_by_role("heading", level=1)).to_have_text(place)
        expect(page.get_by_role("link", name=f"New {place.lower()[:-1]}").first).to_be_visible()
    page.keyboard.press("n")
    page.wait_for_url("**/invoices/new")


def test_keys_are_letters_while_typing(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("billing"))
    search = page.get_by_role("searchbox", name="Search invoices")
    search.focus()
    page.keyboard.type("n/?gc")
    expect(search).to_have_value("n/?gc")
    assert page.url.endswith("/invoices")
    expect(palette(page)).to_be_hidden()
