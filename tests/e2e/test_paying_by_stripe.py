"""Stripe in the browser: its form stood in for, its API doubled, its messages signed."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path  # noqa: TC003  fixtures are looked at

import pytest
from playwright.sync_api import Browser, expect

from billing_app.services.paying.guests import guest_page
from billing_app.services.settings import change_setting
from tests.e2e.browsers import Tabs
from tests.e2e.server import Server, start, wait_for
from tests.e2e.store import CUSTOMER_A, Store
from tests.support.stripe_double import StripeDouble, signed

pytestmark = pytest.mark.e2e
SECRETS = ("whsec_of_before", "whsec_of_now")
FORM = """window.Stripe = (key) => ({
  elements: ({ clientSecret }) => ({ secret: clientSecret, create: (kind) => ({ mount: (place) => {
    document.querySelector(place).textContent = `The ${kind} form of ${key}`; } }) }),
  confirmPayment: async ({ elements }) => JSON.parse(await window.confirmAtStripe(elements.secret)),
});"""


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeDouble]:
    double = StripeDouble()
    yield double
    double.close()


@pytest.fixture(scope="module")
def shop(
    front_end: None, stripe: StripeDouble, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("stripe")
    folder.chmod(0o700)
    running = start(
        folder,
        "--demo",
        stripe_secret_key="sk_test_1",
        stripe_publishable_key="pk_test_1",
        stripe_webhook_secrets=",".join(SECRETS),
        stripe_api_base=stripe.url,
    )
    try:
        wait_for(running)
        yield running
    finally:
        running.stop()


def tell(server: Server, event: dict, secret: str) -> int:
    body = json.dumps(event).encode()
    request = urllib.request.Request(f"{server.url}/webhooks/stripe", body, method="POST")
    request.add_header("stripe-signature", signed(body, secret))
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.spec("ORO-36", "ORO-37", "ORO-39", "6.12", "RELIABILITY-4.5")
def test_a_guest_pays_by_stripe_after_a_decline_and_its_messages_add_nothing(
    browser: Browser, shop: Server, stripe: StripeDouble
) -> None:
    store = Store(shop.data_dir, shop.url)
    change_setting(
        store.ctx("owner"), "invoice_payment_method", "stripe", scope="global", scope_id=0
    )
    invoice_id = store.posted(customer=CUSTOMER_A)
    tabs = Tabs(browser, shop.url)
    page = tabs.anyone()
    page.route(
        "https://js.stripe.com/**",
        lambda route: route.fulfill(content_type="text/javascript", body=FORM),
    )
    answers = ["Your card was declined.", ""]

    def confirm(secret: str) -> str:
        error = answers.pop(0)
        stripe.confirm(secret, "requires_payment_method" if error else "succeeded", error)
        return json.dumps({"error": {"message": error}} if error else {})

    page.expose_function("confirmAtStripe", confirm)
    page.goto(guest_page(store.ctx("accounting"), invoice_id))
    assert stripe.intents == {}  # looking at a page asks nothing of Stripe
    page.get_by_role("button", name="Pay EUR").click()
    expect(page.get_by_text("The payment form of pk_test_1")).to_be_visible()
    page.get_by_role("button", name="Pay EUR").click()
    expect(page.get_by_text("Your card was declined.").first).to_be_visible()
    expect(page.get_by_text("The payment form of pk_test_1")).to_be_visible()
    page.get_by_role("button", name="Pay EUR").click()
    expect(page.get_by_role("status").get_by_text("arrived. Thank you.")).to_be_visible()
    [intent] = stripe.intents.values()
    event = stripe.event("payment_intent.succeeded", intent)
    assert [tell(shop, event, secret) for secret in (*SECRETS, "whsec_guess")] == [200, 200, 400]
    assert store.invoice(invoice_id).payment_status == "full"
    assert len(store.payments_of(invoice_id)) == 1
    assert tabs.problems == []
    policies = {
        path: urllib.request.urlopen(f"{shop.url}{path}", timeout=10).headers[
            "content-security-policy"
        ]
        for path in ("/login", "/pay/anything")
    }
    assert "stripe" not in policies["/login"]
    assert "script-src 'self' https://js.stripe.com" in policies["/pay/anything"]
    tabs.close()
    store.close()
