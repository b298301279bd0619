"""From the drawer to the accounting program, and a period that is closed (CRM-32)."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.server import start, wait_for
from tests.e2e.store import Store
from tests.support.xero import XeroServer

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def xero() -> Iterator[XeroServer]:
    """The accounting program."""
    with XeroServer() as running:
        yield running


@pytest.fixture(scope="module")
def connected(
    front_end: None, xero: XeroServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """The product with the demo company, connected."""
    folder = tmp_path_factory.mktemp("connected")
    folder.chmod(0o700)
    running = start(folder, "--demo", **xero.settings)
    try:
        wait_for(running)
        opened = Store(running.data_dir, running.url)
        yield opened
        opened.close()
    finally:
        running.stop()


@pytest.fixture
def there(browser: Browser, connected: Store) -> Iterator[Tabs]:
    """Pages of that server."""
    opened = Tabs(browser, connected.world.settings.public_url)
    yield opened
    opened.close()


@pytest.mark.spec("CRM-32", "CRM-33")
def test_a_push_shows_why_it_failed_then_arrives_and_what_is_paid_there_is_paid_here(
    there: Tabs, connected: Store, xero: XeroServer
) -> None:
    invoice_id = connected.posted()
    page = there.sign_in("accounting")
    record = desk.open_record(page, invoice_id)
    xero.moods.append("400 Account code 4000 is not a valid code.")
    desk.choose(page, "Push to accounting", menu="more")
    expect(record.get_by_text("Accounting failed", exact=True)).to_be_visible()
    why = record.get_by_test_id("sync-error")
    expect(why).to_contain_text("Account code 4000 is not a valid code.")
    desk.choose(page, "Push to accounting", menu="more")
    expect(record.get_by_text("In accounting", exact=True)).to_be_visible()
    expect(why).to_have_count(0)
    number = connected.invoice(invoice_id).number
    (there_now,) = [one for one in xero.documents.values() if one["Number"] == number]
    assert there_now["Status"] == "AUTHORISED"
    xero.set(number, "PAID")
    expect(desk.box(page, "Open Amount")).to_contain_text("0.00", timeout=20_000)


@pytest.mark.spec("CRM-32")
def test_without_a_connection_nothing_of_it_is_on_the_screen(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("accounting")
    record = desk.open_record(page, invoice_id)
    record.get_by_role("button", name="More options").click()
    expect(page.get_by_role("menuitem", name="Preview")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Push to accounting")).to_have_count(0)


def test_a_closed_period_refuses_posting_with_a_sentence(there: Tabs, connected: Store) -> None:
    today = connected.world.system().today()
    invoice_id = connected.draft(document_date=today, due_on=today + timedelta(days=30))
    admin = there.sign_in("admin")
    admin.goto("/settings?level=company-1")
    until = admin.get_by_label("Books closed until")
    until.fill(today.isoformat())
    until.blur()
    expect(admin.get_by_text("Books closed until is set for")).to_be_visible()
    page = there.sign_in("accounting2")
    desk.open_record(page, invoice_id)
    page.get_by_role("button", name=re.compile("^Post invoice")).click()
    page.get_by_role("alertdialog").get_by_role("button", name=re.compile("^Post")).click()
    expect(page.get_by_text("The books are closed until")).to_be_visible()
    assert connected.invoice(invoice_id).posting_status == "DRAFT"
    admin.get_by_role("button", name="Clear Books closed until").click()
    expect(admin.get_by_text("Books closed until is no longer set")).to_be_visible()
