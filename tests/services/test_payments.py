"""Payments as people make them: recorded, deleted, completed, allocated, refunded, released."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from billing_app.domain.document_types import Direction
from billing_app.domain.errors import BillingError, Conflict, Forbidden, Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.domain.payments import PaymentState
from billing_app.domain.settlement import PaymentKind
from billing_app.persistence.tables import (
    Allocation,
    AuditEntry,
    CreditApplication,
    Customer,
    Invoice,
    OutboxEvent,
    Payment,
    Voyage,
)
from billing_app.services.generation.on_payment import invoice_payment
from billing_app.services.invoices.listing import open_invoice
from billing_app.services.payments.allocating import Share, allocate, release
from billing_app.services.payments.credits import apply_credit, take_back_credit
from billing_app.services.payments.recording import PaymentFacts, add_payment, record_payment
from billing_app.services.payments.refunding import refund_payment
from billing_app.services.payments.states import cancel_payment, complete_payment, delete_payment
from billing_app.services.payments.write_offs import write_off
from billing_app.services.settings import change_setting
from tests.services.coherence import incoherences
from tests.services.worldmaking import SECRET, TODAY, a_line


@pytest.fixture(autouse=True)
def coherent(request):
    """Whatever a test does, every figure still agrees with the facts behind it."""
    names = [name for name in ("w", "lite") if name in request.fixturenames]
    worlds = [request.getfixturevalue(name) for name in names]
    yield
    for world in worlds:
        assert incoherences(world.database, SECRET) == []


def owed(w, amount=100, **changes):
    """A posted invoice over exactly so much."""
    line = a_line(
        quantity=Decimal(1),
        unit_price=Decimal(amount),
        discount_type="none",
        discount_value=Decimal(0),
        tax_rate=Decimal(0),
    )
    return w.posted(lines=(line,), **changes)


def facts(amount, **said):
    return PaymentFacts(amount=Decimal(amount), paid_on=TODAY, **said)


def receipt(w, amount, customer="a", **said):
    """A payment of a customer that settles nothing yet."""
    state = said.pop("state", PaymentState.COMPLETED)
    return add_payment(
        w.ctx("accounting"),
        w.customers[customer],
        facts(amount, **said),
        code="EUR",
        state=state,
    ).id


def payment(w, payment_id):
    with w.database.read() as session:
        return session.get_one(Payment, payment_id)


def boxes(w, invoice_id):
    row = w.invoice(invoice_id)
    return row.settled_minor, row.open_minor, row.payment_status


@pytest.mark.spec("DLY-20", "DLY-21", "DLY-25", "DLY-11", "CRM-4", "CRM-24", "6.5-7")
def test_a_recorded_payment_is_a_document_with_one_line_that_settles_at_once(w):
    invoice_id = owed(w)
    done = record_payment(
        w.ctx("accounting"), invoice_id, facts("40", method="cheque", reference="CH-7")
    )
    row = payment(w, done.id)
    assert (row.number, row.kind, row.status, row.method, row.reference) == (
        f"PMI-{done.id:06d}",
        "receipt",
        "COMPLETED",
        "cheque",
        "CH-7",
    )
    lines = [(one.payment_id, one.invoice_id, one.amount_minor) for one in w.all(Allocation)]
    assert lines == [(done.id, invoice_id, 4_000)]
    assert boxes(w, invoice_id) == (4_000, 6_000, "partially")
    record_payment(w.ctx("accounting"), invoice_id, facts("60"))
    assert boxes(w, invoice_id) == (10_000, 0, "full")
    said = [(one.entity, one.action) for one in w.all(AuditEntry)][-2:]
    assert said == [("payment", "created"), ("invoice", "paid")]


@pytest.mark.spec("CRM-25", "6.5-7")
@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"amount": Decimal("100.01")}, "amount", "Only EUR 100.00 is open."),
        ({"amount": Decimal(0)}, "amount", "Enter an amount above 0."),
        ({"amount": Decimal(-5)}, "amount", "Enter an amount above 0."),
        ({"amount": Decimal("1.005")}, "amount", "EUR has 2 decimals."),
        ({"paid_on": TODAY + timedelta(days=1)}, "paid_on", "still to come"),
        ({"method": "write_off"}, "method", "Choose how it was paid."),
        ({"reference": "x" * 129}, "reference", "128"),
        ({"fee": Decimal(-1)}, "fee", "cannot be negative"),
    ],
)
def test_what_cannot_be_a_payment_is_refused_at_its_field(lite, changed, field, sentence):
    invoice_id = owed(lite)
    said = {"amount": Decimal(10), "paid_on": TODAY} | changed
    with pytest.raises(Invalid) as refused:
        record_payment(lite.ctx("accounting"), invoice_id, PaymentFacts(**said))
    assert sentence in refused.value.fields[field]
    assert lite.all(Payment) == []
    assert boxes(lite, invoice_id) == (0, 10_000, "pending")


@pytest.mark.spec("DLY-22", "CRM-9")
def test_payments_wait_for_ready_for_posting(lite):
    drafted = lite.draft()
    ctx = lite.ctx("accounting")
    with pytest.raises(Refused, match="this document is Draft"):
        record_payment(ctx, drafted, facts("1"))
    lite.move("billing", drafted, Action.ASSEMBLE)
    with pytest.raises(Refused, match="this document is Assembled"):
        record_payment(ctx, drafted, facts("1"))
    lite.move("accounting", drafted, Action.READY)
    record_payment(ctx, drafted, facts("1"))
    assert boxes(lite, drafted)[0] == 100


@pytest.mark.spec("DLY-23", "6.5-7")
@pytest.mark.parametrize(
    ("code", "kind", "direction"),
    [
        ("INO", "receipt", "out"),
        ("CRI", "receipt", "in"),
        ("INI", "payment", "in"),
        ("CRO", "payment", "out"),
    ],
)
def test_each_of_the_four_types_is_settled_its_own_way(lite, code, kind, direction):
    invoice_id = owed(lite, document_type_id=lite.type_id(code), due_on=None)
    done = record_payment(lite.ctx("accounting"), invoice_id, facts("100"))
    row = payment(lite, done.id)
    assert (row.kind, row.direction) == (kind, direction)
    assert boxes(lite, invoice_id)[1] == 0


@pytest.mark.spec("6.14-V16")
def test_a_payment_is_recorded_although_a_voyage_is_closed(lite):
    voyage_id = lite.voyage("V-1")
    invoice_id = lite.posted(lines=(a_line(voyage_id=voyage_id),))
    lite.change(Voyage, voyage_id, status="Closed")
    with pytest.raises(Refused, match="closed"):
        lite.move("accounting", invoice_id, Action.UNPOST)
    record_payment(lite.ctx("accounting"), invoice_id, facts("10"))
    assert boxes(lite, invoice_id)[0] == 1_000


@pytest.mark.spec("6.7")
def test_accounting_records_and_deletes_and_nobody_below(lite):
    invoice_id = owed(lite)
    done = record_payment(lite.ctx("accounting"), invoice_id, facts("10"))
    for who in ("viewer", "sales", "billing", "a40", "a90"):
        ctx = lite.ctx(who)
        for attempt in (
            lambda ctx=ctx: record_payment(ctx, invoice_id, facts("1")),
            lambda ctx=ctx: add_payment(ctx, lite.customers["a"], facts("1"), code="EUR"),
            lambda ctx=ctx: delete_payment(ctx, done.id),
            lambda ctx=ctx: cancel_payment(ctx, done.id),
            lambda ctx=ctx: complete_payment(ctx, done.id),
            lambda ctx=ctx: refund_payment(ctx, done.id, Decimal(1), "no"),
            lambda ctx=ctx: allocate(ctx, [Share(done.id, invoice_id, 1)]),
            lambda ctx=ctx: release(ctx, done.id, invoice_id),
            lambda ctx=ctx: apply_credit(ctx, invoice_id, invoice_id),
            lambda ctx=ctx: take_back_credit(ctx, invoice_id, invoice_id),
            lambda ctx=ctx: write_off(ctx, invoice_id, "no"),
        ):
            with pytest.raises(Forbidden):
                attempt()
    assert boxes(lite, invoice_id)[0] == 1_000


@pytest.mark.spec("DLY-24", "6.5-10")
def test_a_deleted_payment_settles_nothing_any_more_and_stays_on_record(w):
    invoice_id = owed(w)
    first = record_payment(w.ctx("accounting"), invoice_id, facts("30"))
    second = record_payment(w.ctx("accounting"), invoice_id, facts("20"))
    delete_payment(w.ctx("accounting2"), first.id)
    assert boxes(w, invoice_id) == (2_000, 8_000, "partially")
    assert [one.payment_id for one in w.all(Allocation)] == [second.id]
    row = payment(w, first.id)
    assert row.deleted_at is not None
    assert row.deleted_by_id == w.people["accounting2"].user_id
    with pytest.raises(NotFound, match="may have been deleted"):
        delete_payment(w.ctx("accounting"), first.id)


@pytest.mark.spec("6.5-10")
def test_the_gateways_payments_are_not_deleted(lite):
    invoice_id = owed(lite)
    done = record_payment(lite.ctx("accounting"), invoice_id, facts("30"))
    lite.change(Payment, done.id, source="gateway")
    for verb in (delete_payment, cancel_payment):
        with pytest.raises(Refused, match="Refund it instead"):
            verb(lite.ctx("accounting"), done.id)
    assert boxes(lite, invoice_id)[0] == 3_000


@pytest.mark.spec("RELIABILITY-P9")
def test_a_repeated_request_has_the_effect_of_one(w):
    ctx, invoice_id = w.ctx("accounting"), owed(w)
    once = record_payment(ctx, invoice_id, facts("30"), key="k-1")
    again = record_payment(ctx, invoice_id, facts("30"), key="k-1")
    assert once == again
    added = add_payment(ctx, w.customers["a"], facts("9"), code="EUR", key="k-2")
    assert added == add_payment(ctx, w.customers["a"], facts("9"), code="EUR", key="k-2")
    share = [Share(added.id, invoice_id, 900)]
    assert allocate(ctx, share, key="k-3") == allocate(ctx, share, key="k-3")
    given = refund_payment(ctx, once.id, Decimal(5), "Twice", key="k-4")
    assert given == refund_payment(ctx, once.id, Decimal(5), "Twice", key="k-4")
    assert delete_payment(ctx, given.id, key="k-5") == delete_payment(ctx, given.id, key="k-5")
    assert cancel_payment(ctx, once.id, key="k-6") == cancel_payment(ctx, once.id, key="k-6")
    assert complete_payment(ctx, once.id, key="k-7") == complete_payment(ctx, once.id, key="k-7")
    assert boxes(w, invoice_id)[0] == 3_900
    with pytest.raises(Conflict, match="already used"):
        record_payment(ctx, owed(w), facts("30"), key="k-1")


@pytest.mark.spec("RELIABILITY-P9")
def test_who_looks_at_an_outdated_payment_or_invoice_is_told(lite):
    ctx, invoice_id = lite.ctx("accounting"), owed(lite)
    version = lite.invoice(invoice_id).version
    done = record_payment(ctx, invoice_id, facts("30"), version=version)
    with pytest.raises(Conflict, match="Anke Accounting changed this invoice"):
        record_payment(ctx, invoice_id, facts("30"), version=version)
    seen = payment(lite, done.id).version
    cancel_payment(ctx, done.id, version=seen)
    for verb in (complete_payment, cancel_payment, delete_payment):
        with pytest.raises(Conflict, match="changed PMI-"):
            verb(ctx, done.id, version=seen)


@pytest.mark.spec("CXS-31", "CXS-35", "6.5-9")
def test_a_pending_payment_counts_once_it_is_completed(w):
    ctx, invoice_id = w.ctx("accounting"), owed(w)
    waiting = receipt(w, 60, state=PaymentState.PENDING)
    allocate(ctx, [Share(waiting, invoice_id, 6_000)])
    assert boxes(w, invoice_id) == (0, 10_000, "pending")
    complete_payment(ctx, waiting)
    assert boxes(w, invoice_id) == (6_000, 4_000, "partially")
    cancel_payment(ctx, waiting)
    assert boxes(w, invoice_id) == (0, 10_000, "pending")
    assert len(w.all(Allocation)) == 1  # its rows stay
    record_payment(ctx, invoice_id, facts("70"))
    complete_payment(ctx, waiting)
    assert boxes(w, invoice_id) == (10_000, 0, "full")
    row = payment(w, waiting)
    assert (row.status, row.left_minor) == ("COMPLETED", 3_000)  # the excess is credit


@pytest.mark.spec("CXS-26")
def test_completing_makes_the_invoice_that_the_customer_wants(w):
    w.change(Customer, w.customers["a"], create_invoice_on_payment=True)
    ctx = w.ctx("accounting")
    waiting = receipt(w, 50, state=PaymentState.PENDING, reference="R-1")
    assert w.all(Invoice) == []
    became = complete_payment(ctx, waiting)
    assert w.invoice(became.invoice_id).title == "Payment R-1"
    assert invoice_payment(ctx, waiting) == became.invoice_id
    w.move("accounting", became.invoice_id, Action.POST)
    assert boxes(w, became.invoice_id) == (5_000, 0, "full")
    assert payment(w, waiting).left_minor == 0
    assert record_payment(ctx, owed(w), facts("1")).invoice_id == 0


@pytest.mark.spec("CXS-33")
def test_a_confirmation_is_put_in_the_outbox_when_the_payment_is_completed(lite):
    ctx = lite.ctx("accounting")
    waiting = receipt(lite, 5, state=PaymentState.PENDING, sends_confirmation=True)
    receipt(lite, 5)
    assert _received(lite) == []
    complete_payment(ctx, waiting)
    assert _received(lite) == [waiting]
    record_payment(ctx, owed(lite), facts("1", sends_confirmation=True))
    assert len(_received(lite)) == 2


def _received(w):
    rows = w.all(OutboxEvent)
    return [row.entity_id for row in rows if row.topic == "payment.received"]


@pytest.mark.spec("6.14-V17", "CXS-29", "6.5-9")
def test_one_payment_settles_two_invoices_and_no_more(w):
    ctx = w.ctx("accounting")
    first, second = owed(w, 60), owed(w, 70)
    paid = receipt(w, 100)
    allocate(ctx, [Share(paid, first, 6_000), Share(paid, second, 4_000)])
    assert (boxes(w, first)[1], boxes(w, second)[1]) == (0, 3_000)
    assert payment(w, paid).left_minor == 0
    with pytest.raises(Invalid, match=r"Only EUR 0\.00 of the payment is left"):
        allocate(ctx, [Share(paid, second, 1)])
    other = receipt(w, 50)
    with pytest.raises(Invalid) as refused:
        allocate(ctx, [Share(other, second, 5_000)])
    assert refused.value.fields == {f"shares.{other}.{second}": "Only EUR 30.00 is open."}
    allocate(ctx, [Share(other, second, 1_000)])
    allocate(ctx, [Share(other, second, 2_000)])
    assert boxes(w, second) == (7_000, 0, "full")
    assert len(w.all(Allocation)) == 3  # one row for each payment and invoice


@pytest.mark.spec("CXS-29")
def test_all_shares_are_allocated_or_none(w):
    first, second = owed(w, 60), owed(w, 70)
    paid = receipt(w, 100)
    with pytest.raises(Invalid):
        allocate(w.ctx("accounting"), [Share(paid, first, 6_000), Share(paid, second, 4_001)])
    assert boxes(w, first)[0] == boxes(w, second)[0] == 0
    assert w.all(Allocation) == []


@pytest.mark.spec("CXS-29")
def test_two_hundred_invoices_are_settled_in_one_action(lite):
    ids = [owed(lite, 10) for _ in range(200)]
    paid = receipt(lite, 2_000)
    done = allocate(lite.ctx("accounting"), [Share(paid, key, 1_000) for key in ids])
    assert (done.invoices, done.minor) == (200, 200_000)
    assert all(boxes(lite, key) == (1_000, 0, "full") for key in ids)
    with pytest.raises(Invalid, match="At most 200"):
        allocate(lite.ctx("accounting"), [Share(paid, ids[0], 1)] * 201)
    with pytest.raises(Invalid, match="Enter an amount"):
        allocate(lite.ctx("accounting"), [])


@pytest.mark.spec("6.5-9")
def test_only_one_customers_documents_of_one_currency_and_direction_are_settled(lite):
    ctx = lite.ctx("accounting")
    paid = receipt(lite, 100)
    others = {
        "two customers": owed(lite, customer_id=lite.customers["b"]),
        "EUR and USD": owed(lite, currency="USD"),
        "by the partner": owed(lite, document_type_id=lite.type_id("INI")),
        "does not settle such": owed(lite, document_type_id=lite.type_id("CRO"), due_on=None),
        "Draft": lite.draft(),
    }
    for sentence, invoice_id in others.items():
        with pytest.raises(Refused, match=sentence):
            allocate(ctx, [Share(paid, invoice_id, 100)])
    cancel_payment(ctx, paid)
    with pytest.raises(Refused, match="Complete it first"):
        allocate(ctx, [Share(paid, owed(lite), 100)])
    with pytest.raises(NotFound):
        allocate(ctx, [Share(10**9, owed(lite), 100)])


@pytest.mark.spec("6.5-9")
def test_an_allocation_is_taken_back(w):
    ctx, invoice_id = w.ctx("accounting"), owed(w)
    paid = receipt(w, 100)
    allocate(ctx, [Share(paid, invoice_id, 10_000)])
    release(ctx, paid, invoice_id)
    assert boxes(w, invoice_id) == (0, 10_000, "pending")
    assert payment(w, paid).left_minor == 10_000
    with pytest.raises(NotFound, match="settles nothing of this invoice"):
        release(ctx, paid, invoice_id)


@pytest.mark.spec("6.5-8", "6.5-14", "CXS-34")
def test_a_negative_payment_is_a_purchase_and_settles_nothing(lite):
    ctx = lite.ctx("accounting")
    done = add_payment(ctx, lite.customers["a"], facts("-12.50"), code="EUR")
    row = payment(lite, done.id)
    assert (row.kind, row.total_minor, row.left_minor) == ("purchase", -1_250, 0)
    with pytest.raises(Refused, match="does not settle"):
        allocate(ctx, [Share(done.id, owed(lite), 100)])
    for wrong, field in (("0", "amount"),):
        with pytest.raises(Invalid) as refused:
            add_payment(ctx, lite.customers["a"], facts(wrong), code="EUR")
        assert list(refused.value.fields) == [field]
    with pytest.raises(Invalid, match="currency"):
        add_payment(ctx, lite.customers["a"], facts("1"), code="EURO")


def test_a_supplier_is_paid_over_several_of_its_invoices(lite):
    ctx = lite.ctx("accounting")
    bills = [owed(lite, 40, document_type_id=lite.type_id("INI")) for _ in range(2)]
    paid = add_payment(
        ctx,
        lite.customers["a"],
        facts("80"),
        code="EUR",
        direction=Direction.IN,
        kind=PaymentKind.PAYMENT,
    )
    assert paid.number.startswith("PMO-")
    allocate(ctx, [Share(paid.id, key, 4_000) for key in bills])
    assert [boxes(lite, key)[1] for key in bills] == [0, 0]


@pytest.mark.spec("6.5-12", "ORO-45")
def test_refunds_never_exceed_what_was_paid_and_take_the_rest_first(w):
    ctx, invoice_id = w.ctx("accounting"), owed(w)
    paid = receipt(w, 120)
    allocate(ctx, [Share(paid, invoice_id, 10_000)])
    refund_payment(ctx, paid, Decimal(50), "Returned")
    assert boxes(w, invoice_id) == (7_000, 3_000, "refunded_partially")
    assert payment(w, paid).left_minor == 0
    with pytest.raises(Invalid, match=r"At most EUR 70\.00 can be refunded"):
        refund_payment(ctx, paid, Decimal("70.01"), "Returned")
    with pytest.raises(Invalid, match="reason"):
        refund_payment(ctx, paid, Decimal(1), " ")
    last = refund_payment(ctx, paid, Decimal(70), "Returned")
    assert boxes(w, invoice_id) == (0, 10_000, "refunded")
    for verb in (delete_payment, cancel_payment):
        with pytest.raises(Refused, match="Delete the refund first"):
            verb(ctx, paid)
    with pytest.raises(Refused, match="Delete the refund first"):
        release(ctx, paid, invoice_id)
    with pytest.raises(Refused, match="Only money"):
        refund_payment(ctx, last.id, Decimal(1), "Back and forth")
    delete_payment(ctx, last.id)
    assert boxes(w, invoice_id) == (7_000, 3_000, "refunded_partially")


@pytest.mark.spec("6.5-12")
def test_a_refund_stays_once_its_document_was_paid_again(lite):
    ctx, invoice_id = lite.ctx("accounting"), owed(lite)
    paid = record_payment(ctx, invoice_id, facts("100"))
    back = refund_payment(ctx, paid.id, Decimal(100), "Wrong account")
    record_payment(ctx, invoice_id, facts("100"))
    with pytest.raises(Refused, match="was paid again after this refund"):
        delete_payment(ctx, back.id)
    with pytest.raises(Refused, match="Only a completed payment"):
        refund_payment(ctx, receipt(lite, 5, state=PaymentState.PENDING), Decimal(1), "no")


@pytest.mark.spec("6.5-6a")
def test_a_credit_note_settles_an_invoice_on_both_sides(w):
    ctx, invoice_id = w.ctx("accounting"), owed(w)
    credit = owed(w, 30, document_type_id=w.type_id("CRO"), due_on=None)
    assert apply_credit(ctx, credit, invoice_id, 1_000, key="c-1") == 1_000
    assert apply_credit(ctx, credit, invoice_id, 1_000, key="c-1") == 1_000
    assert apply_credit(ctx, credit, invoice_id) == 2_000
    assert boxes(w, invoice_id) == (3_000, 7_000, "partially")
    assert boxes(w, credit) == (3_000, 0, "full")
    with pytest.raises(Invalid):
        apply_credit(ctx, credit, invoice_id, 1)
    with pytest.raises(Refused, match="settles invoices only"):
        apply_credit(ctx, invoice_id, credit, 1)
    assert take_back_credit(ctx, credit, invoice_id) == 3_000
    assert boxes(w, invoice_id) == (0, 10_000, "pending")
    with pytest.raises(NotFound):
        take_back_credit(ctx, credit, invoice_id)


def test_a_small_difference_is_written_off_with_its_reason(w):
    ctx, invoice_id = w.ctx("accounting"), owed(w)
    with pytest.raises(Refused, match="Nothing is paid yet"):
        write_off(ctx, invoice_id, "Bank charges")
    paid = receipt(w, 97)
    done = allocate(
        ctx,
        [Share(paid, invoice_id, 9_700)],
        write_off=frozenset({invoice_id}),
        reason="Bank charges",
    )
    assert done.written_off == 1
    assert boxes(w, invoice_id) == (10_000, 0, "full")
    last = w.all(Payment)[-1]
    assert (last.method, last.total_minor, last.description, last.left_minor) == (
        "write_off",
        300,
        "Bank charges",
        0,
    )
    with pytest.raises(Refused, match="Delete it instead"):
        cancel_payment(ctx, last.id)
    with pytest.raises(Refused, match="Only money"):
        refund_payment(ctx, last.id, Decimal(1), "no")
    release(ctx, last.id, invoice_id)
    assert payment(w, last.id).deleted_at is not None
    assert boxes(w, invoice_id) == (9_700, 300, "partially")
    assert write_off(ctx, invoice_id, "Bank charges", key="w").id
    with pytest.raises(Invalid, match="too much to write off"):
        other = owed(w)
        record_payment(ctx, other, facts("90"))
        write_off(ctx, other, "Bank charges")


@pytest.mark.spec("6.3-T11")
def test_voiding_releases_what_settled_the_invoice(w):
    ctx = w.ctx("accounting")
    invoice_id, other = owed(w), owed(w, 50)
    credit = owed(w, 10, document_type_id=w.type_id("CRO"), due_on=None)
    paid = receipt(w, 60)
    allocate(ctx, [Share(paid, invoice_id, 6_000)])
    refund_payment(ctx, paid, Decimal(20), "Sent too much")
    apply_credit(ctx, credit, invoice_id)
    w.move("accounting", invoice_id, Action.VOID, reason="Wrong partner", confirmed=True)
    assert boxes(w, invoice_id)[0] == 0
    assert payment(w, paid).left_minor == 4_000
    assert w.all(CreditApplication) == []
    assert boxes(w, credit)[1] == 1_000
    assert allocate(ctx, [Share(paid, other, 4_000)]).minor == 4_000
    with pytest.raises(Refused, match="this document is Void"):
        record_payment(ctx, invoice_id, facts("1"))


def test_voiding_ends_a_write_off(w):
    ctx, invoice_id = w.ctx("accounting"), owed(w)
    credit = owed(w, 1, document_type_id=w.type_id("CRO"), due_on=None)
    record_payment(ctx, invoice_id, facts("96"))
    write_off(ctx, invoice_id, "Bank charges")
    paid = w.all(Payment)[0]
    delete_payment(ctx, paid.id)
    apply_credit(ctx, credit, invoice_id)
    w.move("accounting", invoice_id, Action.VOID, reason="Wrong partner", confirmed=True)
    assert all(one.deleted_at is not None for one in w.all(Payment))


@pytest.mark.spec("6.5-13", "RELIABILITY-P7")
def test_a_thousand_raced_tries_never_exceed_the_payment_or_the_balance(w):
    """125 rounds of eight people at once, over one payment of 100 and two invoices of 100."""
    ctx = w.ctx("accounting")
    invoices = [owed(w), owed(w)]
    paid = receipt(w, 100)
    start, end, tries, wins, errors = threading.Barrier(9), threading.Barrier(9), [], [], []

    def race(at):
        for _ in range(125):
            start.wait()
            target = invoices[at % 2]
            try:
                if at < 4:
                    allocate(ctx, [Share(paid, target, 3_000)])
                else:
                    record_payment(ctx, target, facts("40"))
                wins.append(at)
            except (Invalid, Conflict):
                pass
            except BillingError as error:
                errors.append(error)
            tries.append(at)
            end.wait()

    racing = [threading.Thread(target=race, args=(at,)) for at in range(8)]
    for one in racing:
        one.start()
    for _ in range(125):
        start.wait()
        end.wait()
        with w.database.read() as session:
            for key in invoices:
                row = session.get_one(Invoice, key)
                allocated = sum(
                    one.amount_minor
                    for one in session.exec(select(Allocation).where(Allocation.invoice_id == key))
                )
                assert row.settled_minor == allocated <= row.total_minor
            assert session.get_one(Payment, paid).left_minor >= 0
        _clear(w, ctx, paid)
    for one in racing:
        one.join()
    assert (len(tries), errors) == (1_000, [])
    assert len(wins) >= 125


def _clear(w, ctx, paid):
    """Take back what the round allocated, so the next one starts from nothing."""
    for row in w.all(Allocation):
        if row.payment_id == paid:
            release(ctx, paid, row.invoice_id)
        else:
            delete_payment(ctx, row.payment_id)


def test_the_day_of_a_payment_may_lie_in_the_past(lite):
    done = record_payment(
        lite.ctx("accounting"),
        owed(lite),
        PaymentFacts(amount=Decimal(1), paid_on=date(2026, 1, 2)),
    )
    assert payment(lite, done.id).paid_on == date(2026, 1, 2)


@pytest.mark.spec("ORO-44", "6.4")
@pytest.mark.parametrize("forced", ["authorized", "pending", "refunded"])
def test_a_forced_payment_status_outlives_every_recomputation(w, forced):
    invoice_id = owed(w)
    w.change(Invoice, invoice_id, forced_payment_status=forced, payment_status=forced)
    done = record_payment(w.ctx("accounting"), invoice_id, facts("40"))
    assert boxes(w, invoice_id) == (4_000, 6_000, forced)
    record_payment(w.ctx("accounting"), invoice_id, facts("60"))
    assert boxes(w, invoice_id) == (10_000, 0, forced)
    delete_payment(w.ctx("accounting"), done.id)
    assert boxes(w, invoice_id) == (6_000, 4_000, forced)
    w.change(Invoice, invoice_id, forced_payment_status="")
    record_payment(w.ctx("accounting"), invoice_id, facts("10"))
    assert boxes(w, invoice_id) == (7_000, 3_000, "partially")


@pytest.mark.spec("ORO-5")
def test_payments_have_a_section_only_where_payments_can_come(w):
    def has_section(invoice_id):
        return open_invoice(w.ctx("viewer"), invoice_id).takes_payments

    draft, posted = w.draft(), w.posted()
    assert (has_section(draft), has_section(posted)) == (False, True)  # staff record them by hand
    change_setting(w.ctx("admin"), "enable_invoice_payments", "on")
    assert (has_section(draft), has_section(posted)) == (True, True)
