"""One server with the demo company, one that is empty, one browser; sessions are kept."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from billing_app.cli.serving import build_front_end
from tests.e2e.browsers import PATIENCE, Tabs, launch, problems_of
from tests.e2e.server import Server, start, wait_for
from tests.e2e.store import Store

SHOTS = os.environ.get("E2E_SHOTS", "")  # a folder for pictures of failures


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test fails when one of its pages reported an error, whatever it asserted."""
    opened = [value for value in item.funcargs.values() if isinstance(value, Tabs)]
    try:
        outcome = yield
        problems = problems_of(opened)
        assert not problems, "the browser reported:\n" + "\n".join(problems)
    except BaseException:
        if SHOTS:
            for one in opened:
                one.shoot(f"{SHOTS}/{item.name[:60].replace('/', '_')}")
        raise
    return outcome


@pytest.fixture(scope="session")
def front_end() -> None:
    build_front_end()


@pytest.fixture(scope="session")
def server(front_end: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product with the demo company."""
    running = start(_private(tmp_path_factory.mktemp("demo")), "--demo")
    try:
        wait_for(running)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def empty_server(front_end: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product before anybody can sign in."""
    running = start(_private(tmp_path_factory.mktemp("empty")))
    try:
        wait_for(running)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def store(server: Server) -> Iterator[Store]:
    """The demo server's database."""
    opened = Store(server.data_dir, server.url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def people() -> dict[str, BrowserContext]:
    """Who is signed in already."""
    return {}


@pytest.fixture
def tabs(browser: Browser, server: Server, people: dict[str, BrowserContext]) -> Iterator[Tabs]:
    """Pages of the demo server."""
    opened = Tabs(browser, server.url, people)
    yield opened
    opened.close()


@pytest.fixture
def empty_tabs(browser: Browser, empty_server: Server) -> Iterator[Tabs]:
    """Pages of the empty server."""
    opened = Tabs(browser, empty_server.url)
    yield opened
    opened.close()


def _private(folder: Path) -> Path:
    folder.chmod(0o700)
    return folder
