"""People are told of what waits for them or went wrong, once, and of nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from billing_app.domain.errors import Forbidden, NotFound
from billing_app.domain.lifecycle import Action
from billing_app.domain.mail import MailFacts
from billing_app.domain.notifications import KEPT, KEPT_READ, Kind
from billing_app.jobs import registry
from billing_app.jobs.mailing import deliver_mail
from billing_app.jobs.running import run_due
from billing_app.persistence.tables import Customer, JobRun, Notification, User
from billing_app.services.bulk.planning import plan
from billing_app.services.bulk.running import run_slice
from billing_app.services.bulk.runs import begin
from billing_app.services.invoices.moves import move_invoice
from billing_app.services.jobs.asking import ask_for_run
from billing_app.services.mail.mending import list_mail, send_again
from billing_app.services.mail.ports import MailRefused
from billing_app.services.mail.sending import compose_mail, send_mail
from billing_app.services.notifications.listing import (
    choose_kinds,
    count_unread,
    list_notifications,
    mark_all_read,
    mark_read,
    prune,
    switches,
    unread_by_person,
)
from billing_app.services.notifications.news import News, tell_people, tell_person

POSTERS = {"accounting", "accounting2", "admin", "owner"}


class Refusing:
    """A mail server that wants nobody."""

    def send(self, letter, address):
        raise MailRefused(answer=f"550 {address} is unknown here")


def told(w, who):
    """What somebody reads, the newest first."""
    return [(one.kind, one.sentence) for one in list_notifications(w.ctx(who)).rows]


def who_is_told(w):
    names = {actor.user_id: name for name, actor in w.people.items()}
    return {names[row.user_id] for row in w.all(Notification)}


def ready(w, by="accounting"):
    invoice_id = w.draft("billing")
    w.move("billing", invoice_id, Action.ASSEMBLE)
    w.move(by, invoice_id, Action.READY)
    return invoice_id


@pytest.mark.spec("DLY-4")
def test_who_may_post_is_told_what_is_ready_but_not_who_sent_it(w):
    invoice_id = ready(w)
    label = w.invoice(invoice_id).label
    assert who_is_told(w) == POSTERS - {"accounting"}
    (one,) = list_notifications(w.ctx("accounting2")).rows
    assert one.sentence == f"{label} is ready for posting."
    assert one.detail == "By Anke Accounting"
    assert one.href == f"/invoices?invoice={invoice_id}"
    assert count_unread(w.ctx("accounting2")) == 1
    assert count_unread(w.ctx("accounting")) == count_unread(w.ctx("billing")) == 0


def test_what_is_posted_waits_for_nobody_any_more(w):
    invoice_id = ready(w)
    mark_read(w.ctx("owner"), list_notifications(w.ctx("owner")).rows[0].id)
    w.move("accounting2", invoice_id, Action.POST)
    assert told(w, "accounting2") == told(w, "admin") == []
    assert len(told(w, "owner")) == 1  # read before: it stays as what was read


def test_who_wrote_it_is_told_that_it_came_back_and_why(w):
    invoice_id = w.posted("accounting")
    w.move("accounting", invoice_id, Action.UNPOST, confirmed=True)
    assert told(w, "billing") == [
        (Kind.SENT_BACK, f"{w.invoice(invoice_id).label} came back to you.")
    ]
    other = w.draft("billing")
    w.move("accounting", other, Action.CANCEL, reason="Ordered twice")
    newest = list_notifications(w.ctx("billing")).rows[0]
    assert newest.detail == "Cancelled by Anke Accounting: Ordered twice"
    own = w.draft("billing")
    w.move("billing", own, Action.CANCEL, reason="Mine")
    assert len(told(w, "billing")) == 2
    third = w.draft("billing")
    w.move("billing", third, Action.ASSEMBLE)
    w.move("billing2", third, Action.DISSOLVE)
    assert list_notifications(w.ctx("billing")).rows[0].href == "/pending"


@pytest.mark.spec("CXS-33")
def test_a_mail_that_failed_for_good_is_told_to_who_sent_it_and_masked(w):
    w.change(Customer, w.customers["a"], email="ap@a.example")
    invoice_id = w.posted()
    mail = compose_mail(w.ctx("sales"), invoice_id)
    send_mail(w.ctx("sales"), invoice_id, mail_of(mail), key="k1")
    assert deliver_mail(w.ctx(), Refusing())
    (one,) = list_notifications(w.ctx("sales")).rows
    assert one.sentence == f"The mail about {w.invoice(invoice_id).label} was not delivered."
    assert "ap@a.example" in one.detail
    blind = replace(w.people["sales"], sees_partner=False)
    (hidden,) = list_notifications(w.ctx(blind)).rows
    assert (hidden.sentence, hidden.detail) == (one.sentence, "")
    (line,) = list_mail(w.ctx("sales")).lines
    assert one.href == f"/mail?mail={line.id}"
    send_again(w.ctx("sales"), line.id, "new@a.example")
    assert told(w, "sales") == []


def mail_of(composed):
    return MailFacts(composed.to, composed.subject, composed.text)


def test_the_same_cause_counts_up_until_it_is_read(w):
    news = News(Kind.PAYMENT_CAME, 1, "PMI-1", cause="online")
    for at in range(1, 4):
        with w.database.write() as session:
            tell_people(session, w.ctx(), replace(news, record_id=at, label=f"PMI-{at}"))
    assert told(w, "owner") == [
        (Kind.PAYMENT_CAME, "3 payments came in online, the latest is PMI-3.")
    ]
    assert count_unread(w.ctx("owner")) == 1
    mark_all_read(w.ctx("owner"))
    assert count_unread(w.ctx("owner")) == 0
    with w.database.write() as session:
        tell_people(session, w.ctx(), replace(news, record_id=4, label="PMI-4"))
    assert told(w, "owner")[0][1] == "PMI-4 came in online."
    assert told(w, "admin")[0][1] == "4 payments came in online, the latest is PMI-4."


def test_a_job_that_failed_is_told_to_who_may_run_it(w, monkeypatch):
    def broken(_ctx):
        raise Forbidden("The books cannot be read.")

    monkeypatch.setattr(registry, "verify", broken)
    for key in ("a", "b"):
        ask_for_run(w.ctx("admin"), "verify", w.clock.instant.date(), key=key)
    while run_due(w.ctx()):
        pass
    failed = [run for run in w.all(JobRun) if run.job == "verify" and run.failed]
    assert len(failed) >= 2
    assert who_is_told(w) == {"admin", "owner"}
    (one,) = list_notifications(w.ctx("admin")).rows
    assert one.sentence == f"Check of the books ran with failures {len(failed)} times."
    assert "The books cannot be read." in one.detail


def test_who_asked_for_a_bulk_action_is_told_that_it_ended(w):
    ids = [w.draft("billing"), w.posted("accounting")]
    rows = plan(w.ctx("accounting"), "post", ids)
    run_id = begin(w.ctx("accounting"), "post", rows, {}, key="k" * 32)
    while run_slice(w.ctx(), "worker"):
        pass
    assert who_is_told(w) == {"accounting"}
    (one,) = list_notifications(w.ctx("accounting")).rows
    assert (one.sentence, one.detail, one.href) == (
        "The bulk action “Post 1 invoice” has ended.",
        "1 done, 0 failed, 1 skipped",
        f"/bulk/{run_id}",
    )


def test_nobody_reads_or_marks_what_another_person_is_told(w):
    ready(w)
    (one,) = list_notifications(w.ctx("owner")).rows
    with pytest.raises(NotFound):
        mark_read(w.ctx("admin"), one.id)
    with pytest.raises(NotFound):
        mark_read(w.ctx("admin"), 10**9)
    with pytest.raises(Forbidden):
        list_notifications(w.ctx("a90"))
    assert count_unread(w.ctx("owner")) == 1


def test_a_kind_that_is_switched_off_is_not_told_and_the_others_are(w):
    kinds = {one.kind for one in switches(w.ctx("accounting2"))}
    assert Kind.READY in kinds
    assert Kind.JOB_FAILED not in kinds  # it does not concern this level
    choose_kinds(w.ctx("accounting2"), kinds - {Kind.READY} | {Kind.JOB_FAILED, "nonsense"})
    assert {one.kind for one in switches(w.ctx("accounting2")) if not one.is_on} == {Kind.READY}
    ready(w)
    assert who_is_told(w) == {"admin", "owner"}
    choose_kinds(w.ctx("accounting2"), kinds)
    ready(w)
    assert len(told(w, "accounting2")) == 1


def test_who_lost_the_level_or_the_account_is_told_nothing(w):
    ready(w)
    lower = replace(w.people["accounting2"], level=w.people["sales"].level)
    assert list_notifications(w.ctx(lower)).rows == ()
    assert count_unread(w.ctx(lower)) == 0
    w.change(User, w.people["accounting2"].user_id, is_active=False)
    before = len(told(w, "accounting2"))
    ready(w)
    assert len(told(w, "accounting2")) == before


def test_what_is_old_goes_at_night_what_is_read_sooner(w):
    ready(w)
    mark_all_read(w.ctx("owner"))
    w.clock.instant += KEPT_READ + timedelta(seconds=1)
    with w.database.write() as session:
        assert prune(session, w.ctx()) == 1
    assert told(w, "owner") == []
    assert len(told(w, "admin")) == 1
    w.clock.instant += KEPT - KEPT_READ
    ask_for_run(w.ctx("admin"), "verify", w.clock.instant.date(), key="now")
    while run_due(w.ctx()):
        pass
    assert [one for one in w.all(Notification) if one.kind == Kind.READY] == []


def test_open_tabs_are_told_apart_by_person(w):
    ready(w)
    before = unread_by_person(w.ctx())
    with w.database.write() as session:
        news = News(Kind.BULK_DONE, 1, "Post 2 invoices")
        tell_person(session, w.ctx(), news, w.people["owner"].user_id)
    after = unread_by_person(w.ctx())
    moved = {key for key in after if after[key] != before.get(key)}
    assert moved == {w.people["owner"].user_id}


def test_posting_a_draft_says_nothing_to_the_notifications(lite):
    invoice_id = lite.draft("billing")
    said = []
    event.listen(
        lite.database.writer,
        "before_cursor_execute",
        lambda _c, _cur, statement, *_: said.append(statement),
    )
    move_invoice(lite.ctx("accounting"), invoice_id, Action.POST)
    assert said
    assert [one for one in said if "notification" in one] == []
