"""Corrections of posted documents: credited, reversed, reopened, and never beyond the original."""

import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from billing_app.domain.errors import BillingError, Conflict, Forbidden, Invalid, Refused
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import (
    AuditEntry,
    CreditApplication,
    Invoice,
    InvoiceOrder,
    SalesOrder,
    Setting,
    Snapshot,
    Voyage,
)
from billing_app.services.books.verify import verify
from billing_app.services.invoices.crediting import (
    credit_desk,
    credit_invoice,
    reckon_credit,
)
from billing_app.services.invoices.drafts import create_draft, read_draft, save_draft
from billing_app.services.invoices.reopening import credit_and_reopen
from billing_app.services.payments.recording import PaymentFacts, record_payment
from tests.services.coherence import incoherences
from tests.services.worldmaking import SECRET, TODAY, a_draft, a_line


@pytest.fixture(autouse=True)
def proven(request):
    """Whatever a test does, the books prove themselves afterwards."""
    names = [name for name in ("w", "lite") if name in request.fixturenames]
    worlds = [request.getfixturevalue(name) for name in names]
    yield
    for world in worlds:
        assert incoherences(world.database, SECRET) == []
        broken = [one for proved in verify(world.ctx()) for one in proved.violations]
        assert broken == []


def thirds(w, **changes):
    """A posted invoice over three lines of 0.35 at 19 %: 1.05, tax 0.20, total 1.25."""
    line = a_line(
        quantity=Decimal(1),
        unit_price=Decimal("0.35"),
        discount_type="none",
        discount_value=Decimal(0),
        tax_rate=Decimal(19),
    )
    return w.posted(lines=(line, line, line), **changes)


def credit(w, invoice_id, wanted=None, by="accounting", **more):
    return credit_invoice(w.ctx(by), invoice_id, wanted, **more)


def post(w, invoice_id, by="accounting"):
    return w.move(by, invoice_id, Action.POST)


@pytest.mark.spec("T12", "DLY-42", "ERP-52", "6.5-6a")
def test_a_credit_in_full_is_the_opposite_document_and_settles_it_when_posted(w):
    invoice_id = w.posted(lines=(a_line(), a_line("Parts", tax_rate=Decimal(7))))
    made = credit(w, invoice_id, reason="Delivered twice.")
    assert made.status == "Draft"
    row, original = w.invoice(made.id), w.invoice(invoice_id)
    assert (row.document_type_id, row.sign) == (w.type_id("CRO"), -1)
    assert (row.credited_invoice_id, row.origin) == (invoice_id, "reversal")
    assert (row.total_minor, row.tax_minor) == (original.total_minor, original.tax_minor)
    assert (row.document_date, row.due_on, row.document_text) == (TODAY, None, "Delivered twice.")
    assert original.open_minor == original.total_minor
    post(w, made.id)
    row, original = w.invoice(made.id), w.invoice(invoice_id)
    assert (row.open_minor, original.open_minor) == (0, 0)
    assert original.payment_status == "full"
    [applied] = w.all(CreditApplication)
    assert (applied.credit_id, applied.invoice_id) == (made.id, invoice_id)
    snapshot = w.all(Snapshot)[-1].content
    assert original.number in snapshot
    said = [one.action for one in w.all(AuditEntry) if one.entity_id == invoice_id]
    assert said[-2:] == ["reverse", "credited"]


@pytest.mark.spec("T12", "6.5-4", "6.14-V21")
def test_line_by_line_credits_come_to_the_invoice_with_its_tax(w):
    invoice_id = thirds(w)
    taxes = []
    for line_no in (10, 20, 30):
        made = credit(w, invoice_id, {line_no: Decimal(1)})
        post(w, made.id)
        taxes.append(w.invoice(made.id).tax_minor)
    assert taxes == [7, 6, 7]
    assert w.invoice(invoice_id).open_minor == 0
    with pytest.raises(Refused, match=r"Nothing of INV-\S+ is left to credit. It is corrected by"):
        credit(w, invoice_id)


