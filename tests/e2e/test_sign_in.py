"""Signing in and out: messages, the way back, and what is left behind."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import desk
from tests.e2e.browsers import PASSWORD, Tabs
from tests.e2e.store import Store

pytestmark = pytest.mark.e2e


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("email", ["sales@demo.example", "nobody@demo.example"])
def test_a_wrong_password_says_the_same_for_everybody(tabs: Tabs, email: str) -> None:
    page = tabs.anyone()
    page.goto("/login")
    sign_in(page, email, "not the password at all")
    expect(page.get_by_role("alert")).to_have_text("Wrong e-mail or password.")
    assert "/login" in page.url
    assert not page.context.cookies()


def test_signing_in_leads_back_to_the_deep_link(tabs: Tabs, store: Store) -> None:
    invoice_id = store.draft()
    page = tabs.anyone()
    page.goto(f"/invoices?invoice={invoice_id}")
    page.wait_for_url("**/login?next=*")
    sign_in(page, "viewer@demo.example", "wrong first, then right")
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, "viewer@demo.example")
    page.wait_for_url(f"**/invoices?invoice={invoice_id}")
    expect(desk.heading(page)).to_have_text(f"D-{invoice_id:06d}")


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/x", "https://evil.example", "/\\evil.example"]
)
def test_nobody_is_sent_to_another_site(tabs: Tabs, elsewhere: str) -> None:
    page = tabs.anyone()
    page.goto(f"/login?next={elsewhere}")
    sign_in(page, "viewer@demo.example")
    page.wait_for_url("**/invoices")
    assert page.url.startswith(tabs.url)


def test_the_session_cookie_is_out_of_scripts_reach(tabs: Tabs) -> None:
    page = tabs.sign_in("viewer")
    page.goto("/invoices")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["sid"]["httpOnly"]
    assert cookies["sid"]["sameSite"] == "Lax"
    token = cookies["sid"]["value"]
    assert token not in page.evaluate("document.cookie")
    assert token not in page.content()
    assert token not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def test_signing_out_ends_it_and_back_shows_nothing(tabs: Tabs) -> None:
    page = tabs.anyone()
    page.goto("/login")
    sign_in(page, "sales@demo.example")
    expect(desk.rows(page).first).to_be_visible()
    cookie = page.context.cookies()
    page.get_by_role("button", name="account of").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/login")
    page.go_back()
    page.wait_for_load_state()
    page.wait_for_timeout(500)  # whatever an old page would still show
    expect(desk.rows(page)).to_have_count(0)
    page.goto("/invoices")
    page.wait_for_url("**/login?next=*")

    page.context.add_cookies(cookie)  # the ended session is worth nothing
    page.goto("/invoices")
    page.wait_for_url("**/login?next=*")


def test_staff_and_customers_arrive_at_their_own_home(tabs: Tabs) -> None:
    for person, home in (("viewer", "/invoices"), ("l40a", "/portal")):
        page = tabs.anyone()
        page.goto("/login")
        email = "l40@customer-a.example" if person == "l40a" else f"{person}@demo.example"
        sign_in(page, email)
        page.wait_for_url(f"**{home}")
