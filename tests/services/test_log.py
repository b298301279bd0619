"""The log, one record's history, the export and the chain."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from billing_app.domain.errors import Forbidden, NotFound
from billing_app.domain.history import HIDDEN
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import AuditEntry, Customer
from billing_app.services.customers import get_customer, save_customer
from billing_app.services.customers.facts import CustomerFacts
from billing_app.services.log import (
    PAGE,
    LogFilter,
    export_log,
    history_of,
    list_log,
    log_choices,
    verify_chains,
)
from billing_app.services.settings import change_setting
from tests.services.worldmaking import NOW, TODAY


def entries(w, **chosen):
    return list_log(w.ctx("admin"), LogFilter(**chosen))[0]


def renamed(w, name="Halvorsen Cheese"):
    customer, _ = get_customer(w.ctx("billing"), w.customers["a"])
    facts = CustomerFacts(name=name, currency="EUR", number=customer.number, country="DE")
    save_customer(
        w.ctx("billing"), facts, [], customer_id=w.customers["a"], version=customer.version
    )


def test_the_log_says_who_did_what_to_which_record_before_and_after(w):
    change_setting(w.ctx("admin"), "enable_invoices", "off", scope="company", scope_id=1)
    change_setting(w.ctx("owner"), "enable_invoices", "on", scope="company", scope_id=1)
    first, second = entries(w)
    assert (first.who, first.what, first.at) == ("Ole Owner", "Changed", NOW)
    assert (first.changes[0].field, first.changes[0].was, first.changes[0].now) == (
        "Enable Invoices",
        "off",
        "on",
    )
    assert (second.who, second.changes[0].was, second.changes[0].now) == (
        "Amina Admin",
        "nothing",
        "off",
    )


def test_the_log_is_filtered_by_person_verb_record_and_day(w):
    posted = w.posted()
    w.clock.instant += timedelta(days=1)
    other = w.draft("billing2")
    anke = w.people["accounting"].user_id
    assert {row.what for row in entries(w, actor_id=anke)} == {"Posted"}
    assert [row.entity_id for row in entries(w, action="post")] == [posted]
    assert {row.entity_id for row in entries(w, entity="invoice", entity_id=other)} == {other}
    assert entries(w, entity="product") == []
    today = TODAY + timedelta(days=1)
    assert {row.entity_id for row in entries(w, on_from=today)} == {other}
    assert {row.entity_id for row in entries(w, on_to=TODAY)} == {posted}
    assert entries(w, on_from=today, on_to=TODAY) == []
    assert entries(w)[0].record.startswith("Invoice D-")
    assert entries(w)[0].href == f"/invoices?invoice={other}"
    found = log_choices(w.ctx("admin"))
    assert "invoice" in found.entities
    assert {"created", "post"} <= set(found.actions)
    assert "Person A40" not in {name for _, name in found.people}


def test_a_day_of_the_log_is_the_companys_day(w):
    w.clock.instant = NOW.replace(hour=23, minute=30)  # half past midnight in Berlin
    invoice_id = w.draft()
    assert entries(w, on_to=TODAY) == []
    tomorrow = TODAY + timedelta(days=1)
    assert [row.entity_id for row in entries(w, on_from=tomorrow, on_to=tomorrow)] == [invoice_id]


def test_the_log_comes_in_pages(w):
    for at in range(PAGE + 1):
        change_setting(w.ctx("admin"), "rehearsal_jump_percent", str(at + 1))
    first, has_next = list_log(w.ctx("admin"), LogFilter())
    second, has_more = list_log(w.ctx("admin"), LogFilter(), 2)
    assert (len(first), has_next, len(second), has_more) == (PAGE, True, 1, False)
    assert not {row.id for row in first} & {row.id for row in second}


@pytest.mark.parametrize("who", ["viewer", "sales", "billing", "accounting", "a90"])
def test_below_admin_nobody_reads_the_log(lite, who):
    for attempt in (
        lambda: list_log(lite.ctx(who), LogFilter()),
        lambda: log_choices(lite.ctx(who)),
        lambda: export_log(lite.ctx(who), LogFilter()),
        lambda: verify_chains(lite.ctx(who)),
    ):
        with pytest.raises(Forbidden):
            attempt()


@pytest.mark.spec("DLY-12")
def test_who_sees_no_partners_reads_no_partner_in_the_log(w):
    renamed(w)
    blind = w.ctx(replace(w.people["admin"], sees_partner=False))
    shown = list_log(blind, LogFilter(entity="customer"))[0]
    assert [row.record for row in shown] == [f"Customer {HIDDEN}"]
    told = "".join(change.was + change.now for row in shown for change in row.changes)
    assert "Halvorsen" not in told
    assert HIDDEN in told
    assert b"Halvorsen" not in b"".join(export_log(blind, LogFilter()))
    assert "Halvorsen Cheese" in entries(w, entity="customer")[0].record


def test_a_record_has_its_own_history_for_whoever_sees_the_record(w):
    renamed(w)
    found = history_of(w.ctx("viewer"), "customer", w.customers["a"])
    assert [row.who for row in found] == ["Birte Billing"]
    assert ("Halvorsen Dairy", "Halvorsen Cheese") in {
        (change.was, change.now) for change in found[0].changes
    }
    assert history_of(w.ctx("viewer"), "customer", w.customers["b"]) == []
    with pytest.raises(Forbidden):
        history_of(w.ctx("a90"), "customer", w.customers["a"])
    with pytest.raises(Forbidden):
        history_of(w.ctx("accounting"), "user", 2)
    with pytest.raises(NotFound):
        history_of(w.ctx("admin"), "login_session", 1)


def test_the_export_has_a_row_for_each_changed_field(w):
    w.change(Customer, w.customers["a"], name="=HYPERLINK(1)")
    renamed(w, "Cheese")
    rows = list(
        csv.reader(
            io.StringIO(b"".join(export_log(w.ctx("admin"), LogFilter())).decode("utf-8-sig"))
        )
    )
    assert rows[0][:3] == ["At (UTC)", "Person", "Record"]
    names = [row for row in rows if row[5] == "Name"]
    assert [row[7] for row in names] == ["Cheese"]
    assert not names[0][6].startswith("=")


def test_the_chain_holds_up_to_the_last_document_and_breaks_where_it_was_touched(w):
    assert [(chain.count, chain.last) for chain in verify_chains(w.ctx("admin"))] == [(0, "")]
    ids = [w.posted() for _ in range(3)]
    labels = [w.invoice(key).number for key in ids]
    chain = verify_chains(w.ctx("admin"))[0]
    assert (chain.count, chain.last, chain.broken_at) == (3, labels[-1], "")
    with w.database.write() as session:
        for name in session.execute(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'snapshot'"
                if w.is_sqlite
                else "SELECT tgname FROM pg_trigger WHERE tgrelid = 'snapshot'::regclass "
                "AND NOT tgisinternal"
            )
        ).scalars():
            session.execute(text(f"DROP TRIGGER {name}" + ("" if w.is_sqlite else " ON snapshot")))
        session.execute(
            text(
                "UPDATE snapshot SET content = replace(content, 'Work', 'Word') WHERE invoice_id = :id"
            ),
            {"id": ids[1]},
        )
    chain = verify_chains(w.ctx("admin"))[0]
    assert (chain.count, chain.last, chain.broken_at) == (1, labels[0], labels[1])


def test_nothing_is_written_by_reading(w):
    w.move("accounting", w.draft(), Action.POST)
    before = len(w.all(AuditEntry))
    entries(w)
    verify_chains(w.ctx("admin"))
    list(export_log(w.ctx("admin"), LogFilter()))
    assert len(w.all(AuditEntry)) == before