@pytest.mark.spec("T12")
def test_drafts_count_and_ended_credits_do_not(w):
    invoice_id = thirds(w)
    first = credit(w, invoice_id, {10: Decimal(1), 20: Decimal(1)})
    desk = credit_desk(w.ctx("accounting"), invoice_id)
    assert [(line.line_no, line.left, line.left_minor) for line in desk.lines] == [
        (30, Decimal(1), 35)
    ]
    with pytest.raises(Invalid, match="Nothing of this line is left"):
        credit(w, invoice_id, {10: Decimal(1)})
    w.move("accounting", first.id, Action.CANCEL, reason="Wrong lines.")
    last = credit(w, invoice_id)
    assert w.invoice(last.id).total_minor == 125


@pytest.mark.spec("T12")
def test_a_void_credit_is_made_again_with_the_same_cents(w):
    invoice_id = thirds(w)
    made = [credit(w, invoice_id, {no: Decimal(1)}) for no in (10, 20)]
    for one in made:
        post(w, one.id)
    with pytest.raises(Refused, match="is paid, so it cannot be voided"):
        w.move("accounting", made[0].id, Action.VOID, reason="Wrong.", confirmed=True)
    third = credit(w, invoice_id)
    w.move("accounting", third.id, Action.DELETE)
    again = credit(w, invoice_id)
    assert sum(w.invoice(one.id).total_minor for one in (*made, again)) == 125


@pytest.mark.spec("T12")
def test_a_quantity_is_credited_with_its_part_of_both_discounts(w):
    invoice_id = w.posted(
        lines=(a_line(), a_line("Parts", quantity=Decimal(2))),
        discount_type="fixed",
        discount_value=Decimal(10),
    )
    totals = reckon_credit(w.ctx("accounting"), invoice_id, {10: Decimal(1)})
    made = credit(w, invoice_id, {10: Decimal(1)})
    row = w.invoice(made.id)
    assert (row.total_minor, row.tax_minor) == (totals.total, totals.tax_total)
    [line] = w.lines(made.id)
    original = w.lines(invoice_id)[0]
    assert line.quantity == 1
    assert line.net_minor == round((original.net_minor - original.share_minor) / 3)
    rest = credit(w, invoice_id)
    whole = w.invoice(invoice_id)
    assert row.total_minor + w.invoice(rest.id).total_minor == whole.total_minor
    assert row.tax_minor + w.invoice(rest.id).tax_minor == whole.tax_minor


@pytest.mark.spec("T12", "6.14-V22", "6.14-V23")
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("EUR", {"prices_include_tax": True}),
        ("JPY", {"discount_type": "percent", "discount_value": Decimal("12.5")}),
        ("KWD", {"tax_mode": "fixed", "tax_value": Decimal("1.001")}),
        ("EUR", {"tax_mode": "rate", "tax_value": Decimal("5.5")}),
    ],
)
def test_every_kind_of_price_is_credited_to_the_last_unit(lite, code, changes):
    own = None if "tax_mode" in changes else Decimal(19)
    lines = (a_line(tax_rate=own), a_line("Parts", quantity=Decimal(7), tax_rate=own))
    invoice_id = lite.posted(currency=code, lines=lines, **changes)
    made = [
        credit(lite, invoice_id, {10: Decimal(1), 20: Decimal("2.5")}),
        credit(lite, invoice_id, {20: Decimal("0.001")}),
        credit(lite, invoice_id),
    ]
    for one in made:
        post(lite, one.id)
    whole = lite.invoice(invoice_id)
    rows = [lite.invoice(one.id) for one in made]
    assert sum(row.total_minor for row in rows) == whole.total_minor
    assert sum(row.tax_minor for row in rows) == whole.tax_minor
    assert whole.open_minor == 0


