"""From an opportunity to its invoice and back; a recurring invoice with changed repeats.

The parts of SPEC 6.15, proofs 2 and 5, that come before posting.
"""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from billing_app.domain.periods import Frequency, recurrence_date
from billing_app.kit.wording import day
from billing_app.persistence.tables import InvoiceOrder, SalesOrder
from tests.e2e import desk
from tests.e2e.browsers import PHONE, Tabs
from tests.e2e.store import CUSTOMER_A, CUSTOMER_B, Store

pytestmark = pytest.mark.e2e


def products(page: Page) -> Locator:
    return page.get_by_role("region", name="Products", exact=True)


def fill_product(page: Page, text: str, quantity: str, price: str) -> None:
    texts = page.get_by_label("Product or description")
    before = texts.count()
    page.get_by_role("button", name="Add product").click()
    expect(texts).to_have_count(before + 1)
    row = products(page).get_by_role("row").last
    row.get_by_label("Product or description").fill(text)
    row.get_by_label("Product quantity").fill(quantity)
    row.get_by_label("Product unit price").fill(price)


@pytest.mark.spec("6.15", "CRM-10", "CRM-12", "CRM-13")
def test_an_opportunity_becomes_an_invoice_and_each_leads_to_the_other(
    tabs: Tabs, store: Store
) -> None:
    page = tabs.sign_in("sales")
    page.goto("/opportunities")
    expect(page.get_by_test_id("opportunity-row").first).to_be_visible()
    expect(page.get_by_role("link", name="New opportunity")).to_be_visible()
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/opportunities/new"))
    page.get_by_label("Title", exact=True).fill("Refit of the pilot boat")
    page.get_by_label("Customer", exact=True).fill(CUSTOMER_A)
    page.get_by_label("Value").fill("1,000.00")
    page.get_by_label("Stage").select_option("Proposal")
    fill_product(page, "Hull work", "3", "250.00")
    fill_product(page, "Paint", "1", "nonsense")
    page.get_by_role("button", name="Save opportunity").click()
    expect(page.get_by_role("group", name="What to correct")).to_contain_text("Products")
    row = products(page).get_by_role("row").last
    expect(row.get_by_label("Product or description")).to_have_value("Paint")
    row.get_by_label("Product unit price").fill("100")
    page.get_by_role("button", name="Save opportunity").click()
    expect(desk.notice(page, "Refit of the pilot boat is saved.")).to_be_visible()
    page.wait_for_url(re.compile(r"/opportunities/\d+"))
    expect(page.get_by_text("The products are EUR 150.00 below the value.")).to_be_visible()

    page.get_by_role("link", name="Create Invoice").click()
    expect(page.get_by_label("Customer", exact=True)).to_have_value(CUSTOMER_A)
    expect(page.get_by_label("Title optional")).to_have_value("Refit of the pilot boat")
    expect(page.get_by_text("The lines are EUR 150.00 below the value")).to_be_visible()
    page.get_by_role("button", name="Add adjustment line").click()
    expect(page.get_by_text("below the value of the opportunity")).to_be_hidden()
    invoice = desk.keep_as_draft(page)
    assert store.invoice(invoice).subtotal_minor == 100_000
    assert [line.net_minor for line in store.lines(invoice)] == [75_000, 10_000, 15_000]

    desk.drawer(page).get_by_role("link", name="Refit of the pilot boat").click()
    tab = page.get_by_role("navigation", name="Parts of the opportunity")
    tab.get_by_role("button", name="Invoices").click()
    page.locator(f'[data-testid="document-row"][data-id="{invoice}"]').get_by_role("link").click()
    expect(desk.heading(page)).to_have_text(store.invoice(invoice).label)
    page.go_back()
    expect(page.get_by_test_id("document-row")).to_have_count(1)


@pytest.mark.spec("6.15", "ORO-17", "ORO-18")
def test_an_order_is_invoiced_and_each_leads_to_the_other(tabs: Tabs, store: Store) -> None:
    with store.world.database.write() as session:
        order = SalesOrder(
            number="SO-E2E-1",
            ordered_on=store.ctx("sales").today(),
            type_name="Service order",
            customer_id=store.customers[CUSTOMER_A],
            currency="EUR",
            amount_minor=23_800,
            status="Confirmed",
        )
        session.add(order)
        session.flush()
        key = order.id
    page = tabs.sign_in("sales")
    page.goto("/orders")
    page.get_by_role("searchbox", name="Search orders").fill("SO-E2E")
    expect(page.get_by_test_id("order-row")).to_have_count(1)
    page.get_by_role("link", name="SO-E2E-1").click()
    page.get_by_role("link", name="Create Invoice").click()
    expect(page.get_by_text("EUR 0.00 of 238.00 is invoiced already.")).to_be_visible()
    invoice = desk.keep_as_draft(page)
    assert store.invoice(invoice).total_minor == 23_800
    desk.drawer(page).get_by_role("link", name="SO-E2E-1").click()
    expect(page.get_by_role("heading", name="SO-E2E-1")).to_be_visible()
    expect(page.get_by_text("EUR 0.00")).to_be_visible()
    tab = page.get_by_role("navigation", name="Parts of the order")
    tab.get_by_role("button", name="Invoices").click()
    expect(page.locator(f'[data-testid="document-row"][data-id="{invoice}"]')).to_be_visible()
    with store.world.database.read() as session:
        assert session.get(InvoiceOrder, (invoice, key)) is not None
    _is_unlinked_and_linked(page, store.invoice(invoice).label, store.draft(customer=CUSTOMER_B))


