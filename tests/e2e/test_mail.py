"""From the drawer to the customer's mailbox: a server of our own takes the mail (ORO-7 to 12)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from billing_app.services.papers import staff_paper
from tests.e2e import desk
from tests.e2e.browsers import Tabs
from tests.e2e.server import start, wait_for
from tests.e2e.store import Store
from tests.support.mail_sink import Sink

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    """The customer's mail server."""
    with Sink() as running:
        yield running


@pytest.fixture(scope="module")
def mailing(
    front_end: None, sink: Sink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """The product with the demo company and a mail server."""
    folder = tmp_path_factory.mktemp("mailing")
    folder.chmod(0o700)
    running = start(folder, "--demo", smtp_url=sink.url, mail_from="desk@aldermoor.example")
    try:
        wait_for(running)
        opened = Store(running.data_dir, running.url)
        yield opened
        opened.close()
    finally:
        running.stop()


@pytest.fixture
def mail_tabs(browser: Browser, mailing: Store) -> Iterator[Tabs]:
    """Pages of that server."""
    opened = Tabs(browser, mailing.world.settings.public_url)
    yield opened
    opened.close()


@pytest.mark.spec(
    "ORO-8", "ORO-9", "ORO-10", "ORO-11", "ORO-12", "CRM-2", "CRM-3", "CRM-22", "CRM-35", "6.11"
)
def test_a_draft_is_posted_and_mailed_and_the_very_paper_arrives(
    mail_tabs: Tabs, mailing: Store, sink: Sink
) -> None:
    invoice_id = mailing.draft(notes="", terms="")
    page = mail_tabs.sign_in("accounting")
    record = desk.open_record(page, invoice_id)
    desk.choose(page, "Send to Customer…", menu="more")
    asked = page.get_by_role("alertdialog", name=re.compile("to send it"))
    expect(asked).to_contain_text("Posting ends modification")
    asked.get_by_role("button", name="Keep as it is").click()
    expect(asked).to_be_hidden()
    assert mailing.invoice(invoice_id).posting_status == "DRAFT"

    desk.choose(page, "Send to Customer…", menu="more")
    asked.get_by_role("button", name="Proceed").click()
    mail = mail_dialog(page)
    expect(mail).to_be_visible()
    number = mailing.invoice(invoice_id).number
    expect(mail.get_by_label("Subject")).to_have_value(f"Invoice {number}")
    expect(mail).to_contain_text("Notes and Terms are both empty")
    expect(mail).to_contain_text(f"{number}.pdf goes with it")
    mail.get_by_role("button", name="Send nothing").click()
    expect(mail).to_be_hidden()
    expect(desk.posting(page, "Posted")).to_be_visible()
    assert not mailing.invoice(invoice_id).is_delivered

    page.keyboard.press("s")
    expect(mail).to_be_visible()
    mail.get_by_label("To", exact=True).fill("anna@customer.example, ben@customer.example")
    mail.get_by_role("button", name="Send e-mail").click()
    expect(mail).to_contain_text("Give one address here")
    expect(mail.get_by_label("To", exact=True)).to_have_value(
        "anna@customer.example, ben@customer.example"
    )
    mail.get_by_label("To", exact=True).fill("anna@customer.example")
    mail.get_by_label("CC", exact=False).first.fill("ben@customer.example")
    mail.get_by_label("Message").fill("Dear Anna,\n\nhere it is. {{7*7}} <b>\n\nAnke")
    mail.get_by_role("button", name="Preview").click()
    shown = mail.get_by_role("region", name="Preview of the mail")
    expect(shown).to_contain_text("here it is. {{7*7}} <b>")
    mail.get_by_role("button", name="Send e-mail").click()
    expect(mail).to_be_hidden()

    taken = sink.wait_for(2)
    assert [one.recipients for one in taken] == [
        ("anna@customer.example",),
        ("ben@customer.example",),
    ]
    paper = staff_paper(mailing.ctx("accounting"), invoice_id)
    assert taken[0].files() == {f"{number}.pdf": paper.content}
    assert taken[0].mail["Subject"] == f"Invoice {number}"
    assert "here it is. {{7*7}} <b>" in taken[0].text
    expect(record.locator(".d-sub span.st").first).to_contain_text("Sent")
    mails = record.get_by_role("region", name="E-mails")
    expect(mails.get_by_test_id("invoice-mail")).to_have_count(2)
    expect(mails).to_contain_text("anna@customer.example")
    expect(record.get_by_role("region", name="History")).to_contain_text(
        "Mailed to anna@customer.example"
    )


@pytest.mark.spec("ORO-20", "CXS-46", "CXS-45", "6.11")
def test_a_template_is_changed_with_a_live_preview_used_and_reset(
    mail_tabs: Tabs, mailing: Store
) -> None:
    invoice_id = mailing.posted(terms="Soon")
    number = mailing.invoice(invoice_id).number
    page = mail_tabs.sign_in("admin")
    page.goto("/templates")
    expect(page.get_by_label("Try it with invoice")).to_have_value(number)
    shown = page.get_by_role("region", name="Preview")
    expect(shown).to_contain_text("please find attached Invoice")
    text = page.get_by_label("Text", exact=True)
    text.fill("Line one\n{{#if invoice.terms}}Terms: {{invoice.terms}}")
    expect(page.get_by_text("Line 2: {{#if}} lacks its {{/if}}.")).to_be_visible()
    page.get_by_role("button", name="Save template").click()
    expect(page.get_by_role("group", name="What to correct")).to_contain_text("Line 2")
    text.fill("{{#if invoice.terms}}Terms: {{invoice.terms}}{{/if}} <b>{{account.name}}</b>")
    expect(shown).to_contain_text("Terms: Soon <b>Hansekontor Reederei AG</b>")
    page.get_by_role("button", name="Save template").click()
    expect(desk.notice(page, "The template is saved.")).to_be_visible()
    expect(page.get_by_text("The template for everybody counts here.").first).to_be_visible()

    desk.open_record(page, invoice_id)
    page.keyboard.press("s")
    mail = mail_dialog(page)
    expect(mail.get_by_label("Message")).to_have_value(re.compile("^Terms: Soon"))
    mail.get_by_role("button", name="Send nothing").click()

    page.goto("/templates")
    page.get_by_role("button", name="Reset to stock").click()
    expect(page.get_by_text("The stock template counts here.").first).to_be_visible()
    expect(text).to_have_value(re.compile("please find attached"))


@pytest.mark.spec("6.11", "CRM-22", "RELIABILITY-G3")
def test_a_refused_mail_is_mended_on_the_mail_page(
    mail_tabs: Tabs, mailing: Store, sink: Sink
) -> None:
    sink.rcpt["wrong@customer.example"] = b"550 5.1.1 No such user here"
    invoice_id = mailing.posted(terms="Soon")
    page = mail_tabs.sign_in("sales")
    record = desk.open_record(page, invoice_id)
    page.keyboard.press("s")
    mail = mail_dialog(page)
    mail.get_by_label("To", exact=True).fill("wrong@customer.example")
    mail.get_by_role("button", name="Send e-mail").click()
    failed = record.get_by_test_id("invoice-mail")
    expect(failed).to_contain_text("550 5.1.1 No such user here")
    expect(record.locator(".d-sub span.st").first).to_contain_text("Posted")
    failed.get_by_role("link", name="Mend it").click()
    dialog = page.locator("#mail")
    expect(dialog).to_contain_text("Mail failed")
    dialog.get_by_label("Address").fill("nonsense")
    dialog.get_by_role("button", name="Send again").click()
    expect(dialog).to_contain_text("is no e-mail address")
    before = len(sink.taken)
    dialog.get_by_label("Address").fill("right@customer.example")
    dialog.get_by_role("button", name="Send again").click()
    expect(dialog).to_be_hidden()
    assert sink.wait_for(before + 1)[-1].recipients == ("right@customer.example",)
    row = page.get_by_test_id("mail-row").first
    expect(row).to_contain_text("right@customer.example")
    expect(row).to_contain_text("Sent")
    row.get_by_role("link", name=mailing.invoice(invoice_id).number).click()
    expect(record.locator(".d-sub span.st").first).to_contain_text("Sent")


@pytest.mark.spec("ORO-7", "CRM-23", "6.7")
def test_a_free_mail_and_mark_as_sent(mail_tabs: Tabs, mailing: Store, sink: Sink) -> None:
    invoice_id = mailing.posted(terms="Soon")
    page = mail_tabs.sign_in("sales")
    record = desk.open_record(page, invoice_id)
    desk.choose(page, "Write e-mail…", menu="more")
    mail = mail_dialog(page)
    mail.get_by_label("Subject").fill("A question")
    mail.get_by_label("Message").fill("Where shall we send it?")
    before = len(sink.taken)
    mail.get_by_role("button", name="Send e-mail").click()
    taken = sink.wait_for(before + 1)[-1]
    assert (taken.mail["Subject"], taken.files()) == ("A question", {})
    expect(record.locator(".d-sub span.st").first).to_contain_text("Posted")
    desk.choose(page, "Mark as sent", menu="more")
    expect(record.locator(".d-sub span.st").first).to_contain_text("Sent")
    assert mailing.invoice(invoice_id).is_delivered
    viewer = mail_tabs.sign_in("viewer")
    desk.open_record(viewer, invoice_id)
    viewer.get_by_role("button", name="More options").click()
    expect(viewer.get_by_role("menuitem", name="Send to Customer")).to_have_count(0)
    assert viewer.request.get("/mail").status == 404
    assert viewer.request.get("/templates").status == 404


def mail_dialog(page: Page) -> Locator:
    """The mail's dialog."""
    return page.locator("#send")
