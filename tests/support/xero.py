"""An accounting program of the tests' own, in Xero's words: it takes, refuses, stalls, forgets."""

import json
import time
from collections import deque
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import NAMESPACE_URL, uuid5

CLIENT, PASSWORD, TENANT = "client-1", "the client's secret", "tenant-1"
NUMBERS = {"Invoices": "InvoiceNumber", "CreditNotes": "CreditNoteNumber"}
IDS = {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID"}


class XeroServer:
    """One organisation. `moods` says how the next requests to the API go: see `_Handler`."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        self.moods: deque[str] = deque()
        self.answers: dict[str, bytes] = {}
        self.signed_in = 0
        self.token = ""
        self.lock = Lock()
        self.http = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Handler", (_Handler,), {"of": self})
        )
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    @property
    def settings(self) -> dict[str, str]:
        """What the product is told to reach it."""
        return {
            "xero_client_id": CLIENT,
            "xero_client_secret": PASSWORD,
            "xero_tenant_id": TENANT,
            "xero_api_base": f"{self.url}/api",
            "xero_token_url": f"{self.url}/token",
            "xero_poll_seconds": "1",
        }

    def pushes(self) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """Headers and first document of every push."""
        return [
            (headers, next(iter(body.values()))[0])
            for method, _, headers, body in self.requests
            if method == "POST"
        ]

    def set(self, number: str, status: str, **facts: str) -> None:
        """Somebody there pays, voids or deletes a document."""
        with self.lock:
            (found,) = [one for one in self.documents.values() if one["Number"] == number]
            found.update(Status=status, **facts)


class _Handler(BaseHTTPRequestHandler):
    """Moods: "500", "429 30", "400 text", "401", "stall" (takes it, answers nothing), "html",
    "other total".
    """

    of: XeroServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Sign in, or take a document."""
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == "/token":
            self._sign_in(content)
            return
        body = json.loads(content)
        kind = self._checked(body)
        if kind is None:
            return
        key = self.headers.get("idempotency-key", "")
        with self.of.lock:
            mood = self.of.moods.popleft() if self.of.moods else ""
            if self._is_moody(mood):
                return
            if key not in self.of.answers:
                taken = self._take(kind, body[kind][0], mood)
                self.of.answers[key] = json.dumps({kind: [taken]}).encode()
            answer = self.of.answers[key]
        if mood == "stall":
            time.sleep(1.2)
            self.close_connection = True
            return
        self._answer(200, answer)

    def do_GET(self) -> None:
        """Say how documents stand."""
        kind = self._checked(None)
        if kind is None:
            return
        ids = parse_qs(urlsplit(self.path).query)["IDs"][0].split(",")
        with self.of.lock:
            mood = self.of.moods.popleft() if self.of.moods else ""
            if self._is_moody(mood):
                return
            found = [self.of.documents[key] for key in ids if key in self.of.documents]
        self._answer(200, json.dumps({kind: found}).encode())

    def _sign_in(self, content: bytes) -> None:
        import base64

        wanted = base64.b64encode(f"{CLIENT}:{PASSWORD}".encode()).decode()
        is_known = self.headers.get("authorization") == f"Basic {wanted}"
        if not is_known or content != b"grant_type=client_credentials":
            self._answer(400, b'{"error":"invalid_client"}')
            return
        self.of.signed_in += 1
        self.of.token = f"token-{self.of.signed_in}"
        self._answer(200, json.dumps({"access_token": self.of.token, "expires_in": 1800}).encode())

    def _checked(self, body: object) -> str | None:
        path = urlsplit(self.path).path
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.of.requests.append((self.command, self.path, headers, body))
        if headers.get("authorization") != f"Bearer {self.of.token}":
            self._answer(401, b"{}")
            return None
        if headers.get("xero-tenant-id") != TENANT:
            self._answer(403, b'{"Detail":"AuthenticationUnsuccessful"}')
            return None
        return path.removeprefix("/api/")

    def _is_moody(self, mood: str) -> bool:
        if mood == "500":
            self._answer(500, b"oh")
        elif mood == "401":
            self.of.token = "another"
            self._answer(401, b"{}")
        elif mood.startswith("429"):
            self._answer(429, b"{}", {"retry-after": mood.partition(" ")[2]})
        elif mood.startswith("400"):
            said = {"Elements": [{"ValidationErrors": [{"Message": mood.partition(" ")[2]}]}]}
            self._answer(400, json.dumps(said).encode())
        elif mood == "html":
            self._answer(200, b"<html>")
        else:
            return False
        return True

    def _take(self, kind: str, document: dict[str, Any], mood: str) -> dict[str, Any]:
        """Multiply as Xero does: a line that does not come out is no line."""
        total = Decimal(0)
        for line in document["LineItems"]:
            net = Decimal(line["LineAmount"])
            gross = Decimal(line["Quantity"]) * Decimal(line["UnitAmount"])
            assert abs(gross - Decimal(line.get("DiscountAmount", 0)) - net) < Decimal("0.01"), line
            total += net + Decimal(line["TaxAmount"])
        number = document[NUMBERS[kind]]
        key = str(uuid5(NAMESPACE_URL, f"{kind} {number}"))
        shown = total + 1 if mood == "other total" else total
        taken = {
            **document, IDS[kind]: key, "Number": number, "Total": float(shown),
            "Status": "AUTHORISED",
        }  # fmt: skip
        taken["Contact"] = {
            **document["Contact"],
            "ContactID": str(uuid5(NAMESPACE_URL, "contact")),
        }
        self.of.documents[key] = taken
        return taken

    def _answer(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