@pytest.mark.spec("ORO-17", "ORO-18")
def test_an_order_with_lines_is_made_changed_and_invoiced(tabs: Tabs, store: Store) -> None:
    page = tabs.sign_in("sales")
    page.goto("/orders")
    expect(page.get_by_test_id("order-row").first).to_be_visible()
    page.get_by_role("link", name="New order").click()
    page.wait_for_url(re.compile("/orders/new"))
    page.get_by_label("Number", exact=True).fill("SO-2026-0001")
    page.get_by_label("Customer", exact=True).fill(CUSTOMER_A)
    page.get_by_label("Date", exact=True).fill("nonsense")
    fill_line(page, "Berth", "2", "59.50")
    fill_line(page, "Crane", "1", "nonsense")
    page.get_by_role("button", name="Save order").click()
    told = page.get_by_role("group", name="What to correct")
    expect(told).to_contain_text("Date")
    expect(told).to_contain_text("Lines")
    page.get_by_label("Date", exact=True).fill("2 Nov 2026")
    lines_of(page).get_by_role("row").last.get_by_label("Product unit price").fill("119")
    with store.world.database.write() as session:
        other = SalesOrder(number="SO-TWIN", ordered_on=store.ctx("sales").today(), currency="EUR")
        other.customer_id = store.customers[CUSTOMER_B]
        session.add(other)
    page.get_by_label("Number", exact=True).fill("SO-TWIN")
    page.get_by_role("button", name="Save order").click()
    expect(told).to_contain_text("There is an order SO-TWIN already.")
    page.get_by_label("Number", exact=True).fill("")
    page.get_by_role("button", name="Save order").click()
    expect(desk.notice(page, "The order is saved.")).to_be_visible()
    page.wait_for_url(re.compile(r"/orders/\d+"))
    expect(page.get_by_label("Amount")).to_have_value("238.00")
    expect(page.get_by_label("Number", exact=True)).to_have_value(re.compile(r"SO-\d{6}"))
    slow = tabs.sign_in("billing")
    slow.goto(page.url)
    expect(slow.get_by_label("Amount")).to_have_value("238.00")
    page.get_by_role("button", name="Remove line").last.click()
    page.get_by_role("button", name="Save order").click()
    expect(page.get_by_label("Amount")).to_have_value("119.00")
    slow.get_by_label("Notes").fill("Too late")
    slow.get_by_role("button", name="Save order").click()
    expect(slow.get_by_role("group", name="What to correct")).to_contain_text("Somebody else")
    expect(slow.get_by_label("Notes")).to_have_value("Too late")
    page.get_by_role("link", name="Create Invoice").click()
    invoice = desk.keep_as_draft(page)
    assert store.invoice(invoice).total_minor == 11_900
    assert [line.description for line in store.lines(invoice)] == ["Berth"]


def lines_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Lines", exact=True)


def fill_line(page: Page, text: str, quantity: str, price: str) -> None:
    texts = page.get_by_label("Product or description")
    before = texts.count()
    page.get_by_role("button", name="Add line").click()
    expect(texts).to_have_count(before + 1)
    row = lines_of(page).get_by_role("row").last
    row.get_by_label("Product or description").fill(text)
    row.get_by_label("Product quantity").fill(quantity)
    row.get_by_label("Product unit price").fill(price)


def _is_unlinked_and_linked(page: Page, label: str, strange: int) -> None:
    rows = page.get_by_test_id("document-row")
    page.get_by_role("button", name=f"Unlink {label}").click()
    expect(rows).to_have_count(0)
    field = page.get_by_label("Link an invoice")
    field.fill("INV-0")
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_text("There is no document INV-0.")).to_be_visible()
    field.fill(f"D-{strange:06d}")
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_text("belongs to another customer")).to_be_visible()
    field.fill(label)
    page.get_by_role("button", name="Link", exact=True).click()
    expect(rows).to_have_count(1)


@pytest.mark.spec("CXS-4", "CXS-5")
def test_a_new_invoice_is_of_today_until_another_day_is_given(tabs: Tabs, store: Store) -> None:
    page = tabs.sign_in("billing")
    today = store.ctx("billing").today()
    desk.open_grid(page)
    page.get_by_role("link", name="New invoice").first.click()
    page.wait_for_url("**/invoices/new")
    on, customer = page.get_by_label("Invoice date"), page.get_by_label("Customer", exact=True)
    expect(on).to_have_value(day(today))
    place, above = on.bounding_box(), customer.bounding_box()
    assert place["y"] > above["y"] + above["height"], "lower"
    assert place["x"] > above["x"] + above["width"], "right"
    desk.choose_customer(page, "hansekontor", CUSTOMER_A)
    on.fill(day(today - timedelta(days=3)))
    desk.add_line(page, description="Berth", unit_price="7", tax_rate="19")
    desk.save_line(page)
    invoice = desk.keep_as_draft(page)
    assert store.invoice(invoice).document_date == today - timedelta(days=3)


