"""Xero over its REST API, signed in as a custom connection (OAuth 2, client credentials).

Source: developer.xero.com, "Accounting API: Invoices, Credit Notes", "Custom connections",
"Idempotency", "Rate limits".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from json import loads
from threading import Lock
from time import monotonic
from types import MappingProxyType
from typing import Any

import httpx

from billing_app.integrations.accounting.xero_words import document_body, document_words
from billing_app.services.accounting.ports import (
    AccountingDelayed,
    AccountingRefused,
    PushedDocument,
    Standing,
    Taken,
    Verdict,
)

API = "https://api.xero.com/api.xro/2.0"
TOKENS = "https://identity.xero.com/connect/token"
TIMEOUT_SECONDS = 20
EARLY_SECONDS = 60  # a token is renewed before it ends
MOST_WAIT = timedelta(hours=24)
MOST_SAID = 300
VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {"PAID": Verdict.PAID, "VOIDED": Verdict.VOIDED, "DELETED": Verdict.DELETED}
)
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Connection:
    """Who signs in, where; `tenant` may be empty for a custom connection."""

    client_id: str
    client_secret: str
    tenant: str = ""
    api: str = API
    tokens: str = TOKENS
    timeout_s: int = TIMEOUT_SECONDS


class Xero:
    """A connection to one organisation; several threads may use it."""

    def __init__(self, connection: Connection) -> None:
        """Sign in with the first request."""
        self._to = connection
        self._client = httpx.Client(timeout=connection.timeout_s, follow_redirects=False)
        self._token, self._ends, self._lock = "", 0, Lock()

    def close(self) -> None:
        """End the connections that are open."""
        self._client.close()

    def push(self, document: PushedDocument) -> Taken:
        """Write the document; its number finds it again, its key makes a repeat have no effect."""
        words = document_words(is_credit=document.is_credit)
        answer = self._ask(
            "POST",
            words.path,
            params={"unitdp": "4", "summarizeErrors": "true"},
            json={words.path: [document_body(document, words)]},
            headers={"Idempotency-Key": document.key},
        )
        found = _first(answer, words.path)
        theirs = _amount(found.get("Total"))
        if theirs != document.total:
            raise AccountingRefused(
                answer=f"the total there is {theirs} and not {document.total}; correct it there."
            )
        contact = found.get("Contact")
        contact_id = str(contact.get("ContactID", "")) if isinstance(contact, dict) else ""
        return Taken(_id(found, words.id), contact_id)

    def standings(self, ids: Sequence[str], *, is_credit: bool) -> Sequence[Standing]:
        """Ask for documents by their ids."""
        words = document_words(is_credit=is_credit)
        params = {"IDs": ",".join(ids), "summaryOnly": "true", "page": "1"}
        answer = self._ask("GET", words.path, params=params)
        return [
            Standing(
                _id(found, words.id),
                VERDICTS.get(str(found.get("Status")), Verdict.OPEN),
                _day(found.get("FullyPaidOnDate")),
            )
            for found in answer.get(words.path, [])
            if isinstance(found, dict)
        ]

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str],
        json: object = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """One request; once more with a new token where the old one is not taken."""
        url = f"{self._to.api}/{path}"
        for is_last in (False, True):
            known = {"Authorization": f"Bearer {self._signed_in()}", "Accept": "application/json"}
            if self._to.tenant:
                known["xero-tenant-id"] = self._to.tenant
            response = self._send(
                method, url, params=params, json=json, headers={**known, **headers}
            )
            if response.status_code != HTTPStatus.UNAUTHORIZED or is_last:
                break
            self._forget()
        return _read(response)

    def _send(self, method: str, url: str, **said: Any) -> httpx.Response:  # noqa: ANN401  httpx's own
        try:
            return self._client.request(method, url, **said)
        except httpx.HTTPError as error:
            raise AccountingDelayed(f"{type(error).__name__} at {httpx.URL(url).host}") from error

    def _signed_in(self) -> str:
        with self._lock:
            if not self._token or int(monotonic()) >= self._ends:
                self._sign_in()
            return self._token

    def _sign_in(self) -> None:
        response = self._send(
            "POST",
            self._to.tokens,
            data={"grant_type": "client_credentials"},
            auth=(self._to.client_id, self._to.client_secret),
        )
        if response.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
            # a wrong secret is mended by the operator, and what waits goes out then
            raise AccountingDelayed("it does not know this client; check its id and secret")
        answer = _read(response)
        token, lasts = answer.get("access_token"), answer.get("expires_in", 0)
        if not isinstance(token, str) or not token:
            raise AccountingDelayed("it gave no token")
        self._token = token
        self._ends = int(monotonic()) + max(int(lasts) - EARLY_SECONDS, 0)

    def _forget(self) -> None:
        with self._lock:
            self._token = ""


def _read(response: httpx.Response) -> Answer:
    """The answer. Raises: AccountingDelayed, AccountingRefused."""
    status = response.status_code
    try:
        answer = loads(response.content, parse_float=Decimal)  # no amount passes a float
    except ValueError:
        answer = None
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise AccountingDelayed("too many requests at once", _pause(response))
    waits = {HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT}
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in waits:
        raise AccountingDelayed(f"it answered {status}", _pause(response))
    if status >= HTTPStatus.BAD_REQUEST:
        raise AccountingRefused(answer=_said(answer) or f"it answered {status}.")
    if not isinstance(answer, dict):
        raise AccountingDelayed("it answered with no JSON")
    return answer


def _pause(response: httpx.Response) -> timedelta:
    """What Retry-After says, in seconds; nothing where it says nothing usable."""
    text = response.headers.get("retry-after", "")
    is_figure = text.isascii() and text.isdigit() and len(text) < 8  # noqa: PLR2004
    return min(timedelta(seconds=int(text)), MOST_WAIT) if is_figure else timedelta(0)


def _said(answer: object) -> str:
    """The validation messages of a refusal, else its message."""
    if not isinstance(answer, dict):
        return ""
    found = [
        str(error.get("Message", ""))
        for element in answer.get("Elements") or []
        for error in element.get("ValidationErrors") or []
    ]
    said = " ".join(found) or str(answer.get("Message") or answer.get("Detail") or "")
    return " ".join(said.split())[:MOST_SAID]


def _first(answer: Answer, key: str) -> dict[str, Any]:
    rows = answer.get(key)
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
        raise AccountingDelayed("it answered without the document")
    return rows[0]


def _id(found: Mapping[str, Any], key: str) -> str:
    text = str(found.get(key) or "")
    if not text:
        raise AccountingDelayed("it answered without an id")
    return text[:64]


def _amount(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _day(value: object) -> date | None:
    """A day as "/Date(1518685950940+0000)/" or ISO 8601."""
    text = str(value or "")
    if text.startswith("/Date("):
        digits = text[6:].split("+", maxsplit=1)[0].split(")", maxsplit=1)[0]
        return date(1970, 1, 1) + timedelta(milliseconds=int(digits)) if digits.isdigit() else None
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError:
        return None
