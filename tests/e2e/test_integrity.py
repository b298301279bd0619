"""The page on which the books check themselves."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.e2e.browsers import Tabs
from tests.e2e.store import Store

pytestmark = pytest.mark.e2e
DRAFT = "(SELECT MIN(id) FROM invoice WHERE posting_status = 'DRAFT' AND total_minor > 0)"


def test_the_books_are_checked_and_a_mistake_is_named(tabs: Tabs, store: Store) -> None:
    page = tabs.sign_in("admin")
    page.goto("/integrity")
    expect(page.get_by_text(re.compile("The books are right: .* promises hold"))).to_be_visible()
    with store.world.database.write() as session:
        session.execute(text(f"UPDATE invoice SET open_minor = open_minor + 1 WHERE id = {DRAFT}"))
    try:
        page.get_by_role("button", name="Check again").click()
        broken = page.get_by_test_id("promise-row").filter(has_text="Broken")
        expect(broken.first).to_contain_text("Open is total less settled.")
        expect(broken.first).to_contain_text(re.compile(r"the open amount is [A-Z]{3} .* and not"))
        expect(page.get_by_text("2 things to look at.")).to_be_visible()
    finally:
        with store.world.database.write() as session:
            session.execute(
                text(f"UPDATE invoice SET open_minor = open_minor - 1 WHERE id = {DRAFT}")
            )
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text(re.compile("The books are right"))).to_be_visible()


def test_below_admin_nobody_checks_the_books(tabs: Tabs) -> None:
    page = tabs.sign_in("accounting")
    assert page.request.get("/integrity").status == 404
    expect(page.get_by_role("link", name="Integrity")).to_have_count(0)
