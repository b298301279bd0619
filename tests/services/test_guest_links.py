"""Guest links: what they open, until when, who used them, and what counts as viewed."""

from datetime import timedelta

import pytest

from billing_app.domain.errors import BillingError, Forbidden, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.domain.paying import visitor_kind
from billing_app.persistence.tables import DeliveryEvent, GuestLink
from billing_app.services.invoices.listing import get_invoice
from billing_app.services.mail.sending import compose_mail
from billing_app.services.paying.guests import (
    guest_page,
    links_of,
    mailed_page,
    note_visit,
    revoke_link,
)
from billing_app.services.paying.pages import guest_page_of, guest_paper, pay_as_guest
from billing_app.services.payments.listing import get_payment
from tests.services.paymaking import TOTAL, Checkout


@pytest.fixture
def desk(w, tmp_path):
    return Checkout(w, tmp_path)


def token_of(address):
    return address.rsplit("/", 1)[1]


@pytest.mark.spec("ORO-32", "ORO-39", "6.7")
def test_a_link_opens_one_invoice_and_nothing_else(desk):
    invoice_id, other = desk.w.posted(), desk.w.posted()
    address = guest_page(desk.ctx("sales"), invoice_id)
    assert address.startswith("https://billing.example/pay/")
    assert guest_page(desk.ctx("a40"), invoice_id) == address  # the same, whoever asks
    token = token_of(address)
    assert len(token) == 43
    page = guest_page_of(desk.guest(), desk.gateways, token)
    assert (page.invoice_id, page.open_minor, page.state) == (invoice_id, TOTAL, "payable")
    assert guest_paper(desk.guest(), token).content.startswith(b"%PDF")
    opened = pay_as_guest(desk.guest(), desk.gateways, token)
    desk.gateway.confirm(opened.charge.client_secret, "4242424242424242")
    assert guest_page_of(desk.guest(), desk.gateways, token).state == "paid"
    assert desk.invoice(other).open_minor == TOTAL
    for verb in (get_invoice, get_payment, links_of, guest_page):
        with pytest.raises(BillingError):
            verb(desk.guest(), invoice_id)
    desk.holds()


def test_the_database_keeps_no_token(desk):
    token = token_of(guest_page(desk.ctx("sales"), desk.w.posted()))
    [row] = desk.w.all(GuestLink)
    assert token not in row.token_hash
    assert token not in str(row.model_dump())


@pytest.mark.spec("ORO-39")
def test_what_is_guessed_revoked_or_too_old_sounds_the_same(desk):
    invoice_id = desk.w.posted()
    token = token_of(guest_page(desk.ctx("sales"), invoice_id))
    said = set()

    def refused(one):
        for verb in (guest_page_of, pay_as_guest):
            with pytest.raises(NotFound) as caught:
                verb(desk.guest(), desk.gateways, one)
            said.add(caught.value.sentence)
        with pytest.raises(NotFound):
            guest_paper(desk.guest(), one)

    for guess in ("", "x" * 43, token[:-1] + "!", token + "a", "\0", "é" * 43):
        refused(guess)
    with pytest.raises(Forbidden):
        revoke_link(desk.ctx("viewer"), desk.w.all(GuestLink)[0].id)
    for _ in range(2):
        revoke_link(desk.ctx("sales"), desk.w.all(GuestLink)[0].id)
    refused(token)
    fresh = token_of(guest_page(desk.ctx("sales"), invoice_id))
    assert fresh != token
    desk.w.clock.instant += timedelta(days=90)
    refused(fresh)
    assert len(said) == 1


def test_a_link_is_not_given_out_below_sales_nor_for_what_cannot_be_paid(desk):
    posted, draft = desk.w.posted(), desk.w.draft()
    for who in ("viewer", "a30"):
        with pytest.raises(Forbidden):
            guest_page(desk.ctx(who), posted)
    with pytest.raises(NotFound):
        guest_page(desk.ctx("b90"), posted)
    with pytest.raises(Refused):
        guest_page(desk.ctx("sales"), draft)
    desk.w.move("accounting", posted, Action.VOID, reason="Twice", confirmed=True)
    with pytest.raises(Refused):
        guest_page(desk.ctx("sales"), posted)
    assert desk.w.all(GuestLink) == []


def test_only_a_persons_visit_counts_as_viewed_and_all_are_listed(desk):
    invoice_id = desk.w.posted()
    token = token_of(guest_page(desk.ctx("sales"), invoice_id))

    def visit(kind, what="opened"):
        note_visit(desk.guest(), token, what, kind=kind, address="192.0.2.1", agent="Browser")

    for kind in ("staff", "scanner"):
        visit(kind)
    assert not desk.invoice(invoice_id).is_delivered
    assert desk.w.all(DeliveryEvent) == []
    for _ in range(3):  # reloaded: one visit
        visit("person")
    visit("person", "pdf")
    assert desk.invoice(invoice_id).is_delivered
    assert [row.channel for row in desk.w.all(DeliveryEvent)] == ["portal_view", "portal_download"]
    [link] = links_of(desk.ctx("viewer"), invoice_id)
    assert [(one.kind, one.what) for one in link.visits] == [
        ("person", "pdf"), ("person", "opened"), ("scanner", "opened"), ("staff", "opened"),
    ]  # fmt: skip
    assert link.address == ""  # a viewer gives no links out
    desk.holds()


@pytest.mark.parametrize(
    ("agent", "is_staff", "kind"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", False, "person"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", True, "staff"),
        ("Mozilla/5.0 (compatible; LinkScanner/2.1)", False, "scanner"),
        ("python-requests/2", False, "scanner"),
        ("", False, "scanner"),
    ],
)
def test_who_visits_is_told_by_session_and_browser(agent, is_staff, kind):
    assert visitor_kind(agent, is_staff=is_staff) == kind


@pytest.mark.spec("ORO-38", "ORO-39", "6.11")
def test_mails_carry_the_external_page_else_the_guests_else_none(desk):
    external, own = desk.w.posted(), desk.w.posted()
    from billing_app.persistence.tables import Invoice

    desk.w.change(Invoice, external, external_payment_page="https://pay.example/1")
    assert mailed_page(desk.ctx("sales"), external) == "https://pay.example/1"
    said = compose_mail(desk.ctx("sales"), own)
    assert guest_page(desk.ctx("sales"), own) in said.text
    desk.set("enable_invoice_payments", "off")
    assert "/pay/" not in compose_mail(desk.ctx("sales"), own).text
