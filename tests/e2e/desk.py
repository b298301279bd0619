"""What staff do on their pages, in the words of the specification."""

import re

from playwright.sync_api import Locator, Page, expect

ROWS = "[data-testid=invoice-row]"
NUMBER = re.compile(r"^INV-\d{4}-\d{2}-\d{5}$")


def rows(page: Page) -> Locator:
    """The rows of a grid or list of invoices."""
    return page.locator(ROWS)


def row(page: Page, invoice_id: int) -> Locator:
    """One invoice's row."""
    return page.locator(f'{ROWS}[data-id="{invoice_id}"]')


def open_grid(page: Page) -> Page:
    """The invoices grid, filled."""
    page.goto("/invoices")
    expect(rows(page).first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="in all")).to_be_visible()
    return page


def open_record(page: Page, invoice_id: int) -> Locator:
    """An invoice by its address; answers its drawer."""
    page.goto(f"/invoices?invoice={invoice_id}")
    return drawer(page)


def drawer(page: Page) -> Locator:
    """The record beside the grid, filled."""
    place = page.locator("section.drawer, [role=dialog].drawer")
    expect(place.locator(".docid")).to_be_visible()
    return place


def heading(page: Page) -> Locator:
    """The drawer's heading: the number, or the document id."""
    return page.locator("#drawer-title")


def box(page: Page, name: str) -> Locator:
    """One of the four figures of the drawer's head."""
    return (
        page.locator("dl.boxes > div")
        .filter(has=page.locator("dt", has_text=re.compile(rf"^{name}")))
        .locator("dd")
    )


def posting(page: Page, status: str) -> Locator:
    """The posting chip, when it says this status."""
    return page.get_by_role("button", name=f"{status} , change posting status")


def choose(page: Page, entry: str, *, menu: str = "chip") -> None:
    """Choose an entry of the posting chip's menu, or of More options."""
    if menu == "chip":
        page.get_by_role("button", name="change posting status").click()
        listed = page.get_by_role("menu", name="Change posting status")
    else:
        page.get_by_role("button", name="More options").click()
        listed = page.get_by_role("menu", name="More options")
    listed.get_by_role("menuitem", name=entry).click()


def review(page: Page) -> Locator:
    """The review before an action."""
    return page.locator("#review")


def agree(page: Page, verb: str, reason: str = "") -> None:
    """Do what the review asks about."""
    asked = review(page)
    expect(asked).to_be_visible()
    if reason:
        asked.get_by_label("Reason").fill(reason)
    asked.get_by_role("button", name=verb, exact=True).click()
    expect(asked).to_be_hidden()


def notice(page: Page, text: str) -> Locator:
    """A sentence in the live region."""
    return page.get_by_role("status", name="Notices").get_by_text(text)


def choose_customer(page: Page, typed: str, name: str) -> None:
    """Type a customer's name and leave the field."""
    field = page.get_by_label("Customer", exact=True)
    field.fill(typed)
    field.press("Tab")
    expect(page.get_by_label("Customer", exact=True)).to_have_value(name)


def add_line(page: Page, **typed: str) -> Locator:
    """Open a new line and type into it; answers the region, not saved yet."""
    page.get_by_role("button", name="Add line").click()
    return type_line(page, **typed)


def type_line(page: Page, **typed: str) -> Locator:
    """Type into the open line; fields by their ids' last words."""
    region = line_editor(page)
    expect(region).to_be_visible()
    for name, text in typed.items():
        region.locator(f"#f-line-{name}").fill(text)
    return region


def line_editor(page: Page) -> Locator:
    """The open line."""
    return page.get_by_role("region", name="Edit invoice item")


def save_line(page: Page) -> None:
    """Keep the open line."""
    line_editor(page).get_by_role("button", name="Save line").click()
    expect(line_editor(page)).to_be_hidden()


def total(page: Page) -> Locator:
    """The editor's grand total."""
    return page.locator("details.grand output")


def keep_as_draft(page: Page) -> int:
    """Save the form; answers the invoice's id."""
    page.get_by_role("button", name="Keep as draft").click()
    page.wait_for_url(re.compile(r"/invoices/?\?invoice=\d+"))
    drawer(page)
    return int(page.url.rpartition("=")[2])


def record_payment(page: Page, amount: str, **typed: str) -> str:
    """Record a payment in the open drawer; answers its number."""
    before = page.get_by_test_id("settlement-row").count()
    choose(page, "Record Payment…", menu="more")
    window = page.get_by_role("dialog", name=re.compile("^Record payment on"))
    window.get_by_label("Amount").fill(amount)
    for label, text in typed.items():
        field = window.get_by_label(label)
        if label == "Method":
            field.select_option(label=text)
        else:
            field.fill(text)
    window.get_by_role("button", name="Record payment").click()
    expect(window).to_be_hidden()
    expect(page.get_by_test_id("settlement-row")).to_have_count(before + 1)
    return page.get_by_test_id("settlement-row").last.get_by_role("link").inner_text()


def settlement(page: Page, number: str) -> Locator:
    """One row of "Receipts, Payments and Credit Notes"."""
    return page.get_by_test_id("settlement-row").filter(has_text=number)
