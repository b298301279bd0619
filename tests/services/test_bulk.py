"""Bulk actions: planned row by row, run once each whatever dies, kept as a receipt."""

import io
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from zipfile import ZipFile

import pytest

from billing_app.domain.errors import BillingError, Forbidden, Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.persistence.database import Database
from billing_app.persistence.tables import (
    Allocation,
    AuditEntry,
    BulkRow,
    BulkRun,
    Invoice,
    Payment,
    PdfDocument,
    PrintLog,
    User,
)
from billing_app.services.bulk import running, verbs
from billing_app.services.bulk.planning import MOST, do_row, plan
from billing_app.services.bulk.running import LEASE, run_slice
from billing_app.services.bulk.runs import begin, list_runs, look, receipt, stop
from billing_app.services.bulk.zipping import zip_of
from billing_app.services.settings import change_setting
from tests.services.coherence import incoherences
from tests.services.worldmaking import SECRET, TODAY, a_line

KEYS = count(1)


def planned(w, name, ids, by="accounting", **facts):
    return plan(w.ctx(by), name, ids, facts)


def run(w, name, ids, by="accounting", **facts):
    """Plan, begin and run to the end; answers the run as it stands then."""
    rows = planned(w, name, ids, by, **facts)
    run_id = begin(w.ctx(by), name, rows, facts, key=f"run {next(KEYS)}")
    while run_slice(w.ctx(), "worker", 10):
        pass
    return look(w.ctx(by), run_id).run


def outcomes(w, run_id, by="accounting"):
    return [(row.invoice_id, row.state, row.sentence) for row in receipt(w.ctx(by), run_id)]


@pytest.mark.spec("RELIABILITY-P9")
def test_the_plan_says_per_row_what_is_skipped_and_why_and_writes_nothing(w):
    good, empty, posted = w.draft(), w.draft(lines=()), w.posted()
    gone = w.draft()
    w.move("billing", gone, Action.DELETE)
    rows = planned(w, "post", [good, empty, posted, gone, 9_999, good])
    assert [row.id for row in rows] == [good, empty, posted]
    assert [bool(row.why_not) for row in rows] == [False, True, True]
    assert "has no lines" in rows[1].why_not
    assert w.invoice(good).posting_status == "DRAFT"
    assert w.all(BulkRun) == []


@pytest.mark.spec("RELIABILITY-P9")
def test_a_run_does_each_row_and_stays_as_a_receipt(w):
    good, empty, late = w.draft(), w.draft(lines=()), w.draft()
    rows = planned(w, "post", [good, empty, late])
    w.move("billing", late, Action.ASSEMBLE)  # changed since the plan was looked at
    run_id = begin(w.ctx("accounting"), "post", rows, {}, key="k")
    assert begin(w.ctx("accounting"), "post", rows, {}, key="k") == run_id
    assert run_slice(w.ctx(), "worker") is True
    assert run_slice(w.ctx(), "worker") is False
    done = look(w.ctx("accounting"), run_id).run
    assert (done.state, done.planned, done.skipped) == ("done", 2, 1)
    assert (done.done, done.failed) == (1, 1)
    said = {key: (state, text) for key, state, text in outcomes(w, run_id)}
    assert said[good] == ("done", f"{w.invoice(good).number} is posted.")
    assert said[empty][0] == "skipped"
    assert said[late][0] == "failed"
    assert "Birte Billing changed this invoice" in said[late][1]
    trail = [one.action for one in w.all(AuditEntry) if one.entity == "bulk"]
    assert trail == ["bulk begun", "bulk done"]


@pytest.mark.spec("6.7")
def test_the_person_asked_and_the_person_decides(w):
    ids = [w.draft(), w.draft()]
    with pytest.raises(Forbidden):
        planned(w, "post", ids, by="billing")
    rows = planned(w, "post", ids)
    with pytest.raises(Forbidden):
        begin(w.ctx("billing"), "post", rows, {}, key="k")
    with pytest.raises(BillingError):
        planned(w, "pdf", ids, by="a40")
    run_id = begin(w.ctx("accounting"), "post", rows, {}, key="k2")
    with pytest.raises(NotFound):
        look(w.ctx("accounting2"), run_id)
    assert look(w.ctx("admin"), run_id).asked_by == "Anke Accounting"
    assert list_runs(w.ctx("accounting2")) == []
    w.change(User, w.people["accounting"].user_id, staff_level=30)
    run_slice(w.ctx(), "worker")
    assert {state for _, state, _ in outcomes(w, run_id)} == {"failed"}
    assert "needs the level Accounting" in outcomes(w, run_id)[0][2]


