"""Every page and layer under axe, in light on a desk and in dark on a phone."""

import re
import secrets
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from billing_app.domain.mail import MailFacts
from billing_app.services.mail.sending import send_mail
from tests.e2e import desk
from tests.e2e.browsers import PHONE, WIDE, Tabs
from tests.e2e.store import CUSTOMER_A, Store

pytestmark = pytest.mark.e2e
AXE = Axe()
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
SETTLED_MS = 200  # the layout of another size
LOOKS = {"desk": (WIDE, False), "phone-dark": (PHONE, True)}
View = Callable[[Page, Store], str]  # shows it; answers the part to look at


def grid(page: Page, _store: Store) -> str:
    desk.open_grid(page)
    page.get_by_role("button", name="Ready for posting", exact=True).click()
    expect(desk.rows(page).filter(has_text="Ready for Posting").first).to_be_visible()
    expect(desk.rows(page)).not_to_have_count(50)
    return "html"


def record(page: Page, store: Store) -> str:
    desk.open_record(page, store.posted(internal_comment="Call first"))
    return ".drawer"


def review(page: Page, store: Store) -> str:
    page.goto(f"/invoices?invoice={store.assembled()}&review=post")
    expect(desk.review(page)).to_be_visible()
    return "#review"


def editor(page: Page, _store: Store) -> str:
    page.goto("/invoices/new")
    desk.add_line(page, description="Rope", unit_price="5", tax_rate="NaN")
    desk.line_editor(page).get_by_role("button", name="Save line").click()
    expect(page.locator("#f-line-tax_rate-error")).not_to_be_empty()
    page.get_by_role("button", name="Keep as draft").click()
    expect(page.locator(".problems")).to_be_visible()
    return "html"


def filters(page: Page, _store: Store) -> str:
    desk.open_grid(page).get_by_role("button", name="Filter", exact=True).click()
    expect(page.get_by_role("dialog", name="Filter invoices")).to_be_visible()
    return "#filters"


def columns(page: Page, _store: Store) -> str:
    desk.open_grid(page).get_by_role("button", name="Columns").click()
    expect(page.get_by_role("dialog", name="Columns")).to_be_visible()
    return "#columns"


def palette(page: Page, _store: Store) -> str:
    desk.open_grid(page)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search or jump to").fill("hansekontor")
    expect(page.get_by_role("option").filter(has_text="10001")).to_be_visible()
    return ".pal"


def nothing_found(page: Page, _store: Store) -> str:
    desk.open_grid(page).get_by_role("searchbox").fill("zzqxw")
    expect(page.get_by_role("heading", name="No invoice matches")).to_be_visible()
    return "html"


def opportunity(page: Page, _store: Store) -> str:
    page.goto("/opportunities/1")
    expect(page.get_by_label("Product quantity").first).to_be_visible()
    return "html"


def order(page: Page, _store: Store) -> str:
    page.goto("/orders")
    page.get_by_test_id("order-row").first.get_by_role("link").click()
    expect(page.get_by_text("Left to invoice")).to_be_visible()
    return "html"


def plan(page: Page, _store: Store) -> str:
    page.goto("/invoices/recurring")
    page.get_by_test_id("plan-row").first.get_by_role("link").click()
    expect(page.get_by_test_id("repeat").first).to_be_visible()
    return "html"


def customers(page: Page, _store: Store) -> str:
    page.goto("/customers")
    expect(page.get_by_test_id("customer-row").first).to_be_visible()
    return "html"


def customer(page: Page, store: Store) -> str:
    page.goto(f"/customers/{store.customers[CUSTOMER_A]}")
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    return "html"


def customer_packages(page: Page, store: Store) -> str:
    page.goto(f"/customers/{store.customers[CUSTOMER_A]}?tab=packages")
    expect(page.get_by_role("heading", name="Assign a package")).to_be_visible()
    return "html"


def customer_details(page: Page, store: Store) -> str:
    page.goto(f"/customers/{store.customers[CUSTOMER_A]}?tab=details")
    expect(page.get_by_label("Name", exact=True)).to_have_value(CUSTOMER_A)
    return "html"


