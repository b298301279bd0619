"""Our own company's record: corrected where it is wrong, printed from then on."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.store import Store

pytestmark = pytest.mark.e2e


def save(page: Page) -> None:
    page.get_by_role("button", name="Save company").click()


def test_the_record_is_corrected_and_who_is_second_is_told(tabs: Tabs, store: Store) -> None:
    first, second = tabs.sign_in("admin"), tabs.sign_in("owner")
    for page in (first, second):
        page.goto("/settings")
        page.get_by_role("link", name="Company", exact=True).click()
        expect(page.get_by_label("IBAN")).not_to_have_value("")
    iban, phone = first.get_by_label("IBAN"), first.get_by_label("Phone")
    was = phone.input_value()
    iban.fill("DE02120300000000202052")
    phone.fill("+49 40 7777")
    save(first)
    expect(first.get_by_role("group", name="What to correct")).to_contain_text("no IBAN")
    expect(phone).to_have_value("+49 40 7777")
    iban.fill("DE02 1203 0000 0000 2020 51")
    save(first)
    expect(desk.notice(first, "is saved")).to_be_visible()
    expect(iban).to_have_value("DE02120300000000202051")
    second.get_by_label("City").fill("Kiel")
    save(second)
    expect(second.get_by_text("Somebody else changed this company").first).to_be_visible()
    expect(second.get_by_label("City")).to_have_value("Kiel")
    first.get_by_label("Phone").fill(was)
    save(first)
    expect(desk.notice(first, "is saved").nth(1)).to_be_visible()


def test_a_logo_is_shown_and_removed_and_other_files_are_refused(tabs: Tabs) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (80, 20), "navy").save(picture, "PNG")
    page = tabs.sign_in("admin")
    page.goto("/settings/company")
    for name, kind, content in (
        ("logo.svg", "image/svg+xml", b"<svg/>"),
        ("logo.png", "image/png", picture.getvalue()),
    ):
        expect(page.get_by_text("No logo is printed.")).to_be_visible()
        page.get_by_label("Another logo").set_input_files(
            {"name": name, "mimeType": kind, "buffer": content}
        )
        page.get_by_role("button", name="Upload logo").click()
        page.wait_for_url(re.compile("company=1"))
        if kind == "image/svg+xml":
            expect(page.get_by_text("This is no PNG or JPEG picture")).to_be_visible()
    logo = page.get_by_role("img", name="The logo")
    expect(logo).to_be_visible()
    assert page.evaluate("document.querySelector('.own-logo').naturalWidth") == 80
    page.get_by_role("button", name="Remove logo").click()
    expect(page.get_by_text("No logo is printed.")).to_be_visible()
