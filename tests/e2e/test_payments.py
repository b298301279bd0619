"""Payments in the browser: recorded, deleted, allocated, refunded, stated."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.e2e import desk
from tests.e2e.browsers import PHONE, Tabs
from tests.e2e.store import CUSTOMER_A, Store

pytestmark = pytest.mark.e2e


def minor(figure: Locator) -> Locator:
    """The figure with its exact amount."""
    return figure.locator("[data-minor]")


def open_payment(page: Page, payment_id: int) -> None:
    page.goto(f"/payments/{payment_id}")
    expect(page.get_by_role("heading", name="Invoices it settles")).to_be_visible()


def add_payment(page: Page, customer: str, amount: str, **chosen: str) -> int:
    """Add a customer's payment on its form; answers its id."""
    page.goto("/payments")
    expect(page.get_by_test_id("payment-row").first).to_be_visible()
    page.get_by_role("button", name="Add payment").first.click()
    window = page.get_by_role("dialog", name="Add payment")
    window.get_by_label("Customer", exact=True).fill(customer)
    window.get_by_label("Amount", exact=True).fill(amount)
    for label, value in chosen.items():
        window.get_by_label(label, exact=True).select_option(label=value)
    window.get_by_role("button", name="Add payment").click()
    page.wait_for_url(re.compile(r"/payments/\d+/?$"))
    return int(page.url.rstrip("/").rpartition("/")[2])


def choice(page: Page, invoice_id: int) -> Locator:
    return page.locator(f'[data-testid="choice-row"][data-id="{invoice_id}"]')


@pytest.mark.spec("6.15-4", "DLY-20", "DLY-21", "DLY-24", "DLY-25", "CRM-24", "CRM-25", "CRM-26")
def test_two_payments_are_recorded_and_one_is_deleted_from_each_place(
    tabs: Tabs, store: Store
) -> None:
    invoice_id = store.posted()  # EUR 179.69
    page, watching = tabs.sign_in("accounting"), tabs.sign_in("billing")
    desk.open_record(watching, invoice_id)
    desk.open_record(page, invoice_id)
    desk.choose(page, "Record Payment…", menu="more")
    window = page.get_by_role("dialog", name=re.compile("^Record payment on"))
    window.get_by_label("Amount").fill("179.70")
    window.get_by_role("button", name="Record payment").click()
    expect(window).to_contain_text("Only EUR 179.69 is open.")
    window.get_by_role("button", name="Record nothing").click()

    first = desk.record_payment(page, "100", Method="Cheque", Reference="CH-7")
    expect(minor(desk.box(page, "Open Amount"))).to_have_attribute("data-minor", "7969")
    expect(minor(desk.box(watching, "Open Amount"))).to_have_attribute("data-minor", "7969")
    expect(desk.settlement(page, first)).to_contain_text("Receipt, cheque, CH-7")
    second = desk.record_payment(page, "79,69")
    expect(minor(desk.box(page, "Open Amount"))).to_have_attribute("data-minor", "0")
    expect(desk.row(page, invoice_id)).to_contain_text("Paid")
    expect(desk.row(watching, invoice_id)).to_contain_text("Paid")
    expect(desk.settlement(page, second)).to_contain_text("0.00")

    desk.settlement(page, first).get_by_role("button", name=f"Delete payment {first}").click()
    page.get_by_role("alertdialog", name=f"Delete {first}?").get_by_role(
        "button", name="Delete payment"
    ).click()
    expect(desk.settlement(page, first)).to_have_count(0)
    expect(minor(desk.box(page, "Paid Amount"))).to_have_attribute("data-minor", "7969")

    desk.settlement(page, second).get_by_role("link", name=second).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(second)
    expect(page.get_by_test_id("allocation-row")).to_have_count(1)
    page.get_by_role("button", name="Delete payment").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete payment").click()
    expect(desk.notice(page, f"{second} is deleted.")).to_be_visible()
    assert store.invoice(invoice_id).settled_minor == 0
    expect(minor(desk.box(watching, "Open Amount"))).to_have_attribute("data-minor", "17969")


@pytest.mark.spec("6.15-3", "CXS-29", "CXS-30", "CXS-31", "CXS-35")
def test_two_payments_are_allocated_partly(tabs: Tabs, store: Store) -> None:
    customer = "Fjordlinjen Offshore AS"
    first, second = (store.posted(customer=customer) for _ in range(2))
    page = tabs.sign_in("accounting")
    pending = add_payment(page, customer, "100", Status="Pending")
    expect(page.get_by_text("Pending").first).to_be_visible()
    page.get_by_role("link", name="Allocate").click()
    row = choice(page, first).get_by_role("textbox")
    row.fill("60")
    expect(page.locator(".boxes .lead [data-minor]")).to_have_attribute("data-minor", "4000")
    page.get_by_role("button", name="Save allocation").click()
    expect(desk.notice(page, "EUR 60.00 is allocated to 1 invoice.")).to_be_visible()
    assert store.invoice(first).settled_minor == 0  # a pending payment does not count
    page.get_by_role("button", name="Complete").click()
    expect(desk.notice(page, "is completed.")).to_be_visible()
    assert store.invoice(first).settled_minor == 6_000

    other = add_payment(page, customer, "200")
    page.get_by_role("link", name="Allocate").click()
    expect(page.locator(".boxes .lead [data-minor]")).to_have_attribute("data-minor", "20000")
    choice(page, first).get_by_role("textbox").fill("119.70")
    page.get_by_role("button", name="Save allocation").click()
    expect(choice(page, first)).to_contain_text("Only EUR 119.69 is open.")
    choice(page, first).get_by_role("textbox").fill("119.69")
    choice(page, second).get_by_role("textbox").fill("30")
    expect(page.locator(".boxes .lead [data-minor]")).to_have_attribute("data-minor", "5031")
    page.get_by_role("button", name="Save allocation").click()
    expect(desk.notice(page, "EUR 149.69 is allocated to 2 invoices.")).to_be_visible()
    assert (store.invoice(first).open_minor, store.invoice(second).open_minor) == (0, 14_969)

    desk.open_record(page, second)
    page.get_by_role("link", name="View payments").click()
    page.get_by_role("button", name="Suggest oldest first").click()
    expect(choice(page, pending).get_by_role("textbox")).to_have_value("40.00")
    expect(choice(page, other).get_by_role("textbox")).to_have_value("50.31")
    page.get_by_role("button", name="Save allocation").click()
    expect(minor(desk.box(page, "Open Amount"))).to_have_attribute("data-minor", "5938")


