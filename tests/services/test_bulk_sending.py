"""Sending and pushing in bulk: planned with reasons, done once each, whatever dies."""

from dataclasses import replace
from datetime import timedelta

import pytest

from billing_app.domain.errors import Forbidden
from billing_app.domain.lifecycle import Action
from billing_app.integrations.accounting.xero import Connection, Xero
from billing_app.integrations.mail.smtp import SmtpMailer, server_at
from billing_app.jobs.mailing import deliver_mail
from billing_app.persistence.tables import Contact, Customer, MailMessage
from billing_app.services.accounting.pushing import push_waiting
from billing_app.services.accounting.queueing import push_to_accounting
from billing_app.services.bulk import running
from billing_app.services.bulk.planning import plan
from billing_app.services.bulk.running import LEASE, run_slice
from billing_app.services.bulk.runs import begin, look, receipt
from billing_app.services.mail.mending import list_mail
from billing_app.services.settings import change_setting
from tests.support.mail_sink import Sink
from tests.support.xero import CLIENT, PASSWORD, TENANT, XeroServer


class WorkerDiedError(BaseException):
    """The process is gone: nothing catches this."""


@pytest.fixture
def reachable(w):
    """Customer A has an address, B has none."""
    w.change(Customer, w.customers["a"], email="ap@a.example")
    return w


@pytest.fixture
def ledger():
    with XeroServer() as xero:
        connection = Connection(
            CLIENT, PASSWORD, TENANT, f"{xero.url}/api", f"{xero.url}/token", timeout_s=1
        )
        made = Xero(connection)
        yield xero, made
        made.close()


def reasons(rows):
    return [row.why_not for row in rows]


def finish(ctx, worker="worker"):
    while run_slice(ctx, worker, 10):
        pass


def die_before_noting(monkeypatch, ctx):
    """Run until the rows are done and nothing of it is noted."""

    def dies(*_anything):
        raise WorkerDiedError

    with monkeypatch.context() as patched:
        patched.setattr(running, "_note", dies)
        with pytest.raises(WorkerDiedError):
            run_slice(ctx, "first", 10)


@pytest.mark.spec("ORO-9", "RELIABILITY-P9")
def test_the_plan_says_who_cannot_be_sent_what_and_why(reachable):
    w = reachable
    good, draft = w.posted(), w.draft()
    lost = w.posted(customer_id=w.customers["b"])
    bill = w.posted(document_type_id=w.type_id("INI"))
    sent = w.posted()
    ctx = w.ctx("sales")
    finish_sending(w, ctx, [sent])
    ready, unposted, nobody, incoming, again = reasons(
        plan(ctx, "send", [good, draft, lost, bill, sent])
    )
    assert ready == ""
    assert "only a posted invoice can be sent" in unposted
    assert "has no e-mail address" in nobody
    assert "came in from a supplier" in incoming
    assert again == f"{w.invoice(sent).label} was mailed to ap@a.example already."
    blind = replace(w.people["sales"], sees_partner=False)
    (masked,) = plan(w.ctx(blind), "send", [good])
    assert masked.why_not.startswith("You do not see business partners")
    assert masked.customer == "Hidden"
    with pytest.raises(Forbidden):
        plan(w.ctx("viewer"), "send", [good])


def finish_sending(w, ctx, ids, key="s"):
    run_id = begin(ctx, "send", plan(ctx, "send", ids), {}, key=key)
    finish(w.ctx())
    return run_id


def test_without_a_pdf_nothing_is_sent_unread(reachable):
    w = reachable
    change_setting(w.ctx("admin"), "generate_pdf_when_posted", "off")
    (reason,) = reasons(plan(w.ctx("sales"), "send", [w.posted()]))
    assert "has no PDF" in reason


