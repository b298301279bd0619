"""Rehearse, run, and see the run with what it did (SPEC 6.9)."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import Store
from tests.e2e.test_usage import fresh_customer, mondays

pytestmark = pytest.mark.e2e


@pytest.mark.spec("6.9", "6.7")
def test_the_coming_run_is_rehearsed_then_run_and_seen(tabs: Tabs, store: Store) -> None:
    name = "Nightly Voice Ltd"
    page = tabs.sign_in("admin")
    fresh_customer(page, name, "weekly")
    store.__dict__.pop("customers", None)
    store.use(name, mondays()[1], "4.20", "United Kingdom")
    page.goto("/jobs")
    page.get_by_role("button", name="Rehearse", exact=True).click()
    coming = page.get_by_test_id("rehearsed-row").filter(has_text=name)
    expect(coming).to_contain_text("4.20")
    expect(coming).to_contain_text("new")
    page.get_by_role("button", name="Run now: Auto invoice").click()
    review = page.get_by_role("alertdialog", name="Run now: Auto invoice")
    expect(review).to_contain_text("nothing is posted")
    review.get_by_role("button", name="Run now").click()
    expect(desk.notice(page, "Auto invoice is asked for.")).to_be_visible()
    done = page.get_by_test_id("job-item-row").filter(has_text=name)
    expect(done).to_contain_text("1 draft made.", timeout=30_000)
    expect(page.get_by_text(re.compile("Auto invoice as of .*: done"))).to_be_visible()
    page.get_by_role("button", name="Rehearse", exact=True).click()
    expect(page.get_by_test_id("rehearsed-row").filter(has_text=name)).to_have_count(0)
    done.get_by_role("link", name=re.compile("^D-")).click()
    expect(page.get_by_role("heading", name=re.compile("^D-"))).to_be_visible()


@pytest.mark.spec("6.7")
def test_below_admin_there_is_no_such_page(tabs: Tabs) -> None:
    page = tabs.sign_in("accounting")
    assert page.request.get("/jobs").status == 404
    expect(page.get_by_role("link", name="Jobs")).to_have_count(0)
