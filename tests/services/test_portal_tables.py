"""The portal's tables on both engines: filters, search, groups, sums, layouts, and who sees what."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing_app.domain.errors import Forbidden, Invalid, NotFound
from billing_app.domain.lifecycle import Action
from billing_app.domain.payments import PaymentState
from billing_app.domain.portal_tables import TABLES, View
from billing_app.persistence.tables import (
    InvoiceOrder,
    Package,
    PackageAssignment,
    PortalSite,
    SalesOrder,
    SavedLayout,
)
from billing_app.services.payments.allocating import Share, allocate
from billing_app.services.payments.recording import PaymentFacts, add_payment, record_payment
from billing_app.services.portal_tables import (
    reset_view,
    save_view,
    saved_view,
    show_table,
    table_file,
)
from billing_app.services.settings import change_setting
from tests.services.worldmaking import TODAY, a_line

OLD = TODAY - timedelta(days=45)


def numbers(page, key="number"):
    return [row[key] for row in page.seen.rows]


def show(w, table, who="a40", **changes):
    return show_table(w.ctx(who), table, replace(saved_view(w.ctx(who), table), **changes))


def an_order(w, number, customer="a", *, ordered_on=TODAY, **facts):
    return w.add(
        SalesOrder(
            number=number,
            customer_id=w.customers[customer],
            ordered_on=ordered_on,
            **{"type_name": "Service", "currency": "EUR", "amount_minor": 10_000} | facts,
        )
    )


@pytest.fixture
def five(w):
    """Three invoices of 10, 20 and 30, a credit note and a void one, over two months."""
    ids = [
        w.posted(
            lines=(a_line(quantity=Decimal(1), unit_price=Decimal(net), discount_type="none",
                          tax_rate=Decimal(0)),),
            document_date=on, due_on=on + timedelta(days=10), title=title,
        )
        for net, on, title in ((10, OLD, "100%_"), (20, TODAY, "Survey"), (30, TODAY, "survey two"))
    ]  # fmt: skip
    lines = (a_line(quantity=Decimal(1), unit_price=Decimal(5), discount_type="none",
                    tax_rate=Decimal(0)),)  # fmt: skip
    ids.append(w.posted(document_type_id=w.type_id("CRO"), lines=lines))
    ids.append(w.posted(lines=lines))
    w.move("accounting", ids[-1], Action.VOID, reason="x", confirmed=True)
    return ids


@pytest.mark.spec("ERP-8", "ERP-47")
def test_count_and_sum_are_over_all_pages_with_signs_and_without_void(w, five, monkeypatch):
    monkeypatch.setattr("billing_app.services.portal_tables.PAGE", 2)
    page = show(w, "invoices")
    assert len(page.seen.rows) == 2
    assert page.seen.whole.count == 5
    assert page.seen.whole.sums["amount"] == (("EUR", 5_500),)
    assert page.seen.rows[0]["date"] >= page.seen.rows[1]["date"]
    last = show(w, "invoices", page=99)
    assert (last.view.page, len(last.seen.rows)) == (3, 1)


@pytest.mark.spec("ERP-47", "ORO-30")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"title": "SURVEY"}, 2),
        ({"title": "100%_"}, 1),
        ({"title": "1_0"}, 0),
        ({"type": "credit"}, 1),
        ({"date.to": "2026-10-31"}, 1),
        ({"date.from": "1 Nov 2026", "amount.from": "20"}, 2),
        ({"amount.to": "-1"}, 1),
        ({"payment": "pending"}, 5),
        ({"amount.from": "9.99", "amount.to": "20,00", "title": "s"}, 1),
    ],
)
def test_a_filter_on_each_column_narrows_rows_count_and_sum(w, five, filters, found):
    page = show(w, "invoices", filters=tuple(filters.items()))
    assert len(page.seen.rows) == page.seen.whole.count == found


def test_a_filter_that_is_no_day_or_amount_is_told_at_its_field(w, five):
    with pytest.raises(Invalid) as wrong:
        show(w, "invoices", filters=(("date.from", "soon"), ("amount.to", "NaN")))
    assert set(wrong.value.fields) == {"date.from", "amount.to"}


@pytest.mark.spec("ERP-47")
@pytest.mark.parametrize(
    ("text", "found"), [("survey", 2), ("21 Nov 2026", 4), ("30", 1), ("CRN", 1), ("zzz", 0)]
)
def test_the_search_reads_every_column(w, five, text, found):
    assert show(w, "invoices", search=text).seen.whole.count == found


@pytest.mark.spec("ERP-47")
def test_groups_count_and_sum_whole_groups_at_each_depth(w, five, monkeypatch):
    monkeypatch.setattr("billing_app.services.portal_tables.PAGE", 1)
    page = show(w, "invoices", groups=("type", "date", "amount", "nonsense"))
    assert page.view.groups == ("type", "date"), "amounts are no groups"
    credit = ("Credit Note", 202611)
    assert page.seen.groups[credit[:1]].count == 1
    assert page.seen.groups[credit].sums["amount"] == (("EUR", -500),)
    second = show(w, "invoices", groups=("type", "date"), page=2)
    assert second.seen.groups["Invoice",].count == 4
    assert second.seen.groups["Invoice",].sums["amount"] == (("EUR", 6_000),)
    assert {place for place in second.seen.groups if len(place) == 2} == {
        ("Invoice", 202610),
        ("Invoice", 202611),
    }


@pytest.mark.spec("ERP-47")
@pytest.mark.parametrize("page", TABLES)
def test_every_column_of_every_table_sorts_filters_and_groups(w, five, page):
    facts = TABLES[page]
    for column in facts.columns:
        for descending in (True, False):
            show(w, page, sort=column.key, descending=descending)
        typed = {"day": "1 Nov 2026", "moment": "1 Nov 2026"}.get(column.kind, "1")
        ends = (".from", ".to") if column.kind.is_range else ("",)
        show(w, page, filters=tuple((column.key + end, typed) for end in ends))
        if column.kind.is_grouped:
            show(w, page, groups=(column.key,))
    show(w, page, search="1 Nov 2026")
    show(w, page, search="12.50")
    assert b"".join(table_file(w.ctx("a40"), page).rows)


@pytest.mark.spec("ERP-47")
def test_a_layout_is_kept_per_person_and_page_and_can_be_reset(w, five):
    mine = View(("amount", "number"), "amount", False, (("title", "s"),), ("type",), "not kept", 3)
    save_view(w.ctx("a40"), "invoices", mine)
    assert saved_view(w.ctx("a40"), "invoices") == replace(mine, search="", page=1)
    assert saved_view(w.ctx("a80"), "invoices").columns == TABLES["invoices"].shown
    assert saved_view(w.ctx("a40"), "due").columns == TABLES["due"].shown
    save_view(w.ctx("a40"), "invoices", View(("nonsense",), "nonsense"))
    assert saved_view(w.ctx("a40"), "invoices").columns == TABLES["invoices"].shown
    reset_view(w.ctx("a40"), "invoices")
    assert w.all(SavedLayout) == []


@pytest.mark.spec("ERP-32", "ERP-33", "ERP-34", "ERP-35", "6.7")
def test_each_table_opens_from_its_role_and_prices_from_theirs(w, five):
    an_order(w, "SO-1")
    for page in ("invoices", "due", "payments", "packages"):
        for who in ("a10", "a20", "a30", "billing"):
            with pytest.raises(Forbidden):
                show_table(w.ctx(who), page, View())
    with pytest.raises(Forbidden):
        show_table(w.ctx("a10"), "orders", View())
    with pytest.raises(NotFound):
        show_table(w.ctx("a90"), "secrets", View())
    without = show(w, "orders", "a20")
    assert "amount" not in without.view.columns
    assert not {"amount", "currency", "amount_sum"} & set(without.seen.rows[0])
    assert without.seen.whole.sums == {}
    assert "100.00" not in b"".join(table_file(w.ctx("a20"), "orders").rows).decode()
    assert show(w, "orders", "a30").seen.rows[0]["amount"] == 10_000


@pytest.mark.spec("ERP-49", "6.8")
def test_orders_are_ones_own_within_days_back_and_of_the_sites_types(w):
    an_order(w, "SO-1")
    an_order(w, "SO-2", ordered_on=OLD, type_name="Repair")
    an_order(w, "SO-B", customer="b")
    an_order(w, "SO-C", customer="c")
    assert set(numbers(show(w, "orders"))) == {"SO-1", "SO-2", "SO-C"}
    w.people["a40"] = replace(w.people["a40"], days_back=30, scope="department")
    assert numbers(show(w, "orders")) == ["SO-1"]
    w.people["a40"] = replace(w.people["a40"], days_back=None)
    w.change(PortalSite, 1, settings_json='{"OrderDocumentTypes": ["Repair"]}')
    assert numbers(show(w, "orders")) == ["SO-2"]
    w.change(PortalSite, 1, settings_json='{"OrderDocumentTypes": []}')
    assert numbers(show(w, "orders")) == []
    w.people["a40"] = replace(w.people["a40"], scope="own")
    w.change(PortalSite, 1, settings_json="{}")
    assert numbers(show(w, "orders")) == []


@pytest.mark.spec("ERP-44")
def test_due_payments_are_open_invoices_with_what_remains_and_how_late_it_is(w, five):
    order = an_order(w, "SO-1", amount_minor=4_200)
    w.add(InvoiceOrder(invoice_id=five[0], order_id=order))
    record_payment(w.ctx("accounting"), five[0], PaymentFacts(Decimal(4), TODAY))
    record_payment(w.ctx("accounting"), five[1], PaymentFacts(Decimal(20), TODAY))
    page = show(w, "due")
    assert [row["target"] for row in page.seen.rows] == [five[0], five[2]]
    late = page.seen.rows[0]
    assert (late["remaining"], late["paid"], late["ordered"]) == (600, 400, 4_200)
    assert late["overdue"] == (TODAY - late["due"]).days == 35
    assert page.seen.rows[1]["overdue"] is None
    assert page.seen.whole.sums["remaining"] == (("EUR", 3_600),)


@pytest.mark.spec("ERP-46", "CXS-32", "CXS-50")
def test_payment_history_counts_each_payment_once_and_hides_private_words(w, five):
    ctx = w.ctx("accounting")
    facts = PaymentFacts(Decimal(50), TODAY, description="Thanks # CANARY pays late")
    payment = add_payment(ctx, w.customers["a"], facts, code="EUR").id
    allocate(ctx, [Share(payment, five[1], 2_000), Share(payment, five[2], 3_000)])
    pending = replace(facts, amount=Decimal(7), description="#CANARY")
    add_payment(ctx, w.customers["a"], pending, code="EUR", state=PaymentState.PENDING)
    old = replace(facts, paid_on=date(2025, 11, 1))
    add_payment(ctx, w.customers["a"], old, code="EUR")
    add_payment(ctx, w.customers["b"], facts, code="EUR")
    page = show(w, "payments")
    rows = sorted(page.seen.rows, key=lambda row: row["covered"] or 0)
    assert [(row["paid"], row["covered"], row["status"]) for row in rows] == [
        (700, None, "Pending"),
        (5_000, 2_000, "Completed"),
        (5_000, 3_000, "Completed"),
    ]
    assert page.seen.whole.sums["paid"] == (("EUR", 5_000),)
    assert page.seen.whole.sums["covered"] == (("EUR", 5_000),)
    assert [row["description"] for row in rows] == ["", "Thanks", "Thanks"]
    assert show(w, "payments", search="canary").seen.whole.count == 0
    assert show(w, "payments", filters=(("description", "late"),)).seen.whole.count == 0
    assert "CANARY" not in b"".join(table_file(w.ctx("a40"), "payments").rows).decode()


def test_a_payment_of_a_hidden_document_does_not_name_it(w, five):
    record_payment(w.ctx("accounting"), five[0], PaymentFacts(Decimal(10), TODAY))
    assert show(w, "payments").seen.rows[0]["invoice"]
    w.people["a40"] = replace(w.people["a40"], days_back=30)
    row = show(w, "payments").seen.rows[0]
    assert (row["invoice"], row["target"], row["covered"], row["paid"]) == (None, None, None, 1_000)
    w.people["a40"] = replace(w.people["a40"], scope="own")
    assert show(w, "payments").seen.rows == ()


@pytest.mark.spec("CXS-49")
def test_packages_show_what_they_cost_the_customer_and_never_us(w):
    package = w.add(Package(name="Fleet", retail=Decimal("12.5"), cost=Decimal("7.77777"),
                            frequency="monthly", description="For one vessel"))  # fmt: skip
    facts = {"package_id": package, "quantity": Decimal(1), "start_on": OLD}
    w.add(PackageAssignment(customer_id=w.customers["a"], auto_decrement=True, **facts))
    w.add(PackageAssignment(customer_id=w.customers["b"], **facts))
    w.add(PackageAssignment(customer_id=w.customers["a"], **facts, end_on=TODAY - timedelta(1)))
    (row,) = show(w, "packages").seen.rows
    assert (row["name"], row["retail"], row["frequency"]) == ("Fleet", Decimal("12.5"), "Monthly")
    assert bool(row["decrement"])
    assert Decimal("7.77777") not in row.values()
    assert b"7.77777" not in b"".join(table_file(w.ctx("a40"), "packages").rows)
    assert show(w, "packages", search="7.77777").seen.whole.count == 0


@pytest.mark.spec("CXS-48", "6.8")
@pytest.mark.parametrize("scope", ["site", "customer"])
@pytest.mark.parametrize("page", ["orders", "due", "payments", "packages"])
def test_each_section_is_switched_per_site_and_per_customer(w, page, scope):
    from billing_app.services.scopes import withheld_from

    key = {"due": "due_payments"}.get(page, page)
    at = 1 if scope == "site" else w.customers["a"]
    change_setting(w.ctx("admin"), f"show_{key}_in_portal", "off", scope=scope, scope_id=at)
    with w.database.read() as session:
        withheld = {c: withheld_from(session, w.customers[c]) for c in "ab"}
    assert TABLES[page].permission in withheld["a"]
    assert (TABLES[page].permission in withheld["b"]) == (scope == "site")
    w.people["a90"] = replace(w.people["a90"], withheld=withheld["a"])
    with pytest.raises(NotFound):
        show_table(w.ctx("a90"), page, View())


def test_a_person_whose_access_went_sees_nothing(w, five):
    nobody = replace(w.people["a90"], customer_id=None, role=None)
    with pytest.raises(Forbidden):
        show_table(w.ctx(nobody), "invoices", View())