@pytest.mark.spec("ORO-10", "ORO-11", "RELIABILITY-P15")
def test_each_is_mailed_once_with_its_paper_though_the_worker_dies(reachable, monkeypatch):
    w = reachable
    ids = [w.posted() for _ in range(3)]
    ctx = w.ctx("accounting")
    run_id = begin(ctx, "send", plan(ctx, "send", ids), {}, key="k")
    die_before_noting(monkeypatch, w.ctx())
    assert len(w.all(MailMessage)) == 3
    w.clock.instant += LEASE + timedelta(seconds=1)
    finish(w.ctx(), "second")
    run = look(ctx, run_id).run
    assert (run.done, run.failed, run.attempts) == (3, 0, 2)
    said = [row.sentence for row in receipt(ctx, run_id)]
    assert said == [f"{w.invoice(key).label} is on its way to ap@a.example." for key in ids]
    with Sink() as sink:
        mailer = SmtpMailer(server_at(sink.url), "desk@aldermoor.example")
        while deliver_mail(w.ctx(), mailer):
            pass
        taken = list(sink.taken)
    numbers = [w.invoice(key).number for key in ids]
    assert [one.mail["Subject"] for one in taken] == [f"Invoice {number}" for number in numbers]
    assert [set(one.files()) for one in taken] == [{f"{number}.pdf"} for number in numbers]
    assert all(w.invoice(key).is_delivered for key in ids)
    assert all("already" in reason for reason in reasons(plan(ctx, "send", ids)))


def test_a_row_is_not_sent_twice_where_somebody_sent_it_meanwhile(reachable):
    w = reachable
    invoice_id = w.posted()
    rows = plan(w.ctx("sales"), "send", [invoice_id])
    finish_sending(w, w.ctx("accounting"), [invoice_id])
    run_id = begin(w.ctx("sales"), "send", rows, {}, key="late")
    finish(w.ctx())
    (row,) = receipt(w.ctx("sales"), run_id)
    assert (row.state, "already" in row.sentence) == ("failed", True)
    assert len(list_mail(w.ctx("sales")).lines) == 1


def test_a_billing_contact_comes_before_the_customers_own_address(reachable):
    w = reachable
    contact = Contact(customer_id=w.customers["a"], name="Ida", email="ida@a.example")
    contact.is_billing = True
    w.add(contact)
    finish_sending(w, w.ctx("sales"), [w.posted()])
    assert [line.address for line in list_mail(w.ctx("sales")).lines] == ["ida@a.example"]


@pytest.mark.spec("CRM-32")
def test_the_plan_of_a_push_gives_each_reason(w, ledger):
    _, xero = ledger
    good, draft, there = w.posted(), w.draft(), w.posted()
    (absent,) = reasons(plan(w.ctx("accounting"), "push", [good]))
    assert absent == "No accounting program is connected."
    ctx = replace(w.ctx("accounting"), accounting=xero)
    push_to_accounting(ctx, there)
    ready, unposted, queued = reasons(plan(ctx, "push", [good, draft, there]))
    assert ready == ""
    assert "Only what is ready for posting or posted" in unposted
    assert "on its way to accounting already" in queued
    push_waiting(replace(w.ctx(), accounting=xero))
    (synced,) = reasons(plan(ctx, "push", [there]))
    assert "in accounting already" in synced
    with pytest.raises(Forbidden):
        plan(replace(w.ctx("billing"), accounting=xero), "push", [good])


@pytest.mark.spec("CRM-32", "RELIABILITY-P15")
def test_each_is_pushed_once_though_the_worker_dies(w, ledger, monkeypatch):
    server, xero = ledger
    ids = [w.posted() for _ in range(3)]
    ctx, system = (replace(w.ctx(who), accounting=xero) for who in ("accounting", "system"))
    rows = plan(ctx, "push", ids)
    run_id = begin(ctx, "push", rows, {}, key="k")
    w.move("accounting", ids[2], Action.UNPOST, confirmed=True)  # changed since it was planned
    die_before_noting(monkeypatch, system)
    w.clock.instant += LEASE + timedelta(seconds=1)
    finish(system, "second")
    while push_waiting(system):
        pass
    run = look(ctx, run_id).run
    assert (run.done, run.failed, run.attempts) == (2, 1, 2)
    numbers = {w.invoice(key).number for key in ids[:2]}
    assert {one["Number"] for one in server.documents.values()} == numbers
    assert len(server.pushes()) == 2
    assert [w.invoice(key).accounting_status for key in ids] == ["synced", "synced", "none"]
