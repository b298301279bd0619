"""Corrections and bulk actions in the browser: credited, reopened, run and kept."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import Store

pytestmark = pytest.mark.e2e


def figures(window: Locator) -> Locator:
    return window.get_by_label("What it comes to")


@pytest.mark.spec("T12", "DLY-42", "6.5-6a")
def test_a_quantity_is_credited_with_live_totals_and_both_documents_link(
    tabs: Tabs, store: Store
) -> None:
    invoice_id = store.posted()  # two at 75.50, 19 %: EUR 179.69
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    desk.choose(page, "Credit…", menu="more")
    window = page.get_by_role("dialog", name=re.compile("^Credit "))
    expect(figures(window)).to_contain_text("179.69")
    quantity = window.get_by_label("Quantity of line 10")
    quantity.fill("3")
    expect(window).to_contain_text("Enter a quantity up to 2; no more is left.")
    quantity.fill("1")
    expect(figures(window)).to_contain_text("89.85")
    window.get_by_label("Reason").fill("One berth only.")
    window.get_by_role("button", name="Make credit note").click()
    page.wait_for_url(re.compile(rf"invoice=(?!{invoice_id}$)\d+$"))
    credit_id = int(page.url.rpartition("=")[2])
    label = store.invoice(invoice_id).label
    expect(page.get_by_role("link", name=label, exact=True)).to_be_visible()
    desk.choose(page, "Posted…")
    desk.agree(page, "Post invoice")
    expect(desk.posting(page, "Posted")).to_be_visible()
    assert store.invoice(credit_id).open_minor == 0
    assert store.invoice(invoice_id).open_minor == 17_969 - 8_985
    page.get_by_role("link", name=label, exact=True).first.click()
    expect(desk.box(page, "Open Amount")).to_contain_text("89.84")
    expect(page.get_by_text("Credited by")).to_be_visible()


@pytest.mark.spec("T12", "CRM-15")
def test_credit_and_reopen_opens_the_new_draft(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    desk.choose(page, "Credit and reopen…", menu="more")
    window = page.get_by_role("dialog", name=re.compile("and reopen it"))
    expect(figures(window)).to_contain_text("179.69")
    window.get_by_role("button", name="Credit and reopen").click()
    page.wait_for_url(re.compile(r"/invoices/\d+/edit/?$"))
    draft_id = int(re.findall(r"/invoices/(\d+)/edit", page.url)[0])
    draft = store.invoice(draft_id)
    assert (draft.replaced_invoice_id, draft.posting_status) == (invoice_id, "DRAFT")
    assert store.invoice(invoice_id).open_minor == 0


@pytest.mark.spec("RELIABILITY-P9")
def test_a_bulk_action_goes_on_without_the_browser_and_leaves_its_receipt(
    tabs: Tabs, store: Store
) -> None:
    drafts = [store.draft() for _ in range(3)]
    page = tabs.sign_in("accounting")
    desk.open_grid(page)
    for invoice_id in drafts:
        desk.row(page, invoice_id).get_by_role("checkbox").click()
    bar = page.get_by_role("toolbar", name="Selected invoices")
    bar.get_by_role("button", name="Post…").click()
    window = page.get_by_role("dialog", name="Post 3 invoices")
    expect(window).to_contain_text("Will be done")
    window.get_by_role("button", name="Post 3 invoices").click()
    expect(window.get_by_role("status")).to_have_text("3 of 3", timeout=15_000)
    expect(page.get_by_text("does not allow this")).to_have_count(0)
    window.get_by_role("link", name="Open the receipt").click()
    page.wait_for_url(re.compile(r"/bulk/\d+/?$"))
    expect(page.get_by_test_id("receipt-row")).to_have_count(3)
    expect(page.get_by_test_id("receipt-row").first).to_contain_text("is posted.")
    page.goto("/bulk")
    expect(page.get_by_test_id("bulk-run").first).to_contain_text("Post 3 invoices")