@pytest.mark.spec("T12", "DLY-47", "DLY-42")
def test_a_payable_is_reversed_by_its_own_kind_and_a_credit_note_by_an_invoice(w):
    bill = w.posted(document_type_id=w.type_id("INI"))
    back = credit(w, bill)
    assert w.invoice(back.id).document_type_id == w.type_id("CRI")
    post(w, back.id)
    assert w.invoice(bill).open_minor == 0
    invoice_id = w.posted()
    note = credit(w, invoice_id)
    post(w, note.id)
    again = credit(w, note.id)
    assert w.invoice(again.id).document_type_id == w.type_id("INO")
    assert w.invoice(again.id).total_minor == w.invoice(invoice_id).total_minor
    post(w, again.id)
    assert w.invoice(again.id).open_minor == w.invoice(invoice_id).total_minor


@pytest.mark.spec("T12", "DLY-42", "DLY-9", "6.7")
def test_only_accounting_corrects_only_what_is_posted_and_open_to_change(w):
    draft = w.draft()
    with pytest.raises(Refused, match="is Draft"):
        credit(w, draft)
    invoice_id = w.posted()
    with pytest.raises(Forbidden):
        credit(w, invoice_id, by="billing")
    with pytest.raises(Conflict):
        credit(w, invoice_id, version=w.invoice(invoice_id).version - 1)
    request = w.posted(document_type_id=w.type_id("APR"))
    with pytest.raises(Refused, match="neither an invoice nor a credit note"):
        credit(w, request)
    voyage = w.voyage("V-1")
    shipped = w.posted(lines=(a_line(voyage_id=voyage),))
    w.change(Voyage, voyage, status="Closed")
    with pytest.raises(Refused, match="Voyage V-1 is closed"):
        credit(w, shipped)
    assert [one for one in w.all(Invoice) if one.sign < 0] == []


@pytest.mark.spec("T12")
def test_a_repeat_of_the_request_makes_one_credit(w):
    invoice_id = w.posted()
    first = credit(w, invoice_id, key="k1")
    assert credit(w, invoice_id, key="k1") == first
    assert len([one for one in w.all(Invoice) if one.sign < 0]) == 1


