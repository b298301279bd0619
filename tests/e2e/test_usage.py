"""From usage and packages to invoices (SPEC 6.15, proof 3, up to the payments)."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from billing_app.persistence.tables import Payment
from billing_app.services.packages.assignments import (
    AssignmentFacts,
    assign_package,
    change_assignment,
)
from billing_app.services.packages.catalog import PackageFacts, save_package
from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import Store

pytestmark = pytest.mark.e2e
WEEKLY = "Fjordlinjen Offshore AS"
OTHER = "Thames Harbour Pilots Ltd"


def mondays() -> tuple:
    """The Mondays of the last two weeks that have ended, in UTC."""
    today = datetime.now(UTC).date()
    this = today - timedelta(days=today.weekday())
    return this - timedelta(days=14), this - timedelta(days=7)


def summary_row(page: Page, first: object) -> Locator:
    return page.locator(f'[data-testid="summary-row"][data-id="{first}"]')


def show(page: Page, part: str) -> None:
    page.get_by_role("navigation", name="Parts of the customer").get_by_role(
        "button", name=part
    ).click()


def summaries(page: Page, kind: str) -> None:
    page.get_by_role("navigation", name="Summary").get_by_role("button", name=kind).click()


def fresh_customer(page: Page, name: str, schedule: str) -> int:
    """A customer with a schedule, made on its form; answers its id, on its Main page."""
    page.goto("/customers/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Invoice Schedule").select_option(schedule)
    page.get_by_label("Tax percent").fill("20")
    page.get_by_role("button", name="Save customer").click()
    expect(desk.notice(page, f"{name} is saved.")).to_be_visible()
    page.wait_for_url(lambda url: url.rstrip("/").rpartition("/")[2].isdigit())
    return int(page.url.rstrip("/").rpartition("/")[2])


@pytest.mark.spec(
    "6.15", "CXS-8", "CXS-10", "CXS-15", "CXS-16", "CXS-17", "CXS-20", "CXS-21", "CXS-25"
)
def test_weeks_of_usage_and_a_package_become_invoices_once(
    tabs: Tabs, store: Store, tmp_path: Path
) -> None:
    page = tabs.sign_in("billing")
    first, second = mondays()
    line = PackageFacts("Weekly line", retail=Decimal(5), frequency="weekly")
    save_package(store.ctx("billing"), line)
    names = ("Weekly Voice Ltd", "Weekly Voice Too Ltd")
    ids = [fresh_customer(page, name, "weekly") for name in names]
    store.__dict__.pop("customers", None)
    for name in names:
        for on, charge, place in (
            (first, "0.104", "United Kingdom"),
            (first, "0.203", "India"),
            (first + timedelta(1), "0.05", "United Kingdom"),
            (second, "1.00", "United Kingdom"),
        ):
            store.use(name, on, charge, place)
    assign(page, ids[0], str(first))
    show(page, "Main")
    page.get_by_role("button", name="Auto Generate Invoice").click()
    expect(desk.notice(page, "2 drafts made.")).to_be_visible()
    page.get_by_role("button", name="Auto Generate Invoice").click()
    expect(desk.notice(page, "Nothing was left to invoice.")).to_be_visible()
    summaries(page, "Weekly")
    expect(summary_row(page, first).get_by_role("checkbox")).to_have_count(0)
    expect(summary_row(page, first)).to_contain_text("View Invoice")
    with page.expect_download() as download:
        summary_row(page, first).get_by_role("link", name="Download Invoice").click()
    rows = Path(download.value.path()).read_text().splitlines()
    assert rows[0].startswith("usage_id,started_at_utc,source,destination,")
    assert len(rows) == 4
    summary_row(page, first).get_by_role("link", name="View Invoice").click()
    drawer = desk.drawer(page)
    texts = [f"{first}", f"{first + timedelta(1)}", "Weekly line"]
    for text in texts:
        expect(drawer).to_contain_text(text)
    by_day = int(page.url.rpartition("=")[2])
    edit_first_line(page, by_day)
    by_destination(tabs, store, ids[1], first)


def by_destination(tabs: Tabs, store: Store, customer_id: int, first: object) -> None:
    """The same usage with the other grouping: other lines, the same usage total."""
    store.set("invoice_line_grouping", "destination")
    try:
        page = tabs.sign_in("billing2")
        page.goto(f"/customers/{customer_id}")
        summaries(page, "Weekly")
        page.get_by_role("button", name="Generate Invoice", exact=True).click()
        expect(desk.notice(page, "Tick the periods to invoice first.")).to_be_visible()
        summary_row(page, first).get_by_role("checkbox").check()
        expect(page.get_by_text("1 ticked")).to_be_visible()
        page.get_by_role("button", name="Generate Invoice", exact=True).click()
        expect(desk.notice(page, "1 draft made.")).to_be_visible()
        summary_row(page, first).get_by_role("link", name="View Invoice").click()
        drawer = desk.drawer(page)
        expect(drawer).to_contain_text("India")
        expect(desk.box(page, "Amount")).to_contain_text("0.43")  # 0.36 and 20 % tax
        invoice = int(page.url.rpartition("=")[2])
        assert [line.net_minor for line in store.lines(invoice)] == [20, 16]
    finally:
        store.set("invoice_line_grouping", "day")


def assign(page: Page, customer_id: int, start: str) -> None:
    """Give the customer a package from a day on."""
    page.goto(f"/customers/{customer_id}?tab=packages")
    page.get_by_label("Package", exact=True).select_option(label="Weekly line")
    page.get_by_label("Quantity").fill("0")
    page.get_by_role("button", name="Assign package").click()
    expect(page.get_by_role("group", name="What to correct")).to_contain_text("above 0")
    page.get_by_label("Quantity").fill("2")
    page.get_by_label("Start").fill(start)
    page.get_by_role("button", name="Assign package").click()
    expect(page.get_by_test_id("assignment-row")).to_contain_text("Weekly line")
    page.get_by_role("button", name="Run Package").click()
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_text("Nothing was written.")).to_be_visible()
    page.keyboard.press("Escape")


@pytest.mark.spec("CXS-41", "CXS-43")
def test_an_assignment_is_changed_and_what_is_wrong_stands_at_its_field(
    tabs: Tabs, store: Store
) -> None:
    page = tabs.sign_in("billing")
    package = PackageFacts("Berth line", retail=Decimal(5), frequency="weekly", minimum_days=30)
    key = save_package(store.ctx("billing"), package)
    customer = fresh_customer(page, "Changed Voice Ltd", "none")
    first, second = mondays()
    assigned = assign_package(
        store.ctx("billing"), customer, AssignmentFacts(key, Decimal(1), second)
    )
    page.goto(f"/customers/{customer}?tab=packages")
    page.get_by_role("button", name="Change Berth line").click()
    window = page.get_by_role("dialog", name="Change Berth line")
    expect(window.get_by_label("Quantity")).to_have_value("1")
    window.get_by_label("Quantity").fill("0")
    window.get_by_label("End optional").fill(str(second + timedelta(1)))
    window.get_by_role("button", name="Save assignment").click()
    expect(window.get_by_text("above 0").last).to_be_visible()
    window.get_by_label("Quantity").fill("2,5")
    window.get_by_role("button", name="Save assignment").click()
    expect(window.get_by_role("group", name="What to correct")).to_contain_text("at least 30 days")
    window.get_by_label("End optional").fill("")
    window.get_by_label("Start").fill(str(first))
    facts = AssignmentFacts(key, Decimal(7), second)
    change_assignment(store.ctx("billing2"), assigned, facts, version=1)
    window.get_by_role("button", name="Save assignment").click()
    expect(window.get_by_role("group", name="What to correct")).to_contain_text("Somebody else")
    window.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Change Berth line").click()
    expect(window.get_by_label("Quantity")).to_have_value("7")
    window.get_by_label("Quantity").fill("2,5")
    window.get_by_label("Auto Decrement Credit").check()
    window.get_by_role("button", name="Save assignment").click()
    row = page.get_by_test_id("assignment-row")
    expect(row).to_contain_text("2.5")
    expect(row).to_contain_text("Auto Decrement Credit")
    runs_everything(page, store)
    viewer = tabs.sign_in("viewer")
    viewer.goto(f"/customers/{customer}?tab=packages")
    expect(viewer.get_by_test_id("assignment-row")).to_be_visible()
    expect(viewer.get_by_role("button", name="Change Berth line")).to_have_count(0)
    expect(viewer.get_by_role("button", name="Run all packages…")).to_have_count(0)


def purchases(store: Store) -> int:
    with store.world.database.read() as session:
        return len(session.exec(select(Payment.id).where(Payment.kind == "purchase")).all())


def runs_everything(page: Page, store: Store) -> None:
    """Simulated, charged as told, and then nothing is left (CXS-43)."""
    page.get_by_role("button", name="Run all packages…").click()
    window = page.get_by_role("dialog", name="Run Package: all packages")
    window.get_by_role("button", name="Simulate").click()
    expect(window.get_by_text("Nothing was written.")).to_be_visible()
    told = window.get_by_role("region", name="Charges").get_by_role("row").all_inner_texts()
    before = purchases(store)
    window.get_by_role("button", name="Charge", exact=True).click()
    expect(window.get_by_text(re.compile(r"charges? made\."))).to_be_visible()
    assert window.get_by_role("region", name="Charges").get_by_role("row").all_inner_texts() == told
    assert purchases(store) == before + len(told) - 1
    window.get_by_role("button", name="Simulate").click()
    expect(window.get_by_text("Nothing is due.")).to_be_visible()
    page.keyboard.press("Escape")


def edit_first_line(page: Page, invoice_id: int) -> None:
    """Change a generated draft before it is posted (CXS-10)."""
    page.goto(f"/invoices/{invoice_id}/edit")
    page.get_by_role("button", name="Edit line 10").click()
    desk.type_line(page, description="Line, agreed price", unit_price="1.00")
    desk.save_line(page)
    assert desk.keep_as_draft(page) == invoice_id
    expect(desk.drawer(page)).to_contain_text("Line, agreed price")


@pytest.mark.spec("CXS-6", "CXS-7", "CXS-36")
def test_a_package_fills_a_line_and_everything_filled_can_be_changed(tabs: Tabs) -> None:
    page = tabs.sign_in("billing")
    page.goto("/packages")
    page.get_by_role("link", name="New package").click()
    page.wait_for_url("**/packages/new")
    page.get_by_label("Name", exact=True).fill("Voice 100")
    page.get_by_label("Retail", exact=True).fill("12,50")
    page.get_by_label("Frequency Match").fill("32")
    page.get_by_label("Type").select_option("free_minutes")
    page.get_by_label("Destination").fill("44, 33")
    page.get_by_role("button", name="Save package").click()
    expect(page.get_by_role("group", name="What to correct")).to_contain_text("days from 1 to 31")
    page.get_by_label("Frequency Match").fill("31, 15")
    page.get_by_role("button", name="Save package").click()
    expect(desk.notice(page, "Voice 100 is saved.")).to_be_visible()
    expect(page.get_by_test_id("package-row").filter(has_text="Voice 100")).to_contain_text("12.50")
    page.goto("/invoices/new")
    page.get_by_role("button", name="Add line").click()
    region = desk.line_editor(page)
    region.locator("#f-line-package").fill("Voice 100")
    expect(region.locator("#f-line-unit_price")).to_have_value("12.50")
    expect(region.locator("#f-line-quantity")).to_have_value("1")
    expect(region.locator("#f-line-tax_rate")).to_have_value("0")
    expect(region.locator("#f-line-description")).to_have_value("Voice 100")
    expect(region.locator("#f-line-date_from")).not_to_have_value("")
    desk.type_line(page, quantity="3", unit_price="10", tax_rate="20", description="Voice, agreed")
    expect(region).to_contain_text("36.00")
    desk.save_line(page)
    expect(desk.total(page)).to_contain_text("36.00")


@pytest.mark.spec("CXS-23")
def test_calls_without_a_rate_are_listed_and_rated_again(tabs: Tabs, store: Store) -> None:
    store.use(OTHER, datetime.now(UTC).date() - timedelta(days=1), "0", "")
    page = tabs.sign_in("billing")
    page.goto("/usage")
    row = page.get_by_test_id("unrated-row").filter(has_text=OTHER)
    expect(row).to_contain_text("no rate for its prefix")
    page.get_by_role("button", name="Rate again").click()
    expect(desk.notice(page, "0 calls rated")).to_be_visible()
    viewer = tabs.sign_in("viewer")
    viewer.goto("/usage")
    expect(viewer.get_by_test_id("unrated-row").first).to_be_visible()
    expect(viewer.get_by_role("button", name="Rate again")).to_have_count(0)
    viewer.goto(f"/customers/{store.customers[WEEKLY]}")
    expect(viewer.get_by_role("heading", name="Summary")).to_be_visible()
    expect(viewer.get_by_role("button", name="Generate Invoice")).to_have_count(0)
