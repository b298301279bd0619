"""The bell: told live, opened by a key, read by following; the page and the switches."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from billing_app.services.notifications.listing import mark_all_read
from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import Store

pytestmark = pytest.mark.e2e
WHO = "accounting2"


def bell(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Notifications"))


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Notifications")


def told(page: Page) -> Locator:
    return page.get_by_test_id("notification-row")


@pytest.fixture
def quiet(store: Store) -> None:
    mark_all_read(store.ctx(WHO))


def test_the_bell_counts_live_opens_by_key_and_leads_to_the_record(
    tabs: Tabs, store: Store, quiet: None
) -> None:
    page = tabs.sign_in(WHO)
    page.goto("/customers")
    expect(page.get_by_test_id("customer-row").first).to_be_visible()
    expect(bell(page)).to_have_accessible_name("Notifications")
    invoice_id = store.move(store.assembled(), ("ready", "accounting"))
    label = store.invoice(invoice_id).label
    expect(bell(page)).to_have_accessible_name("Notifications, 1 unread")

    page.keyboard.press("b")
    expect(panel(page)).to_be_visible()
    expect(told(panel(page))).to_have_count(1)
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(bell(page)).to_be_focused()

    page.keyboard.press("Enter")
    panel(page).get_by_role("link", name=f"{label} is ready for posting.").click()
    expect(desk.posting(page, "Ready for Posting")).to_be_visible()
    expect(panel(page)).to_be_hidden()
    expect(bell(page)).to_have_accessible_name("Notifications")


def test_what_is_posted_meanwhile_leaves_the_bell_and_the_page(
    tabs: Tabs, store: Store, quiet: None
) -> None:
    first, second = (store.move(store.assembled(), ("ready", "accounting")) for _ in range(2))
    page = tabs.sign_in(WHO)
    page.goto("/notifications")
    expect(told(page)).to_have_count(2)
    store.move(first, ("post", "admin"))
    expect(told(page)).to_have_count(1)
    expect(bell(page)).to_have_accessible_name("Notifications, 1 unread")
    label = store.invoice(second).label
    page.get_by_role("button", name=f"Mark as read: {label}").click()
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    expect(bell(page)).to_have_accessible_name("Notifications")
    page.get_by_role("button", name="All", exact=True).click()
    expect(told(page).filter(has_text=label)).to_be_visible()


def test_a_kind_is_switched_off_in_the_account_and_on_again(
    tabs: Tabs, store: Store, quiet: None
) -> None:
    page = tabs.sign_in(WHO)
    page.goto("/account")
    box = page.get_by_label("An invoice is ready for posting")
    expect(box).to_be_checked()
    expect(page.get_by_label("A job fails")).to_have_count(0)  # nothing for this level
    box.uncheck()
    page.get_by_role("button", name="Save notifications").click()
    expect(desk.notice(page, "Your notifications are as you chose.")).to_be_visible()
    store.move(store.assembled(), ("ready", "accounting"))
    page.reload()
    expect(box).not_to_be_checked()
    expect(bell(page)).to_have_accessible_name("Notifications")
    box.check()
    page.get_by_role("button", name="Save notifications").click()
    expect(desk.notice(page, "Your notifications are as you chose.").first).to_be_visible()
    store.move(store.assembled(), ("ready", "accounting"))
    expect(bell(page)).to_have_accessible_name("Notifications, 1 unread")