def repeat(page: Page, due: object) -> Locator:
    return page.locator(f'[data-testid="repeat"][data-id="{due}"]')


def change(page: Page, due: object, entry: str) -> None:
    repeat(page, due).get_by_role("button", name="Change").click()
    page.get_by_role("menu").get_by_role("menuitem", name=entry).click()


@pytest.mark.spec("6.15", "CRM-31")
def test_a_draft_recurs_with_a_skipped_and_a_moved_repeat(tabs: Tabs, store: Store) -> None:
    page = tabs.sign_in("billing")
    today = store.ctx("billing").today()
    began = today - timedelta(days=75)
    source = store.draft(
        document_date=began, due_on=began, lines=(store.line("Berth", price="100.00"),)
    )
    dues = [recurrence_date(began, Frequency.MONTHLY, at) for at in range(1, 6)]
    desk.open_record(page, source)
    desk.choose(page, "Make recurring…", menu="more")
    asked = page.get_by_role("dialog", name=re.compile("Make .* recurring"))
    expect(asked.get_by_label("First repeat")).to_have_value(day(dues[0]))
    asked.get_by_label("First repeat").fill(day(began))
    asked.get_by_role("button", name="Make recurring").click()
    expect(asked.get_by_text("The first repeat comes after")).to_be_visible()
    asked.get_by_label("First repeat").fill(day(dues[0]))
    asked.get_by_role("button", name="Make recurring").click()
    page.wait_for_url(re.compile(r"/invoices/recurring/\d+"))
    expect(page.get_by_test_id("repeat")).to_have_count(24)

    change(page, dues[0], "Skip")
    expect(repeat(page, dues[0])).to_contain_text("Skipped")
    change(page, dues[3], "Move…")
    moved = dues[3] + timedelta(days=4)
    window = page.get_by_role("dialog", name="Move the repeat")
    window.get_by_label("New day").fill(day(dues[4]))
    window.get_by_role("button", name="Move repeat").click()
    expect(window.get_by_text("Choose a day between")).to_be_visible()
    window.get_by_label("New day").fill(day(moved))
    window.get_by_role("button", name="Move repeat").click()
    expect(repeat(page, dues[3])).to_contain_text(day(moved))
    change(page, dues[2], "Add line once…")
    once = page.get_by_role("dialog", name="Add a line")
    once.get_by_label("Description").fill("Diver")
    once.get_by_label("Unit price").fill("50")
    once.get_by_role("button", name="Add line").click()
    expect(repeat(page, dues[2]).locator(".figure")).to_have_text("EUR 169.00")
    page.get_by_role("button", name="Change price…").click()
    priced = page.get_by_role("dialog", name="Change a price")
    priced.get_by_label("New unit price").fill("110")
    priced.get_by_label("From").fill(day(dues[4]))
    priced.get_by_role("button", name="Change price").click()
    expect(repeat(page, dues[4]).locator(".figure")).to_have_text("EUR 130.90")
    expect(repeat(page, dues[3]).locator(".figure")).to_have_text("EUR 119.00")

    page.get_by_role("button", name="Create due drafts").click()
    made = [due for due in dues[1:] if due <= today]
    expect(page.get_by_test_id("document-row")).to_have_count(len(made))
    page.get_by_role("button", name="Create due drafts").click()
    expect(desk.notice(page, "No draft is due yet.")).to_be_visible()
    page.get_by_test_id("document-row").last.get_by_role("link").click()
    expect(desk.drawer(page)).to_contain_text("Made by a plan")
    invoice = store.invoice(int(page.url.rpartition("=")[2]))
    assert (invoice.origin, invoice.document_date) == ("recurring", made[0])
    expect(desk.row(page, invoice.id or 0)).to_contain_text("recurring")


@pytest.mark.spec("CRM-31")
def test_a_duplicate_opens_in_its_form_and_a_viewer_changes_no_plan(
    tabs: Tabs, store: Store
) -> None:
    page = tabs.sign_in("sales", PHONE)
    source = store.posted(title="Berth in June")
    desk.open_record(page, source)
    desk.choose(page, "Duplicate", menu="more")
    page.wait_for_url(re.compile(r"/invoices/\d+/edit"))
    expect(page.get_by_label("Title optional")).to_have_value("Berth in June")
    page = tabs.sign_in("viewer")
    page.goto("/invoices/recurring")
    page.get_by_test_id("plan-row").first.get_by_role("link").click()
    expect(page.get_by_test_id("repeat").first).to_be_visible()
    for name in ("Turn off", "Create due drafts", "Change price…", "Change end…"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