def test_who_was_barred_meanwhile_does_nothing_any_more(lite):
    rows = planned(lite, "post", [lite.draft()])
    run_id = begin(lite.ctx("accounting"), "post", rows, {}, key="k")
    lite.change(User, lite.people["accounting"].user_id, is_active=False)
    run_slice(lite.ctx(), "worker")
    [(_, state, sentence)] = outcomes(lite, run_id, "admin")
    assert (state, sentence) == ("failed", "Who asked for this may not sign in any more.")


def test_names_are_masked_in_the_plan_and_in_the_receipt(lite):
    invoice_id = lite.draft()
    blind = replace(lite.people["accounting"], sees_partner=False)
    assert planned(lite, "post", [invoice_id], by=blind)[0].customer == "Hidden"
    done = run(lite, "post", [invoice_id])
    assert receipt(lite.ctx(blind), done.id)[0].customer == "Hidden"


@pytest.mark.spec("DLY-6", "6.16-12")
def test_a_bulk_post_of_drafts_is_skipped_with_the_reason_under_four_eyes(w):
    change_setting(w.ctx("admin"), "restrict_self_assembled_posting", "on")
    rows = planned(w, "post", [w.draft()], by="owner")
    assert "somebody else has to post it" in rows[0].why_not


@pytest.mark.spec("T8", "T10", "T11", "T13")
def test_moves_of_every_kind_run_in_bulk_with_their_reason(w):
    posted, other, draft = w.posted(), w.posted(), w.draft()
    with pytest.raises(Invalid, match="Give a reason"):
        begin(w.ctx("accounting"), "void", planned(w, "void", [other]), {}, key="k")
    assert run(w, "unpost", [posted]).done == 1
    assert run(w, "void", [other], reason="Sent twice.").done == 1
    assert run(w, "cancel", [draft], reason="Not wanted.").done == 1
    assert run(w, "delete", [draft]).done == 1
    assert w.invoice(posted).posting_status == "READY_FOR_POSTING"
    assert (w.invoice(other).posting_status, w.invoice(other).end_reason) == ("VOID", "Sent twice.")
    assert w.invoice(draft).deleted_at is not None
    assert incoherences(w.database, SECRET) == []


@pytest.mark.spec("DLY-20", "6.5-7")
def test_payments_of_all_that_is_open_are_recorded_once_each(w):
    first, second, draft = w.posted(), w.posted(), w.draft()
    facts = {"paid_on": TODAY.isoformat(), "method": "cheque", "reference": "CH-7"}
    with pytest.raises(Invalid, match="Choose how it was paid"):
        begin(w.ctx("accounting"), "pay", [], facts | {"method": "write_off"}, key="x")
    done = run(w, "pay", [first, second, draft], **facts)
    assert (done.done, done.skipped) == (2, 1)
    assert [w.invoice(key).open_minor for key in (first, second)] == [0, 0]
    assert {row.reference for row in w.all(Payment)} == {"CH-7"}
    assert len(w.all(Allocation)) == 2
    assert "Nothing of" in planned(w, "pay", [first], **facts)[0].why_not


@pytest.mark.spec("6.6")
def test_fields_are_set_as_each_status_allows(w):
    draft, posted = w.draft(), w.posted()
    done = run(w, "set", [draft, posted], by="billing", po_number="PO 7", terms="Net")
    assert (done.done, done.skipped) == (1, 1)
    row = w.invoice(draft)
    assert (row.po_number, row.terms, row.version) == ("PO 7", "Net", 2)
    assert "is Posted, so its po number is fixed" in outcomes(w, done.id, "billing")[1][2]
    assert run(w, "set", [draft, posted], by="billing", internal_comment="Call.").done == 2
    early = planned(w, "set", [draft], due_on=(TODAY - timedelta(days=400)).isoformat())
    assert "would be due before its invoice date" in early[0].why_not
    assert "says so already" in planned(w, "set", [draft], po_number="PO 7")[0].why_not
    with pytest.raises(Invalid, match="Choose a field"):
        begin(w.ctx("billing"), "set", [], {}, key="none")
    assert incoherences(w.database, SECRET) == []


@pytest.mark.spec("ORO-14")
def test_pdfs_are_collected_of_what_is_posted_into_one_zip_file(w):
    posted, draft = w.posted(), w.draft()
    done = run(w, "pdf", [posted, draft], by="viewer")
    assert (done.done, done.skipped) == (1, 1)
    [pdf] = w.all(PdfDocument)
    assert pdf.invoice_id == posted
    pieces = b"".join(zip_of(w.ctx("viewer"), done.id))
    with ZipFile(io.BytesIO(pieces)) as file:
        assert file.namelist() == [f"{w.invoice(posted).number}.pdf"]
        assert file.read(file.namelist()[0]) == pdf.content
    assert [row.kind for row in w.all(PrintLog)] == ["export"]
    with pytest.raises(NotFound):
        zip_of(w.ctx("accounting"), done.id)
    other = run(w, "unpost", [posted])
    with pytest.raises(Refused, match="collects no PDFs"):
        zip_of(w.ctx("accounting"), other.id)


