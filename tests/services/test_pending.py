"""The pending lists: how they are grouped, masked, edited and rebuilt (SPEC DLY-26 to DLY-30)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from billing_app.domain.charges import PendingList, PendingView
from billing_app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from billing_app.persistence.queries.charges import Place, Sum
from billing_app.persistence.tables import AuditEntry, ChargeLine, SalesOrder, ServiceOrder
from billing_app.services.charges.editing import (
    ChargeEdit,
    NewCharge,
    add_charge,
    edit_charge,
    remove_charge,
)
from billing_app.services.charges.generating import edits_at_risk, refresh_charges
from billing_app.services.charges.pending import (
    pending_amounts,
    pending_charge,
    pending_groups,
    pending_lines,
    pending_parts,
    pending_sums,
)
from billing_app.services.voyages import (
    VoyageFacts,
    get_voyage,
    list_voyages,
    save_voyage,
    vessel_names,
)
from tests.services.chargemaking import a_charge, a_payable, assemble, charge
from tests.services.worldmaking import TODAY

RECEIVABLE, PAYABLE, HIRE = PendingList
VOYAGE, VESSEL, PARTNER = PendingView


@pytest.fixture
def fleet(w):
    """Two voyages of two vessels, charges of two partners in two currencies, some loose ones."""
    x, y = w.voyage("X-1", vessel="Aurora"), w.voyage("Y-1", vessel="Boreas")
    b = w.customers["b"]
    a_charge(w, voyage_id=x, vessel_id=1)
    a_charge(w, voyage_id=x, vessel_id=1, currency="USD")
    a_charge(w, voyage_id=x, vessel_id=1, customer_id=b)
    a_charge(w, voyage_id=y, vessel_id=2, customer_id=b)
    a_charge(w, customer_id=b)
    a_payable(w, voyage_id=y, vessel_id=2)
    a_payable(w, pending_list="hire", kind="hire", voyage_id=y, vessel_id=2)
    billed = a_charge(w, voyage_id=x, vessel_id=1)
    assemble(w, billed)
    return w


def shown(w, listed, view, who="billing", **more):
    page = pending_groups(w.ctx(who), listed, view, **more)
    return [
        (group.name, [(one.currency, one.count) for one in group.sums]) for group in page.groups
    ]


@pytest.mark.spec("DLY-26", "DLY-27")
def test_a_list_is_viewed_by_voyage_by_vessel_or_by_partner(fleet):
    assert shown(fleet, RECEIVABLE, VOYAGE) == [
        ("No voyage", [("EUR", 1)]),
        ("X-1", [("EUR", 2), ("USD", 1)]),
        ("Y-1", [("EUR", 1)]),
    ]
    assert shown(fleet, RECEIVABLE, VESSEL) == [
        ("No vessel", [("EUR", 1)]),
        ("Aurora", [("EUR", 2), ("USD", 1)]),
        ("Boreas", [("EUR", 1)]),
    ]
    assert shown(fleet, RECEIVABLE, PARTNER) == [
        ("Brixham Breweries", [("EUR", 3)]),
        ("Halvorsen Dairy", [("EUR", 1), ("USD", 1)]),
    ]
    assert shown(fleet, PAYABLE, VOYAGE) == [("Y-1", [("EUR", 1)])]
    assert shown(fleet, HIRE, PARTNER) == [("Halvorsen Dairy", [("EUR", 1)])]
    with pytest.raises(Invalid, match="cannot be viewed by voyage"):
        shown(fleet, HIRE, VOYAGE)
    assert pending_sums(fleet.ctx("viewer"), RECEIVABLE) == [
        Sum("EUR", 4, 80_000),
        Sum("USD", 1, 20_000),
    ]


@pytest.mark.spec("DLY-27")
def test_a_row_opens_into_partners_and_currencies(fleet):
    parts = pending_parts(fleet.ctx("billing"), RECEIVABLE, VOYAGE, 1)
    assert [(one.customer_name, one.currency, one.count, one.net_minor) for one in parts] == [
        ("Brixham Breweries", "EUR", 1, 20_000),
        ("Halvorsen Dairy", "EUR", 1, 20_000),
        ("Halvorsen Dairy", "USD", 1, 20_000),
    ]
    place = Place(RECEIVABLE, VOYAGE, 1, fleet.customers["a"], "USD")
    rows = pending_lines(fleet.ctx("billing"), place).rows
    assert [(row.charge.id, row.voyage, row.vessel) for row in rows] == [(2, "X-1", "Aurora")]
    assert pending_amounts(fleet.ctx("billing"), place) == {2: 20_000}
    loose = Place(RECEIVABLE, VESSEL, 0, fleet.customers["b"], "EUR")
    assert [row.charge.id for row in pending_lines(fleet.ctx("billing"), loose).rows] == [5]


def test_groups_and_lines_come_fifty_at_a_time(lite):
    for at in range(51):
        a_charge(lite, f"Work {at}", voyage_id=lite.voyage(f"V-{at:03d}"))
    first = pending_groups(lite.ctx("billing"), RECEIVABLE, VOYAGE)
    second = pending_groups(lite.ctx("billing"), RECEIVABLE, VOYAGE, page=2)
    assert (len(first.groups), first.has_next, first.groups[0].name) == (50, True, "V-000")
    assert [one.name for one in second.groups] == ["V-050"]
    place = Place(RECEIVABLE, PARTNER, lite.customers["a"], lite.customers["a"], "EUR")
    assert pending_lines(lite.ctx("billing"), place).has_next
    assert [row.charge.text for row in pending_lines(lite.ctx("billing"), place, 2).rows] == [
        "Work 50"
    ]


@pytest.mark.spec("DLY-12", "DLY-13", "6.7")
def test_names_are_masked_everywhere_for_who_may_not_see_them(fleet):
    blind = replace(fleet.people["billing"], sees_partner=False, sees_vessel=False)
    ctx = fleet.ctx(blind)
    assert {name for name, _ in shown(fleet, RECEIVABLE, PARTNER, blind)} == {"Hidden"}
    assert {name for name, _ in shown(fleet, RECEIVABLE, VESSEL, blind)} == {"No vessel", "Hidden"}
    by_voyage = pending_groups(ctx, RECEIVABLE, VOYAGE).groups
    assert [(one.name, one.vessel) for one in by_voyage] == [
        ("No voyage", ""),
        ("X-1", "Hidden"),
        ("Y-1", "Hidden"),
    ]
    assert {part.customer_name for part in pending_parts(ctx, RECEIVABLE, VOYAGE, 1)} == {"Hidden"}
    place = Place(RECEIVABLE, VOYAGE, 1, fleet.customers["a"], "EUR")
    row = pending_lines(ctx, place).rows[0]
    assert (row.customer_name, row.vessel, row.voyage) == ("Hidden", "Hidden", "X-1")
    assert pending_charge(ctx, 1).customer_name == "Hidden"
    # the search finds nothing by a name that is not shown, and the order does not tell it
    for view, word in ((PARTNER, "Brixham"), (VESSEL, "Aurora"), (VOYAGE, "Aurora")):
        assert shown(fleet, RECEIVABLE, view, blind, search=word) == []
        assert len(shown(fleet, RECEIVABLE, view, search=word)) == 1
    assert [one.key for one in pending_groups(ctx, RECEIVABLE, PARTNER).groups] == [1, 2]
    assert vessel_names(ctx) == []
    assert [row.vessel for row in list_voyages(ctx).rows] == ["Hidden", "Hidden"]
    assert list_voyages(ctx, "Aurora").rows == ()
    with pytest.raises(Forbidden, match="cannot change the invoice party"):
        edit_charge(ctx, 1, ChargeEdit("x", "EUR", None, 2), version=1)


def test_a_percent_sign_is_no_wildcard(fleet):
    assert shown(fleet, RECEIVABLE, VOYAGE, search="%") == []
    assert len(shown(fleet, RECEIVABLE, VOYAGE, search=" x-1 ")) == 1


@pytest.mark.spec("DLY-29")
def test_a_pending_line_is_edited(w):
    one = a_charge(w)
    edit = ChargeEdit("Port agency, Kiel", "EUR", Decimal(7), w.customers["b"])
    assert edit_charge(w.ctx("billing"), one, edit, version=1) == 2
    row = charge(w, one)
    assert (row.text, row.tax_rate, row.customer_id, row.is_edited) == (
        "Port agency, Kiel",
        Decimal(7),
        w.customers["b"],
        True,
    )
    said = [entry for entry in w.all(AuditEntry) if entry.entity == "charge"]
    assert [entry.action for entry in said] == ["changed"]
    assert edit_charge(w.ctx("billing"), one, edit, version=2) == 2  # nothing changed
    with pytest.raises(Conflict):
        edit_charge(w.ctx("billing"), one, replace(edit, text="Other"), version=1)
    with pytest.raises(Forbidden):
        edit_charge(w.ctx("sales"), one, edit, version=2)
    assemble(w, one)
    with pytest.raises(Refused, match="stands on a document"):
        edit_charge(w.ctx("billing"), one, replace(edit, text="Other"), version=3)
    with pytest.raises(NotFound):
        pending_charge(w.ctx("billing"), one)


@pytest.mark.spec("DLY-29")
@pytest.mark.parametrize(
    ("change", "field", "word"),
    [
        ({"text": " "}, "text", "Say what"),
        ({"text": "x" * 1025}, "text", "At most"),
        ({"currency": "USD"}, "currency", "no source of exchange rates"),
        ({"tax_rate": Decimal(101)}, "tax_rate", "between 0 and 100"),
        ({"tax_rate": Decimal("NaN")}, "tax_rate", "between 0 and 100"),
        ({"customer_id": 99}, "customer", "Choose"),
    ],
)
def test_a_wrong_edit_is_told_at_its_field(lite, change, field, word):
    one = a_charge(lite)
    edit = replace(ChargeEdit("Port agency", "EUR", Decimal(19), 1), **change)
    with pytest.raises(Invalid) as caught:
        edit_charge(lite.ctx("billing"), one, edit, version=1)
    assert word in caught.value.fields[field]
    assert charge(lite, one).version == 1


def test_a_line_is_added_by_hand_once_and_taken_away(w):
    voyage = w.voyage("X-1")
    new = NewCharge(
        PAYABLE,
        w.customers["b"],
        "Towage, two tugs",
        Decimal("265.00"),
        quantity=Decimal("1.5"),
        unit="h",
        tax_rate=Decimal(19),
        voyage_id=voyage,
        ext_ref="SO-9",
    )
    one = add_charge(w.ctx("billing"), new, key="k")
    assert add_charge(w.ctx("billing"), new, key="k") == one
    row = charge(w, one)
    assert (row.kind, row.direction, row.pending_list, row.status) == (
        "manual",
        "in",
        "payable",
        "PENDING",
    )
    assert (row.net_minor, row.currency, row.vessel_id, row.ext_ref) == (39_750, "EUR", 1, "SO-9")
    with pytest.raises(Forbidden):
        remove_charge(w.ctx("viewer"), one, version=1)
    remove_charge(w.ctx("billing"), one, version=1)
    assert w.all(ChargeLine) == []
    with pytest.raises(NotFound):
        remove_charge(w.ctx("billing"), one, version=1)


@pytest.mark.spec("DLY-33")
def test_what_is_wrong_with_a_new_line_is_told_together(lite):
    estimate = lite.voyage("E-1", "Estimate")
    new = NewCharge(RECEIVABLE, 1, "", Decimal(1), quantity=Decimal(0), tax_rate=Decimal(-1))
    with pytest.raises(Invalid) as caught:
        add_charge(lite.ctx("billing"), new)
    assert set(caught.value.fields) == {"text", "quantity", "tax_rate"}
    for change, field in (
        ({"voyage_id": estimate}, "voyage"),
        ({"voyage_id": 99}, "voyage"),
        ({"vessel_id": 99}, "vessel"),
        ({"customer_id": 0}, "customer"),
        ({"currency": "XQX"}, "currency"),
        ({"unit_price": Decimal("0.000001")}, "unit_price"),
        ({"date_from": TODAY, "date_to": TODAY.replace(day=1)}, "date_to"),
    ):
        good = replace(new, text="x", quantity=Decimal(1), tax_rate=None)
        with pytest.raises(Invalid) as caught:
            add_charge(lite.ctx("billing"), replace(good, **change))
        assert set(caught.value.fields) == {field}, change
    assert lite.all(ChargeLine) == []


def an_order(w, reference, voyage, **changes):
    facts = {
        "reference": reference,
        "voyage_id": voyage,
        "customer_id": w.customers["a"],
        "text": "Pilotage",
        "quantity": Decimal(2),
        "unit_price": Decimal("410.00"),
        "currency": "EUR",
        "tax_rate": Decimal(19),
        "net_minor": 82_000,
    }
    return w.add(ServiceOrder(**(facts | changes)))


@pytest.mark.spec("DLY-30", "DLY-33")
def test_refresh_rebuilds_what_is_generated_and_keeps_what_is_not(w):
    voyages = {status: w.voyage(status, status) for status in ("Nominated", "Allocated", "Closed")}
    for at, voyage in enumerate(voyages.values()):
        an_order(w, f"SO-{at}", voyage)
    an_order(w, "SO-P", voyages["Nominated"], pending_list="payable")
    an_order(w, "SO-H", voyages["Nominated"], pending_list="hire")
    manual = a_charge(w)
    done = refresh_charges(w.ctx("billing"), RECEIVABLE)
    assert (done.deleted, done.made, done.edits_lost) == (0, 2, 0)
    made = [row for row in w.all(ChargeLine) if row.kind == "voyage"]
    assert [(row.ext_ref, row.net_minor, row.vessel_id) for row in made] == [
        ("SO-0", 82_000, 1),
        ("SO-2", 82_000, 1),
    ]
    edit = ChargeEdit("Pilotage, edited", "EUR", Decimal(19), w.customers["a"])
    edit_charge(w.ctx("billing"), made[0].id, edit, version=1)
    assert edits_at_risk(w.ctx("billing"), RECEIVABLE) == 1
    again = refresh_charges(w.ctx("billing2"), RECEIVABLE)
    assert (again.deleted, again.made, again.edits_lost) == (2, 2, 1)
    assert again.sentence == "The list is rebuilt: 2 lines from voyages and orders."
    texts = sorted(row.text for row in w.all(ChargeLine))
    assert texts == ["Pilotage", "Pilotage", "Port agency"]
    assert charge(w, manual).text == "Port agency"
    refresh_charges(w.ctx("billing"), PAYABLE)
    refresh_charges(w.ctx("billing"), HIRE)
    assert {(row.pending_list, row.kind) for row in w.all(ChargeLine) if row.direction == "in"} == {
        ("payable", "voyage"),
        ("hire", "hire"),
    }
    with pytest.raises(Forbidden):
        refresh_charges(w.ctx("sales"), RECEIVABLE)


@pytest.mark.spec("DLY-30")
def test_what_stands_on_a_document_is_not_generated_again(w):
    an_order(w, "SO-1", w.voyage("X-1"))
    refresh_charges(w.ctx("billing"), RECEIVABLE)
    (one,) = w.all(ChargeLine)
    moved = assemble(w, one.id)
    assert refresh_charges(w.ctx("billing"), RECEIVABLE).made == 0
    assert [row.status for row in w.all(ChargeLine)] == ["BILLED"]
    assert moved.id == charge(w, one.id).invoice_id
    with pytest.raises(Refused, match="stands on a document"):
        remove_charge(w.ctx("billing"), one.id, version=2)


def test_a_generated_line_is_not_taken_away_by_hand(lite):
    an_order(lite, "SO-1", lite.voyage("X-1"))
    refresh_charges(lite.ctx("billing"), RECEIVABLE)
    with pytest.raises(Refused, match="comes from its voyage"):
        remove_charge(lite.ctx("billing"), 1, version=1)


@pytest.mark.spec("DLY-30", "6.3-T2")
def test_a_confirmed_order_is_one_charge_until_it_is_invoiced(w):
    for number, status in (("SO-1", "Confirmed"), ("SO-2", "Invoiced")):
        w.add(
            SalesOrder(
                number=number,
                ordered_on=TODAY,
                customer_id=w.customers["a"],
                currency="EUR",
                amount_minor=11_900,
                status=status,
            )
        )
    refresh_charges(w.ctx("billing"), RECEIVABLE)
    (one,) = w.all(ChargeLine)
    assert (one.kind, one.text, one.ext_ref, one.net_minor) == (
        "order",
        "Order SO-1",
        "SO-1",
        11_900,
    )
    moved = assemble(w, one.id)
    assert w.invoice(moved.id).total_minor == 11_900
    assert refresh_charges(w.ctx("billing"), RECEIVABLE).made == 0


@pytest.mark.spec("RELIABILITY-P9")
def test_two_refreshes_at_once_make_each_line_once(w):
    voyage = w.voyage("X-1")
    for at in range(5):
        an_order(w, f"SO-{at}", voyage)

    def run(_at):
        return refresh_charges(w.ctx("billing"), RECEIVABLE).made

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(4))) == [5] * 4
    assert len(w.all(ChargeLine)) == 5


@pytest.mark.spec("DLY-48", "6.7")
def test_a_voyage_is_made_changed_closed_and_reopened(w):
    facts = VoyageFacts("N-1", "MV Nova", "Liner")
    key = save_voyage(w.ctx("billing"), facts)
    for status in ("Nominated", "Operational", "Operationally Closed", "Invoiced", "Closed"):
        version = get_voyage(w.ctx("viewer"), key)[0].version
        save_voyage(w.ctx("billing"), replace(facts, status=status), key, version)
    row, _ = get_voyage(w.ctx("viewer"), key)
    assert (row.status, row.vessel, row.business_unit) == ("Closed", "MV Nova", "Liner")
    reopened = replace(facts, status="Invoiced")
    with pytest.raises(Forbidden, match="administrator can reopen"):
        save_voyage(w.ctx("accounting"), reopened, key, row.version)
    with pytest.raises(Refused, match="to Invoiced only"):
        save_voyage(w.ctx("admin"), replace(facts, status="Operational"), key, row.version)
    save_voyage(w.ctx("admin"), reopened, key, row.version)
    with pytest.raises(Conflict):
        save_voyage(w.ctx("admin"), reopened, key, row.version)
    with pytest.raises(Forbidden):
        save_voyage(w.ctx("sales"), facts)
    with pytest.raises(NotFound):
        get_voyage(w.ctx("viewer"), 99)


def test_wrong_voyages_are_told_at_their_fields(lite):
    lite.voyage("X-1")
    for facts, field in (
        (VoyageFacts(""), "reference"),
        (VoyageFacts("X-1"), "reference"),
        (VoyageFacts("X" * 65), "reference"),
        (VoyageFacts("Y-1", status="Sunk"), "status"),
        (VoyageFacts("Y-1", vessel="V" * 129), "vessel"),
    ):
        with pytest.raises(Invalid) as caught:
            save_voyage(lite.ctx("billing"), facts)
        assert set(caught.value.fields) == {field}


def test_pending_charges_follow_their_voyages_vessel(w):
    voyage = w.voyage("X-1", vessel="Aurora")
    one = a_charge(w, voyage_id=voyage, vessel_id=1)
    save_voyage(w.ctx("billing"), VoyageFacts("X-2", "Boreas", status="Operational"), voyage, 1)
    assert charge(w, one).vessel_id == 2
    blind = w.ctx(replace(w.people["billing"], sees_vessel=False))
    save_voyage(blind, VoyageFacts("X-2", "Other", status="Invoiced"), voyage, 2)
    row, _ = get_voyage(w.ctx("billing"), voyage)
    assert (row.vessel, row.status, row.pending) == ("Boreas", "Invoiced", 1)
    assert [one.reference for one in list_voyages(w.ctx("viewer"), "bore").rows] == ["X-2"]
    assert list_voyages(w.ctx("viewer"), status="Closed").count == 0
    assert vessel_names(w.ctx("viewer"), "aur") == ["Aurora"]
