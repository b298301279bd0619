"""The journal of what people do: balanced, mirrored, closed by period, read by beancount."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core import realization
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from billing_app.domain.errors import Forbidden, Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import Customer, JournalEntry, Product
from billing_app.services.books.verify import verify
from billing_app.services.bulk_posting import Document, Line, Poster, reckoned
from billing_app.services.journal.export import Period, journal_beancount, journal_csv
from billing_app.services.payments.allocating import Share, allocate, release
from billing_app.services.payments.recording import PaymentFacts, add_payment, record_payment
from billing_app.services.payments.refunding import refund_payment
from billing_app.services.payments.states import cancel_payment, complete_payment, delete_payment
from billing_app.services.payments.write_offs import write_off
from billing_app.services.settings import change_setting
from tests.services.coherence import incoherences
from tests.services.worldmaking import NOW, SECRET, TODAY, a_line


@pytest.fixture(autouse=True)
def coherent(request):
    """Whatever a test does, the books prove."""
    worlds = [request.getfixturevalue(name) for name in ("w",) if name in request.fixturenames]
    yield
    for world in worlds:
        assert incoherences(world.database, SECRET) == []
        assert [one for one in verify(world.ctx()) if one.count] == []


def owed(w, amount=100, **changes):
    line = a_line(
        quantity=Decimal(1), unit_price=Decimal(amount), discount_type="none",
        discount_value=Decimal(0), tax_rate=Decimal(0),
    )  # fmt: skip
    return w.posted(lines=(line,), **changes)


def facts(amount, on=TODAY, **said):
    return PaymentFacts(amount=Decimal(amount), paid_on=on, **said)


def balances(w) -> dict[str, int]:
    """What stands on each account, in minor units, without those that came to nothing."""
    with w.database.read() as session:
        rows = session.execute(
            text("SELECT account, SUM(amount_minor) FROM journal_line GROUP BY account")
        )
        return {account: int(minor) for account, minor in rows if minor}


def test_a_posting_books_receivables_revenue_and_tax_on_the_documents_own_day(w):
    invoice_id = w.posted(document_date=TODAY - timedelta(days=9))
    assert balances(w) == {"1200": 6476, "4000": -5397, "3800": -1079}
    (entry,) = w.all(JournalEntry)
    assert (entry.kind, entry.invoice_id, entry.currency) == ("document", invoice_id, "EUR")
    assert entry.booked_on == TODAY - timedelta(days=9)
    assert entry.made_at == NOW


def test_going_back_to_ready_and_posting_again_books_nothing_twice(w):
    invoice_id = w.posted()
    w.move("accounting", invoice_id, Action.UNPOST)
    w.move("accounting2", invoice_id, Action.POST)
    assert len(w.all(JournalEntry)) == 1


def test_voiding_books_the_mirror_and_what_was_paid_becomes_credit(w):
    invoice_id = w.posted()
    record_payment(w.ctx("accounting"), invoice_id, facts(20))
    w.move("accounting", invoice_id, Action.VOID, reason="Twice", confirmed=True)
    assert balances(w) == {"1800": 2000, "3250": -2000}


def test_a_payment_is_booked_where_it_stands_through_all_it_goes_through(w):
    accounting, first, second = w.ctx("accounting"), owed(w, 100), owed(w, 50)
    paid = add_payment(accounting, w.customers["a"], facts(130, method="cash"), code="EUR").id
    assert balances(w) == {"1200": 15000, "4000": -15000, "1800": 13000, "3250": -13000}
    allocate(accounting, [Share(paid, first, 10_000), Share(paid, second, 3_000)])
    assert balances(w) == {"1200": 2000, "4000": -15000, "1800": 13000}
    release(accounting, paid, second)
    assert balances(w)["3250"] == -3000
    refund = refund_payment(accounting, paid, Decimal(40), "Too much")
    assert balances(w) == {"1200": 6000, "4000": -15000, "1800": 9000}
    delete_payment(accounting, refund.id)
    cancel_payment(accounting, paid)
    assert balances(w) == {"1200": 15000, "4000": -15000}
    complete_payment(accounting, paid)
    assert balances(w) == {"1200": 5000, "4000": -15000, "1800": 13000, "3250": -3000}


def test_a_write_off_is_a_cost_until_it_is_deleted(w):
    accounting, invoice_id = w.ctx("accounting"), owed(w, 100)
    record_payment(accounting, invoice_id, facts("97.50"))
    done = write_off(accounting, invoice_id, "Bank's charge")
    assert balances(w) == {"4000": -10000, "1800": 9750, "6900": 250}
    delete_payment(accounting, done.id)
    assert balances(w) == {"1200": 250, "4000": -10000, "1800": 9750}


def test_nothing_of_the_journal_is_changed_or_removed(w):
    owed(w)
    for statement in (
        "UPDATE journal_line SET account = '1'",
        "DELETE FROM journal_line",
        "UPDATE journal_entry SET booked_on = '2020-01-01'",
        "DELETE FROM journal_entry",
    ):
        with pytest.raises(DatabaseError, match="is only added to"), w.database.write() as session:
            session.execute(text(statement))


def test_accounts_are_a_companys_settings_and_the_past_keeps_its_own(w):
    admin, accounting = w.ctx("admin"), w.ctx("accounting")
    product = w.add(Product(sku="CRANE-1", name="Crane"))
    before = owed(w, 100)
    paid = record_payment(accounting, before, facts(40, method="cash")).id
    for key, value in {
        "account_receivables": "1210",
        "account_bank": "1810",
        "accounts_bank_by_method": "cash: 1600",
        "accounts_revenue_by_product": "CRANE-1: 4010",
        "accounts_revenue_by_rate": "20: 4400",
        "accounts_tax_by_rate": "20: 3820",
    }.items():
        change_setting(admin, key, value, scope="company", scope_id=1)
    w.posted(lines=(a_line(), a_line("Crane", product_id=product)))
    assert balances(w) == {
        "1200": 6000, "4000": -10000, "1800": 4000,
        "1210": 12953, "4400": -5397, "4010": -5397, "3820": -2159,
    }  # fmt: skip
    delete_payment(accounting, paid)  # on the accounts it was booked on
    assert balances(w)["1200"] == 10000
    assert "1800" not in balances(w)
    record_payment(accounting, before, facts(1, method="cash"))
    assert balances(w)["1600"] == 100


CLOSED = TODAY - timedelta(days=5)


def closed(w, until=CLOSED):
    change_setting(w.ctx("admin"), "books_closed_until", str(until), scope="company", scope_id=1)


def test_posting_obeys_a_closed_period_and_says_so(w):
    draft = w.draft(document_date=CLOSED)
    closed(w)
    before = w.footprint()
    with pytest.raises(Refused, match="The books are closed until 16 Nov 2026, so .* on 16 Nov"):
        w.move("accounting", draft, Action.POST)
    assert w.footprint() == before
    assert w.invoice(draft).number == ""
    w.posted(document_date=CLOSED + timedelta(days=1))


def test_payments_voids_and_imports_obey_a_closed_period(w):
    accounting, invoice_id = w.ctx("accounting"), owed(w)
    pending = facts(5, on=CLOSED)
    closed(w)
    with pytest.raises(Refused, match="closed until"):
        record_payment(accounting, invoice_id, pending)
    with pytest.raises(Refused, match="closed until"):
        add_payment(accounting, w.customers["a"], pending, code="EUR")
    line = Line("Work", Decimal(1), Decimal(9), Decimal(0), "Z")
    document = Document(
        w.customers["a"], w.type_id(), "EUR", CLOSED, None, NOW, (line,), reckoned("EUR", [line]),
        number="INV-OLD",
    )  # fmt: skip
    with pytest.raises(Refused, match="INV-OLD"), w.database.write() as session:
        Poster(w.ctx()).write(session, [document])
    closed(w, TODAY)
    with pytest.raises(Refused, match="closed until"):
        w.move("accounting", invoice_id, Action.VOID, reason="Twice", confirmed=True)
    assert w.invoice(invoice_id).posting_status == "POSTED"


def test_a_void_of_a_document_of_a_closed_period_is_booked_today(w):
    invoice_id = owed(w, document_date=CLOSED)
    closed(w)
    w.move("accounting", invoice_id, Action.VOID, reason="Twice", confirmed=True)
    assert [one.booked_on for one in w.all(JournalEntry)] == [CLOSED, TODAY]


def test_only_administrators_close_a_period(w):
    for who in ("accounting", "billing", "viewer"):
        with pytest.raises(Forbidden):
            change_setting(w.ctx(who), "books_closed_until", "2026-09-30")
    with pytest.raises(Invalid, match="like 2026-09-30"):
        change_setting(w.ctx("admin"), "books_closed_until", "yesterday")


def test_the_journal_as_csv_names_debits_and_credits(w):
    owed(w, 100, document_date=date(2026, 11, 1))
    owed(w, 7, document_date=date(2026, 11, 2))
    content = b"".join(journal_csv(w.ctx("accounting"), Period(date(2026, 11, 2), TODAY)))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["Account"], row["Debit"], row["Credit"]) for row in rows] == [
        ("1200", "7.00", ""),
        ("4000", "", "7.00"),
    ]
    assert rows[0]["Number"].startswith("INV-")
    assert rows[0]["Purpose"] == "Receivables"


def test_the_export_is_for_accounting_and_hides_partners(w):
    owed(w)
    for export in (journal_csv, journal_beancount):
        for who in ("viewer", "sales", "billing"):
            with pytest.raises(Forbidden):
                export(w.ctx(who), Period())
        with pytest.raises(Invalid):
            export(w.ctx("accounting"), Period(TODAY, CLOSED))
        blind = w.people["accounting"].__class__(
            **{
                name: getattr(w.people["accounting"], name)
                for name in w.people["accounting"].__slots__
            }
            | {"sees_partner": False}
        )
        name = w.all(Customer)[0].name
        assert name.encode() not in b"".join(export(w.ctx(blind), Period()))
        assert name.encode() in b"".join(export(w.ctx("accounting"), Period()))


def test_the_real_beancount_reads_the_journal_and_has_our_balances(w):
    accounting = w.ctx("accounting")
    w.change(Customer, w.customers["a"], name='Quay "7" \\ Söhne')
    first, second = w.posted(), owed(w, 50)
    w.posted(currency="JPY", lines=(a_line(unit_price=Decimal(1999)),))
    paid = add_payment(accounting, w.customers["a"], facts(80), code="EUR").id
    allocate(accounting, [Share(paid, first, 3_000), Share(paid, second, 4_000)])
    refund_payment(accounting, paid, Decimal(15), "Too much")
    w.move("accounting", second, Action.VOID, reason="Twice", confirmed=True)
    content = b"".join(journal_beancount(accounting, Period())).decode()
    entries, errors, _ = loader.load_string(content)
    assert errors == []
    theirs = {
        (account.account.rpartition(":")[2], position.units.currency): position.units.number
        for account in realization.iter_children(realization.realize(entries))
        for position in account.balance
        if position.units.number
    }
    with w.database.read() as session:
        rows = session.execute(
            text(
                "SELECT l.account, e.currency, SUM(l.amount_minor) FROM journal_line l "
                "JOIN journal_entry e ON e.id = l.entry_id GROUP BY l.account, e.currency"
            )
        )
        ours = {
            (account, code): Decimal(int(minor)).scaleb(0 if code == "JPY" else -2)
            for account, code, minor in rows
            if minor
        }
    assert theirs == ours
    assert len(ours) > 5


def test_a_bulk_document_is_booked_like_one_posted_by_hand(w):
    line = Line("Work", Decimal(3), Decimal("19.99"), Decimal(20), "S")
    document = Document(
        w.customers["a"], w.type_id(), "EUR", TODAY, None, NOW, (line,), reckoned("EUR", [line]),
        number="INV-2026-000001",
    )  # fmt: skip
    with w.database.write() as session:
        Poster(w.ctx()).write(session, [document])
    in_bulk = balances(w)
    w.posted(lines=(a_line(discount_type="none", discount_value=Decimal(0)),))
    assert balances(w) == {account: 2 * minor for account, minor in in_bulk.items()}


def test_a_payment_of_nobody_is_not_found(w):
    with pytest.raises(NotFound):
        complete_payment(w.ctx("accounting"), 99)
