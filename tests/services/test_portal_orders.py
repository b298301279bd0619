"""An order in the portal, what a list of documents offers, and who is offered what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from billing_app.domain.access import Permission
from billing_app.domain.errors import Forbidden, NotFound
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import (
    Invoice,
    InvoiceOrder,
    PdfDocument,
    PortalSite,
    SalesOrder,
)
from billing_app.services.papers import ensure_pdf
from billing_app.services.portal_orders import OrderLink, get_order, orders_of_document
from billing_app.services.portal_rows import row_actions
from tests.services.paymaking import Checkout
from tests.services.worldmaking import TODAY

OLD = TODAY - timedelta(days=45)


def an_order(w, number, customer="a", **facts):
    row = {"ordered_on": TODAY, "type_name": "Service", "currency": "EUR", "amount_minor": 4_200}
    return w.add(SalesOrder(number=number, customer_id=w.customers[customer], **row | facts))


def made_of(w, order, **changes):
    invoice_id = w.posted(**changes)
    w.add(InvoiceOrder(invoice_id=invoice_id, order_id=order))
    return invoice_id


@pytest.mark.spec("ORO-32", "ERP-33", "ERP-34", "ERP-49")
@pytest.mark.parametrize(
    ("who", "amount", "documents"),
    [("a20", None, None), ("a30", 4_200, None), ("a40", 4_200, 2), ("a90", 4_200, 2)],
)
def test_an_order_opens_with_what_the_role_covers(w, who, amount, documents):
    order = an_order(w, "SO-1", status="Confirmed", notes="By noon")
    ids = [made_of(w, order), made_of(w, order)]
    w.add(InvoiceOrder(invoice_id=w.draft(), order_id=order))
    w.add(InvoiceOrder(invoice_id=w.posted(customer_id=w.customers["b"]), order_id=order))
    shown = get_order(w.ctx(who), order)
    assert (shown.number, shown.status, shown.notes) == ("SO-1", "Confirmed", "By noon")
    assert (shown.amount_minor, shown.currency) == (amount, amount and "EUR")
    assert shown.customer == "Halvorsen Dairy"
    assert (shown.invoices is None) == (documents is None)
    if documents:
        assert {one.id for one in shown.invoices} == set(ids)


@pytest.mark.spec("ORO-32", "ERP-39", "ERP-49", "6.7")
def test_an_order_that_the_list_does_not_hold_is_not_there(w):
    theirs, below = an_order(w, "SO-B", "b"), an_order(w, "SO-C", "c")
    old = an_order(w, "SO-OLD", ordered_on=OLD)
    assert get_order(w.ctx("a20"), below).number == "SO-C"
    assert get_order(w.ctx("a20"), old).number == "SO-OLD"
    for who, order in (("a90", theirs), ("a90", 999_999), ("b90", old), ("b90", below)):
        with pytest.raises(NotFound):
            get_order(w.ctx(who), order)
    for narrower, order in (({"days_back": 30}, old), ({"scope": "own"}, below)):
        person = replace(w.people["a40"], **narrower)
        with pytest.raises(NotFound):
            get_order(w.ctx(person), order)
    with pytest.raises(Forbidden):
        get_order(w.ctx("a10"), old)
    w.change(PortalSite, 1, settings_json='{"OrderDocumentTypes": ["Repair"]}')
    with pytest.raises(NotFound):
        get_order(w.ctx("a40"), old)


@pytest.mark.spec("ORO-32", "ERP-45")
def test_a_document_leads_to_its_orders_and_only_to_those_one_may_open(w):
    order, old = an_order(w, "SO-1"), an_order(w, "SO-OLD", ordered_on=OLD)
    invoice_id = made_of(w, order)
    for linked in (old, an_order(w, "SO-B-CANARY", "b")):
        w.add(InvoiceOrder(invoice_id=invoice_id, order_id=linked))
    both = (OrderLink(order, "SO-1"), OrderLink(old, "SO-OLD"))
    assert orders_of_document(w.ctx("a40"), invoice_id) == both
    recent = replace(w.people["a40"], days_back=30)
    assert orders_of_document(w.ctx(recent), invoice_id) == (both[0], OrderLink(0, "SO-OLD"))
    off = {Permission.PORTAL_ORDERS, Permission.PORTAL_PRICES}
    without = replace(w.people["a40"], withheld=frozenset(off))
    assert [one.id for one in orders_of_document(w.ctx(without), invoice_id)] == [0, 0]
    assert orders_of_document(w.ctx("b90"), invoice_id) == ()
    with pytest.raises(Forbidden):
        orders_of_document(w.ctx("a30"), invoice_id)


@pytest.fixture
def desk(w, tmp_path):
    return Checkout(w, tmp_path)


@pytest.mark.spec("ORO-31", "ORO-43", "CXS-47")
def test_a_row_offers_paying_where_there_is_something_to_pay_and_its_pdf(desk):
    w = desk.w
    owed, paid, theirs, draft = w.posted(), w.posted(), w.posted(customer_id=2), w.draft()
    void, credit = w.posted(), w.posted(document_type_id=w.type_id("CRO"))
    elsewhere = w.posted()
    w.change(Invoice, elsewhere, external_payment_page="https://pay.example/1")
    w.move("accounting", void, Action.VOID, reason="x", confirmed=True)
    desk.pay(paid)
    desk.look(2)
    everything = [owed, paid, theirs, draft, void, credit, elsewhere, 999_999]
    offered = row_actions(desk.ctx(), desk.gateways, everything)
    assert {key: (one.pay, one.has_pdf) for key, one in offered.items()} == {
        owed: (f"/portal/pay/{owed}", True),
        paid: ("", True),
        void: ("", True),
        credit: ("", True),
        elsewhere: ("https://pay.example/1", True),
    }
    assert {one.number for one in offered.values()} == {
        w.invoice(key).number for key in (owed, paid, void, credit, elsewhere)
    }
    desk.set("enable_invoice_payments", "off")
    assert row_actions(desk.ctx(), desk.gateways, [owed])[owed].pay == ""
    with pytest.raises(Forbidden):
        row_actions(desk.ctx("a30"), desk.gateways, [owed])


@pytest.mark.spec("ORO-33", "CXS-47")
def test_a_row_offers_a_pdf_only_where_there_is_one_and_the_site_offers_it(desk):
    w = desk.w
    desk.set("generate_pdf_when_posted", "off")
    made, without = w.posted(), w.posted()
    desk.set("generate_pdf_when_posted", "on")
    ensure_pdf(w.ctx("accounting"), made)
    desk.set("generate_pdf_when_posted", "off")
    assert [row.invoice_id for row in w.all(PdfDocument)] == [made]
    offered = row_actions(desk.ctx(), desk.gateways, [made, without])
    assert (offered[made].has_pdf, offered[without].has_pdf) == (True, False)
    desk.set("enable_pdf_download_in_portal", "off")
    assert not row_actions(desk.ctx(), desk.gateways, [made])[made].has_pdf
