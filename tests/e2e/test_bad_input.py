"""Whatever is typed wrongly is said at its field, and nothing typed is lost."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import CUSTOMER_A

pytestmark = pytest.mark.e2e
RIGHT_TO_LEFT_OVERRIDE, NUL = "\u202e", "\x00"
NO_FIGURE = "This is not a figure"
LINE_FIGURES = (
    ("quantity", "NaN", "2", NO_FIGURE),
    ("quantity", "Infinity", "2", NO_FIGURE),
    ("quantity", "1.2345", "2", "Quantities have at most 3 decimals"),
    ("quantity", "", "2", "Enter a figure"),
    ("unit_price", "1e400", "5", NO_FIGURE),
    ("unit_price", "1" + "0" * 30, "5", ""),
    ("unit_price", "１２", "5", NO_FIGURE),
    ("unit_price", "1,234", "5", "can be read in two ways"),
    ("discount", "101", "10", "This goes up to 100"),
    ("discount", "-5", "10", "cannot be negative"),
    ("tax_rate", "19.999", "19", "Percentages have at most 2 decimals"),
    ("date_from", "31.02.2026", "1 Nov 2026", "no such day"),
    ("date_to", "1 Oct 2026", "30 Nov 2026", "The line ends before it starts"),
)


def new_invoice(tabs: Tabs) -> Page:
    page = tabs.sign_in("billing")
    page.goto("/invoices/new")
    expect(page.get_by_role("button", name="Add line")).to_be_visible()
    return page


def says(page: Page, field: str, sentence: str, typed: str) -> None:
    """The field is marked, tells its sentence, and still holds what was typed."""
    control = page.locator(f"#{field}")
    expect(control).to_have_attribute("aria-invalid", "true")
    error = page.locator(f"#{field}-error")
    expect(error).to_contain_text(sentence or re.compile(r"\w+ \w+"))
    assert f"{field}-error" in (control.get_attribute("aria-describedby") or "")
    expect(control).to_have_value(typed)


def summary(page: Page) -> Locator:
    return page.locator(".problems")


@pytest.mark.spec("ORO-47", "CRM-17")
def test_every_bad_figure_of_a_line_is_told_at_its_field(tabs: Tabs) -> None:
    page = new_invoice(tabs)
    region = desk.add_line(
        page, description="Rope", unit_price="5", tax_rate="19", date_from="1 Nov 2026"
    )
    for field, bad, good, sentence in LINE_FIGURES:
        control = region.locator(f"#f-line-{field}")
        control.fill(bad)
        region.get_by_role("button", name="Save line").click()
        says(page, f"f-line-{field}", sentence, bad)
        expect(region.locator("#f-line-description")).to_have_value("Rope")
        control.fill(good)
    desk.save_line(page)
    expect(page.get_by_test_id("line-row")).to_contain_text("9.00")


def test_a_fixed_discount_in_euros_takes_two_decimals(tabs: Tabs) -> None:
    page = new_invoice(tabs)
    region = desk.add_line(page, description="Rope", unit_price="5", tax_rate="19")
    region.get_by_label("Kind of discount").select_option("fixed")
    region.locator("#f-line-discount").fill("1.005")
    region.get_by_role("button", name="Save line").click()
    says(page, "f-line-discount", "at most 2 decimals", "1.005")
    region.locator("#f-line-discount").fill("1,05")
    desk.save_line(page)
    expect(page.get_by_test_id("line-row")).to_contain_text("3.95")


@pytest.mark.spec("ORO-47")
def test_every_bad_field_of_the_head_is_told_and_linked_from_the_summary(tabs: Tabs) -> None:
    page = new_invoice(tabs)
    desk.choose_customer(page, "hansekontor", CUSTOMER_A)
    wrong = {
        "f-title": f"Tit{NUL}le",
        "f-currency": "XQX",
        "f-document_text": f"Pay {RIGHT_TO_LEFT_OVERRIDE}Acme",
        "f-discount": "1e9",
        "f-po_number": "P" * 300,
        "f-due_on": "1 Jan 2020",
    }
    for field, text in wrong.items():
        page.locator(f"#{field}").fill(text)
    page.get_by_role("button", name="Keep as draft").click()

    expect(summary(page)).to_be_focused()
    expect(summary(page).get_by_role("heading")).to_have_text("This is not saved yet")
    for field, text in wrong.items():
        expect(page.locator(f"#{field}")).to_have_value(text)
    for _ in range(2):  # what can be read first, then what may be stored
        _mend_what_is_told(page, wrong)
        page.get_by_role("button", name="Keep as draft").click()
        expect(summary(page).or_(page.locator("#drawer-title"))).to_be_visible()
        if not wrong:
            break
    assert not wrong, f"never told: {list(wrong)}"
    page.wait_for_url("**/invoices?invoice=*")


def _mend_what_is_told(page: Page, wrong: dict[str, str]) -> None:
    """Follow each link of the summary and mend its field."""
    good = {"f-due_on": "31 Dec 2099", "f-currency": "EUR", "f-discount": "5"}
    for link in summary(page).get_by_role("link").all():
        field = (link.get_attribute("href") or "").rpartition("#")[2]
        assert field in wrong, f"the summary links to {field}, which is not wrong"
        says(page, field, "", wrong[field])
        link.click()
        expect(page.locator(f"#{field}")).to_be_focused()
        page.locator(f"#{field}").fill(good.get(field, "fine"))
        del wrong[field]


@pytest.mark.parametrize("hidden", [NUL, RIGHT_TO_LEFT_OVERRIDE], ids=["NUL", "override"])
def test_a_lines_text_with_hidden_characters_leads_back_to_its_field(
    tabs: Tabs, hidden: str
) -> None:
    page = new_invoice(tabs)
    desk.choose_customer(page, "hansekontor", CUSTOMER_A)
    region = desk.add_line(page, description=f"Invoice {hidden}fdp", unit_price="5", tax_rate="19")
    region.get_by_role("button", name="Save line").click()
    page.get_by_role("button", name="Keep as draft").click()
    expect(
        page.get_by_text(re.compile("control character|reverses its order")).first
    ).to_be_visible()
    if summary(page).is_visible() and not desk.line_editor(page).is_visible():
        summary(page).get_by_role("link").first.click()
    expect(page.locator("#f-line-description")).to_be_visible()
    expect(page.locator("#f-line-description")).to_have_value(f"Invoice {hidden}fdp")


@pytest.mark.spec("CXS-4")
def test_an_invoice_needs_its_customer(tabs: Tabs) -> None:
    page = new_invoice(tabs)
    page.get_by_label("Title").fill("Kept while typing")
    page.get_by_role("button", name="Keep as draft").click()
    expect(summary(page)).to_be_focused()
    summary(page).get_by_role("link", name="Choose the customer.").click()
    customer = page.get_by_label("Customer", exact=True)
    expect(customer).to_be_focused()
    customer.fill("Nobody & Sons")
    customer.press("Tab")
    expect(page.locator("#f-customer-error")).to_contain_text("Nobody & Sons")
    expect(page.get_by_label("Title")).to_have_value("Kept while typing")


def test_the_summary_takes_the_focus_each_time(tabs: Tabs) -> None:
    page = new_invoice(tabs)
    keep = page.get_by_role("button", name="Keep as draft")
    for _ in range(2):
        keep.focus()
        keep.click()
        expect(summary(page)).to_be_focused()


@pytest.mark.spec("CXS-9")
def test_an_open_line_is_not_lost_by_saving_too_early(tabs: Tabs) -> None:
    page = new_invoice(tabs)
    desk.choose_customer(page, "hansekontor", CUSTOMER_A)
    desk.add_line(page, description="Not saved yet", unit_price="7", tax_rate="19")
    expect(page.get_by_text("1 line not saved")).to_be_visible()
    page.get_by_role("button", name="Keep as draft").click()
    expect(summary(page)).to_contain_text("Save or discard the open line first.")
    expect(page.locator("#f-line-description")).to_have_value("Not saved yet")
    desk.line_editor(page).get_by_role("button", name="Discard changes").click()
    expect(page.get_by_test_id("line-row")).to_have_count(0)


@pytest.mark.spec("CXS-12")
def test_the_foot_shows_sub_total_tax_and_total(tabs: Tabs) -> None:
    page = new_invoice(tabs)
    _two_lines(page)
    totals = page.get_by_role("group", name="Totals in EUR")
    for figure in ("105.00", "20.30", "125.30"):
        expect(totals.locator("output").filter(has_text=re.compile(rf"^{figure}$"))).to_be_visible()


def test_the_focus_stays_where_the_person_went(tabs: Tabs) -> None:
    page = new_invoice(tabs)
    desk.choose_customer(page, "hansekontor", CUSTOMER_A)
    expect(page.get_by_label("Contact")).to_be_focused()
    date = page.get_by_label("Invoice date")
    date.fill("2026-11-03")
    date.press("Tab")
    expect(page.get_by_label("Invoice date")).to_have_value("3 Nov 2026")
    expect(page.get_by_label("Due date")).to_be_focused()


@pytest.mark.parametrize("left", ["Customer", "Invoice date"])
def test_what_is_typed_while_the_server_answers_is_kept(tabs: Tabs, left: str) -> None:
    page = new_invoice(tabs)
    field = page.get_by_label(left, exact=True)
    field.fill("hansekontor" if left == "Customer" else "2026-11-03")
    page.get_by_label("Title").focus()
    page.keyboard.type("A whole title, typed without a pause", delay=10)
    expect(page.get_by_label(left, exact=True)).to_have_value(
        CUSTOMER_A if left == "Customer" else "3 Nov 2026"
    )
    page.wait_for_timeout(300)  # the last answers arrive
    expect(page.get_by_label("Title")).to_have_value("A whole title, typed without a pause")


@pytest.mark.spec("CRM-21", "ERP-19")
def test_lines_are_moved_edited_and_removed_and_totals_follow(tabs: Tabs) -> None:
    page = new_invoice(tabs)
    _two_lines(page)
    expect(desk.total(page)).to_have_attribute("data-minor", "12530")
    lines = page.get_by_test_id("line-row")
    page.get_by_role("button", name="Move line 20 up").click()
    expect(lines.first).to_contain_text("Five")
    grips = page.get_by_role("button", name="arrow keys move it too")
    grips.nth(1).drag_to(grips.nth(0))
    expect(lines.first).to_contain_text("Ten")
    grips.first.press("ArrowDown")
    expect(lines.first).to_contain_text("Five")
    expect(grips.nth(1)).to_be_focused()
    page.get_by_role("button", name="Edit line 10").click()
    desk.type_line(page, quantity="7")
    desk.save_line(page)
    expect(desk.total(page)).to_have_attribute("data-minor", "12742")
    page.get_by_role("button", name="Remove line 20").click()
    expect(lines).to_have_count(1)
    expect(desk.total(page)).to_have_attribute("data-minor", "742")


def _two_lines(page: Page) -> None:
    for text, quantity, price, tax in (("Ten", "10", "10.00", "20"), ("Five", "5", "1.00", "6")):
        desk.add_line(page, description=text, quantity=quantity, unit_price=price, tax_rate=tax)
        desk.save_line(page)
