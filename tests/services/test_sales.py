"""Orders and opportunities: their lists, their invoices, the links both ways."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from threading import Barrier

import pytest

from billing_app.domain.charges import PendingList
from billing_app.domain.errors import Conflict, Forbidden, Invalid, NotEditable, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import (
    AuditEntry,
    ChargeLine,
    Contact,
    Customer,
    InvoiceOrder,
    Opportunity,
    Product,
    SalesOrder,
    SalesOrderLine,
)
from billing_app.services.charges.generating import refresh_charges
from billing_app.services.invoices.drafts import create_draft, read_draft, save_draft
from billing_app.services.invoices.listing import get_invoice
from billing_app.services.sales.offers import Offered, OpportunityFacts
from billing_app.services.sales.opportunities import (
    get_opportunity,
    list_opportunities,
    save_opportunity,
)
from billing_app.services.sales.ordering import STATUSES, OrderFacts, save_order
from billing_app.services.sales.orders import (
    get_order,
    link_order,
    list_orders,
    order_draft,
    unlink_order,
)
from billing_app.services.sales.prefilled import adjustment, opportunity_draft
from tests.services.chargemaking import assemble
from tests.services.worldmaking import TODAY


def an_order(w, number="SO-1", key="a", **facts):
    common = {
        "ordered_on": date(2026, 11, 2),
        "type_name": "Service order",
        "currency": "EUR",
        "amount_minor": 12_000,
        "status": "Confirmed",
    }
    return w.add(SalesOrder(number=number, customer_id=w.customers[key], **(common | facts)))


def an_opportunity(w, by="sales", lines=(), **facts):
    common = {"title": "Refit", "value_minor": 50_000, "currency": "EUR"}
    said = OpportunityFacts(customer_id=w.customers["a"], **(common | facts))
    return save_opportunity(w.ctx(by), said, lines)


def masked(w, who="sales"):
    return w.ctx(replace(w.people[who], sees_partner=False))


@pytest.mark.spec("ORO-17", "ORO-18")
def test_an_order_is_invoiced_in_parts_and_both_know_of_each_other(w):
    order = an_order(w)
    w.change(Customer, w.customers["a"], tax_rate=Decimal(20), payment_term_days=14)
    draft, found = order_draft(w.ctx("sales"), order)
    assert (draft.lines[0].unit_price, draft.prices_include_tax) == (Decimal("120.00"), True)
    assert (draft.due_on - draft.document_date).days == 14
    part = replace(draft, lines=(replace(draft.lines[0], unit_price=Decimal(50)),))
    first = create_draft(w.ctx("sales"), part)
    assert w.invoice(first).total_minor == 5_000
    rest, found = order_draft(w.ctx("sales"), order)
    assert (found.left_minor, rest.lines[0].unit_price) == (7_000, Decimal("70.00"))
    second = create_draft(w.ctx("sales"), rest)
    record = get_order(w.ctx("viewer"), order)
    assert [row.id for row in record.invoices] == [second, first]
    assert (record.billed_minor, record.left_minor) == (12_000, 0)
    assert get_invoice(w.ctx("viewer"), first).orders == ((order, "SO-1"),)
    w.move("sales", second, Action.CANCEL, reason="Not yet")
    assert get_order(w.ctx("viewer"), order).left_minor == 7_000


@pytest.mark.spec("ORO-18")
def test_a_link_is_set_and_taken_away_until_the_invoice_has_ended(w):
    order, other, invoice = an_order(w), an_order(w, "SO-2"), w.posted()
    for _ in range(2):
        link_order(w.ctx("sales"), invoice, order)
        link_order(w.ctx("sales"), invoice, other)
    assert len(w.all(InvoiceOrder)) == 2
    for _ in range(2):
        unlink_order(w.ctx("sales"), invoice, order)
    assert [row.order_id for row in w.all(InvoiceOrder)] == [other]
    told = [row.action for row in w.all(AuditEntry) if row.action.startswith("order")]
    assert told == ["order linked", "order linked", "order unlinked"]
    w.move("accounting", invoice, Action.VOID, reason="Wrong", confirmed=True)
    with pytest.raises(NotEditable):
        link_order(w.ctx("sales"), invoice, order)
    with pytest.raises(Forbidden):
        link_order(w.ctx("viewer"), invoice, order)
    with pytest.raises(NotFound):
        link_order(w.ctx("sales"), w.draft(), 999)


def test_what_is_invoiced_directly_does_not_wait_for_a_second_invoice(w):
    order = an_order(w)
    refresh_charges(w.ctx("billing"), PendingList.RECEIVABLE)
    assert [row.order_id for row in w.all(ChargeLine)] == [order]
    draft, _ = order_draft(w.ctx("sales"), order)
    create_draft(w.ctx("sales"), draft)
    assert w.all(ChargeLine) == []
    refresh_charges(w.ctx("billing"), PendingList.RECEIVABLE)
    assert w.all(ChargeLine) == []


def test_an_invoice_takes_orders_and_opportunities_of_its_customer_only(w):
    foreign, own = an_order(w, key="b"), an_order(w, "SO-2")
    draft, _ = order_draft(w.ctx("sales"), own)
    for strange in (
        replace(draft, order_ids=(foreign,)),
        replace(draft, order_ids=(999,)),
        replace(draft, opportunity_id=999),
        replace(draft, customer_id=w.customers["b"]),
    ):
        with pytest.raises(Invalid):
            create_draft(w.ctx("sales"), strange)
    made = create_draft(w.ctx("sales"), draft)
    content, version = read_draft(w.ctx("sales"), made)
    with pytest.raises(Invalid) as caught:
        moved = replace(content, customer_id=w.customers["b"])
        save_draft(w.ctx("sales"), made, moved, version=version)
    assert "SO-2 belongs to another customer" in caught.value.fields["customer"]
    with pytest.raises(Invalid):
        link_order(w.ctx("sales"), made, foreign)


def test_lists_hide_the_customer_from_who_may_not_see_it_also_in_the_search(w):
    an_order(w)
    an_opportunity(w)
    for listed in (list_orders, list_opportunities):
        assert [row.customer for row in listed(w.ctx("viewer"), "halvorsen").rows] == [
            "Halvorsen Dairy"
        ]
        assert listed(masked(w), "halvorsen").rows == ()
        assert [row.customer for row in listed(masked(w)).rows] == ["Hidden"]
        assert listed(w.ctx("viewer"), "%_\0'").rows == ()
    assert list_orders(w.ctx("viewer"), status="Confirmed").count == 1
    assert list_orders(w.ctx("viewer"), status="Closed").count == 0
    assert list_opportunities(w.ctx("viewer"), stage="Won").count == 0
    assert list_orders(w.ctx("viewer"), page=2).rows == ()


@pytest.mark.spec("CRM-10", "CRM-13")
def test_an_invoice_begins_with_what_its_opportunity_says(w):
    contact = w.add(Contact(customer_id=w.customers["a"], name="Ida"))
    product = w.all(Product)[0]
    lines = (
        Offered("Work", Decimal(10), Decimal("19.99"), product.id),
        Offered("Travel", Decimal(1), Decimal(100)),
    )
    w.change(Customer, w.customers["a"], tax_rate=Decimal(7))
    made = an_opportunity(w, lines=lines, contact_id=contact)
    draft, difference = opportunity_draft(w.ctx("sales"), made)
    assert (draft.customer_id, draft.contact_id, draft.currency) == (
        w.customers["a"],
        contact,
        "EUR",
    )
    assert [(line.quantity, line.unit_price, line.tax_rate) for line in draft.lines] == [
        (Decimal(10), Decimal("19.99"), Decimal(20)),
        (Decimal(1), Decimal(100), Decimal(7)),
    ]
    assert difference == 50_000 - 29_990
    assert get_opportunity(w.ctx("viewer"), made).difference_minor == difference
    whole = (*draft.lines, adjustment(difference, "EUR", Decimal(20)))
    invoice = create_draft(w.ctx("sales"), replace(draft, lines=whole))
    row = w.invoice(invoice)
    assert (row.subtotal_minor, row.origin, row.opportunity_id) == (50_000, "opportunity", made)
    record = get_opportunity(w.ctx("viewer"), made)
    assert [one.id for one in record.invoices] == [invoice]
    assert get_invoice(w.ctx("viewer"), invoice).opportunity == (made, "Refit")


@pytest.mark.spec("CRM-11")
def test_without_products_the_title_is_the_one_line(w):
    made = an_opportunity(w)
    draft, difference = opportunity_draft(w.ctx("sales"), made)
    assert [(line.description, line.quantity, line.unit_price) for line in draft.lines] == [
        ("Refit", Decimal(1), Decimal("500.00"))
    ]
    assert (difference, draft.due_on) == (0, date(2026, 12, 21))
    assert draft.document_date == TODAY


def test_an_opportunity_is_saved_once_a_version(w):
    made = an_opportunity(w)
    facts = OpportunityFacts("Refit, larger", w.customers["a"], 60_000, "EUR", stage="Proposal")
    save_opportunity(w.ctx("sales"), facts, opportunity_id=made, version=1)
    with pytest.raises(Conflict):
        save_opportunity(w.ctx("sales"), facts, opportunity_id=made, version=1)
    row = w.all(Opportunity)[0]
    assert (row.title, row.stage, row.version) == ("Refit, larger", "Proposal", 2)
    with pytest.raises(Forbidden):
        save_opportunity(w.ctx("viewer"), facts)
    with pytest.raises(NotFound):
        save_opportunity(w.ctx("sales"), facts, opportunity_id=99, version=1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"customer_id": 0}, "customer"),
        ({"customer_id": 999}, "customer"),
        ({"value_minor": -1}, "value"),
        ({"currency": "EURO"}, "currency"),
        ({"stage": "Dreaming"}, "stage"),
        ({"contact_id": 999}, "contact"),
    ],
)
def test_a_wrong_opportunity_is_told_at_its_field(lite, changes, field):
    facts = OpportunityFacts("Refit", lite.customers["a"], 1, "EUR")
    with pytest.raises(Invalid) as caught:
        save_opportunity(lite.ctx("sales"), replace(facts, **changes))
    assert field in caught.value.fields
    assert lite.all(Opportunity) == []


def test_the_customer_of_an_invoiced_opportunity_is_fixed(w):
    made = an_opportunity(w)
    draft, _ = opportunity_draft(w.ctx("sales"), made)
    create_draft(w.ctx("sales"), draft)
    facts = OpportunityFacts("Refit", w.customers["b"], 1, "EUR")
    with pytest.raises(Invalid, match="fixed"):
        save_opportunity(w.ctx("sales"), facts, opportunity_id=made, version=1)


def order_facts(w, **said):
    return replace(
        OrderFacts(w.customers["a"], date(2026, 11, 2), "EUR", type_name="Service order"), **said
    )


BERTH = Offered("Berth", Decimal("2.5"), Decimal("47.60"))
CRANE = Offered("Crane", Decimal(1), Decimal("33.33"))


@pytest.mark.spec("ORO-17", "ORO-18")
def test_an_order_is_made_with_lines_and_becomes_an_invoice_of_its_amount(w):
    w.change(Customer, w.customers["a"], tax_rate=Decimal(19))
    product = w.all(Product)[0]
    lines = [replace(BERTH, product_id=product.id), CRANE]
    key = save_order(w.ctx("sales"), order_facts(w, notes="Pier 4"), lines, key="k")
    assert save_order(w.ctx("sales"), order_facts(w), lines, key="k") == key
    (row,) = w.all(SalesOrder)
    assert (row.number, row.amount_minor, row.status) == (f"SO-{key:06d}", 15_233, "Confirmed")
    record = get_order(w.ctx("viewer"), key)
    assert (record.lines, record.order.version, record.order.notes) == (tuple(lines), 1, "Pier 4")
    draft, _ = order_draft(w.ctx("sales"), key)
    assert [(one.description, one.unit, one.product_id) for one in draft.lines] == [
        ("Berth", "h", product.id),
        ("Crane", "", None),
    ]
    made = create_draft(w.ctx("sales"), draft)
    assert w.invoice(made).total_minor == 15_233
    assert [one.id for one in get_order(w.ctx("viewer"), key).invoices] == [made]
    rest, _ = order_draft(w.ctx("sales"), key)
    assert [(one.description, one.unit_price) for one in rest.lines] == [(f"Order {row.number}", 0)]


def test_an_order_without_lines_has_the_amount_that_was_typed(w):
    key = save_order(w.ctx("sales"), order_facts(w, number=" PO 7 ", amount_minor=500))
    assert [(row.number, row.amount_minor) for row in w.all(SalesOrder)] == [("PO 7", 500)]
    facts = order_facts(w, number="PO 7", amount_minor=900, status="Closed")
    save_order(w.ctx("sales"), facts, [CRANE], order_id=key, version=1)
    with pytest.raises(Conflict):
        save_order(w.ctx("sales"), facts, order_id=key, version=1)
    (row,) = w.all(SalesOrder)
    assert (row.amount_minor, row.status, row.version) == (3_333, "Closed", 2)
    save_order(w.ctx("sales"), facts, order_id=key, version=2)
    assert w.all(SalesOrderLine) == []
    told = [one for one in w.all(AuditEntry) if one.entity == "order"]
    assert [one.action for one in told] == ["created", "changed", "changed"]
    assert '"amount_minor": 3333' in told[1].after
    assert "notes" not in told[1].after
    with pytest.raises(Forbidden):
        save_order(w.ctx("viewer"), facts, order_id=key, version=3)
    with pytest.raises(NotFound):
        save_order(w.ctx("sales"), facts, order_id=99, version=1)


def test_a_typed_number_is_never_given_again(w):
    taken = save_order(w.ctx("sales"), order_facts(w, number="SO-000002"))
    key = save_order(w.ctx("sales"), order_facts(w))
    assert {row.id: row.number for row in w.all(SalesOrder)} == {
        taken: "SO-000002",
        key: "SO-000003",
    }


@pytest.mark.parametrize(
    ("field", "changes", "lines"),
    [
        ("customer", {"customer_id": 0}, ()),
        ("customer", {"customer_id": 999}, ()),
        ("currency", {"currency": "EURO"}, ()),
        ("amount", {"amount_minor": -1}, ()),
        ("lines", {}, (replace(CRANE, unit_price=Decimal(-1)),)),
        ("lines", {}, (replace(CRANE, product_id=999),)),
        ("lines", {}, (CRANE,) * 201),
        ("lines.0.description", {}, (replace(CRANE, description=" "),)),
        ("status", {"status": "Dreaming"}, ()),
        ("number", {"number": "SO-1"}, ()),
        ("number", {"number": "x" * 65}, ()),
        ("notes", {"notes": "a\0b"}, ()),
    ],
    ids=str,
)
def test_a_wrong_order_is_told_at_its_field(lite, field, changes, lines):
    an_order(lite)
    with pytest.raises(Invalid) as caught:
        save_order(lite.ctx("sales"), order_facts(lite, **changes), lines)
    assert list(caught.value.fields) == [field]
    assert (len(lite.all(SalesOrder)), lite.all(SalesOrderLine)) == (1, [])


@pytest.mark.spec("ORO-18")
def test_customer_and_currency_of_an_invoiced_order_are_fixed(w):
    order = an_order(w)
    draft, _ = order_draft(w.ctx("sales"), order)
    create_draft(w.ctx("sales"), draft)
    facts = order_facts(w, number="SO-1", customer_id=w.customers["b"], currency="USD")
    with pytest.raises(Invalid) as caught:
        save_order(w.ctx("sales"), facts, order_id=order, version=1)
    assert set(caught.value.fields) == {"customer", "currency"}
    more = order_facts(w, number="SO-1", amount_minor=20_000)
    save_order(w.ctx("sales"), more, order_id=order, version=1)
    assert get_order(w.ctx("viewer"), order).left_minor == 8_000


def test_what_waits_to_be_billed_follows_its_order(w):
    order = an_order(w)
    facts = order_facts(w, number="SO-1", amount_minor=500, customer_id=w.customers["b"])
    save_order(w.ctx("sales"), facts, order_id=order, version=1)
    assert w.all(ChargeLine) == []
    refresh_charges(w.ctx("billing"), PendingList.RECEIVABLE)
    save_order(
        w.ctx("sales"), replace(facts, amount_minor=700, number="SO-9"), order_id=order, version=2
    )
    (charge,) = w.all(ChargeLine)
    assert (charge.net_minor, charge.text, charge.customer_id) == (
        700,
        "Order SO-9",
        w.customers["b"],
    )
    closed = replace(facts, status=STATUSES[-1])
    save_order(w.ctx("sales"), closed, order_id=order, version=3)
    assert w.all(ChargeLine) == []


def at_once(*verbs):
    """How many of them were done, the others refused."""
    start = Barrier(len(verbs))

    def ask(verb):
        start.wait()
        try:
            verb()
        except (Invalid, Conflict, Refused):
            return 0
        return 1

    with ThreadPoolExecutor(len(verbs)) as people:
        return sum(people.map(ask, verbs))


def given_away_while_invoiced(w, way, number):
    order = an_order(w, number)
    refresh_charges(w.ctx("billing"), PendingList.RECEIVABLE)
    draft, _ = order_draft(w.ctx("sales"), order)
    charges = [row.id for row in w.all(ChargeLine) if row.order_id == order]
    away = order_facts(w, number=number, customer_id=w.customers["b"], amount_minor=9)
    ways = {
        "invoiced": lambda: create_draft(w.ctx("sales"), draft),
        "assembled": lambda: assemble(w, *charges),
    }
    give = partial(save_order, w.ctx("sales2"), away, order_id=order, version=1)
    assert at_once(give, ways[way]) >= 1


@pytest.mark.spec("ORO-18")
@pytest.mark.parametrize("way", ["invoiced", "assembled"])
def test_an_order_given_away_while_it_is_invoiced_belongs_to_one_customer(w, way):
    for at in range(8):
        given_away_while_invoiced(w, way, f"SO-{at}")
    owners = {row.id: row.customer_id for row in w.all(SalesOrder)}
    for row in w.all(InvoiceOrder):
        assert w.invoice(row.invoice_id).customer_id == owners[row.order_id]
    assert all(row.customer_id == owners[row.order_id] for row in w.all(ChargeLine))
