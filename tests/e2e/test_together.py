"""Two people at once: one sees what the other does, and neither loses what was typed."""

import pytest
from playwright.sync_api import expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import Store

pytestmark = pytest.mark.e2e


def test_what_one_posts_appears_in_the_others_grid_without_a_reload(
    tabs: Tabs, store: Store
) -> None:
    invoice_id = store.assembled()
    watching = desk.open_grid(tabs.sign_in("billing"))
    expect(desk.row(watching, invoice_id)).to_contain_text("Assembled")

    posting = tabs.sign_in("accounting")
    desk.open_record(posting, invoice_id)
    posting.get_by_role("button", name="Post invoice…").click()
    desk.agree(posting, "Post invoice")
    expect(desk.posting(posting, "Posted")).to_be_visible()

    expect(desk.row(watching, invoice_id)).to_contain_text(store.invoice(invoice_id).number)
    expect(desk.row(watching, invoice_id)).not_to_contain_text("Assembled")


def test_a_new_draft_appears_in_the_others_grid_without_a_reload(tabs: Tabs, store: Store) -> None:
    watching = desk.open_grid(tabs.sign_in("accounting"))
    invoice_id = store.draft()
    expect(desk.row(watching, invoice_id)).to_be_visible()


def test_the_record_beside_the_grid_follows_what_a_colleague_does(tabs: Tabs, store: Store) -> None:
    invoice_id = store.assembled()
    watching = tabs.sign_in("billing")
    desk.open_record(watching, invoice_id)
    store.move(invoice_id, ("post", "accounting"))
    expect(desk.posting(watching, "Posted")).to_be_visible()


def test_who_saves_second_is_told_by_name_and_keeps_what_was_typed(
    tabs: Tabs, store: Store
) -> None:
    invoice_id = store.draft()
    first, second = tabs.sign_in("billing"), tabs.sign_in("billing2")
    for page in (first, second):
        page.goto(f"/invoices/{invoice_id}/edit")
        expect(page.get_by_label("Title")).to_be_visible()
    second.get_by_label("Title").fill("Bilal's title")
    second.get_by_label("PO number").fill("PO-BILAL")
    first.get_by_label("Title").fill("Birte's title")
    desk.keep_as_draft(first)

    second.get_by_role("button", name="Keep as draft").click()

    told = second.locator(".problems")
    expect(told).to_contain_text("Birte Hansen changed this invoice")
    expect(told).to_be_focused()
    expect(second.get_by_label("Title")).to_have_value("Bilal's title")
    expect(second.get_by_label("PO number")).to_have_value("PO-BILAL")
    assert store.invoice(invoice_id).title == "Birte's title"


def test_who_acts_on_an_outdated_record_is_told_and_changes_nothing(
    tabs: Tabs, store: Store
) -> None:
    invoice_id = store.assembled()
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    page.get_by_role("button", name="Post invoice…").click()
    expect(desk.review(page)).to_be_visible()
    store.move(invoice_id, ("ready", "accounting2"))
    desk.agree(page, "Post invoice")
    expect(desk.notice(page, "Andrei Ionescu changed this invoice")).to_be_visible()
    assert store.invoice(invoice_id).posting_status == "READY_FOR_POSTING"
