"""Paying online, in the browser: from the portal, by a guest link, with a card that is declined."""

import pytest
from playwright.sync_api import Page, expect

from billing_app.services.paying.guests import guest_page, links_of, revoke_link
from tests.e2e.browsers import Tabs
from tests.e2e.store import CUSTOMER_A, Store

pytestmark = pytest.mark.e2e
DECLINED = "4000 0000 0000 0002"


def pay(page: Page, card: str = "4242 4242 4242 4242", times: int = 1) -> None:
    page.get_by_label(card).check()
    button = page.get_by_role("button", name="Pay EUR")
    for _ in range(times):
        button.dispatch_event("click")


@pytest.mark.spec("ORO-32", "ORO-35", "ORO-41")
def test_a_customer_pays_from_the_document_and_the_same_click_again_pays_once(
    tabs: Tabs, store: Store
) -> None:
    invoice_id = store.posted(customer=CUSTOMER_A)
    before = len(store.payments_of(invoice_id))
    page = tabs.sign_in("l40a")
    page.goto(f"/portal/invoices/{invoice_id}")
    page.get_by_role("link", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", name="Pay INV")).to_be_visible()
    expect(page.get_by_test_id("to-pay")).to_have_attribute("data-minor", "17969")
    pay(page, DECLINED)
    expect(page.get_by_role("alert").get_by_text("declined")).to_be_visible()
    assert store.invoice(invoice_id).payment_status == "declined"
    pay(page, times=3)
    expect(page.get_by_role("status").get_by_text("arrived. Thank you.")).to_be_visible()
    assert store.invoice(invoice_id).payment_status == "full"
    assert len(store.payments_of(invoice_id)) == before + 1
    page.goto(f"/portal/invoices/{invoice_id}")
    expect(page.get_by_role("link", name="Download PDF")).to_be_visible()
    expect(page.get_by_role("link", name="Pay", exact=True)).to_have_count(0)


@pytest.mark.spec("ORO-39", "6.7")
def test_a_guest_pays_by_link_and_a_link_taken_back_opens_nothing(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted(customer=CUSTOMER_A)
    address = guest_page(store.ctx("accounting"), invoice_id)
    guest = tabs.anyone()
    guest.goto(address)
    expect(guest.get_by_test_id("to-pay")).to_have_attribute("data-minor", "17969")
    expect(guest.get_by_role("link", name="Download PDF")).to_be_visible()
    assert CUSTOMER_A not in guest.locator("body").inner_text()
    pay(guest)
    expect(guest.get_by_role("status").get_by_text("arrived. Thank you.")).to_be_visible()
    assert store.invoice(invoice_id).open_minor == 0
    [link] = links_of(store.ctx("accounting"), invoice_id)
    revoke_link(store.ctx("accounting"), link.id)
    guest.reload()
    expect(guest.get_by_text("This link opens nothing any more")).to_be_visible()
    expect(guest.get_by_test_id("to-pay")).to_have_count(0)
