"""The demo company is a year of coherent business, and so is any number of measured invoices."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, select, text

from billing_app.domain.charges import PendingList
from billing_app.domain.errors import Forbidden, Invalid
from billing_app.domain.lifecycle import Action, Posting
from billing_app.domain.money import currency
from billing_app.domain.status import Settlement, lifecycle_chip
from billing_app.domain.voyages import VoyageStatus
from billing_app.persistence.database import Database
from billing_app.persistence.migrating import migrate
from billing_app.persistence.tables import (
    AuditEntry,
    ChargeLine,
    Company,
    Customer,
    DeliveryEvent,
    DocumentType,
    ExternalAccess,
    Invoice,
    InvoiceLine,
    OutboxEvent,
    Snapshot,
    User,
    Voyage,
)
from billing_app.services.charges.generating import refresh_charges
from billing_app.services.charges.lines import net_of
from billing_app.services.context import Context, FixedClock, system_actor
from billing_app.services.demo import DEMO_PASSWORD, fill_demo, fill_many, sign_ins
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.invoices.drafts import create_draft
from billing_app.services.invoices.moves import move_invoice
from billing_app.services.people.setup import ship_basics
from billing_app.services.people.staff import create_staff
from tests.services.coherence import incoherences
from tests.services.worldmaking import NOW, SECRET, cluster

HASH = "not a real hash"


def _empty(url: str) -> Context:
    database = Database(url)
    migrate(database)
    ctx = Context(database, FixedClock(NOW), system_actor(), SECRET, "Europe/Berlin")
    ship_basics(ctx)
    return ctx


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    ctx = _empty(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}")
    assert fill_demo(ctx, password_hash=HASH)
    yield ctx
    ctx.database.close()


@pytest.fixture(scope="module")
def invoices(demo: Context) -> list[Invoice]:
    return _all(demo, Invoice)


def _all(ctx: Context, kind: type) -> list:
    with ctx.read() as session:
        return list(session.exec(select(kind)).all())


def test_every_document_fits_its_facts(demo):
    assert incoherences(demo.database, SECRET) == []


def test_the_demo_fits_on_postgres_too():
    ctx = _empty(cluster().make("demo_on_postgres"))
    try:
        assert fill_demo(ctx, password_hash=HASH)
        assert fill_many(ctx, 300) > 0
        assert incoherences(ctx.database, SECRET) == []
    finally:
        ctx.database.close()


def test_there_are_a_few_hundred_invoices_of_a_year(invoices):
    assert 310 <= len(invoices) <= 340
    assert min(row.document_date for row in invoices) >= NOW.date() - timedelta(days=365)
    assert max(row.document_date for row in invoices) == NOW.date()


def test_every_posting_status_is_present(invoices):
    assert {row.posting_status for row in invoices} == {str(status) for status in Posting}


def test_every_payment_status_of_the_demo_is_present(invoices):
    assert {"full", "partially", "pending", "refunded", "refunded_partially"} <= {
        row.payment_status for row in invoices
    }


def test_every_chip_is_present(demo, invoices):
    chips = Counter(
        lifecycle_chip(
            Posting(row.posting_status),
            Settlement(
                total=row.total_minor,
                paid=row.settled_minor,
                refunds=row.refunded_minor,
                is_posted=row.posted_at is not None,
            ),
            row.due_on,
            demo.today(),
            delivered=row.is_delivered,
        ).value
        for row in invoices
    )
    assert set(chips) == {
        "Draft",
        "Sent",
        "Partially Paid",
        "Paid",
        "Overdue",
        "Cancelled",
        "Void",
        "Posted",
    }


@pytest.mark.spec("DLY-26", "DLY-33")
def test_charges_wait_in_every_list_for_several_partners_and_voyages(demo):
    charges = _all(demo, ChargeLine)
    assert {row.status for row in charges} == {"PENDING"}
    assert {row.pending_list for row in charges} == {"receivable", "payable", "hire"}
    assert {row.kind for row in charges} == {"voyage", "hire", "order", "manual"}
    assert len({row.voyage_id for row in charges}) >= 6
    assert len({row.customer_id for row in charges}) >= 8
    assert len({row.currency for row in charges}) >= 3
    assert any(row.net_minor < 0 for row in charges)
    assert all(row.net_minor == net_of(row) for row in charges)
    voyages = {row.id: row for row in _all(demo, Voyage)}
    for row in charges:
        voyage = voyages.get(row.voyage_id)
        assert voyage is None or VoyageStatus(voyage.status).has_charges
        assert row.vessel_id == (voyage.vessel_id if voyage else None)
    ctx = demo.acting_as(system_actor())
    for listed in PendingList:  # what stands there is what a refresh would make again
        done = refresh_charges(ctx, listed)
        assert done.deleted == done.made


def test_deliveries_and_their_column_agree(demo, invoices):
    delivered = {row.invoice_id for row in _all(demo, DeliveryEvent)}
    assert delivered == {row.id for row in invoices if row.is_delivered}


def test_currencies_scripts_discounts_and_taxes_are_mixed(demo, invoices):
    assert {row.currency for row in invoices} >= {"EUR", "USD", "GBP", "NOK", "JPY", "KWD"}
    assert {currency(row.currency).digits for row in invoices} == {0, 2, 3}
    lines = _all(demo, InvoiceLine)
    assert {"none", "percent"} <= {line.discount_type for line in lines}
    assert {int(line.tax_rate) for line in lines} == {0, 7, 19}
    names = "".join(row.name for row in _all(demo, Customer))
    assert all(
        any(first <= sign <= last for sign in names)
        for first, last in ("Αω", "Ая", "一龥", "ءي", "अह")
    )


def test_the_kinds_of_documents_are_mixed(demo, invoices):
    codes = {row.id: row.code for row in _all(demo, DocumentType)}
    assert {codes[row.document_type_id] for row in invoices} == {"INO", "INI", "CRO"}


def test_a_closed_voyage_has_an_invoice(demo):
    with demo.read() as session:
        found = session.exec(
            select(InvoiceLine.id).join(Voyage).where(Voyage.status == "Closed").limit(1)
        ).first()
    assert found is not None


def test_the_portal_users_have_their_roles(demo):
    with demo.read() as session:
        rows = session.exec(
            select(User.email, ExternalAccess.role, ExternalAccess.days_back, Customer.email)
            .join(ExternalAccess, col(ExternalAccess.user_id) == col(User.id))
            .join(Customer, col(Customer.id) == col(ExternalAccess.customer_id))
        ).all()
    assert {(email, role, days) for email, role, days, _ in rows} == {
        *(
            (f"l{role}@customer-a.example", role, 30 if role < 40 else None)
            for role in (10, 20, 30, 40, 80, 90)
        ),
        ("l40@customer-b.example", 40, None),
    }
    assert all(email.split("@")[1] == customer.split("@")[1] for email, _, _, customer in rows)


def test_every_account_is_in_the_table_of_sign_ins(demo):
    table = sign_ins()
    people = [row for row in _all(demo, User) if row.kind != "system"]
    assert len(people) == 15
    assert all(person.email in table and person.password_hash == HASH for person in people)
    assert DEMO_PASSWORD in table


def test_the_inner_comment_of_customer_a_is_on_no_paper(demo):
    with demo.read() as session:
        (marked,) = session.exec(
            select(Invoice).where(col(Invoice.internal_comment).contains("INTERNAL-CANARY"))
        ).all()
        customer = session.get_one(Customer, marked.customer_id)
    assert customer.email.endswith("@customer-a.example")
    assert marked.posting_status == "POSTED"
    assert all("INTERNAL-CANARY" not in row.content for row in _all(demo, Snapshot))


def test_nothing_of_the_past_waits_in_the_outbox(demo):
    events = _all(demo, OutboxEvent)
    assert events
    assert all(event.done_at is not None for event in events)


def test_the_trail_names_people_and_reads_in_order_of_time(demo):
    entries = _all(demo, AuditEntry)
    assert len({entry.actor_id for entry in entries}) >= 5
    assert max(entry.at for entry in entries) <= NOW


def test_a_second_filling_changes_nothing(demo, invoices):
    assert not fill_demo(demo, password_hash=HASH)
    assert len(_all(demo, Invoice)) == len(invoices)
    assert len(_all(demo, Company)) == 1


def test_numbers_continue_when_the_user_posts_more(tmp_path):
    ctx = _empty(f"sqlite:///{tmp_path / 'demo.db'}")
    fill_demo(ctx, password_hash=HASH)
    customer = _all(ctx, Customer)[0]
    line = DraftLine("Work", tax_category="Z")
    for _ in range(3):
        draft = Draft(customer.id, ctx.today(), customer.currency, (line,))
        move_invoice(ctx, create_draft(ctx, draft), Action.POST)
    assert incoherences(ctx.database, SECRET) == []
    ctx.database.close()


def test_many_invoices_are_as_coherent(tmp_path):
    ctx = _empty(f"sqlite:///{tmp_path / 'many.db'}")
    fill_demo(ctx, password_hash=HASH)
    before = len(_all(ctx, Invoice))
    told: list[int] = []
    assert fill_many(ctx, 2_000, progress=told.append) > 0
    assert sum(told) == 2_000
    rows = _all(ctx, Invoice)
    assert len(rows) == before + 2_000
    many = rows[before:]
    assert {row.payment_status for row in many} == {"full", "partially", "pending"}
    assert {row.posting_status for row in many} == {"POSTED", "DRAFT"}
    assert max(row.document_date for row in many) == ctx.today()
    assert incoherences(ctx.database, SECRET) == []
    ctx.database.close()


def test_many_twice_stay_coherent(lite):
    for _ in range(2):
        fill_many(lite.ctx(), 500)
    assert incoherences(lite.database, SECRET) == []


def test_a_large_fill_leaves_every_index_as_it_was(w, monkeypatch):
    monkeypatch.setattr("billing_app.services.demo.many.SORTED_FROM", 300)
    before = _indexes(w)
    fill_many(w.ctx(), 300)
    assert _indexes(w) == before
    assert incoherences(w.database, SECRET) == []


def _indexes(world) -> set:
    """On PostgreSQL the names: it words the condition of a partial index anew each time."""
    statement = "SELECT sql FROM sqlite_master WHERE type = 'index'"
    with world.database.read() as session:
        if not world.is_sqlite:
            statement = "SELECT indexname FROM pg_indexes"
        return set(session.execute(text(statement)).scalars())


def test_staff_is_created_once(lite):
    made = create_staff(
        lite.ctx("admin"), "New@Aldermoor.example", "Nina New", level=40, password_hash=HASH
    )
    assert made
    with pytest.raises(Invalid, match="already an account"):
        create_staff(
            lite.ctx("admin"), " new@aldermoor.example", "Nina", level=40, password_hash=HASH
        )


@pytest.mark.parametrize(("who", "level"), [("accounting", 10), ("admin", 80), ("admin", 90)])
def test_nobody_gives_a_level_that_is_not_theirs(lite, who, level):
    with pytest.raises(Forbidden):
        create_staff(lite.ctx(who), "x@aldermoor.example", "X", level=level, password_hash=HASH)


@pytest.mark.parametrize(
    ("email", "name", "level"),
    [
        ("no address", "N", 10),
        ("a@b.example", " ", 10),
        ("a@b.example", "N", 11),
        ("a@b.example", "N\0", 10),
    ],
)
def test_a_wrong_account_is_refused(lite, email, name, level):
    with pytest.raises(Invalid):
        create_staff(lite.ctx("admin"), email, name, level=level, password_hash=HASH)
