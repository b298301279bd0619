"""The invoices grid: sorting, views, search, filters, columns, selection, pages, export."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from billing_app.services.layouts import save_columns
from billing_app.staff.invoices.columns import COLUMNS, KEYS, PAGE_NAME
from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import CUSTOMER_A, Store

pytestmark = pytest.mark.e2e
SEARCH = "Search invoices"


def header(page: Page, label: str) -> Locator:
    return page.get_by_role("columnheader", name=label, exact=True)


def status_of_totals(page: Page) -> Locator:
    return page.get_by_role("region", name="Totals of the filtered set").get_by_role("status")


def how_many(page: Page) -> int:
    """The count that the totals line states once it is counted."""
    expect(status_of_totals(page)).to_have_text(re.compile("in this filter|in all"))
    text = page.locator(".totals .count b").inner_text()
    return int(text.split(" ")[0].replace(",", ""))


def search(page: Page, text: str) -> None:
    page.get_by_role("searchbox", name=SEARCH).fill(text)


def narrow_to_customer(page: Page, typed: str, name: str) -> None:
    """Search until only this customer's rows are left."""
    search(page, typed)
    expect(desk.rows(page).filter(has_text=name).first).to_be_visible()
    expect(desk.rows(page).filter(has_not_text=name)).to_have_count(0)


def cells(page: Page, css: str) -> list[str]:
    return page.locator(f"{desk.ROWS} .{css}").all_inner_texts()


@pytest.mark.spec("ORO-3", "CRM-29", "DLY-39")
def test_every_column_can_be_shown_and_sorts_both_ways(tabs: Tabs, store: Store) -> None:
    save_columns(store.ctx("viewer"), PAGE_NAME, KEYS, KEYS)
    page = desk.open_grid(tabs.sign_in("viewer", (2600, 900)))
    narrow_to_customer(page, "fjordlinjen", "Fjordlinjen Offshore AS")
    assert page.locator("thead th[aria-sort]").count() == len(COLUMNS)
    for column in COLUMNS:
        head = header(page, column.label)
        for way in ("ascending", "descending"):
            head.get_by_role("button").click()
            expect(head).to_have_attribute("aria-sort", way)
        assert page.locator("thead th:not([aria-sort=none])[aria-sort]").count() == 1


@pytest.mark.spec("ORO-3", "ERP-8")
def test_the_rows_come_in_the_order_of_the_sorted_column(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("accounting"))
    newest = [int(row.get_attribute("data-id") or 0) for row in desk.rows(page).all()]
    assert newest == sorted(newest, reverse=True), "newest created first"

    narrow_to_customer(page, "hansekontor", CUSTOMER_A)
    head = header(page, "Amount")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    shown = [
        int(cell.get_attribute("data-minor") or 0)
        for cell in page.locator(f"{desk.ROWS} td.c-amt [data-minor]").all()
    ]
    assert shown == sorted(shown), "amounts sort by what is shown, credits first"


@pytest.mark.spec("DLY-37", "CRM-28", "CRM-30")
def test_each_view_shows_only_what_it_names_and_its_totals_say_so(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("accounting"))
    everything = how_many(page)
    views = page.get_by_role("navigation", name="Saved views")
    for view, chips in (
        ("Drafts", {"Draft"}),
        ("Assembled", {"Assembled"}),
        ("Ready for posting", {"Ready for Posting"}),
        ("Open", {"Posted", "Sent", "Overdue", "Partially Paid", "Refunded", "Ready for Posting"}),
        ("Overdue", {"Overdue"}),
    ):
        chosen = views.get_by_role("button", name=view, exact=True)
        chosen.click()
        expect(chosen).to_have_attribute("aria-current", "true")
        expect(status_of_totals(page)).to_have_text("in this filter")
        shown = page.locator(f"{desk.ROWS} .c-st > .st:first-child")
        words = {re.sub(r"\s+\d+ days?$", "", text) for text in shown.all_inner_texts()}
        assert words
        assert words <= chips
        assert how_many(page) < everything
    views.get_by_role("button", name="All", exact=True).click()
    expect(status_of_totals(page)).to_have_text("in all")
    assert how_many(page) == everything


@pytest.mark.spec("DLY-38", "CRM-28")
@pytest.mark.parametrize("what", ["number", "partner", "amount", "line text"])
def test_search_finds_number_partner_amount_and_line_text(
    tabs: Tabs, store: Store, what: str
) -> None:
    line = store.line("Sounding of tank Zwölf", price="7351.09")
    wanted = store.posted(lines=(line,))
    typed = {
        "number": store.invoice(wanted).number,
        "partner": "hansekon",
        "amount": "8,747.80",
        "line text": "tank zwölf",
    }[what]
    page = desk.open_grid(tabs.sign_in("viewer"))
    search(page, typed)
    expect(status_of_totals(page)).to_have_text("in this filter")
    expect(desk.row(page, wanted)).to_be_visible()
    if what == "partner":
        assert set(cells(page, "c-cust")) == {CUSTOMER_A}
    else:
        assert CUSTOMER_A in cells(page, "c-cust")
        assert how_many(page) < 20


