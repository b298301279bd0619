"""The statement in the portal holds what the predicate lets its person see, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from billing_app.domain.errors import Forbidden, Invalid
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import Invoice, PortalSite
from billing_app.services.payments.recording import PaymentFacts, record_payment
from billing_app.services.payments.statement import statement_of
from billing_app.services.portal import home
from billing_app.services.portal_statement import (
    portal_statement,
    portal_statement_csv,
    portal_statement_pdf,
)
from tests.services.worldmaking import TODAY, a_line

OLD = TODAY - timedelta(days=45)


def invoice(w, net, on=TODAY, **facts):
    line = a_line(quantity=Decimal(1), unit_price=Decimal(net), discount_type="none",
                  tax_rate=Decimal(0))  # fmt: skip
    return w.posted(lines=(line,), document_date=on, due_on=on + timedelta(days=10), **facts)


def amounts(found):
    return [row.entry.amount_minor for account in found.accounts for row in account.rows]


@pytest.fixture
def books(w):
    """Two invoices of 10 and 20, 15 paid on the older one's day, a void one, one of B."""
    ids = [invoice(w, 10, OLD), invoice(w, 20)]
    record_payment(w.ctx("accounting"), ids[0], PaymentFacts(Decimal(5), TODAY, reference="R-1"))
    ids.append(invoice(w, 99))
    w.move("accounting", ids[2], Action.VOID, reason="x", confirmed=True)
    ids.append(invoice(w, 77, customer_id=w.customers["b"]))
    return ids


@pytest.mark.spec("DLY-43", "6.7")
def test_an_unlimited_view_is_the_statement_staff_see(w, books):
    mine = portal_statement(w.ctx("a40"))
    assert mine.accounts == statement_of(w.ctx("accounting"), w.customers["a"]).accounts
    assert amounts(mine) == [1_000, 2_000, -500]
    assert mine.accounts[0].closing_minor == 2_500
    assert portal_statement_pdf(w.ctx("a40"), None, None).content.startswith(b"%PDF-")


@pytest.mark.spec("ERP-39")
def test_days_back_turn_what_lies_before_into_the_opening_balance(w, books):
    w.people["a40"] = replace(w.people["a40"], days_back=30)
    (account,) = portal_statement(w.ctx("a40"), OLD, None).accounts
    assert (account.opening_minor, account.closing_minor) == (1_000, 2_500)
    assert amounts(portal_statement(w.ctx("a40"))) == [2_000, -500]
    text = portal_statement_csv(w.ctx("a40"), None, None).content.decode()
    assert w.invoice(books[0]).number not in text
    assert w.invoice(books[1]).number in text


@pytest.mark.spec("ORO-34")
def test_who_sees_only_some_documents_gets_only_their_shares_of_payments(w, books):
    user = w.people["a40"].user_id
    w.people["a40"] = replace(w.people["a40"], scope="own")
    assert portal_statement(w.ctx("a40")).accounts == ()
    w.change(Invoice, books[0], customer_user_id=user)
    assert amounts(portal_statement(w.ctx("a40"))) == [1_000, -500]
    w.change(Invoice, books[0], customer_user_id=None)
    w.change(Invoice, books[1], customer_user_id=user)
    assert amounts(portal_statement(w.ctx("a40"))) == [2_000]
    w.people["a40"] = replace(w.people["a40"], scope="corporate")
    credit = f'{{"InvoiceDocumentTypes": ["{w.type_id("CRO")}"]}}'
    w.change(PortalSite, 1, settings_json=credit)
    assert portal_statement(w.ctx("a40")).accounts == ()


def test_the_days_are_the_right_way_round_and_the_role_is_billing(w, books):
    with pytest.raises(Invalid):
        portal_statement(w.ctx("a40"), TODAY, OLD)
    with pytest.raises(Forbidden):
        portal_statement(w.ctx("a30"))


@pytest.mark.spec("ERP-43")
def test_home_counts_everything_that_is_due_and_only_what_the_role_covers(w, books):
    for _ in range(12):
        invoice(w, 1)
    found = home(w.ctx("a40"))
    assert found.owed == (("EUR", 3_700),)
    assert (found.due_count, found.overdue_count, len(found.due)) == (14, 1, 10)
    assert (found.due[0].id, found.due[0].remaining_minor) == (books[0], 500)
    assert (found.invoices_this_month, found.orders_this_month) == (14, 0)
    basic, orders = home(w.ctx("a10")), home(w.ctx("a30"))
    assert (basic.invoices_this_month, basic.orders_this_month) == (None, None)
    assert (orders.invoices_this_month, orders.orders_this_month) == (None, 0)
    assert (orders.owed, orders.due, orders.due_count) == ((), (), 0)