@pytest.mark.spec("T12")
def test_two_people_at_once_credit_it_once(w):
    invoice_id = w.posted()
    answers: list[object] = []

    def ask():
        try:
            answers.append(credit(w, invoice_id).label)
        except BillingError as error:
            answers.append(type(error))

    people = [threading.Thread(target=ask) for _ in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(map(str, answers)).count(str(Refused)) == 3
    assert len([one for one in w.all(Invoice) if one.sign < 0]) == 1


@pytest.mark.spec("T12")
def test_a_credit_that_is_edited_stays_within_its_invoice(w):
    invoice_id = thirds(w)
    made = credit(w, invoice_id, {10: Decimal(1), 20: Decimal(1)})
    ctx = w.ctx("billing")
    draft, version = read_draft(ctx, made.id)
    dearer = replace(draft.lines[0], unit_price=Decimal("0.36"))
    with pytest.raises(Invalid, match=r"Of line 10 only EUR 0.35 is left"):
        save_draft(ctx, made.id, replace(draft, lines=(dearer,)), version=version)
    with pytest.raises(Invalid, match="belongs to another customer"):
        save_draft(ctx, made.id, replace(draft, customer_id=w.customers["b"]), version=version)
    with pytest.raises(Invalid, match="Choose the type that reverses it"):
        save_draft(ctx, made.id, replace(draft, document_type_id=w.type_id("INO")), version=version)
    save_draft(ctx, made.id, replace(draft, lines=draft.lines[:1]), version=version)
    assert w.invoice(made.id).tax_minor == 7
    rest = credit(w, invoice_id)
    assert w.invoice(rest.id).tax_minor == 13


@pytest.mark.spec("T12")
def test_a_credit_note_made_by_hand_is_held_to_the_invoice_it_names(w):
    invoice_id = thirds(w)
    content = a_draft(
        w,
        document_type_id=w.type_id("CRO"),
        credited_invoice_id=invoice_id,
        lines=(a_line(quantity=Decimal(1), unit_price=Decimal("1.06"), discount_type="none"),),
    )
    with pytest.raises(Invalid, match="All corrections together would come to"):
        create_draft(w.ctx("billing"), content)
    with pytest.raises(Invalid, match="is not posted, so it cannot be corrected"):
        create_draft(w.ctx("billing"), replace(content, credited_invoice_id=w.draft()))


@pytest.mark.spec("T11", "T12")
def test_what_is_credited_in_part_is_not_voided(w):
    invoice_id = thirds(w)
    made = credit(w, invoice_id, {10: Decimal(1)})
    with pytest.raises(Refused, match=f"is corrected by {made.label}"):
        w.move("accounting", invoice_id, Action.VOID, reason="Wrong.", confirmed=True)
    w.move("accounting", made.id, Action.DELETE)
    w.move("accounting", invoice_id, Action.VOID, reason="Wrong.", confirmed=True)


@pytest.mark.spec("T12", "6.5-6a")
def test_a_credit_of_a_paid_invoice_is_left_to_the_customer(w):
    invoice_id = w.posted()
    total = w.invoice(invoice_id).total_minor
    facts = PaymentFacts(amount=Decimal(total) / 100 - 10, paid_on=TODAY)
    record_payment(w.ctx("accounting"), invoice_id, facts)
    made = credit(w, invoice_id)
    post(w, made.id)
    assert w.invoice(invoice_id).open_minor == 0
    assert w.invoice(made.id).open_minor == total - 1_000


@pytest.mark.spec("T12", "CRM-15", "T8")
def test_credit_and_reopen_is_one_action(w):
    order_id = w.add(
        SalesOrder(
            number="SO-1",
            customer_id=w.customers["a"],
            ordered_on=TODAY,
            currency="EUR",
        )
    )
    invoice_id = w.posted(order_ids=(order_id,), terms="30 days net", po_number="PO 7")
    done = credit_and_reopen(w.ctx("accounting"), invoice_id, reason="Wrong price.", key="r1")
    assert credit_and_reopen(w.ctx("accounting"), invoice_id, key="r1") == done
    note, draft, original = (w.invoice(key) for key in (done.id, done.draft_id, invoice_id))
    assert (note.posting_status, done.status, original.open_minor) == ("POSTED", "Posted", 0)
    assert (draft.posting_status, draft.replaced_invoice_id) == ("DRAFT", invoice_id)
    assert (draft.total_minor, draft.terms, draft.po_number) == (
        original.total_minor,
        "30 days net",
        "PO 7",
    )
    assert draft.credited_invoice_id is None
    linked = [(one.invoice_id, one.order_id) for one in w.all(InvoiceOrder)]
    assert (done.draft_id, order_id) in linked
    with pytest.raises(Refused, match="Nothing of"):
        credit_and_reopen(w.ctx("accounting"), invoice_id)
    with pytest.raises(Refused, match="is no invoice. Reverse it instead."):
        credit_and_reopen(w.ctx("accounting"), done.id)


@pytest.mark.spec("T12", "DLY-6")
def test_where_four_eyes_are_asked_for_the_credit_waits_for_a_colleague(w):
    w.add(Setting(key="restrict_self_assembled_posting", scope="global", scope_id=0, value="on"))
    invoice_id = w.draft()
    w.move("billing", invoice_id, Action.ASSEMBLE)
    w.move("accounting", invoice_id, Action.POST)
    done = credit_and_reopen(w.ctx("accounting"), invoice_id)
    assert (done.status, w.invoice(invoice_id).open_minor > 0) == ("Assembled", True)
    post(w, done.id, by="accounting2")
    assert w.invoice(invoice_id).open_minor == 0


@pytest.mark.spec("T8", "T7", "DLY-4", "DLY-3")
def test_a_document_set_back_is_settled_by_hand_and_posted_again(w):
    invoice_id = w.posted()
    made = credit(w, invoice_id)
    w.move("accounting", invoice_id, Action.UNPOST)
    post(w, made.id)
    assert w.all(CreditApplication) == []
    number = w.invoice(invoice_id).number
    w.move("accounting", invoice_id, Action.POST)
    assert w.invoice(invoice_id).number == number
