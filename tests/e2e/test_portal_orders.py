"""From a list to paying, from a document to its order and back, in the portal."""

import pytest
from playwright.sync_api import expect

from billing_app.persistence.tables import InvoiceOrder, SalesOrder
from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import CUSTOMER_A, Store

pytestmark = pytest.mark.e2e


def an_order(store: Store, number: str) -> int:
    with store.world.database.write() as session:
        order = SalesOrder(
            number=number,
            ordered_on=store.ctx("sales").today(),
            type_name="Service order",
            customer_id=store.customers[CUSTOMER_A],
            currency="EUR",
            amount_minor=42_005,
            status="Confirmed",
            notes="Pilot by noon",
        )
        session.add(order)
        session.flush()
        return order.id or 0


def linked(store: Store, invoice_id: int, order_id: int) -> None:
    with store.world.database.write() as session:
        session.add(InvoiceOrder(invoice_id=invoice_id, order_id=order_id))


@pytest.mark.spec("ORO-32", "ERP-49")
def test_a_document_leads_to_its_order_and_the_order_to_its_documents(
    tabs: Tabs, store: Store
) -> None:
    order, invoice_id = an_order(store, "SO-PORTAL-1"), store.posted()
    linked(store, invoice_id, order)
    page = tabs.sign_in("l40a")
    page.goto(f"/portal/invoices/{invoice_id}")
    page.get_by_role("article").get_by_role("link", name="SO-PORTAL-1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Order SO-PORTAL-1")
    facts = page.locator("dl.facts")
    expect(facts.locator("[data-minor]")).to_have_attribute("data-minor", "42005")
    expect(facts).to_contain_text("Confirmed")
    expect(page.get_by_text("Pilot by noon")).to_be_visible()
    assert page.locator("main input, main form, main button").count() == 0, "it is read-only"
    number = store.invoice(invoice_id).number
    page.get_by_test_id("order-invoice").get_by_role("link", name=number).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Invoice {number}")
    page.goto("/portal/orders/999999")
    expect(page.get_by_role("heading", name="This order was not found")).to_be_visible()


@pytest.mark.spec("ORO-32", "ERP-33", "ERP-34")
def test_the_list_of_orders_leads_to_each_and_prices_follow_the_role(
    tabs: Tabs, store: Store
) -> None:
    order = an_order(store, "SO-PORTAL-2")
    for person, has_price in (("l20a", False), ("l30a", True)):
        page = tabs.sign_in(person)
        frames: list[str] = []
        page.on(
            "websocket",
            lambda ws, kept=frames: ws.on("framereceived", lambda f: kept.append(str(f))),
        )
        page.goto("/portal/orders")
        row = page.locator(f'[data-testid="orders-row"][data-id="{order}"]')
        row.get_by_role("link", name="Open").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Order SO-PORTAL-2")
        expect(page.locator("dl.facts [data-minor]")).to_have_count(1 if has_price else 0)
        assert any("420.05" in frame for frame in frames) == has_price
        assert page.get_by_test_id("order-invoice").count() == 0


@pytest.mark.spec("ORO-31", "CXS-47")
def test_a_list_pays_and_downloads_without_opening_the_document(tabs: Tabs, store: Store) -> None:
    invoice_id, paid = store.posted(customer=CUSTOMER_A), store.posted(customer=CUSTOMER_A)
    store.pay(paid, 17969)
    number = store.invoice(invoice_id).number
    page = tabs.sign_in("l40a")
    page.goto("/portal/invoices")
    row = desk.row(page, invoice_id)
    with page.expect_download() as saved:
        row.get_by_role("link", name=f"Download PDF {number}").click()
    assert saved.value.suggested_filename == f"{number}.pdf"
    expect(desk.row(page, paid).get_by_role("link", name="Download PDF")).to_be_visible()
    expect(desk.row(page, paid).get_by_role("link", name="Pay")).to_have_count(0)
    row.get_by_role("link", name=f"Pay {number}").click()
    expect(page.get_by_role("heading", name="Pay INV")).to_be_visible()
    expect(page.get_by_test_id("to-pay")).to_have_attribute("data-minor", "17969")
    page.goto("/portal/due")
    page.get_by_label("Search due payments").fill(number)
    expect(desk.rows(page)).to_have_count(1)
    expect(desk.row(page, invoice_id).get_by_role("link", name=f"Pay {number}")).to_have_attribute(
        "href", f"/portal/pay/{invoice_id}"
    )