def packages(page: Page, _store: Store) -> str:
    page.goto("/packages")
    expect(page.get_by_test_id("package-row").first).to_be_visible()
    return "html"


def a_package(page: Page, _store: Store) -> str:
    page.goto("/packages/1")
    expect(page.get_by_role("heading", name="Rhythm")).to_be_visible()
    return "html"


def usage(page: Page, _store: Store) -> str:
    page.goto("/usage")
    expect(page.get_by_role("heading", name="Imports")).to_be_visible()
    return "html"


def imports(page: Page, _store: Store) -> str:
    page.goto("/imports")
    page.get_by_label("Or paste its rows").fill(
        "invoice,date,customer,price\nAX-1,03/05/2026,A,1.020"
    )
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_role("group", name="What to correct")).to_be_visible()
    return "html"


def products(page: Page, _store: Store) -> str:
    page.goto("/products")
    expect(page.get_by_test_id("product-row").first).to_be_visible()
    return "html"


def pending(page: Page, _store: Store) -> str:
    page.goto("/pending")
    page.get_by_role("button", name="TKM-2603", exact=True).click()
    expect(page.get_by_test_id("pending-line").first).to_be_visible()
    return "html"


def assembling(page: Page, store: Store) -> str:
    pending(page, store)
    page.get_by_role("checkbox", name="Tick Mooring").click()
    page.get_by_role("button", name="Assemble…").click()
    expect(page.locator("#assemble")).to_be_visible()
    return "#assemble"


def pending_line(page: Page, store: Store) -> str:
    pending(page, store)
    page.get_by_role("button", name="Add line").click()
    page.get_by_role("button", name="Save line").click()
    expect(page.locator("#charge .problems")).to_be_visible()
    return "#charge"


def voyages(page: Page, _store: Store) -> str:
    page.goto("/voyages")
    expect(page.get_by_test_id("voyage-row").first).to_be_visible()
    return "html"


def voyage(page: Page, store: Store) -> str:
    page.goto(f"/voyages/{store.closed_voyage()}")
    expect(page.get_by_label("Reference")).to_have_value("NST-2601")
    return "html"


def settings(page: Page, _store: Store) -> str:
    page.goto("/settings")
    expect(page.get_by_label("Invoice Number Prefix")).to_be_visible()
    return "html"


def sending(page: Page, store: Store) -> str:
    desk.open_record(page, store.posted())
    desk.choose(page, "Send to Customer…", menu="more")
    page.locator("#send").get_by_label("To", exact=True).fill("nobody")
    page.locator("#send").get_by_role("button", name="Send e-mail").click()
    expect(page.locator("#send .problems")).to_be_visible()
    return "#send"


def mails(page: Page, store: Store) -> str:
    facts = MailFacts("anna@customer.example", "Invoice", "Dear Anna")
    send_mail(store.ctx("sales"), store.posted(), facts, key=secrets.token_hex(8))
    page.goto("/mail")
    expect(page.get_by_test_id("mail-row").first).to_be_visible()
    return "html"


def templates(page: Page, _store: Store) -> str:
    page.goto("/templates")
    page.get_by_text("What a template may say").click()
    page.get_by_label("Text", exact=True).fill("{{#if")
    expect(page.get_by_text("lack their }}")).to_be_visible()
    return "html"


def dashboard(page: Page, _store: Store) -> str:
    page.goto("/")
    expect(page.get_by_text("Amount due").first).to_be_visible()
    return "html"


def aging(page: Page, _store: Store) -> str:
    page.goto("/reports")
    expect(page.get_by_test_id("report-row").first).to_be_visible()
    return "html"


def revenue(page: Page, _store: Store) -> str:
    page.goto("/reports?report=revenue")
    expect(page.get_by_role("img", name="Bars: revenue by month")).to_be_visible()
    return "html"