def test_a_run_ends_after_its_row_when_it_is_stopped(w, monkeypatch):
    ids = [w.draft() for _ in range(4)]
    rows = planned(w, "post", ids)
    run_id = begin(w.ctx("accounting"), "post", rows, {}, key="k")
    post = verbs.VERBS["post"]

    def act(ctx, target, facts, key):
        if target.id == ids[1]:
            stop(w.ctx("accounting"), run_id)
        return post.act(ctx, target, facts, key)

    monkeypatch.setitem(verbs.VERBS, "post", replace(post, act=act))
    monkeypatch.setattr(running, "NOTE_EVERY", 0)
    run_slice(w.ctx(), "worker", 10)
    assert look(w.ctx("accounting"), run_id).is_done
    assert [state for _, state, _ in outcomes(w, run_id)] == ["done", "done", "stopped", "stopped"]
    late = begin(w.ctx("accounting"), "post", planned(w, "post", ids[2:]), {}, key="k2")
    stop(w.ctx("accounting"), late)
    run_slice(w.ctx(), "worker")
    assert {state for _, state, _ in outcomes(w, late)} == {"stopped"}
    assert w.footprint()["numbers taken"] == 2


def test_a_bug_in_one_row_stops_no_other(lite, monkeypatch, caplog):
    good, bad = lite.draft(), lite.draft()
    post = verbs.VERBS["post"]

    def act(ctx, target, facts, key):
        if target.id == bad:
            raise ValueError("a bug")
        return post.act(ctx, target, facts, key)

    monkeypatch.setitem(verbs.VERBS, "post", replace(post, act=act))
    done = run(lite, "post", [bad, good])
    assert (done.done, done.failed) == (1, 1)
    assert "ref " in outcomes(lite, done.id)[0][2]
    assert "unexpected error" in caplog.text


def test_a_row_asked_for_twice_is_done_once(w):
    [row] = planned(w, "post", [w.draft()])
    said = [do_row(w.ctx("accounting"), "post", row, key="cli") for _ in range(2)]
    assert said[0] == said[1]
    assert w.footprint()["numbers taken"] == 1


def test_more_than_five_thousand_rows_are_refused(lite):
    with pytest.raises(Invalid, match="At most 5,000 invoices"):
        planned(lite, "post", range(1, MOST + 2))


WORKER = """
import sys
from tests.services.worldmaking import NOW, SECRET
from billing_app.persistence.database import Database
from billing_app.services.bulk.running import run_slice
from billing_app.services.context import Context, FixedClock, system_actor
ctx = Context(Database(sys.argv[1]), FixedClock(NOW), system_actor(), SECRET, "Europe/Berlin")
print("ready", flush=True)
while run_slice(ctx, "first"):
    pass
"""


def posted_count(w):
    return sum(one.posting_status == "POSTED" for one in w.all(Invoice))


@pytest.mark.spec("RELIABILITY-P15", "RELIABILITY-P9")
def test_a_run_whose_worker_was_killed_does_each_row_exactly_once(w):
    ids = [w.draft(lines=(a_line(quantity=Decimal(1)),)) for _ in range(60)]
    run_id = begin(w.ctx("accounting"), "post", planned(w, "post", ids), {}, key="k")
    url = w.database.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, url],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": "."},
    ) as worker:
        assert worker.stdout.readline() == b"ready\n"
        deadline = time.monotonic() + 30
        while posted_count(w) < 5 and time.monotonic() < deadline:
            time.sleep(0.002)
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(30) == -signal.SIGKILL
    if not w.is_sqlite:
        w.database.close()
        w.database = Database(url)
    before = posted_count(w)
    assert 0 < before < 60
    assert run_slice(w.ctx(), "second") is False  # the lease still runs
    w.clock.instant += LEASE + timedelta(seconds=1)
    while run_slice(w.ctx(), "second", 10):
        pass
    run = look(w.ctx("accounting"), run_id).run
    assert (run.state, run.done, run.failed, run.attempts) == ("done", 60, 0, 2)
    assert {row.state for row in w.all(BulkRow)} == {"done"}
    numbers = [w.invoice(key).number for key in ids]
    assert len(set(numbers)) == 60
    entries = [one for one in w.all(AuditEntry) if one.action == "post"]
    assert len(entries) == 60
    assert incoherences(w.database, SECRET) == []
