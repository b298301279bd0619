"""Telling others' systems: one message a change and topic, signed, tried again, replayed."""

import hashlib
import hmac
import json
from datetime import timedelta
from decimal import Decimal

import pytest

from billing_app.domain.errors import Forbidden, Invalid, NotFound, Refused, Unavailable
from billing_app.integrations.webhooks.posting import HttpPoster
from billing_app.persistence.tables import WebhookDelivery
from billing_app.services.paying.refunding import refund
from billing_app.services.webhooks.delivering import deliver_next
from billing_app.services.webhooks.subscriptions import (
    replay,
    subscribe,
    subscriptions,
    unsubscribe,
)
from tests.services.paymaking import Checkout

TOPIC = "invoice.payment_status_updated"
URL = "https://hooks.example/in"


class Ear:
    """What it was sent; it answers as told."""

    def __init__(self, *answers):
        self.heard, self.answers = [], list(answers)

    def post(self, url, body, headers):
        self.heard.append((url, body, headers))
        answer = self.answers.pop(0) if self.answers else 200
        if answer is None:
            raise Unavailable
        return answer


@pytest.fixture
def desk(w, tmp_path):
    return Checkout(w, tmp_path)


def deliver(desk, ear):
    while deliver_next(desk.w.ctx(), ear):
        pass


@pytest.mark.spec("ORO-46", "6.12")
def test_charge_and_refund_go_out_signed_under_both_topics(desk):
    invoice_id = desk.w.posted()
    subscribe(desk.ctx("admin"), URL, f"{TOPIC}, {TOPIC}.{invoice_id}")
    subscribe(desk.ctx("admin"), f"{URL}/other", f"{TOPIC}.{invoice_id + 1}")
    desk.pay(invoice_id)
    desk.look()
    payment_id = desk.payments()[0].id
    refund(desk.ctx("accounting"), desk.gateways, payment_id, Decimal("14.76"), "Late")
    ear = Ear()
    deliver(desk, ear)
    said = [json.loads(body) for _, body, _ in ear.heard]
    assert [(one["topic"], one["transaction"]["type"]) for one in said] == [
        (TOPIC, "charge"), (f"{TOPIC}.{invoice_id}", "charge"),
        (TOPIC, "refund"), (f"{TOPIC}.{invoice_id}", "refund"),
    ]  # fmt: skip
    paid, back = said[0], said[2]
    assert paid["status"] == {"code": "full", "label": "Paid in full"}
    assert (paid["amountPaid"], paid["amountDue"], paid["currency"]) == ("64.76", "0.00", "EUR")
    assert paid["transaction"]["amount"] == "64.76"
    assert back["status"]["code"] == "refunded_partially"
    assert (back["amountPaid"], back["transaction"]["amount"]) == ("50.00", "14.76")
    url, body, headers = ear.heard[0]
    secret = subscriptions(desk.ctx("admin"))[0].secret
    stamp, mac = headers["webhook-signature"].removeprefix("t=").split(",v1=")
    mine = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert (url, mac) == (URL, mine)
    desk.holds()


@pytest.mark.spec("ORO-46")
def test_what_is_not_taken_is_tried_again_given_up_and_replayed_under_the_same_id(desk):
    invoice_id = desk.w.posted()
    subscribe(desk.ctx("admin"), URL, TOPIC)
    desk.pay(invoice_id)
    desk.look()
    ear = Ear(500, None, 302)
    deliver(desk, ear)
    assert len(ear.heard) == 1
    for _ in range(2):
        desk.w.clock.instant += timedelta(minutes=10)
        deliver(desk, ear)
    [row] = desk.w.all(WebhookDelivery)
    assert (row.state, row.tries, row.error) == ("waiting", 3, "It answered 302.")
    ear.answers = [500] * 20
    for _ in range(12):
        desk.w.clock.instant += timedelta(days=1)
        deliver(desk, ear)
    [row] = desk.w.all(WebhookDelivery)
    assert (row.state, row.tries) == ("failed", 10)
    ear.answers = []
    replay(desk.ctx("admin"), row.id)
    deliver(desk, ear)
    assert desk.w.all(WebhookDelivery)[0].state == "sent"
    assert len({headers["webhook-id"] for _, _, headers in ear.heard}) == 1


def test_who_is_told_is_an_administrators_matter_and_ends_when_deleted(desk):
    for verb, told in ((subscribe, (URL, TOPIC)), (subscriptions, ()), (replay, (1,))):
        with pytest.raises(Forbidden):
            verb(desk.ctx("accounting"), *told)
    key = subscribe(desk.ctx("admin"), URL, TOPIC)
    desk.pay(desk.w.posted())
    desk.look()
    unsubscribe(desk.ctx("admin"), key)
    ear = Ear()
    deliver(desk, ear)
    assert ear.heard == []
    assert desk.w.all(WebhookDelivery)[0].state == "failed"
    with pytest.raises(Refused):
        replay(desk.ctx("admin"), desk.w.all(WebhookDelivery)[0].id)
    with pytest.raises(NotFound):
        unsubscribe(desk.ctx("admin"), key)


@pytest.mark.parametrize(
    "url", ["", "ftp://a.example", "https://", "https://u:p@a.example", "javascript:x", "http://[1"]
)
def test_an_address_that_cannot_be_told_is_refused(lite, url):
    with pytest.raises(Invalid):
        subscribe(lite.ctx("admin"), url, TOPIC)
    with pytest.raises(Invalid):
        subscribe(lite.ctx("admin"), URL, "invoice.deleted")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "[::1]",
     "0.0.0.0", "[::ffff:10.0.0.1]", "[fd00::1]", "100.64.0.1", "2130706433", "224.0.0.1"],
)  # fmt: skip
def test_nothing_is_sent_into_a_private_network(host):
    with pytest.raises(Refused, match="private network"):
        HttpPoster().post(f"https://{host}:1/", b"", {})


def test_the_demo_reaches_this_machine_and_a_redirect_is_not_followed():
    import http.server
    import threading

    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(302)
            self.send_header("location", "http://169.254.169.254/")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}/in?x=1"
        assert HttpPoster(allows_loopback=True).post(url, b"{}", {}) == 302
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == [("/in?x=1", b"{}")]
