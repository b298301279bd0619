"""The outermost wrapper: who gets a page, safe headers, and a socket bound to its session."""

import base64
import hashlib
import re
from collections.abc import MutableMapping
from functools import cached_property
from pathlib import Path
from posixpath import normpath
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from billing_app.security.cookies import cookie_name, session_of
from billing_app.security.guard import SESSION_HEADER
from billing_app.security.pages import may_open, page_at
from billing_app.security.sessions import person_of
from billing_app.settings import Settings

MAX_BODY = 1_048_576
MAX_UPLOAD = 21 * 1_048_576
UPLOADS = re.compile(
    r"/imports/files/(?:new|known)|/invoices/[0-9]{1,15}/paper"
    r"|/files/(?:invoice|customer)/[0-9]{1,15}"
)
CLIENT = Path(".web/build/client")
PARTS = (b"text/javascript", b"text/css", b"font/", b"image/")
# What a page is made of runs under the page's policy; its hashes are 4 KB it need not repeat.
PARTS_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
INLINE_SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)
BAKED_ADDRESS = re.compile(r"(http|ws)s?://localhost:\d+")
HOST = re.compile(r"[A-Za-z0-9.\-:\[\]]{1,255}")
NOT_FOUND = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Not found</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/tokens.css">
<link rel="stylesheet" href="/app.css"><link rel="stylesheet" href="/portal.css">
<body><div class="portal bare"><main id="main"><h1>Not found</h1>
<p>There is no page here for you.</p><p><a class="btn" href="/">Home</a></p></main></div></html>
"""
NO_ROLE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>CC010</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/tokens.css">
<link rel="stylesheet" href="/app.css"><link rel="stylesheet" href="/portal.css">
<body><div class="portal bare"><main id="main"><h1>CC010: No access</h1>
<p>Your account has no role for this site. Ask your contact person to grant one.</p>
<form action="/auth/logout" method="post"><button class="btn" type="submit">Sign out</button></form>
</main></div></html>
"""
PAY_PAGES = ("/pay/", "/portal/pay/")
STRIPE_FORM, STRIPE_BANK = "https://js.stripe.com", "https://hooks.stripe.com"
STRIPE_API = "https://api.stripe.com"
CLOSED = ("/_upload", "/_all_routes", "/_health", "/ping")


