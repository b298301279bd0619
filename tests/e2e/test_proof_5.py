"""SPEC 6.15, proof 5: from an opportunity to its paid invoice, on one build and one database."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.server import Server, start, wait_for
from tests.e2e.store import CUSTOMER_A, Store
from tests.support.xero import XeroServer

pytestmark = pytest.mark.e2e
LATER = timedelta(days=45)


@pytest.fixture(scope="module")
def folder(front_end: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of both runs."""
    made = tmp_path_factory.mktemp("proof-5")
    made.chmod(0o700)
    return made


@pytest.fixture(scope="module")
def xero() -> Iterator[XeroServer]:
    """The accounting program."""
    with XeroServer() as running:
        yield running


def served(folder: Path, xero: XeroServer, **settings: str) -> Server:
    running = start(folder, "--demo", **xero.settings, **settings)
    wait_for(running)
    return running


def chips(record: Locator) -> Locator:
    return record.locator(".d-sub")


@pytest.mark.spec("6.15-5", "CRM-1", "CRM-4", "CRM-5", "CRM-10", "CRM-24", "CRM-31", "CRM-32")
def test_an_opportunity_is_invoiced_sent_paid_in_parts_and_late(
    browser: Browser, folder: Path, xero: XeroServer
) -> None:
    running = served(folder, xero)
    try:
        today = Store(folder, running.url)
        tabs = Tabs(browser, running.url)
        invoice_id = invoiced(tabs.sign_in("sales"), today)
        page = tabs.sign_in("accounting")
        sent(page, invoice_id, today)
        partly_paid_and_pushed(page, invoice_id)
        two_others(page, today)
        plan = recurring(page, today)
        assert not tabs.problems
        tabs.close()
        today.close()
    finally:
        running.stop()
    now = datetime.now(UTC)
    running = served(folder, xero, clock=(now + LATER).isoformat(), demo="1")
    try:
        tabs, later = Tabs(browser, running.url), Store(folder, running.url)
        page = tabs.sign_in("accounting")
        overdue_then_paid(page, invoice_id, later)
        page.goto(plan)
        page.get_by_role("button", name="Create due drafts").click()
        expect(page.get_by_test_id("document-row").first).to_contain_text("Draft")
        assert later.invoice(invoice_id).open_minor == 0
        assert not tabs.problems
        tabs.close()
        later.close()
    finally:
        running.stop()


def invoiced(page: Page, store: Store) -> int:
    """The opportunity, and its invoice as a draft."""
    page.goto("/opportunities/new")
    page.get_by_label("Title", exact=True).fill("Refit of the tug")
    page.get_by_label("Customer", exact=True).fill(CUSTOMER_A)
    page.get_by_label("Value").fill("1,000.00")
    page.get_by_role("button", name="Add product").click()
    row = page.get_by_role("region", name="Products", exact=True).get_by_role("row").last
    row.get_by_label("Product or description").fill("Hull work")
    row.get_by_label("Product quantity").fill("4")
    row.get_by_label("Product unit price").fill("250.00")
    page.get_by_role("button", name="Save opportunity").click()
    page.wait_for_url(re.compile(r"/opportunities/\d+"))
    page.get_by_role("link", name="Create Invoice").click()
    expect(page.get_by_label("Title optional")).to_have_value("Refit of the tug")
    invoice_id = desk.keep_as_draft(page)
    expect(chips(desk.drawer(page))).to_contain_text("Draft")
    assert store.invoice(invoice_id).subtotal_minor == 100_000
    return invoice_id


def sent(page: Page, invoice_id: int, store: Store) -> None:
    """Sending a draft posts it first."""
    record = desk.open_record(page, invoice_id)
    desk.choose(page, "Send to Customer…", menu="more")
    asked = page.get_by_role("alertdialog", name=re.compile("to send it"))
    asked.get_by_role("button", name="Proceed").click()
    mail = page.locator("#send")
    expect(mail).to_contain_text(".pdf goes with it")
    mail.get_by_label("To", exact=True).fill("anna@customer.example")
    mail.get_by_role("button", name="Send e-mail").click()
    expect(chips(record)).to_contain_text("Sent")
    assert store.invoice(invoice_id).is_delivered


def partly_paid_and_pushed(page: Page, invoice_id: int) -> None:
    record = desk.drawer(page)
    desk.record_payment(page, "400.00")
    expect(chips(record)).to_contain_text("Partially Paid")
    desk.choose(page, "Push to accounting", menu="more")
    expect(record.get_by_text("In accounting", exact=True)).to_be_visible()


def two_others(page: Page, store: Store) -> None:
    """Another draft is cancelled, another sent one void."""
    cancelled, void = store.draft(), store.posted()
    record = desk.open_record(page, cancelled)
    desk.choose(page, "Cancel…", menu="more")
    desk.agree(page, "Cancel invoice", "Ordered twice")
    expect(chips(record)).to_contain_text("Cancelled")
    record = desk.open_record(page, void)
    desk.choose(page, "Mark as sent", menu="more")
    expect(chips(record)).to_contain_text("Sent")
    desk.choose(page, "Void…", menu="more")
    desk.agree(page, "Void invoice", "Wrong vessel")
    expect(chips(record)).to_contain_text("Void")


def recurring(page: Page, store: Store) -> str:
    """A plan whose first repeat is in a month; answers its address."""
    desk.open_record(page, store.draft())
    desk.choose(page, "Make recurring…", menu="more")
    asked = page.get_by_role("dialog", name=re.compile("Make .* recurring"))
    asked.get_by_role("button", name="Make recurring").click()
    page.wait_for_url(re.compile(r"/invoices/recurring/\d+"))
    expect(page.get_by_test_id("repeat").first).to_be_visible()
    return urlsplit(page.url).path


def overdue_then_paid(page: Page, invoice_id: int, store: Store) -> None:
    record = desk.open_record(page, invoice_id)
    expect(chips(record)).to_contain_text("Overdue")
    desk.record_payment(page, f"{Decimal(store.invoice(invoice_id).open_minor).scaleb(-2)}")
    expect(chips(record)).to_contain_text("Paid")
    expect(chips(record)).not_to_contain_text("Overdue")
