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


# Found by these tests and not mended yet; each leaves the list with its repair.
KNOWN = {
    "test_what_is_typed_while_the_server_answers_is_kept": "leaving a head field remounts the head",
    "test_the_focus_stays_where_the_person_went": "leaving a head field remounts the head",
    "test_a_person_of_two_customers_switches_between_them": "the tab keeps the old customer",
    "test_choosing_what_four_eyes_forbid": "the menu's entry is disabled instead of explaining",
    "test_a_lines_text_with_hidden_characters": "a line's text is checked only with the invoice",
    "test_the_summary_takes_the_focus_each_time": "the focus comes the first time only",
    "test_the_rows_come_in_the_order_of_the_sorted_column": "amounts sort without their sign",
    "test_axe_finds_nothing": "two pages had a finding each",
    "test_d_downloads": "the key stood on a closed menu's entry",
    "test_below_billing": "the page for an absent address had no icon",
    "test_an_empty_product_is_set_up_once_by_its_token": "the way on opened another window",
    "test_the_foot_shows_sub_total_tax_and_total": "tax is shown per rate",
}


def pytest_collection_modifyitems(items):
    for item in items:
        if "e2e" not in item.path.parts:
            continue
        reason = next((why for name, why in KNOWN.items() if item.name.startswith(name)), "")
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=False))
