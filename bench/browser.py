"""A real browser on the product: measures inside the page from the click to the painted change."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    WebSocket,
    sync_playwright,
)

from bench.product import Product

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WINDOW = {"width": 1440, "height": 900}
LONGEST_MS = 20_000
REST_MS = 30
MEASURE = """
(() => {
  const words = (selector) => document.querySelector(selector)?.textContent ?? '';
  const looks = {
    grid: () => words('table.grid.live tbody') + words('#range') +
      [...document.querySelectorAll('th[aria-sort]')].map((head) => head.ariaSort).join(),
    record: () => words('#drawer-title') + words('.drawer .d-sub'),
    dialog: () => String(document.querySelector('[role=dialog]') !== null),
    selection: () => words('.bulk'),
  };
  const acts = {
    click: ([selector, nth]) => document.querySelectorAll(selector)[nth || 0].click(),
    type: ([selector, text]) => {
      const field = document.querySelector(selector);
      const owner = Object.getPrototypeOf(field);
      Object.getOwnPropertyDescriptor(owner, 'value').set.call(field, text);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    },
  };
  window.benchPaint = ([act, values, look, longest]) => new Promise((resolve) => {
    const before = looks[look]();
    const began = performance.now();
    const end = (elapsed) => { watcher.disconnect(); clearTimeout(timer); resolve(elapsed); };
    const watcher = new MutationObserver(() => {
      if (looks[look]() === before) return;
      watcher.disconnect();
      requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => end(performance.now() - began);
        after.port2.postMessage(0);
      });
    });
    const timer = setTimeout(() => end(-1), longest);
    watcher.observe(document.body,
      { subtree: true, childList: true, characterData: true, attributes: true });
    acts[act](values);
  });
  const states = {
    rows: () => window.benchRowsAt > 0,
    sums: () => document.querySelector('.totals')?.getAttribute('aria-busy') === 'false',
  };
  window.benchUntil = ([state, longest]) => new Promise((resolve) => {
    const end = performance.now() + longest;
    const look = () => {
      if (states[state]() || performance.now() > end) resolve(states[state]());
      else setTimeout(look, 10);
    };
    look();
  });
  const rows = new MutationObserver(() => {
    if (window.benchRowsAt || !document.querySelector('[data-testid=invoice-row]')) return;
    requestAnimationFrame(() => { window.benchRowsAt = performance.now(); rows.disconnect(); });
  });
  rows.observe(document, { subtree: true, childList: true });
})()
"""
GRID = "/invoices"


class Grid:
    """The invoices page of one person in one tab."""

    def __init__(self, page: Page) -> None:
        """Watch the frames of `page`."""
        self.page = page
        self.received = 0
        page.on("websocket", self._listen)

    def open(self) -> None:
        """Show the grid afresh."""
        self.page.goto(GRID)
        until(self.page, "rows")
        self.settle()

    def settle(self) -> None:
        """Wait for the sums, which come after the rows."""
        until(self.page, "sums")
        self.page.wait_for_timeout(REST_MS)

    def click(self, selector: str, look: str = "grid", nth: int = 0) -> tuple[float, int]:
        """Milliseconds from a click to its paint, and the bytes received for it."""
        return self._painted("click", [selector, nth], look)

    def type(self, selector: str, text: str) -> tuple[float, int]:
        """The same for the last key of a text."""
        return self._painted("type", [selector, text], "grid")

    def choose(self, name: str, value: str) -> None:
        """Choose a value in the filter form."""
        field = self.page.locator(f"#filter-form [name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)

    def has(self, selector: str) -> bool:
        """Whether something is on the page."""
        return self.page.locator(selector).count() > 0

    def _painted(self, act: str, values: list[str | int], look: str) -> tuple[float, int]:
        before = self.received
        elapsed = self.page.evaluate("benchPaint", [act, values, look, LONGEST_MS])
        self.page.wait_for_timeout(REST_MS)
        if elapsed < 0:
            raise TimeoutError(f"Nothing changed after {act} {values[0]}.")
        return float(elapsed), self.received - before

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, frame: str | bytes) -> None:
        self.received += len(frame)


def until(page: Page, state: str) -> None:
    """Wait in the page; the security policy forbids what Playwright would use for that."""
    if not page.evaluate("benchUntil", [state, LONGEST_MS]):
        raise TimeoutError(f"The {state} did not come.")


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser for the length of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def person(browser: Browser, product: Product, cookie: str) -> BrowserContext:
    """A signed-in person with an empty cache."""
    context = browser.new_context(base_url=product.address, viewport=WINDOW)  # type: ignore[arg-type]
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": product.address}])
    context.add_init_script(MEASURE)
    return context


class Traffic:
    """What a page loads, by kind, in bytes on the wire."""

    def __init__(self, session: CDPSession) -> None:
        """Listen from now on."""
        self._address: dict[str, str] = {}
        self._size: dict[str, float] = {}
        self.requests = 0
        session.send("Network.enable")
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._ended)
        session.on("Network.requestWillBeSent", self._asked)

    def kib(self, ending: str) -> float:
        """Everything whose path has that ending."""
        sizes = (
            self._size.get(key, 0)
            for key, address in self._address.items()
            if address.partition("?")[0].endswith(ending)
        )
        return sum(sizes) / 1024

    def _asked(self, _event: dict[str, object]) -> None:
        self.requests += 1

    def _answered(self, event: dict[str, dict[str, str]]) -> None:
        self._address[str(event["requestId"])] = event["response"]["url"]

    def _ended(self, event: dict[str, float]) -> None:
        self._size[str(event["requestId"])] = event["encodedDataLength"]
