"""Disputes in the browser: from the customer's mark to the posted credit note."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from billing_app.domain.access import ExternalRole
from billing_app.persistence.tables import Dispute, User
from billing_app.services.context import Actor, Context
from billing_app.services.disputes.opening import open_dispute
from tests.e2e import desk
from tests.e2e.browsers import PHONE, Tabs
from tests.e2e.store import CUSTOMER_A, CUSTOMER_B, Store

pytestmark = pytest.mark.e2e
ON = '{"IsDisputesEnabled": true}'


@pytest.fixture(autouse=True)
def taking_disputes(store: Store) -> Iterator[None]:
    store.set_site(ON)
    yield
    store.set_site("{}")


def section(page: Page, name: str = "Disputes") -> Locator:
    return page.get_by_role("region", name=name)


def marked(page: Page, line_no: int) -> Locator:
    return page.locator(f'[data-testid=mark-row][data-id="{line_no}"]')


def customer(store: Store, person: str = "l40@customer-a.example") -> Context:
    """The context of a person of customer A."""
    with store.world.database.read() as session:
        user = session.exec(select(User).where(User.email == person)).one()
    actor = Actor(
        user_id=user.id or 0,
        kind="external",
        name=user.name,
        customer_id=store.customers[CUSTOMER_A],
        role=ExternalRole.BILLING,
        scope="corporate",
    )
    return store.world.context(actor)


def disputes(store: Store, invoice_id: int) -> list[Dispute]:
    with store.world.database.read() as session:
        return list(session.exec(select(Dispute).where(Dispute.invoice_id == invoice_id)))


@pytest.mark.spec("T12", "6.5-6a", "ERP-13")
def test_from_the_customers_mark_to_the_posted_credit_note(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted(
        lines=(store.line("Tug, in", quantity="3"), store.line("Tug, out", price="50.00"))
    )
    theirs = tabs.sign_in("l40a")
    theirs.goto(f"/portal/invoices/{invoice_id}")
    section(theirs).get_by_role("button", name="Dispute this invoice").click()
    form = section(theirs).get_by_role("form")
    form.get_by_role("button", name="Send dispute").click()
    expect(form).to_contain_text("Say what is wrong.")
    form.get_by_label("What is wrong?").fill("Only two tugs came.")
    form.get_by_role("button", name="Send dispute").click()
    expect(section(theirs)).to_contain_text("Choose at least one line to dispute.")
    quantity = form.get_by_label("Disputed quantity of line 10")
    quantity.fill("4")
    form.get_by_role("button", name="Send dispute").click()
    expect(marked(theirs, 10)).to_contain_text("Enter a quantity up to 3; no more is left.")
    expect(form.get_by_label("What is wrong?")).to_have_value("Only two tugs came.")
    form.get_by_label("Tug, out").check()
    expect(form.get_by_label("Disputed quantity of line 20")).to_have_value("1")
    form.get_by_label("Tug, out").uncheck()
    quantity.fill("1")
    form.get_by_role("button", name="Send dispute").click()
    said = section(theirs).get_by_test_id("dispute-row")
    expect(said).to_contain_text("EUR 119.00")
    expect(said).to_contain_text("Tug, in: 1")

    ours = tabs.sign_in("accounting")
    desk.open_record(ours, invoice_id)
    row = ours.get_by_test_id("dispute-row")
    expect(row).to_contain_text("Only two tugs came.")
    row.get_by_role("button", name="Answer the dispute").click()
    window = ours.get_by_role("dialog", name="Answer the dispute over EUR 119.00")
    window.get_by_label("Words for the customer").fill("We ask the harbour master.")
    window.get_by_role("button", name="Send answer").click()
    expect(row).to_contain_text("Answered")
    theirs.reload()
    expect(said).to_contain_text("We ask the harbour master.")

    row.get_by_role("button", name="Accept the dispute").click()
    window = ours.get_by_role("dialog", name="Accept the dispute over EUR 119.00")
    expect(window.get_by_label("What it comes to")).to_contain_text("19.00")
    window.get_by_label("Reason, printed").fill("One tug was not needed.")
    window.get_by_role("button", name="Make credit note").click()
    ours.wait_for_url(re.compile(rf"invoice=(?!{invoice_id}$)\d+$"))
    credit_id = int(ours.url.rpartition("=")[2])
    expect(desk.posting(ours, "Ready for Posting")).to_be_visible()
    desk.choose(ours, "Posted…")
    desk.agree(ours, "Post invoice")
    expect(desk.posting(ours, "Posted")).to_be_visible()
    assert store.invoice(credit_id).total_minor == 11_900
    assert store.invoice(invoice_id).open_minor == 41_650 - 11_900
    theirs.reload()
    label = store.invoice(credit_id).label
    said.get_by_role("link", name=label).click()
    expect(theirs.get_by_role("heading", name=f"Credit Note {label}")).to_be_visible()


def test_in_german_a_dispute_is_opened_and_withdrawn_on_a_phone(tabs: Tabs, store: Store) -> None:
    invoice_id = store.posted()
    store.speak(CUSTOMER_A, "de")
    try:
        page = tabs.sign_in("l40a", PHONE)
        page.goto(f"/portal/invoices/{invoice_id}")
        place = section(page, "Beanstandungen")
        place.get_by_role("button", name="Diese Rechnung beanstanden").click()
        place.get_by_label("Beanstandete Menge der Position 10").fill("0,5")
        place.get_by_label("Was stimmt nicht?").fill("Halbe Stunde.")
        place.get_by_role("button", name="Beanstandung senden").click()
        said = place.get_by_test_id("dispute-row")
        expect(said).to_contain_text("Offen")
        expect(said).to_contain_text("44,92 EUR")
        said.get_by_role("button", name="Beanstandung zurückziehen").click()
        expect(said).to_contain_text("Zurückgezogen")
        assert [one.state for one in disputes(store, invoice_id)] == ["withdrawn"]
    finally:
        store.speak(CUSTOMER_A, "en")


@pytest.mark.spec("ERP-13")
def test_with_the_switch_off_there_is_nothing_and_an_open_form_sends_nothing(
    tabs: Tabs, store: Store
) -> None:
    invoice_id = store.posted()
    page = tabs.sign_in("l40a")
    page.goto(f"/portal/invoices/{invoice_id}")
    section(page).get_by_role("button", name="Dispute this invoice").click()
    form = section(page).get_by_role("form")
    form.get_by_label("Disputed quantity of line 10").fill("1")
    form.get_by_label("What is wrong?").fill("All of it.")
    store.set_site("{}")
    form.get_by_role("button", name="Send dispute").click()
    expect(page.get_by_text("switched off")).to_be_visible()
    assert disputes(store, invoice_id) == []
    page.reload()
    expect(page.locator("table.lines")).to_be_visible()
    expect(section(page)).to_have_count(0)


def test_a_dispute_is_found_in_the_grid_and_rejected_with_a_reason(
    tabs: Tabs, store: Store
) -> None:
    invoice_id, other = store.posted(), store.posted(customer=CUSTOMER_B)
    open_dispute(customer(store), invoice_id, None, "Never ordered.")
    page = tabs.sign_in("accounting")
    page.goto("/invoices?chip=Disputed")
    expect(desk.row(page, invoice_id)).to_be_visible()
    expect(desk.row(page, other)).to_have_count(0)
    desk.open_record(page, invoice_id)
    page.get_by_role("button", name="Reject the dispute").click()
    window = page.get_by_role("dialog", name="Reject the dispute over EUR 179.69")
    window.get_by_role("button", name="Reject dispute").click()
    expect(window).to_contain_text("Give the reason; the customer reads it.")
    window.get_by_label("Words for the customer").fill("Your order is of 3 March.")
    window.get_by_role("button", name="Reject dispute").click()
    row = page.get_by_test_id("dispute-row")
    expect(row).to_contain_text("Your order is of 3 March.")
    expect(row.get_by_role("button")).to_have_count(0)