class Edge:
    """Wraps the whole application; refuses before any byte of a page leaves."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Stand before `app`."""
        self.app = app
        self.settings = settings
        self.cookie = cookie_name(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or connection."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        headers = _headers(scope)

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(message, path, self._policy_at(path), self.settings)
            await send(message)

        received, most = 0, _most(scope)

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:  # a body may come without its length
                raise HTTPException(413, "The request is too large.")
            return message

        answer = await self._early_answer(scope, path, headers)
        if answer is None and page_at(path) is not None and not path.endswith("/"):
            # The page is a folder's index; asking for the folder saves a redirect.
            scope = {**scope, "path": f"{path}/", "raw_path": f"{path}/".encode()}
        await (answer or self.app)(scope, receive_some, send_safely)

    async def _early_answer(  # noqa: PLR0911  each answer is one rule, in their order
        self, scope: Scope, path: str, headers: dict[str, str]
    ) -> Response | None:
        if path.startswith(CLOSED):
            return Response("Not found", 404)
        if path.startswith("/assets/reflex-env-") and path.endswith(".js"):
            return self._addresses_of(path, scope, headers)
        if not _fits(headers.get("content-length", "0"), _most(scope)):
            return Response("The request is too large.", 413)
        path = normpath(f"/{path.lstrip('/')}").removesuffix("/index.html") or "/"
        if scope["method"] not in {"GET", "HEAD"} or _is_file(path):
            return None
        page = page_at(path)
        if page is None:
            return None
        actor = await person_of(session_of(headers.get("cookie"), self.cookie))
        if may_open(page, actor):
            return None
        if actor is None:
            query = scope.get("query_string", b"").decode("latin-1")
            asked = path + (f"?{query}" if query else "")
            return RedirectResponse(f"/login?next={quote(asked, safe='')}", 303)
        if path == "/":
            return RedirectResponse("/portal", 303)
        if actor.kind == "external" and actor.role is None:  # ERP-41
            return HTMLResponse(NO_ROLE, 403)
        return HTMLResponse(NOT_FOUND, 404)

    def _addresses_of(self, path: str, scope: Scope, headers: dict[str, str]) -> Response | None:
        """The one file with a baked-in address, pointed at whatever host served the page."""
        file = CLIENT / "assets" / path.rsplit("/", 1)[-1]
        host = headers.get("host", "")
        if not file.is_file() or not HOST.fullmatch(host):
            return None
        tls = "s" if scope.get("scheme") == "https" or self.settings.is_https else ""
        text = BAKED_ADDRESS.sub(lambda found: f"{found[1]}{tls}://{host}", file.read_text())
        return Response(text, media_type="text/javascript", headers={"cache-control": "no-store"})

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        origin = headers.get("origin", "")
        if origin and urlsplit(origin).netloc != headers.get("host"):
            await receive()
            await send({"type": "websocket.close", "code": 4403})
            return
        # The raw session token never reaches the state store or a log line.
        session = session_of(headers.get("cookie"), self.cookie)
        kept = [
            (key, value)
            for key, value in scope["headers"]
            if key.lower() not in {b"cookie", SESSION_HEADER.encode()}
        ]
        kept.append((SESSION_HEADER.encode(), session.encode()))
        bound = {"headers": kept, "query_string": _bound_to(session, scope["query_string"])}
        await self.app({**scope, **bound}, receive, send)

    def _policy_at(self, path: str) -> str:
        """The policy of a page: where one pays by Stripe, Stripe's own form is let in."""
        if not self.settings.takes_stripe or not path.startswith(PAY_PAGES):
            return self.policy
        opened = self.policy.replace("script-src 'self'", f"script-src 'self' {STRIPE_FORM}")
        opened = opened.replace("frame-src 'self'", f"frame-src 'self' {STRIPE_FORM} {STRIPE_BANK}")
        return opened.replace("connect-src 'self'", f"connect-src 'self' {STRIPE_API}")

    @cached_property
    def policy(self) -> str:
        """The content security policy, with the hashes of the built pages' inline scripts."""
        return (
            "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
            f"frame-src 'self'; connect-src 'self'; script-src 'self' {_script_hashes()}"
        )


def _script_hashes() -> str:
    hashes = set()
    for page in CLIENT.rglob("*.html"):
        for script in INLINE_SCRIPT.findall(page.read_text(encoding="utf-8")):
            if script:
                digest = hashlib.sha256(script.encode()).digest()
                hashes.add(f"'sha256-{base64.b64encode(digest).decode()}'")
    return " ".join(sorted(hashes))


def _bound_to(session: str, query: bytes) -> bytes:
    """The query with the tab's token mixed with its session.

    The token names the state and says where pushed changes go, and whoever sends it is believed:
    so without the session's cookie it names another state, and hears nothing.
    """
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    mixed = [
        (
            key,
            hashlib.sha256(f"{session}|{value}".encode()).hexdigest() if key == "token" else value,
        )
        for key, value in pairs
    ]
    return urlencode(mixed).encode()


def _headers(scope: Scope) -> dict[str, str]:
    headers: dict[str, str] = {}
    for key, value in scope["headers"]:
        name, text = key.decode("latin-1").lower(), value.decode("latin-1")
        # Two Cookie headers count as one, so that a doubled session is noticed.
        is_again = name == "cookie" and name in headers
        headers[name] = f"{headers[name]}; {text}" if is_again else text
    return headers


def _most(scope: Scope) -> int:
    """The largest body of a request: files have addresses of their own."""
    is_upload = scope["method"] == "POST" and UPLOADS.fullmatch(scope["path"]) is not None
    return MAX_UPLOAD if is_upload else MAX_BODY


def _fits(length: str, most: int) -> bool:
    return length.isascii() and length.isdigit() and len(length) < 16 and int(length) <= most  # noqa: PLR2004


def _is_file(path: str) -> bool:
    return "." in path.rsplit("/", 1)[-1] and not path.startswith("/pay/")


def _secure(message: MutableMapping[str, Any], path: str, policy: str, settings: Settings) -> None:
    headers = {key.lower(): value for key, value in message.get("headers", [])}
    if headers.get(b"content-type", b"").startswith(PARTS) and not _is_preview(path):
        policy = PARTS_POLICY
    elif _is_preview(path):
        policy = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    headers.setdefault(b"content-security-policy", policy.encode())
    headers[b"x-content-type-options"] = b"nosniff"
    headers[b"x-frame-options"] = b"DENY" if not _is_preview(path) else b"SAMEORIGIN"
    headers[b"referrer-policy"] = b"same-origin"
    headers[b"permissions-policy"] = b"camera=(), microphone=(), geolocation=(), payment=(self)"
    headers[b"cross-origin-opener-policy"] = b"same-origin"
    headers.pop(b"server", None)
    if settings.is_https:
        headers[b"strict-transport-security"] = b"max-age=31536000; includeSubDomains"
    if path.startswith("/assets/") and not path.startswith("/assets/reflex-env-"):
        headers[b"cache-control"] = b"public, max-age=31536000, immutable"
    elif b"cache-control" not in headers:
        headers[b"cache-control"] = b"no-cache"
    repeated = [pair for pair in message.get("headers", []) if pair[0].lower() == b"set-cookie"]
    headers.pop(b"set-cookie", None)
    message["headers"] = [*headers.items(), *repeated]


def _is_preview(path: str) -> bool:
    return path.endswith(("/preview.png", "/preview.pdf"))
