"""A local server that speaks as much of Stripe's API as the product uses, and can misbehave.

Idempotency keys, refund caps, failures after the work was done, and events in any order, any
number of times, late, or lying.
"""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlsplit


class StripeDouble:
    """`url` is its address; `intents`, `refunds` and `events` are what it holds."""

    def __init__(self):
        self.intents, self.refunds, self.events, self.answers = {}, {}, [], {}
        self.asked, self.fail_after, self.fail_before = [], [], []
        self.refund_status = "succeeded"
        self._numbers, self._lock = count(1), threading.Lock()
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                double.handle(self, "GET", {})

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                double.handle(self, "POST", {key: one[-1] for key, one in parse_qs(body).items()})

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def handle(self, request, method, form):
        address = urlsplit(request.path)
        key = request.headers.get("idempotency-key", "")
        with self._lock:
            self.asked.append((method, address.path, key))
            if self.fail_before:
                return self._say(request, *self.fail_before.pop(0))
            status, answer = self._once(method, address, form, key)
            if method == "POST" and self.fail_after:
                return self._say(request, *self.fail_after.pop(0))
        return self._say(request, status, answer)

    def _once(self, method, address, form, key):
        if method == "POST" and key:
            if key in self.answers:
                told, answer = self.answers[key]
                if told != (address.path, form):
                    return 400, _error("idempotency_error", "Keys for idempotent requests differ")
                return answer
            self.answers[key] = ((address.path, form), self._do(method, address, form))
            return self.answers[key][1]
        return self._do(method, address, form)

    def _do(self, method, address, form):
        parts = address.path.strip("/").split("/")[1:]
        match (method, parts):
            case ("POST", ["payment_intents"]):
                return 200, self._new_intent(form)
            case ("GET", ["payment_intents", ref]):
                return (200, self.intents[ref]) if ref in self.intents else (404, _error())
            case ("POST", ["payment_intents", ref, "cancel"]):
                intent = self.intents[ref]
                if intent["status"] in {"succeeded", "canceled", "processing"}:
                    return 400, _error(message="You cannot cancel this PaymentIntent")
                intent["status"] = "canceled"
                return 200, intent
            case ("POST", ["refunds"]):
                return self._new_refund(form)
            case ("GET", ["refunds", ref]):
                return 200, self.refunds[ref]
            case ("GET", ["refunds"]):
                wanted = parse_qs(address.query)["payment_intent"][0]
                found = [one for one in self.refunds.values() if one["payment_intent"] == wanted]
                return 200, {
                    "object": "list",
                    "data": found,
                    "has_more": False,
                    "url": "/v1/refunds",
                }
        return 404, _error()

    def _new_intent(self, form):
        number = next(self._numbers)
        intent = {
            "id": f"pi_{number:04d}", "object": "payment_intent", "livemode": False,
            "amount": int(form["amount"]), "amount_received": 0, "currency": form["currency"],
            "capture_method": form["capture_method"], "status": "requires_payment_method",
            "client_secret": f"pi_{number:04d}_secret_{number}", "last_payment_error": None,
            "metadata": _metadata(form),
        }  # fmt: skip
        self.intents[intent["id"]] = intent
        return intent

    def _new_refund(self, form):
        intent = self.intents[form["payment_intent"]]
        gone = sum(
            one["amount"] for one in self.refunds.values()
            if one["payment_intent"] == intent["id"] and one["status"] != "failed"
        )  # fmt: skip
        if gone + int(form["amount"]) > intent["amount_received"]:
            return 400, _error(message="Refund amount is greater than unrefunded amount on charge")
        return 200, self.add_refund(intent["id"], int(form["amount"]), _metadata(form))

    def add_refund(self, ref, amount, metadata=None):
        """A refund as if made in Stripe's own pages."""
        number = next(self._numbers)
        made = {
            "id": f"re_{number:04d}", "object": "refund", "amount": amount, "payment_intent": ref,
            "currency": self.intents[ref]["currency"], "status": self.refund_status,
            "metadata": metadata or {},
        }  # fmt: skip
        self.refunds[made["id"]] = made
        return made

    def confirm(self, secret, status="succeeded", error=""):
        """What the payer's browser does."""
        intent = next(one for one in self.intents.values() if one["client_secret"] == secret)
        if intent["status"] in {"succeeded", "canceled"}:
            return intent
        intent["status"] = status
        intent["last_payment_error"] = {"message": error} if error else None
        if status == "succeeded":
            intent["amount_received"] = intent["amount"]
        return intent

    def event(self, kind, about):
        """A message about something, as it is now."""
        event = {
            "id": f"evt_{next(self._numbers):04d}", "object": "event", "type": kind,
            "data": {"object": json.loads(json.dumps(about))},
        }  # fmt: skip
        self.events.append(event)
        return event

    @staticmethod
    def _say(request, status, answer):
        if status is None:  # the line is cut after the work was done
            request.close_connection = True
            return
        body = json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


def signed(body: bytes, secret: str, at: int | None = None) -> str:
    """The header Stripe signs a message with."""
    stamp = int(time.time()) if at is None else at
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"


def _metadata(form):
    return {
        key[len("metadata[") : -1]: one for key, one in form.items() if key.startswith("metadata[")
    }


def _error(kind="invalid_request_error", message="No such object"):
    return {"error": {"type": kind, "message": message}}
