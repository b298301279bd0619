"""Signed-in browser pages that remember everything that went wrong in them."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
)
from playwright.sync_api import Error as BrowserError

PASSWORD = "demo demo demo demo"
WIDE, PHONE = (1440, 900), (390, 844)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 10_000  # milliseconds; the machine may be busy
CSP_WATCH = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`));"""


def launch(playwright: Playwright) -> Browser:
    """Chromium as the system has it, or Playwright's own."""
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=list(ARGUMENTS)
    )


def address_of(person: str) -> str:
    """ "billing" is staff of the demo, "l40a" and "l40b" are people of customers A and B."""
    if person[0] == "l" and person[1].isdigit():
        return f"{person[:-1]}@customer-{person[-1]}.example"
    return f"{person}@demo.example"


@dataclass
class Tabs:
    """Opens pages of one server; each person signs in once and keeps session and cache."""

    browser: Browser
    url: str
    people: dict[str, BrowserContext] = field(default_factory=dict)
    strangers: list[BrowserContext] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    allowed: list[tuple[int, str]] = field(default_factory=list)

    def sign_in(self, person: str, size: tuple[int, int] = WIDE, *, dark: bool = False) -> Page:
        """A new page of a person who is signed in."""
        if person not in self.people:
            self.people[person] = self._signed_in(person)
        return self._page(self.people[person], size, dark=dark)

    def anyone(self, size: tuple[int, int] = WIDE, *, dark: bool = False) -> Page:
        """A page of nobody yet, in a browser of its own."""
        context = self._context()
        self.strangers.append(context)
        return self._page(context, size, dark=dark)

    def allow(self, status: int, path: str) -> None:
        """Expect that an address answers with this status; the browser reports it as an error."""
        self.allowed.append((status, path))

    def close(self) -> None:
        """Close what this test opened."""
        for page in self.pages:
            page.close()
        for context in self.strangers:
            context.close()

    def shoot(self, name: str) -> None:
        """Keep a picture of every open page."""
        for at, page in enumerate(self.pages):
            try:
                page.screenshot(path=f"{name}-{at}.png", full_page=True)
            except BrowserError:
                continue

    def _context(self) -> BrowserContext:
        context = self.browser.new_context(base_url=self.url, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        context.add_init_script(CSP_WATCH)
        return context

    def _page(self, context: BrowserContext, size: tuple[int, int], *, dark: bool) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("console", self._heard)
        self.pages.append(page)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        place = message.location.get("url", "")
        for status, path in self.allowed:
            if f"status of {status}" in message.text and urlsplit(place).path == path:
                return
        self.problems.append(f"{message.text} [{place}]")

    def _signed_in(self, person: str) -> BrowserContext:
        context = self._context()
        answer = context.request.post(
            "/auth/login", form={"email": address_of(person), "password": PASSWORD}
        )
        assert answer.ok, f"{person} cannot sign in"
        assert "/login" not in answer.url, f"{person} cannot sign in"
        return context


def problems_of(tabs: Iterable[Tabs]) -> list[str]:
    """What went wrong in any of them."""
    return [problem for one in tabs for problem in one.problems]
