"""The first run: an empty product is set up by whoever reads the token in its output."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsers import Tabs
from tests.e2e.server import Server

pytestmark = pytest.mark.e2e
PHRASE = "seven calm herons over Bergen"
OWNER = "owner@fjord.example"


def test_an_empty_product_is_set_up_once_by_its_token(
    empty_server: Server, empty_tabs: Tabs
) -> None:
    found = re.search(r"/setup\?token=\S+", empty_server.output)
    assert found, empty_server.output
    page = empty_tabs.anyone()
    page.goto("/setup?token=guessed")
    expect(page.get_by_role("heading", name="This set-up link is not valid")).to_be_visible()

    page.goto(found[0])
    _fill(page)
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.locator("#password-error")).to_contain_text("at least 15 characters")
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Company name")).to_have_value("Fjord Tugs AS")

    page.get_by_label("Password").fill(PHRASE)
    page.get_by_role("button", name="Set up and sign in").click()
    page.wait_for_url(lambda url: "/setup" not in url)
    _sign_in(page)

    page.wait_for_url("**/invoices")
    expect(page.get_by_role("heading", name="No invoices yet")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="New invoice").first).to_be_visible()
    page.goto("/customers")
    expect(page.get_by_test_id("customer-row")).to_contain_text("Harbour Office")
    page.goto("/invoices/new")
    expect(page.get_by_label("Currency")).to_have_value("NOK")

    again = empty_tabs.anyone()
    again.goto(found[0])
    expect(again.get_by_role("heading", name="This set-up link is not valid")).to_be_visible()


def _fill(page: Page) -> None:
    for label, text in (
        ("Your name", "Liv Dahl"),
        ("Your e-mail", OWNER),
        ("Company name", "Fjord Tugs AS"),
        ("Country", "no"),
        ("Customer name", "Harbour Office"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("Currency").select_option("NOK")
    page.get_by_label("Time zone").select_option("Europe/Oslo")


def _sign_in(page: Page) -> None:
    # The address changes a moment before the page does.
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password").fill(PHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
