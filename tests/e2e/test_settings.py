"""What an administrator switches and whom an administrator lets in, and what the log keeps."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from billing_app.services.settings import clear_setting
from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import CUSTOMER_A, Store

pytestmark = pytest.mark.e2e
ENABLED, SHOWN = "Enable Invoices", "Show Invoices in the Storefront"
REMEMBERED = 2_200  # milliseconds after which every process has read the settings anew
PASSWORD = "seven boats sail at dawn"  # noqa: S105


def setting(page: Page, label: str) -> Locator:
    """One setting of the page, with what it says about who decides."""
    return page.get_by_test_id("setting").filter(has=page.get_by_label(label, exact=True))


def open_settings(page: Page, level: str = "") -> None:
    page.goto(f"/settings?level={level}" if level else "/settings")
    expect(page.get_by_test_id("setting").first).to_be_visible()


def switch(page: Page, label: str, word: str) -> None:
    setting(page, label).get_by_label(label, exact=True).select_option(label=word)
    expect(setting(page, label)).to_contain_text(f"Set here: {word}.")


@pytest.fixture
def as_before(tabs: Tabs, store: Store) -> Iterator[None]:
    """The switches as they were, also after a failure."""
    yield
    for key in ("enable_invoices", "show_invoices_in_portal"):
        clear_setting(store.ctx("admin"), key)
        clear_setting(
            store.ctx("admin"), key, scope="customer", scope_id=store.customers[CUSTOMER_A]
        )
    tabs.anyone().wait_for_timeout(REMEMBERED)


@pytest.mark.spec("ORO-1")
def test_with_invoices_off_menu_pages_and_portal_are_gone(
    tabs: Tabs, store: Store, as_before: None
) -> None:
    posted = store.posted()
    page, clerk, customer = tabs.sign_in("admin"), tabs.sign_in("billing"), tabs.sign_in("l40a")
    desk.open_grid(clerk)
    open_settings(page)
    switch(page, ENABLED, "Off")
    menu = page.get_by_role("navigation", name="Main")
    clerk.goto("/customers")
    here = clerk.get_by_role("navigation", name="Main")
    expect(here.get_by_role("link", name="Customers")).to_be_visible()
    expect(here.get_by_role("link", name="Invoices")).to_have_count(0)
    expect(clerk.get_by_role("link", name="New invoice")).to_have_count(0)
    for address in ("/invoices", "/invoices/new", f"/invoices/{posted}.pdf", "/invoices/recurring"):
        assert clerk.request.get(address).status == 404, address
    assert customer.request.get("/portal/invoices").status == 404
    assert customer.request.get(f"/portal/invoices/{posted}").status == 404
    assert customer.request.get(f"/invoices/{posted}.pdf").status == 404
    customer.goto("/portal")
    pages = customer.get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link", name="Home")).to_be_visible()
    expect(pages.get_by_role("link", name="Invoices")).to_have_count(0)
    switch(page, ENABLED, "On")
    page.goto("/")
    expect(menu.get_by_role("link", name="Invoices", exact=True)).to_be_visible()
    assert clerk.request.get("/invoices").status == 200
    assert customer.request.get("/portal/invoices").status == 200


@pytest.mark.spec("ORO-23", "6.8", "ORO-29")
def test_a_customers_own_setting_wins_over_the_global_one_and_the_log_says_so(
    tabs: Tabs, store: Store, as_before: None
) -> None:
    page, ours, theirs = tabs.sign_in("admin"), tabs.sign_in("l40a"), tabs.sign_in("l40b")
    open_settings(page)
    switch(page, SHOWN, "Off")
    open_settings(page, f"customer-{store.customers[CUSTOMER_A]}")
    expect(setting(page, SHOWN)).to_contain_text("Global decides: Off.")
    expect(setting(page, ENABLED)).to_have_count(0)
    switch(page, SHOWN, "On")
    assert ours.request.get("/portal/invoices").status == 200
    assert theirs.request.get("/portal/invoices").status == 404
    page.get_by_role("button", name=f"Clear {SHOWN}").click()
    expect(setting(page, SHOWN)).to_contain_text("Global decides: Off.")
    assert ours.request.get("/portal/invoices").status == 404
    page.goto("/log")
    page.get_by_label("Record", exact=True).select_option(label="Setting")
    page.get_by_role("button", name="Filter", exact=True).click()
    newest = page.get_by_test_id("log-row").first
    expect(newest).to_contain_text("Cleared")
    expect(newest.locator("li").filter(has_text=SHOWN).locator("del")).to_have_text("on")
    expect(newest.locator("li").filter(has_text=SHOWN).locator("ins")).to_have_text("nothing")
    expect(newest).to_contain_text("Amina Okafor")
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_text(re.compile("the chain holds up to .*, .* documents"))).to_be_visible()


@pytest.mark.spec("6.8")
def test_what_a_setting_cannot_be_is_said_at_its_field(tabs: Tabs) -> None:
    page = tabs.sign_in("admin")
    open_settings(page)
    field = page.get_by_label("Payment term in days", exact=True)
    field.fill("soon")
    field.press("Tab")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Give a number of days from 0 to 3,650.")).to_be_visible()
    expect(field).to_have_value("soon")
    assert tabs.sign_in("accounting").request.get("/settings").status == 404


@pytest.mark.spec("6.7", "CRM-34")
def test_an_invited_person_signs_in_and_is_kept_to_the_level(tabs: Tabs) -> None:
    page = tabs.sign_in("admin")
    page.goto("/users")
    page.get_by_role("button", name="Invite person").click()
    form = page.get_by_role("dialog", name="Invite a person")
    assert "S90 Owner" not in form.get_by_label("Level").inner_text()
    form.get_by_label("E-mail").fill("nina@demo.example")
    form.get_by_label("Level").select_option(label="S20 Sales")
    form.get_by_role("button", name="Invite", exact=True).click()
    expect(form.get_by_role("group", name="What to correct")).to_contain_text("name")
    expect(form.get_by_label("E-mail")).to_have_value("nina@demo.example")
    form.get_by_label("Name").fill("Nina Neumann")
    form.get_by_role("button", name="Invite", exact=True).click()
    shown = page.get_by_role("dialog", name="Password link for Nina Neumann")
    link = shown.get_by_label("Link").input_value()
    shown.get_by_role("button", name="Done").click()
    expect(page.get_by_test_id("user-row").filter(has_text="Nina Neumann")).to_contain_text(
        "Invited"
    )
    hers = tabs.anyone()
    hers.goto(link)
    expect(hers.get_by_text("nina@demo.example")).to_be_visible()
    hers.get_by_label("New password", exact=True).fill(PASSWORD)
    hers.get_by_label("New password again").fill(PASSWORD)
    hers.get_by_role("button", name="Set password").click()
    hers.get_by_label("E-mail").fill("nina@demo.example")
    hers.get_by_label("Password").fill(PASSWORD)
    hers.get_by_role("button", name="Sign in").click()
    expect(hers.get_by_role("link", name="New invoice")).to_be_visible()
    expect(hers.get_by_role("link", name="Settings")).to_have_count(0)
    for address in ("/settings", "/users", "/log", "/settings/numbers"):
        assert hers.request.get(address).status == 404, address
    assert hers.request.get("/exports/log.csv").status == 403
    hers.goto(link)
    expect(hers.get_by_text("This link is not valid")).to_be_visible()
    page.goto("/log?entity=user")
    made = page.get_by_test_id("log-row").filter(has_text="Password set").first
    expect(made).to_contain_text("Nina Neumann")
    expect(page.get_by_text(PASSWORD)).to_have_count(0)
