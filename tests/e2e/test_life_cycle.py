"""The posting life cycle by hand: every way forward, back and out, and every refusal."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import Store

pytestmark = pytest.mark.e2e
RESTRICTION = "Restrict self-assembled invoice posting"


@pytest.mark.spec("DLY-2", "DLY-3", "DLY-4", "ORO-14")
def test_assembled_ready_posted_back_and_posted_again(tabs: Tabs, store: Store) -> None:
    invoice_id = store.draft()
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    for entry, verb, status in (
        ("Assembled…", "Assemble invoice", "Assembled"),
        ("Ready for Posting…", "Set to Ready for Posting", "Ready for Posting"),
        ("Posted…", "Post invoice", "Posted"),
        ("Ready for Posting…", "Set back", "Ready for Posting"),
        ("Posted…", "Post invoice", "Posted"),
    ):
        desk.choose(page, entry)
        desk.agree(page, verb)
        expect(desk.posting(page, status)).to_be_visible()
        number = store.invoice(invoice_id).number
        assert bool(number) == (store.invoice(invoice_id).posted_at is not None)
    expect(desk.heading(page)).to_have_text(number)


@pytest.mark.spec("CRM-7", "CRM-8")
def test_cancelling_needs_a_reason_and_keeps_the_record(tabs: Tabs, store: Store) -> None:
    invoice_id = store.draft()
    page = tabs.sign_in("billing")
    record = desk.open_record(page, invoice_id)
    desk.choose(page, "Cancel…", menu="more")
    asked = desk.review(page)
    asked.get_by_role("button", name="Cancel invoice").click()
    expect(asked).to_contain_text("Give a reason; it is kept with the invoice.")
    desk.agree(page, "Cancel invoice", "Ordered twice")
    expect(desk.posting(page, "Cancelled")).to_be_visible()
    expect(record.get_by_role("region", name="Details")).to_contain_text("Ordered twice")
    expect(page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    assert store.invoice(invoice_id).end_reason == "Ordered twice"


@pytest.mark.spec("CRM-7", "CRM-8")
def test_voiding_needs_a_reason_is_final_and_keeps_the_number(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    number = store.invoice(invoice_id).number
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    desk.choose(page, "Void…", menu="more")
    desk.agree(page, "Void invoice", "Wrong vessel")
    expect(desk.posting(page, "Void")).to_be_visible()
    expect(desk.heading(page)).to_have_text(number)
    page.get_by_role("button", name="change posting status").click()
    menu = page.get_by_role("menu", name="Change posting status")
    expect(menu.locator("[role=menuitem]:not([aria-disabled=true])")).to_have_count(0)


@pytest.mark.spec("CRM-16", "ORO-2")
def test_a_deleted_draft_leaves_the_grid(tabs: Tabs, store: Store) -> None:
    invoice_id = store.draft()
    page = desk.open_grid(tabs.sign_in("billing"))
    desk.row(page, invoice_id).get_by_role("link").click()
    desk.drawer(page)
    desk.choose(page, "Delete…", menu="more")
    desk.agree(page, "Delete invoice")
    expect(page.locator(".drawer")).to_have_count(0)
    expect(desk.row(page, invoice_id)).to_have_count(0)
    expect(desk.notice(page, f"D-{invoice_id:06d} is deleted.")).to_be_visible()
    assert store.invoice(invoice_id).deleted_at is not None


@pytest.mark.spec("ORO-13", "CRM-15")
def test_a_posted_invoices_form_refuses_to_open(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("accounting")
    page.goto(f"/invoices/{invoice_id}/edit")
    expect(desk.notice(page, "only drafts can be edited")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_count(0)


@pytest.mark.spec("DLY-6", "DLY-8")
def test_who_assembled_it_meets_posting_not_allowed(tabs: Tabs, store: Store) -> None:
    invoice_id = store.assembled(by="accounting")
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    page.get_by_role("button", name="Post invoice…").click()
    expect(desk.review(page)).to_be_visible()
    try:
        _restrict(tabs, "on")
        desk.agree(page, "Post invoice")
        refusal = page.get_by_role("alertdialog", name="Posting not allowed")
        expect(refusal).to_contain_text(f"You assembled D-{invoice_id:06d}")
        refusal.get_by_role("button", name="Close", exact=True).last.click()
        expect(refusal).to_be_hidden()
        assert store.invoice(invoice_id).posting_status == "ASSEMBLED"
        _restrict(tabs, "off")
    finally:
        store.set("restrict_self_assembled_posting", "off")
    desk.open_record(page, invoice_id)
    page.get_by_role("button", name="Post invoice…").click()
    desk.agree(page, "Post invoice")
    expect(desk.posting(page, "Posted")).to_be_visible()


@pytest.mark.spec("DLY-6")
@pytest.mark.parametrize("wanted", ["Ready for Posting", "Posted"])
def test_choosing_what_four_eyes_forbid_shows_posting_not_allowed(
    tabs: Tabs, store: Store, wanted: str
) -> None:
    invoice_id = store.assembled(by="accounting")
    store.set("restrict_self_assembled_posting", "on")
    try:
        page = tabs.sign_in("accounting")
        desk.open_record(page, invoice_id)
        page.get_by_role("button", name="change posting status").click()
        menu = page.get_by_role("menu", name="Change posting status")
        menu.get_by_role("menuitem").filter(has_text=wanted).first.click(force=True)
        if desk.review(page).is_visible():
            desk.review(page).locator("button[type=submit]").click()
        expect(page.get_by_role("alertdialog", name="Posting not allowed")).to_be_visible()
        assert store.invoice(invoice_id).posting_status == "ASSEMBLED"
    finally:
        store.set("restrict_self_assembled_posting", "off")


@pytest.mark.spec("DLY-7")
def test_four_eyes_leave_ready_and_posted_to_the_assembler(tabs: Tabs, store: Store) -> None:
    invoice_id = store.assembled(by="accounting")
    store.set("restrict_self_assembled_posting", "on")
    try:
        store.move(invoice_id, ("ready", "accounting2"))
        page = tabs.sign_in("accounting")
        desk.open_record(page, invoice_id)
        desk.choose(page, "Posted…")
        desk.agree(page, "Post invoice")
        expect(desk.posting(page, "Posted")).to_be_visible()
        desk.choose(page, "Ready for Posting…")
        desk.agree(page, "Set back")
        expect(desk.posting(page, "Ready for Posting")).to_be_visible()
    finally:
        store.set("restrict_self_assembled_posting", "off")


@pytest.mark.spec("DLY-9")
def test_a_closed_voyage_locks_the_status(tabs: Tabs, store: Store) -> None:
    invoice_id = store.assembled()
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    page.get_by_role("button", name="Post invoice…").click()
    expect(desk.review(page)).to_be_visible()
    store.bind_to_voyage(invoice_id, store.closed_voyage())
    desk.agree(page, "Post invoice")
    expect(desk.notice(page, "Voyage NST-2601 is closed, so the status")).to_be_visible()
    assert store.invoice(invoice_id).posting_status == "ASSEMBLED"

    desk.open_record(page, invoice_id)
    page.get_by_role("button", name="change posting status").click()
    menu = page.get_by_role("menu", name="Change posting status")
    expect(menu.locator("[role=menuitem]:not([aria-disabled=true])")).to_have_count(0)
    expect(menu.get_by_role("menuitem", name="Posted")).to_contain_text("Voyage NST-2601 is closed")


def test_a_bulk_action_shows_its_plan_skips_with_reasons_and_gives_a_receipt(
    tabs: Tabs, store: Store
) -> None:
    draft, assembled, posted = store.draft(), store.assembled(), store.posted()
    empty = store.draft(lines=())
    page = desk.open_grid(tabs.sign_in("accounting"))
    for invoice_id in (draft, assembled, posted, empty):
        desk.row(page, invoice_id).get_by_role("checkbox").click()
    bar = page.get_by_role("toolbar", name="Selected invoices")
    expect(bar).to_contain_text("4 selected")
    bar.get_by_role("button", name="Post…").click()
    plan = page.get_by_role("dialog", name="Post 4 invoices")
    expect(plan).to_contain_text("EUR 359.38")
    expect(plan.get_by_role("row").filter(has_text=f"D-{draft:06d}")).to_be_visible()
    skipped = plan.get_by_role("row").filter(has_text=store.invoice(posted).number)
    expect(skipped).to_contain_text("so it cannot be posted")
    expect(plan.get_by_role("row").filter(has_text=f"D-{empty:06d}")).to_contain_text("no lines")

    plan.get_by_role("button", name="Post 2 invoices").click()

    expect(plan.get_by_role("status")).to_have_text("2 of 2")
    expect(desk.notice(page, "Post: 2 invoices done.")).to_be_visible()
    plan.get_by_role("button", name="Close", exact=True).last.click()
    expect(bar).to_be_hidden()
    for invoice_id in (draft, assembled):
        expect(desk.row(page, invoice_id)).to_contain_text(store.invoice(invoice_id).number)
        assert store.invoice(invoice_id).posting_status == "POSTED"
    assert store.invoice(empty).posting_status == "DRAFT"


def _restrict(tabs: Tabs, value: str) -> Page:
    admin = tabs.sign_in("admin")
    admin.goto("/settings")
    choice = admin.get_by_label(RESTRICTION, exact=True)
    choice.select_option(value)
    expect(desk.notice(admin, f"{RESTRICTION} is set for")).to_be_visible()
    expect(choice).to_have_value(value)
    return admin
