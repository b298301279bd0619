"""From pending lines to a posted invoice and back: what proof 4 says before payments."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import desk
from tests.e2e.browsers import PHONE, Tabs
from tests.e2e.store import CUSTOMER_A, Store

pytestmark = pytest.mark.e2e
RESTRICTION = "restrict_self_assembled_posting"


def open_list(page: Page, *groups: str) -> Page:
    """The receivable list by voyage, with this group open."""
    page.goto("/pending")
    expect(page.get_by_role("status").filter(has_text="in this list")).to_be_visible()
    for group in groups:
        opener = page.get_by_role("button", name=group, exact=True)
        if opener.get_attribute("aria-expanded") == "false":  # a tab remembers what was open
            opener.click()
        expect(page.get_by_test_id("pending-part").first).to_be_visible()
    return page


def line(page: Page, text: str) -> Locator:
    return page.get_by_test_id("pending-line").filter(has_text=text)


def assemble(page: Page) -> Locator:
    page.get_by_role("button", name="Assemble…").click()
    window = page.get_by_role("dialog", name="Assemble the ticked lines")
    expect(window).to_be_visible()
    return window


def opened_invoice(page: Page) -> int:
    page.wait_for_url(re.compile(r"/invoices/?\?invoice=\d+"))
    desk.drawer(page)
    return int(page.url.rpartition("=")[2])


def set_voyage(page: Page, reference: str, status: str) -> None:
    page.goto("/voyages")
    page.get_by_role("link", name=reference, exact=True).click()
    page.locator("#v-status").select_option(status)
    page.get_by_role("button", name="Save voyage").click()
    expect(desk.notice(page, f"Voyage {reference} is saved.")).to_be_visible()


@pytest.mark.spec(
    "6.15-4", "DLY-6", "DLY-9", "DLY-14", "DLY-27", "DLY-31", "DLY-33", "DLY-34", "DLY-48"
)
def test_pending_lines_are_assembled_checked_by_four_eyes_and_locked(
    tabs: Tabs, store: Store
) -> None:
    store.set(RESTRICTION, "on")
    try:
        page = open_list(tabs.sign_in("accounting"), "NST-2602")
        page.get_by_role("button", name=f"Tick all lines of {CUSTOMER_A} in EUR").click()
        bar = page.get_by_role("toolbar", name="Ticked lines")
        expect(bar).to_contain_text("5 ticked")
        expect(bar).to_contain_text("EUR 2,305.00")
        window = assemble(page)
        expect(window).to_contain_text(CUSTOMER_A)
        expect(window).to_contain_text("EUR 2,742.95")
        window.get_by_label("Document Text").fill("Hamburg call")
        window.get_by_label("Posting date").fill(store.today_plus(-100).isoformat())
        window.get_by_role("button", name="Assemble invoice").click()
        expect(window.get_by_role("alert")).to_contain_text("previous accounting month")
        window.get_by_role("button", name="Assemble with this date").click()
        invoice_id = opened_invoice(page)
        expect(desk.posting(page, "Assembled")).to_be_visible()
        expect(desk.box(page, "Amount")).to_have_text("2,742.95")
        record = desk.drawer(page)
        text = record.get_by_label("Document Text")
        text.fill("Hamburg call, November")
        text.blur()
        expect(desk.notice(page, "Saved.")).to_be_visible()
        for fixed in ("Document date", "Due date", "Business partner"):
            expect(record.get_by_role("textbox", name=fixed)).to_have_count(0)

        desk.choose(page, "Ready for Posting…")
        refusal = page.get_by_role("alertdialog", name="Posting not allowed")
        expect(refusal).to_contain_text("somebody else")
        refusal.get_by_role("button", name="Close", exact=True).last.click()

        other = tabs.sign_in("accounting2")
        desk.open_record(other, invoice_id)
        for entry, verb, status in (
            ("Ready for Posting…", "Set to Ready for Posting", "Ready for Posting"),
            ("Posted…", "Post invoice", "Posted"),
            ("Ready for Posting…", "Set back", "Ready for Posting"),
            ("Posted…", "Post invoice", "Posted"),
        ):
            desk.choose(other, entry)
            desk.agree(other, verb)
            expect(desk.posting(other, status)).to_be_visible()
        assert store.invoice(invoice_id).document_text == "Hamburg call, November"

        set_voyage(page, "NST-2602", "Closed")
        desk.open_record(other, invoice_id)
        other.get_by_role("button", name="change posting status").click()
        entries = other.get_by_role("menu", name="Change posting status").get_by_role("menuitem")
        for at in range(entries.count()):
            expect(entries.nth(at)).to_have_attribute("aria-disabled", "true")
        expect(entries.filter(has_text="NST-2602 is closed").first).to_be_visible()
        open_list(page, "NST-2602")
        expect(line(page, "Crew transfer by launch")).to_contain_text("Locked")
        expect(line(page, "Crew transfer").get_by_role("checkbox")).to_have_count(0)
        set_voyage(tabs.sign_in("admin"), "NST-2602", "Invoiced")
        desk.open_record(other, invoice_id)
        desk.choose(other, "Ready for Posting…")
        desk.agree(other, "Set back")
        expect(desk.posting(other, "Ready for Posting")).to_be_visible()
    finally:
        store.set(RESTRICTION, "off")


@pytest.mark.spec("6.15-4", "DLY-5", "6.3-T4", "6.16-1")
def test_a_dissolved_invoice_is_pending_again_with_its_text(tabs: Tabs, store: Store) -> None:
    page = open_list(tabs.sign_in("billing"), "AEG-2608")
    line(page, "Crew provisions").get_by_role("checkbox").click()
    assemble(page).get_by_role("button", name="Assemble invoice").click()
    invoice_id = opened_invoice(page)
    page.get_by_role("button", name="Crew provisions").click()
    window = page.get_by_role("dialog", name="Line 10")
    window.get_by_label("Document Line Text").fill("Crew provisions, Piraeus")
    window.get_by_role("button", name="Save text").click()
    expect(window).to_be_hidden()
    open_list(page, "AEG-2608")
    expect(line(page, "Crew provisions")).to_have_count(0)
    desk.open_record(page, invoice_id)
    desk.choose(page, "Pending…")
    expect(desk.review(page)).to_contain_text("Every line becomes pending again")
    desk.agree(page, "Dissolve invoice")
    expect(desk.notice(page, "its lines are pending again")).to_be_visible()
    expect(desk.row(page, invoice_id)).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/pending")
    open_list(page, "AEG-2608")
    expect(line(page, "Crew provisions, Piraeus")).to_contain_text("2,023.44")
    assert store.invoice(invoice_id).deleted_at is not None


@pytest.mark.spec("6.3-T11")
def test_voiding_asks_whether_its_charges_wait_again(tabs: Tabs, store: Store) -> None:
    page = open_list(tabs.sign_in("accounting"), "ELB-2611")
    line(page, "Demurrage").get_by_role("checkbox").click()
    assemble(page).get_by_role("button", name="Assemble invoice").click()
    store.move(opened_invoice(page), ("post", "accounting"))
    expect(desk.posting(page, "Posted")).to_be_visible()
    desk.choose(page, "Void…", menu="more")
    desk.review(page).get_by_label("Make its charges pending again").click()
    desk.agree(page, "Void invoice", "Wrong laytime")
    expect(desk.posting(page, "Void")).to_be_visible()
    open_list(page, "ELB-2611")
    expect(line(page, "Demurrage")).to_contain_text("Pending")


@pytest.mark.spec("DLY-28", "DLY-29", "DLY-30", "DLY-36")
def test_lines_are_edited_mixed_in_vain_and_refreshed(tabs: Tabs) -> None:
    page = open_list(tabs.sign_in("billing"), "ELB-2612")
    page.get_by_role("button", name="Bunker survey, Rotterdam").click()
    window = page.get_by_role("dialog", name="Edit pending line")
    window.get_by_label("Currency").fill("USD")
    window.get_by_role("button", name="Save line").click()
    expect(window).to_contain_text("no source of exchange rates")
    window.get_by_label("Currency").fill("NOK")
    window.get_by_label("Text", exact=True).fill("Bunker survey, edited")
    window.get_by_role("button", name="Save line").click()
    expect(line(page, "Bunker survey, edited")).to_contain_text("edited")
    for text in ("Bunker survey, edited", "Harbour dues"):
        line(page, text).get_by_role("checkbox").click()
    page.get_by_role("button", name="Assemble…").click()
    expect(desk.notice(page, "share their business partner")).to_be_visible()
    page.get_by_role("button", name="Refresh…").click()
    asked = page.get_by_role("alertdialog", name="Refresh this list?")
    expect(asked).to_contain_text("1 line edited by hand will lose the edits.")
    asked.get_by_role("button", name="Refresh list").click()
    expect(desk.notice(page, "The list is rebuilt")).to_be_visible()
    expect(line(page, "Bunker survey, Rotterdam")).to_be_visible()
    expect(line(page, "edited")).to_have_count(0)


@pytest.mark.spec("DLY-26", "DLY-29")
def test_a_line_is_added_by_hand_and_taken_away_on_a_phone(tabs: Tabs) -> None:
    page = open_list(tabs.sign_in("billing", PHONE))
    page.get_by_role("button", name="Payable", exact=True).click()
    page.get_by_role("button", name="Add line").click()
    window = page.get_by_role("dialog", name="New pending line")
    window.get_by_role("button", name="Save line").click()
    summary = window.get_by_role("group", name="What to correct")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Say what is charged.")
    window.get_by_label("Text", exact=True).fill("Fender hire")
    window.get_by_label("Invoice party").fill("Satcom Wholesale Ltd")
    window.get_by_label("Unit price").fill("12,50")
    window.get_by_label("Voyage").fill("TKM-2603")
    window.get_by_role("button", name="Save line").click()
    expect(desk.notice(page, "The line is added.")).to_be_visible()
    page.get_by_role("button", name="TKM-2603", exact=True).click()
    expect(line(page, "Fender hire")).to_contain_text("12.50")
    page.get_by_role("button", name="Fender hire").click()
    window = page.get_by_role("dialog", name="Edit pending line")
    window.get_by_role("button", name="Remove…").click()
    window.get_by_role("button", name="Really remove").click()
    expect(line(page, "Fender hire")).to_have_count(0)


@pytest.mark.spec("DLY-12", "6.7")
def test_who_may_not_see_partners_sees_none_and_a_viewer_changes_nothing(
    tabs: Tabs, store: Store
) -> None:
    store.set_sight("viewer", partner=False)
    try:
        page = open_list(tabs.sign_in("viewer"), "NST-2602")
        expect(page.get_by_test_id("pending-part").first).to_contain_text("Hidden")
        page.get_by_role("group", name="View by").get_by_role(
            "button", name="Business partner"
        ).click()
        expect(page.get_by_test_id("pending-group").first).to_contain_text("Hidden")
        page.get_by_role("searchbox", name="Search pending").fill("Hansekontor")
        expect(page.get_by_role("heading", name="Nothing pending matches")).to_be_visible()
        assert CUSTOMER_A not in page.content()
        for name in ("Add line", "Refresh…", "Assemble…"):
            expect(page.get_by_role("button", name=name)).to_have_count(0)
    finally:
        store.set_sight("viewer", partner=True)


def test_what_one_assembles_leaves_the_others_list(tabs: Tabs) -> None:
    one, other = tabs.sign_in("billing"), tabs.sign_in("billing2")
    open_list(one, "TKM-2603")
    open_list(other, "TKM-2603")
    line(one, "Port agency, Yokohama").get_by_role("checkbox").click()
    line(other, "Port agency, Yokohama").get_by_role("checkbox").click()
    assemble(one).get_by_role("button", name="Assemble invoice").click()
    opened_invoice(one)
    expect(line(other, "Port agency, Yokohama")).to_have_count(0)
    other.get_by_role("button", name="Assemble…").click()
    expect(desk.notice(other, "went into D-")).to_be_visible()
