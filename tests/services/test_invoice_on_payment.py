"""Create Invoice on Payment: once for each payment, settled by it when it is posted."""

import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from billing_app.domain.errors import Forbidden, NotFound
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import Allocation, Customer, Invoice, Payment
from billing_app.services.generation.on_payment import invoice_payment
from billing_app.services.invoices.drafts import read_draft, save_draft
from tests.services.coherence import incoherences
from tests.services.worldmaking import NOW, SECRET, TODAY


def a_payment(w, wants=True, **facts):
    w.change(
        Customer,
        w.customers["a"],
        create_invoice_on_payment=wants,
        tax_rate=Decimal(19),
    )
    common = {
        "number": f"P-{len(w.all(Payment)) + 1}",
        "customer_id": w.customers["a"],
        "currency": "EUR",
        "total_minor": 50_000,
        "paid_on": TODAY,
        "reference": "R-77",
        "created_by_id": 1,
        "created_at": NOW,
    }
    said = common | facts
    return w.add(Payment(left_minor=said["total_minor"], **said))


@pytest.mark.spec("CXS-26", "6.9", "6.14-V22")
def test_a_payment_makes_a_draft_over_its_total_and_settles_it_when_posted(w):
    payment = a_payment(w)
    made = invoice_payment(w.ctx("accounting"), payment)
    draft = w.invoice(made)
    assert (draft.posting_status, draft.total_minor, draft.tax_minor) == ("DRAFT", 50_000, 7_983)
    assert [line.description for line in w.lines(made)] == ["Payment R-77"]
    assert (draft.settled_minor, w.all(Allocation)) == (0, [])
    w.move("accounting", made, Action.POST)
    row = w.invoice(made)
    assert (row.settled_minor, row.open_minor, row.payment_status) == (50_000, 0, "full")
    assert [(one.payment_id, one.amount_minor) for one in w.all(Allocation)] == [(payment, 50_000)]
    w.move("accounting", made, Action.UNPOST)
    w.move("accounting", made, Action.POST)
    assert len(w.all(Allocation)) == 1
    assert incoherences(w.database, SECRET) == []


@pytest.mark.spec("CXS-26")
def test_a_payment_makes_its_invoice_once_also_when_two_ask(w):
    payment = a_payment(w)
    start, found = threading.Barrier(4), []

    def ask():
        start.wait()
        found.append(invoice_payment(w.ctx("accounting"), payment))

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert len(found) == 4
    assert len(set(found)) == len(w.all(Invoice)) == 1


@pytest.mark.spec("CXS-26")
@pytest.mark.parametrize(
    "facts",
    [
        {"wants": False},
        {"status": "PENDING"},
        {"status": "CANCELLED"},
        {"kind": "purchase", "total_minor": -500},
        {"kind": "refund"},
        {"direction": "in", "kind": "payment"},
    ],
)
def test_other_payments_make_none(lite, facts):
    assert invoice_payment(lite.ctx("accounting"), a_payment(lite, **facts)) == 0
    assert lite.all(Invoice) == []


def test_a_payment_recorded_on_an_invoice_makes_no_other(w):
    payment, invoice = a_payment(w), w.posted()
    w.add(
        Allocation(
            payment_id=payment,
            invoice_id=invoice,
            amount_minor=100,
            created_by_id=1,
            created_at=NOW,
        )
    )
    assert invoice_payment(w.ctx("accounting"), payment) == 0


@pytest.mark.parametrize(
    ("price", "settled", "open_minor"),
    [(Decimal(600), 50_000, 10_000), (Decimal(300), 30_000, 0)],
)
def test_no_more_is_allocated_than_is_left_and_open(w, price, settled, open_minor):
    made = invoice_payment(w.ctx("accounting"), a_payment(w))
    content, version = read_draft(w.ctx("billing"), made)
    line = replace(content.lines[0], unit_price=price)
    save_draft(w.ctx("billing"), made, replace(content, lines=(line,)), version=version)
    w.move("accounting", made, Action.POST)
    row = w.invoice(made)
    assert (row.settled_minor, row.open_minor) == (settled, open_minor)
    assert incoherences(w.database, SECRET) == []


@pytest.mark.parametrize("facts", [{"status": "CANCELLED"}, {"deleted_at": NOW}])
def test_money_that_went_away_meanwhile_settles_nothing(w, facts):
    payment = a_payment(w)
    made = invoice_payment(w.ctx("accounting"), payment)
    w.change(Payment, payment, **facts)
    w.move("accounting", made, Action.POST)
    assert w.invoice(made).open_minor == 50_000


def test_who_may_not_record_payments_makes_none(w):
    payment = a_payment(w)
    with pytest.raises(Forbidden):
        invoice_payment(w.ctx("billing"), payment)
    with pytest.raises(NotFound):
        invoice_payment(w.ctx("accounting"), 999)
