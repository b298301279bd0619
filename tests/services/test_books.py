"""Checking the books: nothing is found in coherent books, and every planted mistake is."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlmodel import Session

from billing_app.domain.errors import Forbidden
from billing_app.persistence.database import Database
from billing_app.persistence.migrating import configuration, head, migrate
from billing_app.services.books.verify import count_of_proofs, prove, verify
from billing_app.services.context import Context, FixedClock, system_actor
from billing_app.services.demo import fill_demo
from billing_app.services.people.setup import ship_basics
from tests.services.worldmaking import NOW, SECRET, a_draft, a_line, cluster

ENGINES = ("sqlite", "postgres")
POSTED = "posting_status = 'POSTED' AND sign = 1 AND total_minor > 1000"
UNPAID = f"(SELECT MIN(id) FROM invoice WHERE {POSTED} AND settled_minor = 0)"
PAID = (
    "(SELECT MIN(a.invoice_id) FROM allocation a JOIN payment p ON p.id = a.payment_id "
    "JOIN invoice i ON i.id = a.invoice_id WHERE p.kind = 'receipt' AND i.refunded_minor = 0 "
    "AND i.sign = 1)"
)
SENT = "(SELECT MIN(invoice_id) FROM delivery_event WHERE is_success)"
DRAFT = "(SELECT MIN(id) FROM invoice WHERE posting_status = 'DRAFT' AND total_minor > 0)"
SECOND = f"(SELECT MAX(id) FROM invoice WHERE {POSTED})"
ENTRY = f"(SELECT MIN(id) FROM journal_entry WHERE invoice_id = {UNPAID})"
PAYING = f"(SELECT MIN(e.id) FROM journal_entry e JOIN allocation a ON a.payment_id = e.payment_id WHERE a.invoice_id = {PAID})"
VOIDED = "(SELECT MIN(id) FROM journal_entry WHERE kind = 'void')"
LINE = f"(SELECT MIN(id) FROM invoice_line WHERE invoice_id = {UNPAID})"
CREDITED = "credited_line_no IS NOT NULL"

# a mistake, the statement that plants it, the promise that it breaks
MISTAKES = (
    ("a line's net is raised", f"UPDATE invoice_line SET net_minor = net_minor + 1 WHERE id = {LINE}", "figures"),
    ("a line's tax is lowered", f"UPDATE invoice_line SET tax_minor = tax_minor - 1 WHERE id = {LINE}", "figures"),
    ("a quantity is changed", f"UPDATE invoice_line SET quantity = quantity + 1000 WHERE id = {LINE}", "figures"),
    ("a price is changed", f"UPDATE invoice_line SET unit_price = unit_price + 100000 WHERE id = {LINE}", "figures"),
    ("a rate is changed", f"UPDATE invoice_line SET tax_rate = 2300 WHERE id = {LINE}", "figures"),
    ("a line is taken out", f"DELETE FROM invoice_line WHERE id = {LINE}", "figures"),
    ("a total is raised", f"UPDATE invoice SET total_minor = total_minor + 1, open_minor = open_minor + 1 WHERE id = {UNPAID}", "figures"),
    ("a draft's total is raised", f"UPDATE invoice SET total_minor = total_minor + 1 WHERE id = {DRAFT}", "figures"),
    ("the tax is changed", f"UPDATE invoice SET tax_minor = tax_minor - 1 WHERE id = {UNPAID}", "figures"),
    ("a discount is slipped in", f"UPDATE invoice SET discount_type = 'percent', discount_value = 1000000 WHERE id = {UNPAID}", "figures"),
    ("the count of lines is wrong", f"UPDATE invoice SET line_count = line_count + 1 WHERE id = {DRAFT}", "figures"),
    ("the open amount is lowered", f"UPDATE invoice SET open_minor = open_minor - 1 WHERE id = {UNPAID}", "open"),
    ("more is settled than was paid", f"UPDATE invoice SET settled_minor = settled_minor + 1, open_minor = open_minor - 1 WHERE id = {UNPAID}", "settled"),
    ("an allocation is lost", f"DELETE FROM allocation WHERE invoice_id = {PAID}", "settled"),
    ("an allocation is raised", f"UPDATE allocation SET amount_minor = amount_minor + 1 WHERE invoice_id = {PAID}", "payment-allocated"),
    ("a payment is uncompleted", f"UPDATE payment SET status = 'PENDING' WHERE id IN (SELECT payment_id FROM allocation WHERE invoice_id = {PAID})", "settled"),
    ("a payment changes hands", f"UPDATE payment SET customer_id = (SELECT MAX(c.id) FROM customer c WHERE c.id <> payment.customer_id) WHERE id IN (SELECT payment_id FROM allocation WHERE invoice_id = {PAID})", "allocation-fits"),
    ("a payment changes its currency", f"UPDATE payment SET currency = 'CHF' WHERE id IN (SELECT payment_id FROM allocation WHERE invoice_id = {PAID})", "allocation-fits"),
    ("a refund is raised above its payment", "UPDATE payment SET total_minor = total_minor * 100 WHERE kind = 'refund'", "refund-cap"),
    ("a refund is forgotten", "UPDATE invoice SET refunded_minor = 0 WHERE refunded_minor > 0", "refunded"),
    ("a credit is applied to somebody else", "UPDATE credit_application SET invoice_id = (SELECT MAX(i.id) FROM invoice i JOIN invoice c ON c.id = credit_application.credit_id WHERE i.customer_id <> c.customer_id AND i.sign = 1)", "credit-fits"),
    ("a credit note names a draft", f"UPDATE invoice SET credited_invoice_id = {DRAFT} WHERE credited_invoice_id IS NOT NULL", "credited-fits"),
    ("a credit note is raised above its invoice", "UPDATE invoice SET total_minor = total_minor * 10 WHERE credited_invoice_id IS NOT NULL", "credited-total"),
    ("a credited line is raised above its line", f"UPDATE invoice_line SET net_minor = net_minor * 10, total_minor = total_minor * 10 WHERE {CREDITED}", "credited-line"),
    ("a rate is credited twice", f"UPDATE invoice_line SET net_minor = net_minor * 10 WHERE {CREDITED}", "credited-base"),
    ("a tax is credited twice", f"UPDATE invoice_line SET tax_minor = tax_minor * 10 WHERE {CREDITED}", "credited-tax"),
    ("a tax is shifted", f"UPDATE invoice_line SET tax_shift_minor = 1 WHERE id = {LINE}", "figures"),
    ("an invoice is called paid", f"UPDATE invoice SET payment_status = 'full' WHERE id = {UNPAID}", "payment-status"),
    ("a posted invoice is listed as a draft", f"UPDATE invoice SET status_rank = 10 WHERE id = {UNPAID}", "status-rank"),
    ("a signed amount is turned", f"UPDATE invoice SET total_signed = -total_signed WHERE id = {UNPAID}", "total-signed"),
    ("a sign is turned", f"UPDATE invoice SET sign = -sign, total_signed = -total_signed, open_signed = -open_signed, settled_signed = -settled_signed WHERE id = {UNPAID}", "sign"),
    ("a due date is moved in lists", f"UPDATE invoice SET due_sort = '2001-01-01' WHERE id = {UNPAID}", "due-sort"),
    ("a customer is renamed in lists", f"UPDATE invoice SET customer_name = 'Somebody' WHERE id = {UNPAID}", "customer-name"),
    ("a label is changed", f"UPDATE invoice SET label = 'INV-0' WHERE id = {UNPAID}", "label"),
    ("a delivery is forgotten", f"DELETE FROM delivery_event WHERE invoice_id = {SENT}", "delivered"),
    ("a number is taken away", f"UPDATE invoice SET number = '' WHERE id = {UNPAID}", "numbered"),
    ("a number is changed", f"UPDATE invoice SET number = 'INV-X', label = 'INV-X' WHERE id = {UNPAID}", "gapless"),
    ("a number is changed on the invoice alone", f"UPDATE invoice SET number = 'INV-X', label = 'INV-X' WHERE id = {UNPAID}", "snapshots"),
    ("a due date is moved", f"UPDATE invoice SET due_on = '2031-01-01', due_sort = '2031-01-01' WHERE id = {UNPAID}", "snapshots"),
    ("a posted invoice is deleted", f"UPDATE invoice SET deleted_at = posted_at WHERE id = {UNPAID}", "kept"),
    ("a posting lost its time", f"UPDATE invoice SET posted_at = NULL WHERE id = {UNPAID}", "stamp-posted"),
    ("a frozen text is changed", f"UPDATE snapshot SET content = REPLACE(content, '\"total\":', '\"total\": ') WHERE invoice_id = {UNPAID}", "snapshots"),
    ("a frozen text is lost", f"DELETE FROM snapshot WHERE invoice_id = {UNPAID}", "has-snapshot"),
    ("a seal is lost", f"DELETE FROM seal WHERE invoice_id = {UNPAID}", "chain"),
    ("the last seal is lost", "DELETE FROM seal WHERE id = (SELECT MAX(id) FROM seal)", "has-seal"),
    ("a seal is forged", f"UPDATE seal SET payload_sha256 = 'f' WHERE invoice_id = {UNPAID}", "chain"),
    ("two seals are swapped", f"UPDATE seal SET invoice_id = CASE invoice_id WHEN {UNPAID} THEN -1 ELSE {UNPAID} END WHERE invoice_id IN ({UNPAID}, {SECOND})", "snapshots"),
    ("a stored PDF is changed", f"INSERT INTO pdf_document (invoice_id, type, content, sha256, made_at, made_by_id) SELECT {UNPAID}, 'other', content, 'not its hash', made_at, made_by_id FROM pdf_document LIMIT 1", "papers"),
    ("the log forgets a posting", f"DELETE FROM audit_entry WHERE entity = 'invoice' AND entity_id = {UNPAID}", "audited"),
    ("a charge is billed by nothing", "UPDATE charge_line SET status = 'BILLED' WHERE id = (SELECT MIN(id) FROM charge_line WHERE status = 'PENDING')", "charge-billed"),
    ("an entry is raised on one side", f"UPDATE journal_line SET amount_minor = amount_minor + 1 WHERE entry_id = {ENTRY} AND line_no = 1", "journal-balanced"),
    ("an entry is raised on both sides", f"UPDATE journal_line SET amount_minor = amount_minor * 2 WHERE entry_id = {ENTRY}", "journal-total"),
    ("a posting is taken out of the journal", f"DELETE FROM journal_entry WHERE id = {ENTRY}", "journal-posted"),
    ("the lines of an entry are taken out", f"DELETE FROM journal_line WHERE entry_id = {ENTRY}", "journal-total"),
    ("a draft is booked", f"INSERT INTO journal_entry (company_id, kind, invoice_id, currency, booked_on, made_at, made_by_id) SELECT company_id, 'document', id, currency, document_date, created_at, created_by_id FROM invoice WHERE id = {DRAFT}", "journal-posted"),
    ("a void is forgotten", f"DELETE FROM journal_entry WHERE id = {VOIDED}", "journal-void"),
    ("a void is booked that was none", f"UPDATE journal_entry SET kind = 'void' WHERE id = {ENTRY}", "journal-void"),
    ("a mirror goes to other accounts", f"UPDATE journal_line SET account = '9999' WHERE entry_id = {VOIDED}", "journal-mirror"),
    ("tax is booked as revenue", "UPDATE journal_line SET role = 'revenue' WHERE role = 'output_tax' AND amount_minor <> 0", "journal-tax"),
    ("an entry changes its currency", f"UPDATE journal_entry SET currency = 'CHF' WHERE id = {ENTRY}", "journal-fits"),
    ("a payment is taken out of the journal", f"DELETE FROM journal_line WHERE entry_id = {PAYING}", "journal-money"),
    ("a payment is booked as credit", f"UPDATE journal_line SET role = 'customer_credit' WHERE entry_id = {PAYING} AND role = 'receivables'", "journal-settled"),
    ("a payment is cancelled past the journal", f"UPDATE payment SET status = 'CANCELLED' WHERE id IN (SELECT payment_id FROM allocation WHERE invoice_id = {PAID})", "journal-money"),
    ("a series gave a number that nobody has", "UPDATE number_series SET next_value = next_value + 1", "gapless"),
)  # fmt: skip


@pytest.fixture(scope="module", params=ENGINES)
def demo(request, tmp_path_factory) -> Iterator[Context]:
    """The demo company, with one paper stored."""
    url = (
        cluster().make("demo_books")
        if request.param == "postgres"
        else f"sqlite:///{tmp_path_factory.mktemp('books') / 'demo.db'}"
    )
    database = Database(url)
    migrate(database)
    ctx = Context(database, FixedClock(NOW), system_actor(), SECRET, "Europe/Berlin")
    ship_basics(ctx)
    assert fill_demo(ctx, password_hash="none")
    with database.write() as session:
        session.connection().execute(
            text(
                "INSERT INTO pdf_document (invoice_id, type, content, sha256, made_at, made_by_id) "
                f"SELECT {SECOND}, 'invoice_default', :bytes, :hash, made_at, 1 FROM seal LIMIT 1"
            ),
            {
                "bytes": b"%PDF",
                "hash": hashlib.sha256(b"%PDF").hexdigest(),
            },
        )
    yield ctx
    database.close()


@contextmanager
def unguarded(ctx: Context) -> Iterator[Connection]:
    """A transaction in which no trigger and no reference protects the books; it is undone."""
    with ctx.database.writer.connect() as connection:
        if not ctx.database.is_sqlite:
            connection.execute(text("SET session_replication_role = replica"))
        else:
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            )
            for name in names.scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        try:
            yield connection
        finally:
            connection.rollback()
            if not ctx.database.is_sqlite:
                connection.execute(text("SET session_replication_role = origin"))
                connection.commit()


def broken(ctx: Context, connection: Connection) -> dict[str, list[str]]:
    with Session(connection) as session:
        return {
            one.key: [violation.sentence for violation in one.violations]
            for one in prove(ctx, session)
            if one.count
        }


def test_coherent_books_are_found_coherent(demo):
    seen = []
    found = verify(demo, seen.append)
    assert [one for one in found if one.count] == []
    assert found == seen
    assert len(found) == count_of_proofs(demo)
    assert len({one.key for one in found}) == len(found)


@pytest.mark.parametrize(
    ("statement", "key"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES]
)
def test_every_planted_mistake_is_found(demo, statement, key):
    with unguarded(demo) as connection:
        assert connection.execute(text(statement)).rowcount > 0
        found = broken(demo, connection)
    assert key in found
    assert all(sentence.endswith(".") and "None" not in sentence for sentence in found[key])


def test_only_who_may_see_the_books_checks_them(w):
    with pytest.raises(Forbidden):
        verify(w.ctx("billing"))
    assert verify(w.ctx("admin"))


quantities = st.decimals(-50, 50, places=3, allow_nan=False)
prices = st.decimals(0, 2000, places=5, allow_nan=False)
rates = st.sampled_from([None, Decimal(0), Decimal(7), Decimal("5.5"), Decimal(19), Decimal(20)])
lines = st.builds(
    a_line,
    quantity=quantities.filter(bool),
    unit_price=prices,
    discount_type=st.sampled_from(["none", "percent"]),
    discount_value=st.decimals(0, 100, places=2, allow_nan=False),
    tax_rate=rates,
)


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(lines, min_size=1, max_size=7),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    discount=st.sampled_from([("none", Decimal(0)), ("percent", Decimal("12.5"))]),
    included=st.booleans(),
    header=st.sampled_from([("line", Decimal(0)), ("rate", Decimal("8.1"))]),
)
def test_both_arithmetics_agree(agreeing, lines, currency, discount, included, header):
    agreeing.draft(
        lines=tuple(lines),
        currency=currency,
        discount_type=discount[0],
        discount_value=discount[1],
        prices_include_tax=included,
        tax_mode=header[0],
        tax_value=header[1],
    )
    with agreeing.database.read() as session:
        figures = next(one for one in prove(agreeing.ctx(), session) if one.key == "figures")
    assert figures.violations == ()


@pytest.fixture(scope="module")
def agreeing():
    from tests.services.worldmaking import a_world

    with a_world("sqlite") as world:
        assert a_draft(world)
        yield world


LINES_OF_DOCUMENTS = text(
    "SELECT e.invoice_id, e.kind, e.booked_on, e.company_id, e.currency, l.role, l.account, "
    "l.tax_category, l.tax_rate, SUM(l.amount_minor) FROM journal_entry e "
    "LEFT JOIN journal_line l ON l.entry_id = e.id WHERE e.invoice_id IS NOT NULL "
    "GROUP BY e.invoice_id, e.kind, e.booked_on, e.company_id, e.currency, l.role, l.account, "
    "l.tax_category, l.tax_rate ORDER BY 1, 2, 6, 8, 9"
)
STANDING_OF_PAYMENTS = text(
    "SELECT e.payment_id, l.role, l.account, SUM(l.amount_minor) FROM journal_entry e "
    "JOIN journal_line l ON l.entry_id = e.id WHERE e.payment_id IS NOT NULL "
    "GROUP BY e.payment_id, l.role, l.account HAVING SUM(l.amount_minor) <> 0 ORDER BY 1, 2, 3"
)


def test_the_migration_books_the_past_as_it_would_have_been_booked(demo):
    with demo.database.writer.connect() as connection:
        before = [
            [tuple(row) for row in connection.execute(statement)]
            for statement in (LINES_OF_DOCUMENTS, STANDING_OF_PAYMENTS)
        ]
        for statement in (
            "DROP TABLE journal_line",
            "DROP TABLE journal_entry",
            "ALTER TABLE invoice DROP COLUMN accounting_error",
            "UPDATE alembic_version SET version_num = '0014'",
        ):
            connection.execute(text(statement))
        connection.commit()
    config = configuration()
    with demo.database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head()})
    with demo.database.writer.connect() as connection:
        after = [
            [tuple(row) for row in connection.execute(statement)]
            for statement in (LINES_OF_DOCUMENTS, STANDING_OF_PAYMENTS)
        ]
    assert len(before[0]) > 500
    assert after == before
    assert [one for one in verify(demo) if one.count] == []