@pytest.mark.spec("6.15-5", "CRM-4", "CRM-5")
def test_an_overdue_invoice_is_partly_paid_then_paid_and_a_cent_is_written_off(
    tabs: Tabs, store: Store
) -> None:
    invoice_id = store.posted(document_date=store.today_plus(-40), due_on=store.today_plus(-10))
    page = tabs.sign_in("accounting")
    record = desk.open_record(page, invoice_id)
    desk.record_payment(page, "79.69")
    expect(record.locator(".d-sub")).to_contain_text("Partially Paid")
    desk.record_payment(page, "99.99")
    desk.choose(page, "Write off difference…", menu="more")
    window = page.get_by_role("dialog", name=re.compile("^Write off what is left"))
    window.get_by_role("button", name="Write off").click()
    expect(window).to_contain_text("Give a reason")
    window.get_by_label("Reason").fill("Rounded by the bank")
    window.get_by_role("button", name="Write off").click()
    expect(minor(desk.box(page, "Open Amount"))).to_have_attribute("data-minor", "0")
    expect(record.locator(".d-sub")).to_contain_text("Paid")
    expect(page.get_by_test_id("settlement-row").last).to_contain_text("Write-off")


@pytest.mark.spec("6.5-12", "CXS-30")
def test_a_payment_is_refunded_in_part_and_found_in_the_list(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    store.pay(invoice_id, 10_000)
    page = tabs.sign_in("accounting")
    record = desk.open_record(page, invoice_id)
    number = page.get_by_test_id("settlement-row").get_by_role("link").inner_text()
    page.goto("/payments")
    page.get_by_role("searchbox", name="Search payments").fill(number)
    expect(page.get_by_test_id("payment-row")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="in this filter")).to_be_visible()
    page.get_by_test_id("payment-row").get_by_role("link").first.click()
    page.get_by_role("button", name="More options").click()
    page.get_by_role("menuitem", name="Refund…").click()
    window = page.get_by_role("dialog", name=f"Refund {number}")
    window.get_by_label("Amount").fill("100.01")
    window.get_by_label("Reason").fill("Paid twice")
    window.get_by_role("button", name="Refund", exact=True).click()
    expect(window).to_contain_text("At most EUR 100.00 can be refunded.")
    window.get_by_label("Amount").fill("40")
    window.get_by_role("button", name="Refund", exact=True).click()
    expect(desk.notice(page, f"{number} is refunded by PMO-")).to_be_visible()
    desk.open_record(page, invoice_id)
    expect(minor(desk.box(page, "Paid Amount"))).to_have_attribute("data-minor", "6000")
    expect(record.locator(".d-sub")).to_contain_text("Refunded")
    expect(page.get_by_test_id("settlement-row").last).to_contain_text("−40.00")


@pytest.mark.spec("DLY-43")
def test_a_statement_runs_from_day_to_day_and_downloads(tabs: Tabs, store: Store) -> None:
    customer_id = store.customers[CUSTOMER_A]
    page = tabs.sign_in("accounting")
    page.goto(f"/customers/{customer_id}")
    page.get_by_role("link", name="Statement").click()
    lines = page.get_by_test_id("statement-row")
    expect(lines.first).to_be_visible()
    whole = lines.count()
    page.get_by_label("From", exact=True).fill(str(store.today_plus(-30)))
    page.get_by_role("button", name="Show").click()
    expect(lines).not_to_have_count(whole)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    rows = Path(waiting.value.path()).read_text().splitlines()
    assert len(rows) == 1 + page.get_by_role("table").count() + lines.count()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF").click()
    said = PdfReader(BytesIO(Path(waiting.value.path()).read_bytes())).pages[0].extract_text()
    assert "Statement of account" in said


@pytest.mark.spec("6.7", "DLY-12")
def test_a_viewer_sees_payments_without_names_and_changes_nothing(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    store.pay(invoice_id, 10_000)
    store.set_sight("viewer", partner=False)
    try:
        page = tabs.sign_in("viewer", PHONE)
        page.goto("/payments")
        expect(page.get_by_test_id("payment-row").first).to_contain_text("Hidden")
        assert CUSTOMER_A not in page.content()
        expect(page.get_by_role("button", name="Add payment")).to_have_count(0)
        page.get_by_test_id("payment-row").get_by_role("link").first.click()
        expect(page.get_by_role("heading", name="Invoices it settles")).to_be_visible()
        expect(page.get_by_role("button", name="Delete payment")).to_have_count(0)
        assert CUSTOMER_A not in page.content()
        desk.open_record(page, invoice_id)
        expect(page.get_by_test_id("settlement-row")).to_have_count(1)
        expect(page.get_by_role("button", name="Record payment")).to_have_count(0)
        expect(page.get_by_role("button", name=re.compile("^Delete payment"))).to_have_count(0)
    finally:
        store.set_sight("viewer", partner=True)
