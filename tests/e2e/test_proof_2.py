"""SPEC 6.15, proof 2: from an order to its paid invoice; the stored paper never changes."""

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from billing_app.persistence.tables import SalesOrder
from billing_app.services.webhooks.subscriptions import subscribe
from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.server import start, wait_for
from tests.e2e.store import CUSTOMER_A, Store
from tests.e2e.test_imports import bring_in, row, upload
from tests.e2e.test_paying import pay
from tests.support.mail_sink import Sink

pytestmark = pytest.mark.e2e
TOPIC = "invoice.payment_status_updated"
HEAD = "Invoice,Date,Due,Customer,Status,Sales order,Description,Qty,Unit price,VAT rate,Total\n"
ROW = "SHOP-1,{on},{due},{customer},draft,SO-SHOP-1,Berth survey,2,75.50,19,179.69\n"


class Ear:
    """A system of another company that hears webhooks."""

    def __init__(self) -> None:
        self.heard: list[dict[str, object]] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                ear.heard.append(json.loads(self.rfile.read(length)))
                self.send_response(200)
                self.end_headers()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/in"


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture(scope="module")
def shop(front_end: None, sink: Sink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The product with the demo company and a mail server."""
    folder = tmp_path_factory.mktemp("proof-2")
    folder.chmod(0o700)
    running = start(folder, "--demo", smtp_url=sink.url, mail_from="desk@aldermoor.example")
    try:
        wait_for(running)
        opened = Store(running.data_dir, running.url)
        yield opened
        opened.close()
    finally:
        running.stop()


@pytest.mark.spec("6.15-2", "ORO-9", "ORO-13", "ORO-15", "ORO-17", "ORO-19", "ORO-32", "ORO-46")
def test_an_order_is_invoiced_sent_and_paid_and_its_paper_stays(
    browser: Browser, shop: Store, sink: Sink, ear: Ear
) -> None:
    tabs = Tabs(browser, shop.world.settings.public_url)
    subscribe(shop.ctx("admin"), ear.url, TOPIC)
    an_order(shop)
    page = tabs.sign_in("accounting")
    today, due = shop.today_plus(0), shop.today_plus(30)
    text = HEAD + ROW.format(on=today, due=due, customer=CUSTOMER_A)
    upload(page, "shop.csv", text.encode())
    bring_in(page)
    row(page, "SHOP-1").get_by_role("link", name="SHOP-1").click()
    expect(desk.heading(page)).to_have_text("SHOP-1")
    expect(desk.drawer(page).get_by_role("link", name="SO-SHOP-1")).to_be_visible()
    invoice_id = int(page.url.rpartition("=")[2])
    assert shop.invoice(invoice_id).posting_status == "DRAFT"

    sent(page, invoice_id)
    (mail,) = sink.wait_for(1)
    paper = page.request.get(f"/invoices/{invoice_id}.pdf").body()
    assert mail.files() == {"SHOP-1.pdf": paper}
    expect(page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)

    upload(page, "shop-later.csv", text.replace(str(due), str(shop.today_plus(60))).encode())
    expect(row(page, "SHOP-1")).to_contain_text("is Posted here and does not change")
    customer = tabs.sign_in("l40a")
    again = customer.request.get(f"/invoices/{invoice_id}.pdf").body()
    assert hashlib.sha256(again).digest() == hashlib.sha256(paper).digest()

    customer.goto(f"/portal/invoices/{invoice_id}")
    customer.get_by_role("link", name="Pay", exact=True).click()
    pay(customer)
    expect(customer.get_by_role("status").get_by_text("arrived. Thank you.")).to_be_visible()
    record = desk.open_record(page, invoice_id)
    expect(record.locator(".d-sub")).to_contain_text("Paid")
    assert shop.invoice(invoice_id).payment_status == "full"
    heard(page, ear, invoice_id)
    assert not tabs.problems
    tabs.close()


def an_order(store: Store) -> None:
    with store.world.database.write() as session:
        session.add(
            SalesOrder(
                number="SO-SHOP-1",
                ordered_on=store.today_plus(0),
                type_name="Service order",
                customer_id=store.customers[CUSTOMER_A],
                currency="EUR",
                amount_minor=17_969,
                status="Confirmed",
            )
        )


def sent(page: Page, invoice_id: int) -> None:
    """Send to Customer asks, posts, and fills the mail."""
    record = desk.open_record(page, invoice_id)
    desk.choose(page, "Send to Customer…", menu="more")
    page.get_by_role("alertdialog").get_by_role("button", name="Proceed").click()
    window = page.locator("#send")
    expect(window.get_by_label("Subject")).to_have_value("Invoice SHOP-1")
    expect(window).to_contain_text("SHOP-1.pdf goes with it")
    window.get_by_label("To", exact=True).fill("anna@customer.example")
    window.get_by_role("button", name="Send e-mail").click()
    expect(record.locator(".d-sub")).to_contain_text("Sent")


def heard(page: Page, ear: Ear, invoice_id: int) -> None:
    """The webhook arrived within ten seconds."""
    for _ in range(100):
        if ear.heard:
            break
        page.wait_for_timeout(100)
    (message,) = ear.heard
    assert message["topic"] == TOPIC
    assert message["invoice"] == {"id": invoice_id, "number": "SHOP-1"}
    assert message["amountDue"] == "0.00"
