"""The portal's first view on a slow phone: what travels, and when it is painted."""

from collections.abc import Iterator
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession

from bench.browser import Traffic, browsing
from bench.databases import complete, folder
from bench.figures import Options, Row
from bench.product import Product, serving

PERSON = "l40@customer-a.example"
SCREEN: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3}
SLOWER = 4
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
JS_KIB, REQUESTS, NODES = 220.0, 45, 1_500
FIRST_MS, LARGEST_MS = 2_500.0, 4_000.0
TIMES = 5
LONGEST_MS = 30_000
VIEWS = {
    "sign in": ("/login", "form"),
    "home": ("/portal", "h1"),
    "invoices": ("/portal/invoices", "[data-testid=invoice-row]"),
    "due payments": ("/portal/due", "table.pt, .empty"),
}
PAINTS = """
(() => {
  window.benchLargest = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.benchLargest = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
})()
"""
ASKED = """() => ({
  first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1,
  largest: window.benchLargest,
  nodes: document.querySelectorAll('*').length,
})"""
Seen = dict[str, float]


def measure(options: Options) -> list[Row]:
    """Each view, of a portal with the smallest of the asked sizes."""
    size = min(options.sizes)
    complete(size).database.close()
    rows: list[Row] = []
    with serving(folder(size)) as product, browsing() as browser:
        cookie = product.cookie(PERSON)
        for name, (path, until) in VIEWS.items():
            seen = [
                _view(browser, product, "" if name == "sign in" else cookie, path, until)
                for _ in range(options.times(TIMES))
            ]
            rows += _rows(name, seen)
    return rows


def _view(browser: Browser, product: Product, cookie: str, path: str, until: str) -> Seen:
    """One view by somebody who was never here."""
    context = browser.new_context(
        base_url=product.address, is_mobile=True, has_touch=True, **SCREEN
    )
    if cookie:
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": product.address}])
    context.add_init_script(PAINTS)
    page = context.new_page()
    session = context.new_cdp_session(page)
    traffic = Traffic(session)
    _slow(session)
    page.goto(path)
    page.locator(until).first.wait_for(timeout=LONGEST_MS)
    page.wait_for_load_state("networkidle")
    seen: Seen = page.evaluate(ASKED)
    seen |= {"KiB": traffic.kib(".js"), "requests": traffic.requests}
    context.close()
    return seen


def _slow(session: CDPSession) -> None:
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    session.send("Network.emulateNetworkConditions", LINE)


def _rows(name: str, seen: list[Seen]) -> Iterator[Row]:
    for what, key, unit, most in (
        ("JavaScript as sent", "KiB", "KiB", JS_KIB),
        ("requests", "requests", "", REQUESTS),
        ("elements on the page", "nodes", "", NODES),
        ("first contentful paint", "first", "ms", FIRST_MS),
        ("largest contentful paint", "largest", "ms", LARGEST_MS),
    ):
        found = median(one[key] for one in seen)
        yield Row(
            what,
            name,
            f"{found:,.0f} {unit}".strip(),
            f"≤ {most:,.0f} {unit}".strip(),
            found <= most,
            {key: round(found, 1)},
        )
