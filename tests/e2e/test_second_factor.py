"""Two-factor sign-in as people meet it: set up, asked at sign-in, a lost phone."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from billing_app.persistence.tables import User
from billing_app.security.authenticator import code_at
from billing_app.security.passwords import hash_password
from billing_app.services.people.portal_access import AccessFacts, grant_access
from billing_app.services.people.staff import create_staff
from tests.e2e.browsers import PASSWORD, Tabs
from tests.e2e.store import CUSTOMER_A, Store

pytestmark = pytest.mark.e2e
STAFF, CUSTOMER = "tova@demo.example", "tove@customer-a.example"


def key_on(page: Page) -> bytes:
    """The key a person would type into the app."""
    letters = page.locator("code.key").inner_text()
    return base64.b32decode(letters.replace(" ", ""))


def code(key: bytes, steps: int = 0) -> str:
    return code_at(key, datetime.now(UTC) + timedelta(seconds=30 * steps))


def sign_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def set_up(page: Page, address: str) -> tuple[bytes, list[str]]:
    """Switch it on; answers the app's key and the recovery codes."""
    page.goto(address)
    page.get_by_role("button", name="Set up two-factor sign-in").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    key = key_on(page)
    page.get_by_label("Code the app shows now").fill("000 000")
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("This code does not fit.")).to_be_visible()
    page.get_by_label("Code the app shows now").fill(code(key, -1))
    page.get_by_role("button", name="Switch on").click()
    listed = page.get_by_role("list", name="Recovery codes")
    expect(listed.get_by_role("listitem")).to_have_count(10)
    codes = listed.get_by_role("listitem").all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes left.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("10 recovery codes left.")).to_be_visible()
    assert codes[0] not in page.content(), "they are shown once"
    return key, codes


def leave(page: Page) -> None:
    page.context.clear_cookies()


@pytest.fixture(scope="module")
def accounts(store: Store) -> None:
    create_staff(
        store.ctx("owner"), STAFF, "Tova Twofold", level=30, password_hash=hash_password(PASSWORD)
    )
    facts = AccessFacts(role=40, days_back=None)
    customer = store.customers[CUSTOMER_A]
    grant_access(store.ctx("owner"), customer, CUSTOMER, "Tove Twofold", facts)
    with store.world.database.write() as session:
        row = session.exec(select(User).where(User.email_key == CUSTOMER)).one()
        row.password_hash = hash_password(PASSWORD)
        session.add(row)


def test_a_colleague_signs_in_with_a_code_and_an_owner_helps_with_a_lost_phone(
    tabs: Tabs, accounts: None
) -> None:
    page = tabs.anyone()
    sign_in(page, STAFF)
    page.wait_for_url("**/invoices")
    key, codes = set_up(page, "/account")
    leave(page)
    page.goto("/customers")
    page.wait_for_url("**/login?next=*")
    page.get_by_label("E-mail").fill(STAFF)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/login/code?next=*")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("This code does not fit.")
    page.get_by_label("Code").fill(code(key))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/customers")

    leave(page)
    sign_in(page, STAFF)
    page.get_by_label("Code").fill(codes[0].upper())
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/invoices")

    owner = tabs.sign_in("owner")
    owner.goto("/users")
    owner.get_by_role("button", name="Open Tova Twofold").click()
    owner.get_by_role("button", name="Reset two-factor sign-in").click()
    expect(owner.get_by_role("status", name="Notices")).to_contain_text("Tova Twofold is off")
    sign_in(page, STAFF)
    page.wait_for_url("**/invoices")


def test_a_customer_switches_it_on_and_off_with_password_and_code(
    tabs: Tabs, accounts: None
) -> None:
    page = tabs.anyone((390, 844))
    sign_in(page, CUSTOMER)
    page.wait_for_url("**/portal")
    key, codes = set_up(page, "/portal/account")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    section = page.get_by_role("region", name="Two-factor sign-in")
    section.get_by_label("Present password").fill("not it")
    section.get_by_label("Code of your app").fill(code(key))
    section.get_by_role("button", name="Switch off").click()
    expect(section.get_by_text("This is not your present password.")).to_be_visible()
    section.get_by_label("Present password").fill(PASSWORD)
    section.get_by_label("Code of your app").fill(codes[9])
    section.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Set up two-factor sign-in")).to_be_visible()
    leave(page)
    sign_in(page, CUSTOMER)
    page.wait_for_url("**/portal")
