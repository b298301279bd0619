"""Reports in the browser: a sum leads to what it adds up, files say the same, days go back."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from billing_app.kit.wording import day
from tests.e2e.browsers import Tabs
from tests.e2e.store import CUSTOMER_A, Store

pytestmark = pytest.mark.e2e


def owed_in_grid(page: Page) -> Locator:
    """The "Owed" figure of the grid's totals, counted to the end."""
    expect(page.get_by_role("status").filter(has_text="in this filter")).to_be_visible()
    return page.locator(".totals tbody tr").filter(has_text="Owed").locator("td").first


def row_of(page: Page, customer: str) -> Locator:
    return page.get_by_test_id("report-row").filter(has_text=customer)


def table(page: Page) -> list[list[str]]:
    """The report's table as words, with plain figures."""
    lines = page.locator(".report-t tr").all()
    cells = [[cell.inner_text() for cell in line.locator("th, td").all()] for line in lines]
    return [[cell.replace(",", "").replace("\u2212", "-") for cell in line] for line in cells]


@pytest.mark.spec("6.4", "CRM-29", "CRM-30")
def test_a_sum_of_ages_leads_to_the_grid_with_the_same_total(tabs: Tabs, store: Store) -> None:
    today = store.ctx("viewer").today()
    late = today - timedelta(days=45)
    store.posted(document_date=late - timedelta(days=14), due_on=late)
    page = tabs.sign_in("viewer")
    page.goto("/reports")
    cell = row_of(page, CUSTOMER_A).locator("td").nth(3)  # 31–60 days
    figure, minor = cell.inner_text(), int(cell.get_attribute("data-minor") or 0)
    assert minor >= 17_969
    cell.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/invoices/?\?chip=Owed"))
    expect(owed_in_grid(page)).to_have_text(figure)
    page.goto("/")
    tile = page.locator("dl.tiles > div").filter(has_text="Overdue")
    figure = tile.get_by_role("link").inner_text()
    tile.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/invoices/?\?direction=out"))
    expect(owed_in_grid(page)).to_have_text(figure)


@pytest.mark.spec("6.4", "6.7")
def test_the_files_hold_the_table(tabs: Tabs, store: Store) -> None:
    store.posted()
    page = tabs.sign_in("viewer")
    for address, said in (
        ("/reports", "Receivables by age, EUR"),
        ("/reports?report=revenue", "Revenue by month, EUR"),
        ("/reports?report=cash&currency=JPY", "Cash in against due, JPY"),
    ):
        page.goto(address)
        expect(page.locator("figcaption p")).to_contain_text(said)
        shown = table(page)
        links = {
            name: page.get_by_role("link", name=name).get_attribute("href") or ""
            for name in ("CSV", "XLSX")
        }
        found = page.request.get(links["CSV"])
        rows = list(csv.reader(io.StringIO(found.text())))
        assert [len(row) for row in rows] == [len(row) for row in shown]
        assert [row[2:] for row in rows] == [row[2:] for row in shown]
        book = load_workbook(io.BytesIO(page.request.get(links["XLSX"]).body()))
        assert book.active.max_row == len(shown)
    outside = tabs.sign_in("l40a")
    assert outside.request.get("/exports/report.csv").status == 404


@pytest.mark.spec("6.4", "6.5-9")
def test_an_earlier_day_knows_nothing_of_a_later_payment(tabs: Tabs, store: Store) -> None:
    today = store.ctx("viewer").today()
    invoice_id = store.posted(
        document_date=today - timedelta(days=20), due_on=today - timedelta(days=6)
    )
    page = tabs.sign_in("viewer")
    past = today - timedelta(days=3)

    def age_on(on: date) -> int:
        page.goto("/reports")
        expect(page.get_by_label("As of")).to_have_value(day(today))
        page.get_by_label("As of").fill(on.isoformat())
        page.get_by_role("button", name="Show").click()
        page.wait_for_url(re.compile(f"as_of={on}"))
        expect(page.locator("figcaption p")).to_contain_text(f"open amount on {day(on)}")
        cell = row_of(page, CUSTOMER_A).locator("td").nth(2)  # 1–30 days
        expect(cell).to_be_visible()
        return int(cell.get_attribute("data-minor") or 0)

    before, now = age_on(past), age_on(today)
    store.pay(invoice_id, 10_000)
    assert age_on(today) == now - 10_000
    assert age_on(past) == before
    row_of(page, CUSTOMER_A).locator("td").nth(2).get_by_role("link").click()
    page.wait_for_url(re.compile("report=documents"))
    label = store.invoice(invoice_id).label
    expect(page.get_by_test_id("report-row").filter(has_text=label)).to_contain_text("179.69")
    page.goto("/reports?as_of=never&currency=%3Cb%3E")
    expect(page.get_by_role("alert").filter(has_text="Choose a currency")).to_be_visible()


@pytest.mark.spec("6.4", "6.7")
def test_the_journal_of_some_days_is_one_click_from_the_reports(tabs: Tabs, store: Store) -> None:
    number = store.invoice(store.posted()).number
    today = store.ctx("accounting").today()
    page = tabs.sign_in("accounting")
    page.goto("/reports")
    place = page.get_by_role("region", name="Journal")
    files = {
        name: place.get_by_role("link", name=f"Journal as {name}") for name in ("CSV", "beancount")
    }
    expect(files["CSV"]).to_have_attribute("href", re.compile(f"to={today}"))
    place.get_by_label("Journal from").fill(day(today + timedelta(days=1)))
    place.get_by_role("button", name="Choose").click()
    expect(place.get_by_text("This day lies before the first one.")).to_be_visible()
    place.get_by_label("Journal from").fill(day(today))
    place.get_by_role("button", name="Choose").click()
    expect(files["CSV"]).to_have_attribute("href", re.compile(f"from={today}&to={today}"))
    links = {name: link.get_attribute("href") or "" for name, link in files.items()}
    for address in links.values():
        found = page.request.get(address)
        assert found.ok
        assert number in found.text()
    listed = list(
        csv.DictReader(io.StringIO(page.request.get(links["CSV"]).body().decode("utf-8-sig")))
    )
    assert {one["Date"] for one in listed} == {today.isoformat()}
    viewer = tabs.sign_in("viewer")
    viewer.goto("/reports")
    expect(viewer.get_by_test_id("report-row").first).to_be_visible()
    expect(viewer.get_by_role("region", name="Journal")).to_have_count(0)
    assert viewer.request.get(links["CSV"]).status == 403