def notifications(page: Page, store: Store) -> str:
    store.move(store.assembled(), ("ready", "accounting"))
    page.goto("/notifications")
    expect(page.get_by_test_id("notification-row").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Notifications")).click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel.get_by_test_id("notification-row").first).to_be_visible()
    return "html"


def company(page: Page, _store: Store) -> str:
    page.goto("/settings/company")
    page.get_by_label("IBAN").fill("x")
    page.get_by_role("button", name="Save company").click()
    expect(page.get_by_role("group", name="What to correct")).to_be_visible()
    return "html"


def account(page: Page, _store: Store) -> str:
    page.goto("/account")
    expect(page.get_by_label("A job fails")).to_be_visible()
    return "html"


def login(page: Page, _store: Store) -> str:
    page.goto("/login?error=wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    return "html"


def portal_home(page: Page, _store: Store) -> str:
    page.goto("/portal")
    expect(page.get_by_role("table", name="Due payments")).to_be_visible()
    return "html"


def portal_list(page: Page, _store: Store) -> str:
    page.goto("/portal/invoices")
    expect(desk.rows(page).first).to_be_visible()
    return "html"


def portal_due(page: Page, _store: Store) -> str:
    page.goto("/portal/due")
    expect(desk.rows(page).first).to_be_visible()
    page.get_by_role("button", name="Filter", exact=True).click()
    return "html"


def portal_payments(page: Page, _store: Store) -> str:
    page.goto("/portal/payments")
    expect(page.get_by_test_id("payments-row").first).to_be_visible()
    page.get_by_role("button", name="Columns", exact=True).click()
    return "html"


def portal_statement(page: Page, _store: Store) -> str:
    page.goto("/portal/statement")
    expect(page.get_by_test_id("statement-row").first).to_be_visible()
    return "html"


def portal_profile(page: Page, _store: Store) -> str:
    page.goto("/portal/profile?file=kind")
    expect(page.get_by_role("alert")).to_contain_text("not taken")
    return "html"


def portal_account(page: Page, _store: Store) -> str:
    page.goto("/portal/account")
    expect(page.get_by_test_id("session-row").first).to_be_visible()
    return "html"


def portal_users(page: Page, _store: Store) -> str:
    page.goto("/portal/users")
    page.get_by_role("button", name="Edit the access of Lukas Reimer").click()
    expect(page.get_by_role("button", name="Save access")).to_be_visible()
    return "html"


def sites(page: Page, _store: Store) -> str:
    page.goto("/settings/sites")
    expect(page.get_by_label("Settings").first).to_be_visible()
    return "html"


def portal_document(page: Page, store: Store) -> str:
    page.goto(f"/portal/invoices/{store.posted()}")
    expect(page.get_by_role("article")).to_be_visible()
    return "html"


VIEWS: tuple[tuple[str, View], ...] = (
    *(("admin", view) for view in (
        grid, record, review, editor, filters, palette, nothing_found, customers, opportunity, order,
        plan,
        customer, customer_packages, customer_details, packages, a_package, usage, imports, products,
        settings, dashboard, aging, revenue, pending, assembling, pending_line, voyages, voyage,
        sending, mails, templates, sites, notifications, account, company,
    )),
    ("", login),
    *(("l40a", view) for view in (
        portal_home, portal_list, portal_document, portal_due, portal_payments, portal_statement,
        portal_profile, portal_account,
    )),
    ("l90a", portal_users),
)  # fmt: skip


@pytest.mark.parametrize(
    ("person", "view"),
    [*VIEWS, ("admin", columns)],
    ids=lambda part: getattr(part, "__name__", part or "nobody"),
)
def test_axe_finds_nothing(tabs: Tabs, store: Store, person: str, view: View) -> None:
    page = tabs.sign_in(person) if person else tabs.anyone()
    part = view(page, store)
    is_portal = not person or person in {"l40a", "l90a"}
    for size, dark in LOOKS.values():
        if view is columns and size == PHONE:  # cards have no columns
            continue
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.wait_for_timeout(SETTLED_MS)
        told = audited(page, part)
        assert not told, f"{size}: " + "\n".join(told)
        if is_portal:
            assert page.evaluate("document.scrollingElement.scrollWidth") <= size[0]


def audited(page: Page, part: str) -> list[str]:
    """What axe says of a part of the page as it looks now."""
    found = AXE.run(page, context=part, options=RULES)
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    "
        + "\n    ".join(str(node["html"])[:200] for node in rule["nodes"][:4])
        for rule in found.response["violations"]
    ]
