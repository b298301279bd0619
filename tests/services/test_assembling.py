"""Charges become one document and charges again, whole or not at all (SPEC 6.3, T2 and T4)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from billing_app.domain.charges import OldPostingDate, PendingView
from billing_app.domain.errors import BillingError, Conflict, Forbidden, Invalid, Refused
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import ChargeLine, Customer, Invoice, InvoiceOrder, Voyage
from billing_app.services.charges import assembling
from billing_app.services.charges.assembling import prefill
from billing_app.services.invoices.fields import edit_line_text
from billing_app.services.settings import change_setting
from tests.services.chargemaking import a_charge, a_header, a_payable, assemble, charge
from tests.services.worldmaking import TODAY, a_line


def figures(w, invoice_id):
    row = w.invoice(invoice_id)
    return row.subtotal_minor, row.discount_minor, row.tax_minor, row.total_minor


@pytest.mark.spec("DLY-31", "6.3-T2", "DLY-36")
def test_ticked_charges_become_one_assembled_invoice(w):
    voyage = w.voyage("NST-1")
    one = a_charge(w, voyage_id=voyage, account="4400", ext_ref="SO-1")
    two = a_charge(w, "Pilotage", quantity=Decimal("1.5"), unit_price=Decimal("19.99999"))
    moved = assemble(w, two, one, document_text="Call at Hamburg", due_on=date(2026, 12, 5))
    row = w.invoice(moved.id)
    assert (row.posting_status, row.origin, row.number) == ("ASSEMBLED", "assembled", "")
    assert row.assembled_by_id == w.people["billing"].user_id
    assert row.assembled_at == w.clock.now()
    assert (row.document_date, row.due_on) == (TODAY, date(2026, 12, 5))
    assert (row.document_text, row.currency) == ("Call at Hamburg", "EUR")
    # 200.00 and 1.5 x 19.99999 = 30.00; 19 % of 230.00
    assert figures(w, moved.id) == (23_000, 0, 4_370, 27_370)
    lines = w.lines(moved.id)
    assert [(line.line_no, line.description) for line in lines] == [
        (10, "Port agency"),
        (20, "Pilotage"),
    ]
    assert (lines[0].voyage_id, lines[0].account, lines[0].unit) == (voyage, "4400", "call")
    for key, line_no in ((one, 10), (two, 20)):
        billed = charge(w, key)
        assert (billed.status, billed.invoice_id, billed.invoice_line_no) == (
            "BILLED",
            moved.id,
            line_no,
        )


@pytest.mark.spec("DLY-32", "6.7")
@pytest.mark.parametrize("who", ["viewer", "sales"])
def test_assembling_needs_its_permission(lite, who):
    one = a_charge(lite)
    before = lite.footprint()
    with pytest.raises(Forbidden):
        assemble(lite, one, by=who)
    with pytest.raises(Forbidden):
        prefill(lite.ctx(who), [one], PendingView.PARTNER)
    assert lite.footprint() == before


@pytest.mark.spec("DLY-28", "DLY-36", "6.3-T2")
def test_what_does_not_belong_together_is_refused_and_nothing_is_written(w):
    one = a_charge(w)
    x, y = w.voyage("X-1"), w.voyage("Y-1")
    strangers = {
        "business partner": a_charge(w, customer_id=w.customers["b"]),
        "currency": a_charge(w, currency="USD"),
        "direction": a_payable(w),
        "VAT": a_charge(w, prices_include_tax=True),
    }
    before = w.footprint()
    for word, other in strangers.items():
        with pytest.raises(Refused, match=word):
            assemble(w, one, other)
    apart = a_charge(w, voyage_id=x), a_charge(w, voyage_id=y)
    with pytest.raises(Refused, match="covers one voyage"):
        assemble(w, *apart, view=PendingView.VOYAGE)
    with pytest.raises(Refused, match="Nothing is ticked"):
        assemble(w)
    with pytest.raises(Refused, match="does not fit"):
        assemble(w, one, code="INI")
    with pytest.raises(Invalid):
        assemble(w, one, document_type_id=9_999)
    with pytest.raises(Conflict, match="gone"):
        assemble(w, one, 999_999)
    assert w.footprint() == before
    assert assemble(w, *apart, view=PendingView.VESSEL).status == "assembled"


@pytest.mark.spec("DLY-33", "6.3-T2")
@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("Estimate", "from Nominated on"),
        ("Unallocated", "from Nominated on"),
        ("Allocated", "from Nominated on"),
        ("Closed", "Reopen it first"),
    ],
)
def test_voyages_below_nominated_and_closed_ones_are_not_billed(w, status, word):
    voyage = w.voyage("V-1", status)
    one, free = a_charge(w, voyage_id=voyage), a_charge(w)
    before = w.footprint()
    with pytest.raises(Refused, match=word):
        assemble(w, one, free)
    assert w.footprint() == before
    assert charge(w, free).status == "PENDING"


@pytest.mark.parametrize("status", ["Nominated", "Operational", "Operationally Closed", "Invoiced"])
def test_voyages_from_nominated_on_are_billed(lite, status):
    assert assemble(lite, a_charge(lite, voyage_id=lite.voyage("V-1", status)))


@pytest.mark.spec("DLY-34")
def test_a_date_before_the_previous_month_is_confirmed_a_second_time(w):
    one = a_charge(w)
    before = w.footprint()
    with pytest.raises(OldPostingDate, match="30 Sep|2026-09-30"):
        assemble(w, one, posted_on=date(2026, 9, 30))
    assert w.footprint() == before
    moved = assemble(w, one, posted_on=date(2026, 9, 30), is_confirmed=True)
    assert w.invoice(moved.id).document_date == date(2026, 9, 30)
    assert assemble(w, a_charge(w), posted_on=date(2026, 10, 1))


@pytest.mark.spec("DLY-35", "6.8")
@pytest.mark.parametrize(("setting", "expected"), [("off", ""), ("on", "SO-7")])
def test_the_window_is_prefilled(lite, setting, expected):
    change_setting(lite.ctx("admin"), "autofill_external_document_no", setting)
    one, two = a_charge(lite, ext_ref="SO-7"), a_charge(lite, ext_ref="SO-8")
    shown = prefill(lite.ctx("billing"), [two, one], PendingView.PARTNER)
    assert shown.header.external_document_no == expected
    assert shown.header.posted_on == TODAY
    assert shown.header.due_on == date(2026, 12, 21)
    assert shown.header.document_type_id == lite.type_id("INO")
    assert (shown.customer_name, shown.totals.total) == ("Halvorsen Dairy", 47_600)
    assert [name for _, name in shown.types] == ["Invoice", "Credit Note"]
    with pytest.raises(Refused, match="Nothing is ticked"):
        prefill(lite.ctx("billing"), [], PendingView.PARTNER)


@pytest.mark.spec("6.3-T2", "RELIABILITY-P9")
def test_assembling_twice_at_once_makes_one_invoice(w):
    ids = [a_charge(w, f"Work {at}") for at in range(5)]

    def run(at):
        try:
            return assemble(w, *ids, by=("billing", "billing2")[at % 2], key=f"key-{at}").id
        except BillingError as error:
            return error

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(run, range(6)))
    made = [answer for answer in answers if isinstance(answer, int)]
    assert len(made) == 1, answers
    refused = [answer for answer in answers if answer not in made]
    assert all(isinstance(one, Conflict) and "went into D-" in one.sentence for one in refused)
    assert [row.id for row in w.all(Invoice)] == made
    assert len(w.lines(made[0])) == 5


@pytest.mark.spec("RELIABILITY-P9")
def test_a_repeated_request_answers_the_same(w):
    one = a_charge(w)
    first = assemble(w, one, key="once")
    assert assemble(w, one, key="once") == first
    with pytest.raises(Conflict, match="went into D-"):
        assemble(w, one, key="other")
    assert len(w.all(Invoice)) == 1


@pytest.mark.spec("6.3-T2")
def test_a_crash_in_the_middle_leaves_nothing(w, monkeypatch):
    ids = [a_charge(w, f"Work {at}") for at in range(3)]
    before = w.footprint()

    def crash(*_facts):
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(assembling, "remember", crash)
    with pytest.raises(RuntimeError):
        assemble(w, *ids, key="k")
    assert w.footprint() == before
    assert {row.status for row in w.all(ChargeLine)} == {"PENDING"}
    monkeypatch.undo()
    assert len(w.lines(assemble(w, *ids, key="k").id)) == 3


@pytest.mark.spec("DLY-2", "DLY-5", "6.3-T4", "6.16-1")
def test_dissolving_makes_every_line_pending_again_with_its_text(w):
    voyage = w.voyage("NST-1")
    one = a_charge(w, voyage_id=voyage)
    two = a_charge(w, "Pilotage")
    moved = assemble(w, one, two)
    edit_line_text(w.ctx("billing"), moved.id, 20, "Pilotage Elbe, inbound", version=moved.version)
    dissolved = w.move("billing2", moved.id, Action.DISSOLVE)
    assert dissolved.sentence == "D-000001 is dissolved; its lines are pending again."
    assert w.invoice(moved.id).deleted_at is not None
    for key, text in ((one, "Port agency"), (two, "Pilotage Elbe, inbound")):
        row = charge(w, key)
        assert (row.status, row.text, row.invoice_id, row.invoice_line_no) == (
            "PENDING",
            text,
            None,
            None,
        )
    again = assemble(w, one, two)
    assert (again.label, again.id) == ("D-000002", moved.id + 1)
    assert figures(w, again.id) == figures(w, moved.id)


@pytest.mark.spec("6.16-1", "6.3-T4")
@pytest.mark.parametrize("included", [False, True])
@pytest.mark.parametrize("code", ["INO", "CRO", "INI", "CRI"])
def test_a_handmade_invoice_dissolves_and_comes_to_the_same_again(w, code, included):
    voyage = w.voyage("NST-1")
    lines = (
        a_line("Work", voyage_id=voyage, unit="h"),
        a_line("Rebate", quantity=Decimal(-1), tax_rate=None, discount_type="none"),
        a_line("Fees", tax_rate=Decimal(7), discount_type="fixed", discount_value=Decimal("1.5")),
        a_line("Export", tax_rate=None, tax_category="G", tax_description="Outside the EU"),
    )
    invoice_id = w.draft(
        document_type_id=w.type_id(code),
        lines=lines,
        discount_type="fixed",
        discount_value=Decimal("10.01"),
        tax_mode="rate",
        tax_value=Decimal(19),
        prices_include_tax=included,
    )
    w.move("billing", invoice_id, Action.ASSEMBLE)
    before = w.invoice(invoice_id)
    w.move("billing", invoice_id, Action.DISSOLVE)
    charges = w.all(ChargeLine)
    assert [(row.text, row.kind, row.status) for row in charges] == [
        (line.description, "manual", "PENDING") for line in lines
    ]
    assert charges[0].pending_list == ("receivable" if code[-1] == "O" else "payable")
    assert (charges[0].voyage_id, charges[0].vessel_id) == (voyage, 1)
    assert (charges[0].net_minor < 0) == (code.startswith("CR"))
    again = w.invoice(assemble(w, *(row.id for row in charges), code=code).id)
    assert (again.total_minor, again.tax_minor) == (before.total_minor, before.tax_minor)
    assert again.subtotal_minor - again.discount_minor == (
        before.subtotal_minor - before.discount_minor
    )
    assert again.sign == before.sign


def test_a_fixed_tax_cannot_be_dissolved(lite):
    invoice_id = lite.draft(tax_mode="fixed", tax_value=Decimal(5))
    lite.move("billing", invoice_id, Action.ASSEMBLE)
    with pytest.raises(Refused, match="one fixed amount"):
        lite.move("billing", invoice_id, Action.DISSOLVE)
    assert lite.all(ChargeLine) == []


@pytest.mark.spec("6.3-T4", "DLY-9")
def test_dissolving_is_guarded(w):
    voyage = w.voyage("NST-1")
    moved = assemble(w, a_charge(w, voyage_id=voyage))
    w.change(Voyage, voyage, status="Closed")
    with pytest.raises(Refused, match="NST-1 is closed"):
        w.move("billing", moved.id, Action.DISSOLVE)
    w.change(Voyage, voyage, status="Operational")
    with pytest.raises(Forbidden):
        w.move("sales", moved.id, Action.DISSOLVE)
    w.move("accounting", moved.id, Action.POST)
    with pytest.raises(Refused, match="while Assembled only"):
        w.move("accounting", moved.id, Action.DISSOLVE)
    assert charge(w, 1).status == "BILLED"


@pytest.mark.spec("6.3-T4")
def test_the_number_of_a_dissolved_invoice_is_not_used_again(w):
    change_setting(w.ctx("admin"), "number_assigned_at", "creation")
    one = a_charge(w)
    numbers = []
    for _ in range(2):
        moved = assemble(w, one)
        numbers.append(w.invoice(moved.id).number)
        w.move("billing", moved.id, Action.DISSOLVE)
    assert numbers == ["INV-2026-11-00001", "INV-2026-11-00002"]


@pytest.mark.spec("6.3-T10", "6.3-T11")
@pytest.mark.parametrize("freed", [True, False])
def test_cancelling_and_voiding_give_charges_back(w, freed):
    one, two = a_charge(w), a_charge(w)
    cancelled = assemble(w, one)
    w.move("billing", cancelled.id, Action.CANCEL, reason="Wrong partner")
    assert charge(w, one).status == "PENDING"
    assert len(w.lines(cancelled.id)) == 1
    posted = assemble(w, two)
    w.move("accounting", posted.id, Action.POST)
    w.move(
        "accounting",
        posted.id,
        Action.VOID,
        reason="Twice",
        confirmed=True,
        frees_charges=freed,
    )
    assert charge(w, two).status == ("PENDING" if freed else "BILLED")
    assert len(w.lines(posted.id)) == 1


@pytest.mark.spec("6.16-4", "DLY-47")
@pytest.mark.parametrize(("code", "price"), [("INI", "100"), ("CRI", "-100")])
def test_payables_go_from_charge_to_posted(w, code, price):
    w.change(Customer, w.customers["b"], is_supplier=True)
    one = a_payable(w, customer_id=w.customers["b"], quantity=Decimal(price) / 50)
    shown = prefill(w.ctx("billing"), [one], PendingView.PARTNER)
    assert shown.header.document_type_id == w.type_id(code)
    assert shown.totals.total == 23_800
    moved = assemble(w, one, code=code, external_document_no="THEIRS-9")
    w.move("accounting", moved.id, Action.READY)
    w.move("accounting", moved.id, Action.POST)
    row = w.invoice(moved.id)
    assert (row.posting_status, row.number[:4]) == ("POSTED", f"{code}-")
    assert row.total_signed == (23_800 if code == "INI" else -23_800)


@pytest.mark.spec("DLY-6")
def test_four_eyes_knows_who_assembled_charges(w):
    change_setting(w.ctx("admin"), "restrict_self_assembled_posting", "on")
    moved = assemble(w, a_charge(w), by="accounting")
    with pytest.raises(Refused, match="somebody else"):
        w.move("accounting", moved.id, Action.POST)
    assert w.move("accounting2", moved.id, Action.POST).status == "posted"


@pytest.mark.spec("ORO-17")
def test_an_order_knows_the_invoice_made_from_its_charge(w):
    from billing_app.persistence.tables import SalesOrder

    order = w.add(
        SalesOrder(number="SO-1", ordered_on=TODAY, customer_id=w.customers["a"], currency="EUR")
    )
    moved = assemble(w, a_charge(w, order_id=order, kind="order"), a_charge(w))
    assert [(row.invoice_id, row.order_id) for row in w.all(InvoiceOrder)] == [(moved.id, order)]


def test_the_header_is_checked_at_its_fields(lite):
    one = a_charge(lite)
    with pytest.raises(Invalid) as caught:
        assemble(lite, one, due_on=date(2026, 11, 1), external_document_no="x" * 65)
    assert set(caught.value.fields) == {"due_on", "external_document_no"}
    assert lite.all(Invoice) == []
    assert a_header(lite).posted_on == TODAY
