"""Pushing to accounting and hearing back, against a server of the tests' own in Xero's words."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing_app.domain.access import Permission
from billing_app.domain.errors import Forbidden, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.integrations.accounting.xero import Connection, Xero
from billing_app.persistence.tables import AuditEntry, Customer, LoginSession, OutboxEvent, Payment
from billing_app.services.accounting.hearing import hear_back
from billing_app.services.accounting.pushing import push_waiting
from billing_app.services.accounting.queueing import push_to_accounting
from billing_app.services.books.verify import verify
from billing_app.services.people.sessions import resolve_session
from billing_app.services.settings import change_setting
from tests.services.worldmaking import TODAY, a_line
from tests.support.xero import CLIENT, PASSWORD, TENANT, XeroServer


@pytest.fixture
def xero():
    with XeroServer() as server:
        yield server


@pytest.fixture
def ledger(xero):
    connection = Connection(
        CLIENT, PASSWORD, TENANT, f"{xero.url}/api", f"{xero.url}/token", timeout_s=1
    )
    made = Xero(connection)
    yield made
    made.close()


@pytest.fixture
def at(w, ledger):
    """The context of somebody where accounting is connected."""
    return lambda who="system": replace(w.ctx(who), accounting=ledger)


def pushed(w, at, **changes):
    """A posted invoice that is in accounting."""
    invoice_id = w.posted(**changes)
    push_to_accounting(at("accounting"), invoice_id)
    assert push_waiting(at()) == 1
    assert w.invoice(invoice_id).accounting_status == "synced"
    return invoice_id


def told(w, invoice_id):
    entries = [
        one for one in w.all(AuditEntry) if (one.entity, one.entity_id) == ("invoice", invoice_id)
    ]
    return [one.action for one in sorted(entries, key=lambda one: one.id)]


@pytest.mark.spec("CRM-32")
def test_a_push_sends_header_lines_tax_discount_and_contact(w, at, xero):
    change_setting(
        w.ctx("admin"), "accounts_tax_types_by_rate", "20: OUTPUT2", scope="company", scope_id=1
    )
    w.change(Customer, w.customers["a"], email="ap@a.example", city="Husum")
    invoice_id = w.posted(
        lines=(a_line("Work"), a_line("Odd price", unit_price=Decimal("0.33333"))),
        discount_type="percent",
        discount_value=Decimal(5),
        po_number="PO 7",
    )
    invoice = w.invoice(invoice_id)
    assert push_to_accounting(at("accounting"), invoice_id).endswith("is on its way to accounting.")
    assert w.invoice(invoice_id).accounting_status == "queued"
    assert push_waiting(at()) == 1
    ((headers, sent),) = xero.pushes()
    assert headers["idempotency-key"].startswith(f"{invoice_id}-")
    assert headers["xero-tenant-id"] == TENANT
    work, odd = sent.pop("LineItems")
    contact = sent.pop("Contact")
    assert sent == {
        "Type": "ACCREC",
        "InvoiceNumber": invoice.number,
        "Reference": "PO 7",
        "Date": "2026-11-21",
        "DueDate": "2026-12-21",
        "CurrencyCode": "EUR",
        "LineAmountTypes": "Exclusive",
        "Status": "AUTHORISED",
        "TotalTax": f"{Decimal(invoice.tax_minor).scaleb(-2)}",
    }
    assert contact["Name"]
    assert contact["EmailAddress"].endswith(".example")
    assert contact["Addresses"][0]["City"] == "Husum"
    lines = w.lines(invoice_id)
    assert (work["Quantity"], work["UnitAmount"], work["AccountCode"]) == (
        "3.000",
        "19.99000",
        "4000",
    )
    assert work["TaxType"] == "OUTPUT2"
    assert Decimal(work["DiscountAmount"]) == Decimal(
        lines[0].discount_minor + lines[0].share_minor
    ).scaleb(-2)
    assert (odd["Quantity"], odd["UnitAmount"]) == ("1", "1.00")
    (there,) = xero.documents.values()
    assert Decimal(str(there["Total"])) == Decimal(invoice.total_minor).scaleb(-2)
    after = w.invoice(invoice_id)
    assert (after.accounting_status, after.accounting_id) == ("synced", there["InvoiceID"])
    assert told(w, invoice_id)[-2:] == ["push queued", "pushed"]


def test_the_contact_is_found_by_its_key_the_next_time(w, at, xero):
    pushed(w, at)
    (known,) = {one.ext_accounting_id for one in w.all(Customer) if one.id == w.customers["a"]}
    assert len(known) == 36
    pushed(w, at)
    assert xero.pushes()[1][1]["Contact"] == {"ContactID": known}


def test_a_credit_note_is_a_credit_note_there(w, at, xero):
    pushed(w, at, document_type_id=w.type_id("CRO"))
    ((_, sent),) = xero.pushes()
    assert (sent["Type"], "DueDate" in sent) == ("ACCRECCREDIT", False)
    assert sent["CreditNoteNumber"].startswith("CRN-")


@pytest.mark.parametrize("mood", ["500", "429 30", "stall", "html"])
def test_a_push_that_fails_for_a_while_is_tried_again_and_has_the_effect_of_one(w, at, xero, mood):
    invoice_id = w.posted()
    push_to_accounting(at("accounting"), invoice_id)
    xero.moods.append(mood)
    assert push_waiting(at()) == 0
    waits = w.invoice(invoice_id)
    assert waits.accounting_status == "queued"
    assert waits.accounting_error.startswith("Accounting did not answer as it should")
    assert push_waiting(at()) == 0  # not before its time
    w.clock.instant += timedelta(minutes=2)
    assert push_waiting(at()) == 1
    assert len({headers["idempotency-key"] for headers, _ in xero.pushes()}) == 1
    assert len(xero.documents) == 1
    after = w.invoice(invoice_id)
    assert (after.accounting_status, after.accounting_error) == ("synced", "")


def test_a_long_retry_after_is_waited_for(w, at, xero):
    invoice_id = w.posted()
    push_to_accounting(at("accounting"), invoice_id)
    xero.moods.append("429 3600")
    push_waiting(at())
    w.clock.instant += timedelta(minutes=59)
    assert push_waiting(at()) == 0
    w.clock.instant += timedelta(minutes=2)
    assert push_waiting(at()) == 1


def test_a_token_that_ended_is_renewed_at_once(w, at, xero):
    pushed(w, at)
    xero.moods.append("401")
    pushed(w, at)
    assert xero.signed_in == 2


@pytest.mark.spec("CRM-32")
def test_a_refusal_is_shown_with_its_reason_and_can_be_pushed_again(w, at, xero):
    invoice_id = w.posted()
    push_to_accounting(at("accounting"), invoice_id)
    xero.moods.append("400 Account code '4000' is not a valid code.")
    assert push_waiting(at()) == 1
    after = w.invoice(invoice_id)
    assert after.accounting_status == "error"
    assert (
        after.accounting_error == "Accounting refused it: Account code '4000' is not a valid code."
    )
    push_to_accounting(at("accounting"), invoice_id)
    assert push_waiting(at()) == 1
    assert w.invoice(invoice_id).accounting_status == "synced"


def test_another_total_there_is_a_failure(w, at, xero):
    invoice_id = w.posted()
    push_to_accounting(at("accounting"), invoice_id)
    xero.moods.append("other total")
    push_waiting(at())
    assert "the total there is" in w.invoice(invoice_id).accounting_error


def test_after_the_last_try_somebody_has_to_look(w, at, xero):
    invoice_id = w.posted()
    push_to_accounting(at("accounting"), invoice_id)
    xero.moods.extend(["500"] * 8)
    for _ in range(8):
        push_waiting(at())
        w.clock.instant += timedelta(hours=7)
    assert w.invoice(invoice_id).accounting_status == "error"
    assert push_waiting(at()) == 0


def test_two_workers_at_once_push_one_document(w, at, xero):
    invoice_id = w.posted()
    push_to_accounting(at("accounting"), invoice_id)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: push_waiting(at()), range(4)))
    assert len(xero.documents) == 1
    assert told(w, invoice_id).count("pushed") == 1


def test_what_cannot_be_pushed_is_refused(w, at):
    draft = w.draft()
    with pytest.raises(Refused, match="Only what is ready for posting"):
        push_to_accounting(at("accounting"), draft)
    invoice_id = w.posted()
    said = push_to_accounting(at("accounting"), invoice_id, key="once")
    assert push_to_accounting(at("accounting"), invoice_id, key="once") == said
    assert [one.topic for one in w.all(OutboxEvent)].count("accounting.push") == 1
    with pytest.raises(Refused, match="on its way to accounting already"):
        push_to_accounting(at("accounting"), invoice_id)
    push_waiting(at())
    with pytest.raises(Refused, match="in accounting already"):
        push_to_accounting(at("accounting"), invoice_id)
    with pytest.raises(Forbidden):
        push_to_accounting(at("billing"), invoice_id)


@pytest.mark.spec("CRM-32")
def test_without_a_connection_there_is_no_pushing(w, at):
    invoice_id = w.posted()
    with pytest.raises(NotFound):
        push_to_accounting(w.ctx("accounting"), invoice_id)
    assert push_waiting(w.ctx()) == 0
    assert hear_back(w.ctx()) == 0
    token = "of-accounting"
    w.add(
        LoginSession(
            token_hash=token,
            user_id=w.people["accounting"].user_id,
            created_at=w.clock.now(),
            seen_at=w.clock.now(),
        )
    )
    absent, there = (resolve_session(ctx, token) for ctx in (w.ctx(), at()))
    assert not absent.may(Permission.ACCOUNTING_PUSH)
    assert there.may(Permission.ACCOUNTING_PUSH)


def number_of(w, invoice_id):
    return w.invoice(invoice_id).number


@pytest.mark.spec("CRM-33")
def test_paid_there_marks_paid_here_once(w, at, xero):
    invoice_id = pushed(w, at)
    assert hear_back(at()) == 0
    xero.set(number_of(w, invoice_id), "PAID", FullyPaidOnDate="/Date(1795046400000+0000)/")
    assert hear_back(at()) == 1
    assert hear_back(at()) == 0
    after = w.invoice(invoice_id)
    assert (after.open_minor, after.payment_status) == (0, "full")
    (payment,) = w.all(Payment)
    assert (payment.source, payment.total_minor, payment.reference) == (
        "accounting", after.total_minor, after.accounting_id,
    )  # fmt: skip
    assert payment.paid_on == date(2026, 11, 19)
    assert [one for one in verify(w.ctx()) if one.count] == []


@pytest.mark.spec("CRM-33")
@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_voided_or_deleted_there_ends_it_here(w, at, xero, status):
    invoice_id = pushed(w, at)
    xero.set(number_of(w, invoice_id), status)
    assert hear_back(at()) == 1
    after = w.invoice(invoice_id)
    assert (after.posting_status, after.end_reason) == (
        "VOID",
        f"{status.capitalize()} in accounting.",
    )
    assert [one for one in verify(w.ctx()) if one.count] == []


def test_what_cannot_be_followed_is_said_at_the_invoice_once(w, at, xero):
    invoice_id = pushed(w, at)
    change_setting(w.ctx("admin"), "books_closed_until", str(TODAY), scope="company", scope_id=1)
    xero.set(number_of(w, invoice_id), "VOIDED")
    assert hear_back(at()) == hear_back(at()) == 0
    assert w.invoice(invoice_id).posting_status == "POSTED"
    assert "Accounting says voided. The books are closed" in w.invoice(invoice_id).accounting_error
    assert told(w, invoice_id).count("accounting not followed") == 1


@pytest.fixture
def through(w):
    change_setting(w.ctx("admin"), "accounting_posts", "on")


@pytest.mark.spec("DLY-10")
def test_posting_waits_for_accounting_which_then_posts(w, at, xero, through):
    invoice_id = w.draft()
    from billing_app.services.invoices.moves import move_invoice

    moved = move_invoice(at("accounting"), invoice_id, Action.POST)
    assert moved.sentence.endswith("is ready for posting and on its way to accounting.")
    waits = w.invoice(invoice_id)
    assert (waits.posting_status, waits.posted_at, waits.accounting_status) == (
        "READY_FOR_POSTING", None, "queued",
    )  # fmt: skip
    assert waits.number.startswith("INV-")
    xero.moods.append("500")
    push_waiting(at())
    assert w.invoice(invoice_id).posting_status == "READY_FOR_POSTING"
    w.clock.instant += timedelta(minutes=2)
    push_waiting(at())
    after = w.invoice(invoice_id)
    assert (after.posting_status, after.number) == ("POSTED", waits.number)
    assert xero.pushes()[-1][1]["InvoiceNumber"] == waits.number
    assert [one for one in verify(w.ctx()) if one.count] == []


@pytest.mark.spec("DLY-10")
def test_skipping_accounting_leaves_posting_manual(w, at, xero, through):
    from billing_app.services.invoices.moves import move_invoice

    invoice_id = w.draft()
    move_invoice(at("accounting"), invoice_id, Action.POST)
    xero.moods.append("400 No.")
    push_waiting(at())
    move_invoice(at("accounting"), invoice_id, Action.POST)
    assert w.invoice(invoice_id).posting_status == "POSTED"
    by_hand = w.draft()
    w.move("accounting", by_hand, Action.POST)  # where none is connected
    assert w.invoice(by_hand).posting_status == "POSTED"


def test_a_wrong_secret_waits_for_the_operator(w, xero):
    ledger = Xero(Connection(CLIENT, "wrong", TENANT, f"{xero.url}/api", f"{xero.url}/token"))
    ctx = replace(w.ctx(), accounting=ledger)
    invoice_id = w.posted()
    push_to_accounting(replace(w.ctx("accounting"), accounting=ledger), invoice_id)
    assert push_waiting(ctx) == 0
    assert "check its id and secret" in w.invoice(invoice_id).accounting_error
    ledger.close()