@pytest.mark.spec("DLY-37", "CRM-28", "ORO-3")
def test_filters_show_as_chips_and_can_be_removed_one_by_one(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("accounting"))
    everything = how_many(page)
    page.get_by_role("button", name="Filter", exact=True).click()
    form = page.get_by_role("dialog", name="Filter invoices")
    form.get_by_label("Currency").fill("nok")
    form.get_by_label("Posting status").select_option("POSTED")
    form.get_by_role("button", name="Show invoices").click()
    expect(form).to_be_hidden()
    filters = page.get_by_role("list", name="Filters")
    expect(filters).to_contain_text("Currency NOK")
    expect(filters).to_contain_text("Posting status Posted")
    both = how_many(page)
    expect(page.get_by_role("region", name="Totals of the filtered set")).to_contain_text("NOK")
    assert page.locator(".totals thead th").all_inner_texts()[1:] == ["NOK"]
    assert set(page.locator(f"{desk.ROWS} .cur").all_inner_texts()) == {"NOK"}

    page.get_by_role("button", name="Remove filter Posting status").click()
    expect(filters).not_to_contain_text("Posting status")
    assert both < how_many(page) < everything
    page.get_by_role("button", name="Remove filter Currency").click()
    expect(status_of_totals(page)).to_have_text("in all")
    assert how_many(page) == everything


@pytest.mark.spec("DLY-37")
def test_a_filter_that_cannot_be_read_says_why_and_keeps_what_was_typed(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("accounting"))
    page.get_by_role("button", name="Filter", exact=True).click()
    form = page.get_by_role("dialog", name="Filter invoices")
    form.get_by_label("Customer").fill("Nobody & Sons")
    form.get_by_label("Date from").fill("31.02.2026")
    form.get_by_role("button", name="Show invoices").click()
    expect(form.get_by_role("alert")).to_be_visible()
    expect(form.get_by_label("Customer")).to_have_value("Nobody & Sons")
    expect(form.get_by_label("Date from")).to_have_value("31.02.2026")


@pytest.mark.spec("DLY-39", "ERP-47")
def test_chosen_columns_persist_and_reset(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("sales"))
    for label in ("External document no.", "Aging"):
        expect(header(page, label)).to_have_count(0)
    page.get_by_role("button", name="Columns").click()
    chooser = page.get_by_role("dialog", name="Columns")
    chooser.get_by_role("button", name="Show Title").click()
    expect(header(page, "Title")).to_be_attached()
    chooser.get_by_role("button", name="Hide Due", exact=True).click()
    chooser.get_by_role("button", name="Move left: Status").click()
    chooser.get_by_role("button", name="Done").click()
    expect(chooser).to_be_hidden()
    wanted = ["Number", "Customer", "Date", "Amount", "Status", "Open", "Title"]
    expect(page.locator("thead th .sort")).to_have_text(wanted)

    page.reload()
    expect(desk.rows(page).first).to_be_visible()
    expect(page.locator("thead th .sort")).to_have_text(wanted)

    page.get_by_role("button", name="Columns").click()
    chooser.get_by_role("button", name="Reset Layout").click()
    expect(page.locator("thead th .sort")).to_have_text(
        ["Number", "Customer", "Date", "Due", "Amount", "Open", "Status"]
    )


def test_selected_rows_are_counted_and_summed_by_currency(tabs: Tabs, store: Store) -> None:
    first, second = store.draft(), store.draft()
    page = desk.open_grid(tabs.sign_in("billing"))
    for invoice_id in (first, second):
        desk.row(page, invoice_id).get_by_role("checkbox").click()
    bar = page.get_by_role("toolbar", name="Selected invoices")
    expect(bar).to_contain_text("2 selected")
    expect(bar).to_contain_text("EUR 359.38")
    desk.row(page, second).get_by_role("checkbox").click()
    expect(bar).to_contain_text("EUR 179.69")
    page.get_by_role("checkbox", name="Select all on this page").click()
    expect(bar).to_contain_text("50 selected")
    bar.get_by_role("button", name="Clear selection").click()
    expect(bar).to_be_hidden()


def test_pages_have_real_numbers_and_an_end(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("viewer"))
    count = how_many(page)
    last = -(-count // 50)
    pager = page.get_by_role("navigation", name="Pages")
    expect(pager).to_contain_text(f"1–50 of {count}")
    pager.get_by_role("button", name="Page 2", exact=True).click()
    expect(pager).to_contain_text(f"51–100 of {count}")
    expect(pager.get_by_role("button", name="Page 2", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    pager.get_by_role("button", name=f"Page {last}", exact=True).click()
    expect(pager).to_contain_text(f"{50 * (last - 1) + 1}–{count} of {count}")
    expect(desk.rows(page)).to_have_count(count - 50 * (last - 1))
    expect(pager.get_by_role("button", name="Next page")).to_have_count(0)
    pager.get_by_role("button", name="Previous page").click()
    expect(desk.rows(page)).to_have_count(50)


def test_the_export_holds_exactly_what_is_filtered(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("accounting"))
    page.get_by_role("navigation", name="Saved views").get_by_role("button", name="Overdue").click()
    expect(status_of_totals(page)).to_have_text("in this filter")
    narrow_to_customer(page, "hansekontor", CUSTOMER_A)
    count = how_many(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Export as CSV").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    table = list(csv.DictReader(StringIO(text)))
    assert waiting.value.suggested_filename == "invoices.csv"
    assert len(table) == count > 0
    assert {row["Customer"] for row in table} == {CUSTOMER_A}
    shown = page.locator(f"{desk.ROWS} th").all_inner_texts()
    assert [row["Number"] for row in table][: len(shown)] == shown


def test_nothing_found_names_the_filters_and_offers_to_clear_them(tabs: Tabs) -> None:
    page = desk.open_grid(tabs.sign_in("viewer"))
    search(page, "zzqxw")
    expect(page.get_by_role("heading", name="No invoice matches")).to_be_visible()
    expect(page.locator(".empty")).to_contain_text("search “zzqxw”")
    page.locator(".empty").get_by_role("button", name="Clear filters").click()
    expect(desk.rows(page)).to_have_count(50)
    expect(page.get_by_role("searchbox", name=SEARCH)).to_have_value("")
