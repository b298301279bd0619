"""The record beside the grid: its address, its keys, its figures, its fields."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import Store

pytestmark = pytest.mark.e2e


def test_a_row_opens_its_record_under_an_address_and_back_closes_it(
    tabs: Tabs, store: Store
) -> None:
    invoice_id = store.draft()
    page = desk.open_grid(tabs.sign_in("billing"))
    link = desk.row(page, invoice_id).get_by_role("link")
    link.click()
    desk.drawer(page)
    assert page.url.endswith(f"/invoices?invoice={invoice_id}")
    expect(desk.heading(page)).to_be_focused()
    expect(desk.rows(page).first).to_be_visible()

    page.reload()
    desk.drawer(page)
    expect(desk.heading(page)).to_have_text(f"D-{invoice_id:06d}")

    page.go_back()
    expect(page.locator(".drawer")).to_have_count(0)
    assert page.url.endswith("/invoices")
    page.go_forward()
    desk.drawer(page)


def test_closing_gives_the_focus_back_to_the_row(tabs: Tabs, store: Store) -> None:
    invoice_id = store.draft()
    page = desk.open_grid(tabs.sign_in("billing"))
    link = desk.row(page, invoice_id).get_by_role("link")
    link.focus()
    page.keyboard.press("Enter")
    expect(desk.heading(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".drawer")).to_have_count(0)
    expect(link).to_be_focused()


def test_rows_and_records_answer_to_the_keyboard(tabs: Tabs, store: Store) -> None:
    older, middle, newest = store.draft(), store.draft(), store.draft()
    page = desk.open_grid(tabs.sign_in("billing"))
    page.keyboard.press("j")
    expect(desk.row(page, newest).get_by_role("link")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(desk.row(page, middle).get_by_role("link")).to_be_focused()
    page.keyboard.press("x")
    expect(desk.row(page, middle).get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("Enter")
    expect(desk.heading(page)).to_have_text(f"D-{middle:06d}")
    page.keyboard.press("]")
    expect(desk.heading(page)).to_have_text(f"D-{older:06d}")
    page.keyboard.press("[")
    expect(desk.heading(page)).to_have_text(f"D-{middle:06d}")
    page.keyboard.press("[")
    expect(desk.heading(page)).to_have_text(f"D-{newest:06d}")
    page.keyboard.press("e")
    page.wait_for_url(f"**/invoices/{newest}/edit")


def test_p_opens_the_review_and_does_not_post(tabs: Tabs, store: Store) -> None:
    invoice_id = store.assembled()
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    page.keyboard.press("p")
    expect(desk.review(page)).to_be_visible()
    expect(page.get_by_role("button", name="Keep as it is")).to_be_focused()
    page.keyboard.press("Escape")
    expect(desk.review(page)).to_be_hidden()
    expect(desk.posting(page, "Assembled")).to_be_visible()
    assert store.invoice(invoice_id).posting_status == "ASSEMBLED"


@pytest.mark.spec("CXS-13", "CRM-27")
def test_d_downloads_the_paper_of_a_posted_invoice(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    expect(desk.posting(page, "Posted")).to_be_visible()
    with page.expect_download() as waiting:
        page.keyboard.press("d")
    assert waiting.value.suggested_filename == f"{store.invoice(invoice_id).number}.pdf"


@pytest.mark.spec("DLY-1", "DLY-11", "ORO-4", "CRM-1", "CRM-26")
def test_the_head_shows_four_figures_and_both_statuses(tabs: Tabs, store: Store) -> None:
    due = store.today_plus(-3)
    invoice_id = store.posted(document_date=store.today_plus(-10), due_on=due)
    store.pay(invoice_id, 10000)
    page = tabs.sign_in("accounting")
    record = desk.open_record(page, invoice_id)
    expect(record.locator(".docid")).to_have_text(f"D-{invoice_id:06d}")
    expect(desk.posting(page, "Posted")).to_be_visible()
    expect(record.locator(".d-sub span.st").first).to_contain_text("Partially Paid")
    for name, minor in (("Amount", "17969"), ("Paid Amount", "10000"), ("Open Amount", "7969")):
        figure = desk.box(page, name).locator("[data-minor]")
        expect(figure).to_have_attribute("data-minor", minor)
        expect(figure).to_have_attribute("data-currency", "EUR")
    expect(desk.box(page, "Aging")).to_have_text(re.compile(r"3 days\s*overdue"))
    settlements = record.get_by_role("table", name="Settlements with running balance")
    expect(settlements.get_by_role("row").last).to_contain_text("79.69")


@pytest.mark.spec("DLY-2", "DLY-3")
def test_the_chips_menu_says_why_what_is_impossible_is_impossible(tabs: Tabs, store: Store) -> None:
    invoice_id = store.move(store.assembled(), ("ready", "accounting"))
    page = tabs.sign_in("accounting")
    desk.open_record(page, invoice_id)
    page.get_by_role("button", name="change posting status").click()
    menu = page.get_by_role("menu", name="Change posting status")
    possible = menu.locator("[role=menuitem]:not([aria-disabled=true])")
    expect(possible).to_have_count(1)
    expect(possible).to_contain_text("Posted…")
    for entry in menu.locator("[aria-disabled=true]").all():
        assert entry.locator("small").inner_text().strip()
    expect(menu.get_by_role("menuitem", name="Pending")).to_contain_text(
        "Dissolving is possible while Assembled only."
    )


def test_who_may_not_post_is_told_which_level_may(tabs: Tabs, store: Store) -> None:
    page = tabs.sign_in("billing")
    desk.open_record(page, store.assembled())
    expect(page.get_by_role("button", name="Post invoice…")).to_have_count(0)
    page.get_by_role("button", name="change posting status").click()
    entry = page.get_by_role("menuitem", name="Posted")
    expect(entry).to_contain_text("This needs the level Accounting")


@pytest.mark.spec("DLY-18", "DLY-19")
def test_a_lines_text_is_an_input_while_assembled_and_text_afterwards(
    tabs: Tabs, store: Store
) -> None:
    invoice_id = store.assembled()
    page = tabs.sign_in("billing")
    record = desk.open_record(page, invoice_id)
    record.get_by_role("button", name="Berth survey").click()
    line = page.get_by_role("dialog", name="Line 10")
    line.get_by_label("Document Line Text").fill("Berth survey, quay 7")
    line.get_by_role("button", name="Save text").click()
    expect(line).to_be_hidden()
    expect(record.get_by_role("button", name="Berth survey, quay 7")).to_be_visible()

    store.move(invoice_id, ("ready", "accounting"))
    desk.open_record(page, invoice_id)
    expect(desk.posting(page, "Ready for Posting")).to_be_visible()
    record.get_by_role("button", name="Berth survey, quay 7").click()
    expect(line).to_contain_text("Berth survey, quay 7")
    assert line.locator("input, textarea").count() == 0
    expect(line.get_by_role("button", name="Save text")).to_have_count(0)


@pytest.mark.spec("DLY-14", "DLY-15", "DLY-16")
def test_two_fields_stay_open_after_posting_and_nothing_else_does(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted(document_text="Printed and fixed")
    page = tabs.sign_in("billing")
    record = desk.open_record(page, invoice_id)
    inputs = record.locator("input:not([type=file]), textarea, select")
    expect(inputs).to_have_count(2)
    expect(record).to_contain_text("Printed and fixed")

    _leave(page, "External document no.", "EXT-4711")
    _leave(page, "Internal comment", "Ask Mr. Reimer first")

    page.reload()
    expect(page.get_by_label("External document no.")).to_have_value("EXT-4711")
    expect(page.get_by_label("Internal comment")).to_have_value("Ask Mr. Reimer first")
    kept = store.invoice(invoice_id)
    assert (kept.external_document_no, kept.internal_comment) == (
        "EXT-4711",
        "Ask Mr. Reimer first",
    )


@pytest.mark.spec("DLY-14")
def test_texts_are_open_while_assembled(tabs: Tabs, store: Store) -> None:
    invoice_id = store.assembled()
    page = tabs.sign_in("billing")
    desk.open_record(page, invoice_id)
    _leave(page, "Document text", "For the account of MV Nordstern")
    page.reload()
    expect(page.get_by_label("Document text")).to_have_value("For the account of MV Nordstern")
    _leave(page, "Invoice text", "Thank you")
    assert store.invoice(invoice_id).document_text == "For the account of MV Nordstern"


def test_a_text_that_cannot_be_kept_says_why_and_stays_typed(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("billing")
    record = desk.open_record(page, invoice_id)
    field = page.get_by_label("External document no.")
    field.fill("EXT-" + "9" * 70)
    field.blur()
    expect(record.get_by_role("alert")).to_contain_text("At most 64 characters")
    expect(field).to_have_value("EXT-" + "9" * 70)
    assert store.invoice(invoice_id).external_document_no == ""


@pytest.mark.spec("ORO-6")
def test_notes_and_history_say_who_did_what(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("sales")
    record = desk.open_record(page, invoice_id)
    record.get_by_role("button", name="Add note").click()
    dialog = page.get_by_role("dialog", name="Add note")
    dialog.get_by_role("button", name="Add note").click()
    expect(dialog).to_contain_text("Write the note first.")
    dialog.get_by_label("Note").fill("Customer called, pays on Friday")
    dialog.get_by_role("button", name="Add note").click()
    expect(dialog).to_be_hidden()
    notes = record.get_by_role("region", name="Notes", exact=True)
    expect(notes).to_contain_text("Customer called, pays on Friday")
    expect(notes).to_contain_text("Stefan Aurich")
    history = record.get_by_role("region", name="History")
    expect(history).to_contain_text("Created")
    expect(history).to_contain_text(f"Posted as {store.invoice(invoice_id).number}")
    expect(history).to_contain_text("Anke Petersen")


def test_what_does_not_exist_is_said_calmly(tabs: Tabs) -> None:
    page = tabs.sign_in("billing")
    page.goto("/invoices?invoice=999999")
    expect(page.get_by_text("This invoice does not exist")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator(".drawer")).to_have_count(0)


@pytest.mark.spec("DLY-12", "DLY-13")
def test_a_partner_is_hidden_from_who_may_not_see_partners(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    store.set_sight("viewer", partner=False)
    try:
        page = tabs.sign_in("viewer")
        frames: list[str] = []
        page.on(
            "websocket", lambda socket: socket.on("framereceived", lambda f: frames.append(str(f)))
        )
        record = desk.open_record(page, invoice_id)
        expect(record).to_contain_text("Business partner")
        expect(desk.row(page, invoice_id)).to_contain_text("Hidden")
        assert "Hansekontor" not in page.content()
        assert frames
        assert not [frame for frame in frames if "Hansekontor" in frame]
    finally:
        store.set_sight("viewer", partner=True)


def _leave(page: Page, label: str, text: str) -> None:
    """Type into one of the open fields and leave it."""
    field = page.get_by_label(label)
    field.fill(text)
    field.blur()
    expect(desk.notice(page, "Saved.").last).to_be_visible()
    expect(page.get_by_label(label)).to_have_value(text)
